"""Sets of time in whole seconds, for the many sums of the rollup.

The same algebra as `spaces.intervals`, on pairs of integers: a year of a space is tens of
thousands of spans, and integers are both exact and quick. A span is half-open, `(start, end)`
in seconds since 1970; a moment is cut down to its second, so that neighbours still touch.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from spaces.intervals import Interval, local_day

Span = tuple[int, int]

QUARTER = 900
"""Every offset and every change of a clock in use today falls on a full quarter of an hour."""


class Cell(NamedTuple):
    """A stretch of time during which the wall clock shows one and the same date and hour."""

    start: int
    end: int
    date: date
    hour: int


def span_of(start: datetime, end: datetime) -> Span:
    """The seconds from `start` to `end`, both cut down to the second."""
    return int(start.timestamp()), int(end.timestamp())


def spans_of(intervals: Iterable[Interval]) -> list[Span]:
    """The same intervals in whole seconds."""
    return [span_of(each.start, each.end) for each in intervals]


def merge(spans: Iterable[Span]) -> list[Span]:
    """The same time as sorted, disjoint spans; touching ones become one, empty ones go."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def intersect(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """The time that lies in both; each must be sorted and disjoint."""
    shared: list[Span] = []
    i = j = 0
    while i < len(one) and j < len(other):
        start = max(one[i][0], other[j][0])
        end = min(one[i][1], other[j][1])
        if start < end:
            shared.append((start, end))
        if one[i][1] <= other[j][1]:
            i += 1
        else:
            j += 1
    return shared


def subtract(whole: Sequence[Span], parts: Sequence[Span]) -> list[Span]:
    """What is left of `whole` without `parts`; each must be sorted and disjoint."""
    left: list[Span] = []
    first = 0
    for span_start, end in whole:
        start = span_start
        while first < len(parts) and parts[first][1] <= start:
            first += 1
        part = first
        while part < len(parts) and parts[part][0] < end:
            if parts[part][0] > start:
                left.append((start, parts[part][0]))
            start = max(start, parts[part][1])
            part += 1
        if start < end:
            left.append((start, end))
    return left


def total(spans: Iterable[Span]) -> int:
    """Seconds covered by disjoint spans."""
    return sum(end - start for start, end in spans)


@lru_cache(maxsize=8192)
def cells_of(day: date, zone: ZoneInfo) -> tuple[Cell, ...]:
    """The hours that the clock of `zone` shows on `day`, in order.

    Reads the clock every quarter of an hour instead of adding hours: Lord Howe moves its clock
    by half an hour, and Chatham in the middle of one. An hour that returns makes a second cell.
    """
    whole = local_day(day, zone)
    start, end = span_of(whole.start, whole.end)
    cells: list[Cell] = []
    last_reading = None
    for moment in range(start, end, QUARTER):
        wall = datetime.fromtimestamp(moment, zone)
        reading = (wall.hour, wall.utcoffset())
        if reading == last_reading:
            cells[-1] = cells[-1]._replace(end=moment + QUARTER)
        else:
            cells.append(Cell(moment, moment + QUARTER, day, wall.hour))
            last_reading = reading
    return tuple(cells)


def first_cell(starts: Sequence[int], moment: int) -> int:
    """The index of the cell that holds `moment`; the first one where it lies before them all."""
    return max(bisect_right(starts, moment) - 1, 0)
