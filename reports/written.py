"""What a rebuild has just written of some machine-days, so that nobody reads it back. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product

import numpy as np
from numpy.typing import NDArray

from reports.hours import COLUMNS, HourTable
from reports.sweep import Ints, Spans, ints

Key = tuple[int, date]
"""A machine and one of its local dates."""

HOURS_OF_WEEK = 7 * 24

Weeks = NDArray[np.int64]
"""Sums by lane and hour of the week, Monday first."""


def _no_hours() -> HourTable:
    nothing = ints([])
    return HourTable(nothing, nothing, nothing, np.empty((0, len(COLUMNS)), dtype=np.int32))


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The hours of machine-days, and when the machines were open, busy and free.

    Lanes are places in `machines`; spans are cut at midnight.
    """

    keys: frozenset[Key] = frozenset()
    machines: Sequence[int] = ()
    days: Sequence[date] = ()
    hours: HourTable = field(default_factory=_no_hours)
    opened: Spans = field(default_factory=Spans.of)
    busy: Spans = field(default_factory=Spans.of)
    free: Spans = field(default_factory=Spans.of)

    def lacks(self, machines: Iterable[int], days: Iterable[date]) -> set[Key]:
        """Of these days of these machines, those that are not here."""
        return set(product(machines, days)) - self.keys

    def moved(self, lanes: Mapping[int, int]) -> Ints:
        """The lane of each of its machines elsewhere, or -1 for none."""
        return ints([lanes.get(pk, -1) for pk in self.machines])


NOTHING = Written()


def weekdays_of(days: Sequence[date]) -> Ints:
    """0 is Monday."""
    return ints([day.weekday() for day in days])


def by_week(lane: Ints, weekday: Ints, hour: Ints, sums: NDArray[np.int32], lanes: int) -> Weeks:
    """Rows of sums added up by hour of the week."""
    keys = lane * HOURS_OF_WEEK + weekday * 24 + hour
    size = lanes * HOURS_OF_WEEK
    added = [np.bincount(keys, weights=column, minlength=size) for column in sums.T]
    return np.stack(added, axis=1).astype(np.int64).reshape(lanes, HOURS_OF_WEEK, -1)
