"""How much of a quota a reservation would use up (RULES, C8, C9, C25). Pure.

Time is charged to local days by its parts, also over midnight; a reservation that is only counted
is charged to the local day of its start.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from booking.states import HoursCounted, QuotaWindow
from spaces.intervals import (
    DAY,
    Interval,
    clip,
    intersect,
    local_dates,
    local_day,
    subtract,
    total_seconds,
    week_start,
)
from spaces.weekdays import weekly_intervals


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A quota as far as arithmetic cares: exactly one of `duration` and `count`.

    `days` counts for ROLLING only; the wall times and weekdays where not ALL hours count.
    """

    window: QuotaWindow
    duration: timedelta | None = None
    count: int | None = None
    days: int = 1
    hours_counted: HoursCounted = HoursCounted.ALL
    weekdays: tuple[int, ...] = ()
    start_time: time | None = None
    end_time: time | None = None
    last_minute: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What somebody has reserved already: its span, and when it was reserved.

    What was given up or is completed is no longer open, whenever it was to end (RULES, C25).
    """

    span: Interval
    reserved_at: datetime
    is_open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A limit with all that counts against it; `name` says on what, such as a category.

    `is_of_one_machine` tells that nothing on another machine counts, whatever its pool.
    """

    limit: Limit
    name: str
    uses: tuple[Use, ...] = field(default=())
    is_of_one_machine: bool = False


def window_is_full(
    account: Account, span: Interval, *, now: datetime, zone: ZoneInfo
) -> date | None:
    """The first local date of a window that `span` would overfill; None where there is room.

    Limits are inclusive. Windows that `span` does not touch are not looked at.
    """
    limit = account.limit
    if limit.window == QuotaWindow.AT_ONCE or _is_last_minute(limit, span, now):
        return None
    asked = _charges(limit, span, zone)
    if not asked:
        return None
    charged = _charged(account, asked, zone)
    return next(
        (first for first, total in _windows(limit, asked, charged) if total > most(limit)), None
    )


def used(account: Account, span: Interval, *, now: datetime, zone: ZoneInfo) -> int:
    """How much is used of the limit on the dates of `span`: seconds, or reservations.

    Of several windows that `span` touches the fullest.
    """
    limit = account.limit
    if limit.window == QuotaWindow.AT_ONCE:
        return sum(sum(_charges(limit, each, zone).values()) for each in _open(account, now))
    charged = _charged(account, {}, zone)
    days = local_dates(span, zone)
    return max((total for _first, total in _windows(limit, days, charged)), default=0)


def most(limit: Limit) -> int:
    """The limit in seconds, or in reservations."""
    if limit.duration is not None:
        return int(limit.duration.total_seconds())
    return limit.count or 0


def too_much_at_once(account: Account, span: Interval, *, now: datetime, zone: ZoneInfo) -> bool:
    """Whether `span` would be one open reservation, or its time, too many (RULES, C25)."""
    limit = account.limit
    if limit.window != QuotaWindow.AT_ONCE or _is_last_minute(limit, span, now):
        return False
    spans = [span, *_open(account, now)]
    return sum(sum(_charges(limit, each, zone).values()) for each in spans) > most(limit)


def reach_of(limit: Limit, span: Interval, zone: ZoneInfo) -> Interval:
    """The time whose reservations may count together with `span`."""
    days = local_dates(span, zone)
    first, last = days[0], days[-1]
    if limit.window == QuotaWindow.WEEK:
        first, last = week_start(first), week_start(last) + 6 * DAY
    elif limit.window == QuotaWindow.MONTH:
        first, last = first.replace(day=1), _next_month(last) - DAY
    elif limit.window == QuotaWindow.ROLLING:
        first, last = first - (limit.days - 1) * DAY, last + (limit.days - 1) * DAY
    return Interval(local_day(first, zone).start, local_day(last, zone).end)


def _open(account: Account, now: datetime) -> list[Interval]:
    """What is open and counts (RULES, C25)."""
    return [
        use.span
        for use in account.uses
        if use.is_open
        and use.span.end > now
        and not _is_last_minute(account.limit, use.span, use.reserved_at)
    ]


def _charged(account: Account, asked: Mapping[date, int], zone: ZoneInfo) -> Mapping[date, int]:
    """What counts on each local date, together with what is asked for."""
    charged: defaultdict[date, int] = defaultdict(int, asked)
    for use in account.uses:
        if not _is_last_minute(account.limit, use.span, use.reserved_at):
            for day, amount in _charges(account.limit, use.span, zone).items():
                charged[day] += amount
    return charged


def _is_last_minute(limit: Limit, span: Interval, reserved_at: datetime) -> bool:
    return limit.last_minute is not None and span.start - reserved_at <= limit.last_minute


def _charges(limit: Limit, span: Interval, zone: ZoneInfo) -> dict[date, int]:
    """What `span` costs on each local date: seconds, or one on the day of its start."""
    if limit.duration is None:
        first_moment = Interval(span.start, span.start + timedelta(microseconds=1))
        counts = bool(_counted(limit, first_moment, zone))
        return {span.start.astimezone(zone).date(): 1} if counts else {}
    counted = _counted(limit, span, zone)
    seconds = {
        day: total_seconds(clip(counted, local_day(day, zone))) for day in local_dates(span, zone)
    }
    return {day: amount for day, amount in seconds.items() if amount}


def _counted(limit: Limit, span: Interval, zone: ZoneInfo) -> list[Interval]:
    """The parts of `span` in the hours that count."""
    if (
        limit.hours_counted == HoursCounted.ALL
        or limit.start_time is None
        or limit.end_time is None
    ):
        return [span]
    hours = weekly_intervals(
        limit.weekdays, limit.start_time, limit.end_time, zone=zone, window=span
    )
    if limit.hours_counted == HoursCounted.INSIDE:
        return intersect([span], hours)
    return subtract([span], hours)


def _windows(
    limit: Limit, asked: Iterable[date], charged: Mapping[date, int]
) -> Iterator[tuple[date, int]]:
    """Every window that the dates `asked` lie in: its first date and what is charged to it."""
    if limit.window == QuotaWindow.ROLLING:
        length = limit.days * DAY
        firsts = {day - back * DAY for day in asked for back in range(limit.days)}
        for first in sorted(firsts):
            yield (
                first,
                sum(amount for day, amount in charged.items() if first <= day < first + length),
            )
        return
    totals: defaultdict[date, int] = defaultdict(int)
    for day, amount in charged.items():
        totals[_window_start(limit.window, day)] += amount
    for first in sorted({_window_start(limit.window, day) for day in asked}):
        yield first, totals[first]


def _window_start(window: QuotaWindow, day: date) -> date:
    if window == QuotaWindow.WEEK:
        return week_start(day)
    return day.replace(day=1) if window == QuotaWindow.MONTH else day


def _next_month(day: date) -> date:
    return (day.replace(day=28) + 4 * DAY).replace(day=1)
