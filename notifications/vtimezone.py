"""When a zone moves its clock, as calendar programs are told it: the VTIMEZONE (RFC 5545, 3.6.5).

Every change stands by itself: rules that recur and lists of dates are read wrongly by some.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

NOTHING, SECOND, DAY = timedelta(0), timedelta(seconds=1), timedelta(days=1)
MINUTE, HOUR = 60, 3600


@lru_cache(maxsize=256)
def vtimezone(zone: str, first_year: int, last_year: int) -> str:
    """What the clock of `zone` does from the year before the first to the year after the last.

    The same text for everybody, and working it out takes longer than all else in a mail.
    """
    clock = ZoneInfo(zone)
    start = datetime(first_year - 1, 1, 1, tzinfo=UTC)
    changes = _changes(clock, start, datetime(last_year + 2, 1, 1, tzinfo=UTC))
    told = "".join(_observance(clock, each) for each in (start, *changes))
    return f"BEGIN:VTIMEZONE\r\nTZID:{zone}\r\n{told}END:VTIMEZONE\r\n"


def _changes(clock: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """Every moment, to the second, at which the clock is moved; no zone moves it twice a day."""
    while start < end:
        following = start + DAY
        if _offset(clock, start) != _offset(clock, following):
            yield _change_between(clock, start, following)
        start = following


def _change_between(clock: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second that shows the offset of `after`."""
    while after - before > SECOND:
        middle = before + (after - before) // (2 * SECOND) * SECOND
        if _offset(clock, middle) == _offset(clock, before):
            before = middle
        else:
            after = middle
    return after


def _observance(clock: ZoneInfo, onset: datetime) -> str:
    """What holds from `onset` on, which is told in the offset from before it."""
    before, after = _offset(clock, onset - SECOND), _offset(clock, onset)
    local = onset.astimezone(clock)
    # Dublin is said to save daylight in winter, backwards: no program would believe that.
    kind = "DAYLIGHT" if (local.dst() or NOTHING) > NOTHING else "STANDARD"
    return (
        f"BEGIN:{kind}\r\n"
        f"DTSTART:{onset + before:%Y%m%dT%H%M%S}\r\n"
        f"TZOFFSETFROM:{_in_digits(before)}\r\n"
        f"TZOFFSETTO:{_in_digits(after)}\r\n"
        f"TZNAME:{local.tzname()}\r\n"
        f"END:{kind}\r\n"
    )


def _offset(clock: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(clock).utcoffset() or NOTHING


def _in_digits(offset: timedelta) -> str:
    """An offset as +hhmm, with seconds where it has any."""
    seconds = int(offset.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("+", seconds)
    told = f"{sign}{seconds // HOUR:02}{seconds % HOUR // MINUTE:02}"
    return f"{told}{seconds % MINUTE:02}" if seconds % MINUTE else told
