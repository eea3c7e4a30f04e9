"""Hours cut into parts: nothing is counted twice, and the parts add up to the whole."""

import pytest

from reports.figures import Totals
from reports.parts import BOOKED, OPENING, part_of

TOTALS = Totals(
    {
        "opening": 100,
        "maintenance": 10,
        "down": 5,
        "used": 40,
        "used_in_booking": 30,
        "walk_in": 10,
        "booked": 50,
        "no_show": 12,
        "released": 7,
        "used_assumed": 8,
        "used_in_booking_assumed": 6,
    }
)


@pytest.mark.parametrize(("parts", "whole"), [(OPENING, "opening"), (BOOKED, "booked")])
def test_the_parts_add_up(parts: tuple[str, ...], whole: str) -> None:
    assert sum(part_of(TOTALS, part) for part in parts) == TOTALS.seconds(whole)


def test_what_became_of_the_booked_time() -> None:
    assert [part_of(TOTALS, part) for part in BOOKED] == [30, 8, 5, 7]
    assert part_of(TOTALS, "idle") == 45


def test_what_its_holder_used_of_a_no_show_is_not_less_than_nothing() -> None:
    totals = Totals({"booked": 10, "used_in_booking": 8, "no_show": 10, "released": 10})
    assert part_of(totals, "unused") == 0
