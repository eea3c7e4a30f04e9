"""Which free time is put aside for upkeep: the nearest to the day on which it is due. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from spaces.intervals import DAY, Interval, clip, local_day

QUARTER = timedelta(minutes=15)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def days_around(due: date, *, first: date, last: date) -> Iterator[date]:
    """The days from `first` to `last`, that on which it is due first, then those before it."""
    middle = min(max(due, first), last)
    yield from (middle - number * DAY for number in range((middle - first).days + 1))
    yield from (middle + number * DAY for number in range(1, (last - middle).days + 1))


def first_fitting(
    free: Sequence[Interval], length: timedelta, days: Iterable[date], zone: ZoneInfo
) -> Interval | None:
    """The first span of `length` on the first of `days` that has room for it, by the quarter."""
    for day in days:
        for gap in clip(free, local_day(day, zone)):
            start = gap.start + (EPOCH - gap.start) % QUARTER
            if start + length <= gap.end:
                return Interval(start, start + length)
    return None
