"""Until when a message can wait: the mail of the day, quiet hours, and what must not wait."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from spaces.intervals import DAY, Interval, moment_of

NOTICE = timedelta(hours=1)
"""What is told later than this before it begins, or is over, is told too late to act on it."""


def first_zone(*names: str) -> ZoneInfo:
    """The first of these zones that there is; one that nobody knows must not stop the post."""
    for name in filter(None, names):
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


def next_at(clock: time, zone: ZoneInfo, after: datetime) -> datetime:
    """The next moment after `after` at which the clock of `zone` shows `clock`."""
    today = after.astimezone(zone).date()
    moment = moment_of(datetime.combine(today, clock), zone)
    return moment if moment > after else moment_of(datetime.combine(today + DAY, clock), zone)


def quiet_hours(begin: time, end: time, zone: ZoneInfo, now: datetime) -> Interval:
    """The quiet hours that run at `now`, else the next ones; they may last over midnight."""
    until = next_at(end, zone, now)
    day = until.astimezone(zone).date()
    start = moment_of(datetime.combine(day if begin < end else day - DAY, begin), zone)
    # Where the clock skips the beginning it may come to lie after the end.
    return Interval(min(start, until), until)


def can_wait(
    *,
    until: datetime,
    begins: Iterable[datetime],
    expires_at: datetime | None,
    is_news: bool,
    zone: ZoneInfo,
    now: datetime,
) -> bool:
    """Whether what is told of times that begin at `begins` still serves when told at `until`.

    What changes on the day of `now` is news that does not wait, however late in the day it is.
    """
    told_of = list(begins)
    useful_until = [
        *(each for each in told_of if each > now),
        *([expires_at] if expires_at else []),
    ]
    if any(each < until + NOTICE for each in useful_until):
        return False
    today = now.astimezone(zone).date()
    return not (is_news and any(each.astimezone(zone).date() == today for each in told_of))
