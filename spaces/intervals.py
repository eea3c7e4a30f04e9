"""Half-open spans of time, and the wall clocks of the places they happen in.

Every moment is an aware datetime; arithmetic is done on the real time line, so an hour is
always 3600 elapsed seconds. Wall times are naive datetimes read on the clock of a zone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A half-open span `[start, end)` between two aware moments, kept in UTC.

    Raises ValueError for a naive moment or where the end lies before the start.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("an interval needs aware moments")
        # Most are in UTC already, and calendars make thousands.
        if self.start.tzinfo is not UTC:
            object.__setattr__(self, "start", self.start.astimezone(UTC))
        if self.end.tzinfo is not UTC:
            object.__setattr__(self, "end", self.end.astimezone(UTC))
        if self.end < self.start:
            raise ValueError("an interval must not end before it starts")

    @property
    def duration(self) -> timedelta:
        """The real time that passes, also over a clock change."""
        return self.end - self.start

    @property
    def seconds(self) -> int:
        """The real time that passes in whole seconds."""
        return int(self.duration.total_seconds())

    def overlaps(self, other: "Interval") -> bool:
        """Whether the two share any time; touching ends do not."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Interval") -> bool:
        """Whether `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def widened(self, *, before: timedelta, after: timedelta) -> "Interval":
        """The same span with `before` and `after` added at its ends."""
        return Interval(self.start - before, self.end + after)


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time as sorted, disjoint intervals; touching ones become one, empty ones go."""
    merged: list[Interval] = []
    for interval in sorted(intervals):
        if interval.start == interval.end:
            continue
        if merged and interval.start <= merged[-1].end:
            if interval.end > merged[-1].end:
                merged[-1] = Interval(merged[-1].start, interval.end)
        else:
            merged.append(interval)
    return merged


def subtract(whole: Iterable[Interval], parts: Iterable[Interval]) -> list[Interval]:
    """What is left of `whole` without `parts`, sorted and disjoint, in O(n + m) after sorting."""
    left: list[Interval] = []
    holes = merge(parts)
    first = 0
    for interval in merge(whole):
        start = interval.start
        while first < len(holes) and holes[first].end <= start:
            first += 1
        hole = first
        while hole < len(holes) and holes[hole].start < interval.end:
            if holes[hole].start > start:
                left.append(Interval(start, holes[hole].start))
            start = max(start, holes[hole].end)
            hole += 1
        if start < interval.end:
            left.append(Interval(start, interval.end))
    return left


def intersect(one: Iterable[Interval], other: Iterable[Interval]) -> list[Interval]:
    """The time that lies in both, sorted and disjoint."""
    left, right = merge(one), merge(other)
    shared: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start = max(left[i].start, right[j].start)
        end = min(left[i].end, right[j].end)
        if start < end:
            shared.append(Interval(start, end))
        if left[i].end <= right[j].end:
            i += 1
        else:
            j += 1
    return shared


def clip(intervals: Iterable[Interval], window: Interval) -> list[Interval]:
    """The parts of each interval that lie in `window`; overlaps between them are kept."""
    return [
        Interval(max(each.start, window.start), min(each.end, window.end))
        for each in intervals
        if each.overlaps(window)
    ]


def total_seconds(intervals: Iterable[Interval]) -> int:
    """Real seconds covered, overlaps counted once."""
    return sum(interval.seconds for interval in merge(intervals))


def covers(intervals: Iterable[Interval], span: Interval) -> bool:
    """Whether `span` lies wholly in the time that `intervals` cover together."""
    return any(interval.contains(span) for interval in merge(intervals))


def wall_time(moment: datetime, zone: ZoneInfo) -> datetime:
    """What the clock of `zone` shows at `moment`, as a naive datetime."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def exists_on_clock(wall: datetime, zone: ZoneInfo) -> bool:
    """Whether the clock of `zone` ever shows `wall`; false in the hour that spring skips."""
    return wall_time(wall.replace(tzinfo=zone).astimezone(UTC), zone) == wall


def happens_twice(wall: datetime, zone: ZoneInfo) -> bool:
    """Whether the clock of `zone` shows `wall` twice, as in the hour that autumn repeats."""
    first, second = _readings(wall, zone)
    return first != second and exists_on_clock(wall, zone)


def moment_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the clock of `zone` shows `wall`, in UTC.

    A time that occurs twice means the first one (RULES, C7) unless `wall.fold` is 1. A time
    that spring skips is read with the offset before the change, which moves it forward by the
    skipped hour.
    """
    return _readings(wall, zone)[wall.fold]


def moments_of(wall: datetime, zone: ZoneInfo) -> list[datetime]:
    """Every moment at which the clock of `zone` shows `wall`.

    There are two in the hour that autumn repeats, and none in the hour that spring skips.
    """
    first, second = _readings(wall, zone)
    if first == second:
        return [first]
    return [first, second] if exists_on_clock(wall, zone) else []


def opening_moment_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """Like `moment_of`, for opening and closing hours: a doubled hour means its second pass."""
    return max(_readings(wall, zone))


def _readings(wall: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return (
        wall.replace(tzinfo=zone, fold=0).astimezone(UTC),
        wall.replace(tzinfo=zone, fold=1).astimezone(UTC),
    )


def local_day(day: date, zone: ZoneInfo) -> Interval:
    """One calendar day of `zone`: 23, 24 or 25 hours."""
    return local_days(day, day + DAY, zone)


def local_days(first: date, last: date, zone: ZoneInfo) -> Interval:
    """The calendar days of `zone` from `first` up to and without `last`."""
    return Interval(
        moment_of(datetime.combine(first, time.min), zone),
        moment_of(datetime.combine(last, time.min), zone),
    )


def today_began(now: datetime, zone: ZoneInfo) -> datetime:
    """When the day of `now` began on the clock of `zone`."""
    return local_day(wall_time(now, zone).date(), zone).start


def local_dates(interval: Interval, zone: ZoneInfo) -> list[date]:
    """Every calendar date of `zone` that `interval` touches, in order."""
    day = interval.start.astimezone(zone).date()
    dates = [day]
    while moment_of(datetime.combine(day + DAY, time.min), zone) < interval.end:
        day += DAY
        dates.append(day)
    return dates


def week_start(day: date) -> date:
    """The Monday of the week of `day`."""
    return day - timedelta(days=day.weekday())
