"""Hours cut into parts that add up. Pure."""

from collections.abc import Callable

from reports.figures import Totals

OPENING = ("used_in_booking", "walk_in", "idle", "maintenance", "down")
"""What the opening hours consist of, from the bottom of the stack."""

BOOKED = ("used_in_booking", "unused", "kept", "released")
"""What became of the booked hours; what was used of a no-show after all is used alone."""


def _nobody_came(totals: Totals) -> int:
    """The seconds of no-shows in which nobody used what they had booked."""
    return totals.seconds("no_show") - totals.seconds("used_in_no_show")


def _given_back(totals: Totals) -> int:
    """Those of them after the machine was freed: before that, hardly anybody comes unseen."""
    return max(0, totals.seconds("released") - totals.seconds("used_in_no_show"))


_DERIVED: dict[str, Callable[[Totals], int]] = {
    "idle": lambda totals: totals.seconds("available") - totals.seconds("used"),
    "kept": lambda totals: _nobody_came(totals) - _given_back(totals),
    "released": _given_back,
    "unused": lambda totals: (
        totals.seconds("booked") - totals.seconds("used_in_booking") - _nobody_came(totals)
    ),
}


def part_of(totals: Totals, part: str) -> int:
    """The seconds of one part of OPENING or of BOOKED."""
    derived = _DERIVED.get(part)
    return derived(totals) if derived else totals.seconds(part)
