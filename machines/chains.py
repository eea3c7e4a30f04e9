"""Chains of machines that need each other, as arithmetic: who stands still with whom."""

from collections import defaultdict
from collections.abc import Iterable

Edge = tuple[int, int]
"""A machine, and one that it needs, by their ids."""


def standing_still_with(machine: int, edges: Iterable[Edge]) -> set[int]:
    """All that need `machine`, directly or through others; never itself."""
    needed_by: dict[int, set[int]] = defaultdict(set)
    for one, needed in edges:
        needed_by[needed].add(one)
    found: set[int] = set()
    ahead = [machine]
    while ahead:
        new = needed_by[ahead.pop()] - found
        found |= new
        ahead += new
    return found - {machine}


def closes_a_circle(machine: int, needs: int, edges: Iterable[Edge]) -> bool:
    """Whether `machine` would need itself if it needed `needs`."""
    return machine == needs or needs in standing_still_with(machine, edges)
