"""Which free time is put aside for upkeep: the nearest to the day on which it is due. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from spaces.intervals import DAY, Interval, local_day

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
    """The first span of `length` that begins on the first of `days` with room, by the quarter.

    It may end after midnight.
    """
    for stretch in _stretches(free, days, zone):
        if stretch.duration >= length:
            return Interval(stretch.start, stretch.start + length)
    return None


def longest_stretch(
    free: Sequence[Interval], days: Iterable[date], zone: ZoneInfo
) -> Interval | None:
    """The longest time at a stretch that begins on one of `days`, of several the first."""
    # `max` keeps the first of those that are equal.
    return max(_stretches(free, days, zone), key=lambda each: each.duration, default=None)


def _stretches(
    free: Sequence[Interval], days: Iterable[date], zone: ZoneInfo
) -> Iterator[Interval]:
    """What is left of each gap from its first quarter on each of `days` on."""
    for day in days:
        whole = local_day(day, zone)
        for gap in free:
            start = max(gap.start, whole.start)
            start += (EPOCH - start) % QUARTER
            if start < min(gap.end, whole.end):
                yield Interval(start, gap.end)
