"""Hours cut into parts that add up. Pure."""

from collections.abc import Callable

from reports.figures import Totals

OPENING = ("used_in_booking", "walk_in", "idle", "maintenance", "down")
"""What the opening hours consist of, from the bottom of the stack."""

BOOKED = ("used_in_booking", "unused", "kept", "released")
"""What became of the booked hours."""

_DERIVED: dict[str, Callable[[Totals], int]] = {
    "idle": lambda totals: totals.seconds("available") - totals.seconds("used"),
    "kept": lambda totals: totals.seconds("no_show") - totals.seconds("released"),
    "unused": lambda totals: (
        totals.seconds("booked") - totals.seconds("used_in_booking") - totals.seconds("no_show")
    ),
}


def part_of(totals: Totals, part: str) -> int:
    """The seconds of one part of OPENING or of BOOKED.

    What its holder used of a no-show after all would count twice, so nothing falls below zero.
    """
    derived = _DERIVED.get(part)
    return max(0, derived(totals) if derived else totals.seconds(part))
