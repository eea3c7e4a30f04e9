"""Time in whole seconds since 1970, and the hours that clocks show.

A span is half-open, `(start, end)`; a moment is cut down to its second, so that neighbours still
touch.
"""

from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from spaces.intervals import local_day

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
