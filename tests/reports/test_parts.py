"""Hours cut into parts: nothing is counted twice, and the parts add up to the whole."""

import pytest

from reports.figures import Totals
from reports.parts import BOOKED, OPENING, part_of

SUMS = {
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
    "used_in_no_show": 3,
}
TOTALS = Totals(SUMS)


@pytest.mark.parametrize("with_assumed", [True, False])
@pytest.mark.parametrize(("parts", "whole"), [(OPENING, "opening"), (BOOKED, "booked")])
def test_the_parts_add_up(parts: tuple[str, ...], whole: str, *, with_assumed: bool) -> None:
    totals = Totals.of([SUMS], with_assumed=with_assumed)
    assert sum(part_of(totals, part) for part in parts) == totals.seconds(whole)


def test_what_became_of_the_booked_time() -> None:
    assert [part_of(TOTALS, part) for part in BOOKED] == [30, 11, 5, 4]
    assert part_of(TOTALS, "idle") == 45


def test_who_comes_after_all_uses_what_was_a_no_show() -> None:
    totals = Totals(
        {"booked": 10, "used_in_booking": 8, "no_show": 10, "released": 9, "used_in_no_show": 8}
    )
    assert [part_of(totals, part) for part in BOOKED] == [8, 0, 1, 1]
