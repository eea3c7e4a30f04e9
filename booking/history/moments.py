"""Dates, times and lengths as logs write them, and the span that they come to.

Wall times are read on the clock of the space; in the hour that autumn repeats the length tells
which one is meant, else the first is (RULES, C7).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import product
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from machines.vocabulary import folded
from spaces.intervals import DAY, Interval, moments_of

EARLIEST_YEAR, LATEST_YEAR = 2000, 2199
CENTURY = 2000
TOLERATED = timedelta(minutes=1)
"""By how much a rounded length may differ from its times without a word."""

LONGEST = timedelta(days=1000)
"""As what a longer length counts: no use goes on so long, and no calendar ends before."""

LONG_NIGHT = timedelta(hours=12)
"""What goes on longer than this into the next day may be a slip of the pen."""

_MONTHS = (
    ("jan", "gen"), ("feb", "fev"), ("mar", "mrz", "maer"), ("apr", "avr"), ("may", "mai", "mag"),
    ("jun", "juin", "giu"), ("jul", "juil", "lug"), ("aug", "aou", "ago"), ("sep", "set"),
    ("oct", "okt", "ott"), ("nov",), ("dec", "dez", "dic"),
)  # fmt: skip
_WEEKDAYS = (
    ("mo", "lu"), ("di", "tu", "ma"), ("mi", "we", "me"), ("do", "th", "je", "gi"),
    ("fr", "ve"), ("sa",), ("so", "su"),
)  # fmt: skip
_SECONDS = (
    (3600, r"h|hr|hrs|hours?|std|stunden?|heures?|or[ae]"),
    (60, r"m|min|mins|minutes?|minuten?|minut[oi]"),
    (1, r"s|sec|secs|seconds?|sek|sekunden?|secondes?|second[oi]"),
    (86400, r"d|days?|tage?|jours?|giorn[oi]"),
)
_TIME = re.compile(
    r"(?P<hour>\d{1,2})(?:\s?[:.h]\s?(?P<minute>\d{2}|0))?(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?\s*(?:h|uhr)?",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"(\d{1,2})\s?([./-])\s?(\d{1,2})\s?[./-]\s?(\d{4}|\d{2})(?!\d)")
_YEAR_FIRST = re.compile(r"(\d{4})[./-](\d{1,2})[./-](\d{1,2})")
_WORDED = re.compile(r"(\d{1,2})\.?[\s-]?([^\W\d_]{3,})\.?[\s-]?(\d{4}|\d{2})(?!\d)")
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,})\.?\s(\d{1,2}),?\s(\d{4})")
_LENGTH = re.compile(r"(-?\d+(?:[.,]\d+)?)\s*([^\W\d_]*)\.?")
_CLOCK_LENGTH = re.compile(r"(\d+):(\d{2})(?::(\d{2}))?")


class Unclear(Exception):
    """What a cell says cannot be read; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one cell says of a moment; an offset counts where it stands beside a time."""

    day: date | None = None
    clock: time | None = None
    is_next_day: bool = False


@lru_cache(maxsize=20_000)
def told_of(text: str, *, month_first: bool = False) -> Told:
    """What `text` says: a date, a time, or both. Raises Unclear.

    The same dates and times stand in many rows.
    """
    text = text.strip()
    if iso := _iso(text):
        return iso
    day, rest = _dated(text, month_first=month_first)
    rest = rest.strip(" ,T\u00a0")
    if not rest and day:
        return Told(day=day)
    clock, is_next_day = _clock(rest)
    return Told(day=day, clock=clock, is_next_day=is_next_day)


def _iso(text: str) -> Told | None:
    if not re.match(r"\d{4}-\d{2}-\d{2}[T ]\d", text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    _in_range(moment.year)
    return Told(day=moment.date(), clock=moment.timetz().replace(microsecond=0))


def _dated(text: str, *, month_first: bool) -> tuple[date | None, str]:
    if found := _MONTH_FIRST.match(text):
        return date_from(found[3], found[1], found[2]), text[found.end() :]
    text = re.sub(r"^[^\W\d_]{2,}\.?,?\s(?=\d)", "", text)
    if found := _YEAR_FIRST.match(text):
        parts = found[1], found[2], found[3]
    elif found := _NUMBERS.match(text):
        first, second = found[1], found[3]
        parts = (found[4], first, second) if month_first else (found[4], second, first)
    elif found := _WORDED.match(text):
        parts = found[3], found[2], found[1]
    else:
        return None, text
    return date_from(*parts), text[found.end() :]


def date_from(year: str, month: str, day: str) -> date:
    """The date of three cells; a month may be a word, a year two digits. Raises Unclear."""
    if not re.fullmatch(r"\d{1,4}", year) or not day.rstrip(".").isdecimal():
        raise Unclear(_("This is no date."))
    number = int(year)
    number += CENTURY if number < 100 else 0  # noqa: PLR2004
    _in_range(number)
    try:
        return date(number, _month(month), int(day.rstrip(".")))
    except ValueError as error:
        raise Unclear(_("There is no such day.")) from error


def moment_told(text: str) -> datetime:
    """The moment that a program tells in ISO 8601, with its offset. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(_("This is no time."))
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        raise ValueError(_("This is not a year of machines of ours."))
    return moment


def _in_range(year: int) -> None:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise Unclear(_("This is not a year of machines of ours."))


def _month(text: str) -> int:
    if text.isdecimal():
        return int(text)
    word = folded(text)
    for number, beginnings in enumerate(_MONTHS, start=1):
        if word.startswith(beginnings):
            return number
    raise Unclear(_("Nobody knows this month."))


def is_other_weekday(text: str, day: date) -> bool:
    """Whether a cell names another weekday than `day` has; unknown words name none."""
    word = folded(text)
    named = {at for at, beginnings in enumerate(_WEEKDAYS) if word.startswith(beginnings)}
    return bool(named) and day.weekday() not in named


def _clock(text: str) -> tuple[time, bool]:
    found = _TIME.fullmatch(text.strip())
    if not found or not (
        found["minute"] or found["half"] or re.search(r"h|uhr", text, re.IGNORECASE)
    ):
        raise Unclear(_("This is no time."))
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    if found["half"]:
        hour = hour % 12 + (12 if found["half"].casefold().startswith("p") else 0)
    if (hour, minute, second) == (24, 0, 0):
        return time.min, True
    try:
        return time(hour, minute, second), False
    except ValueError as error:
        raise Unclear(_("No clock shows this time.")) from error


def length_of(text: str, *units: str) -> timedelta | None:
    """The length that `text` tells, in its own unit or the first of `units` that is one.

    None where nothing is told, or not in what.
    """
    text = text.strip()
    if found := _CLOCK_LENGTH.fullmatch(text):
        hours, minutes, rest = (Decimal(part or 0) for part in found.groups())
        return _bounded(hours * 3600 + minutes * 60 + rest)
    found = _LENGTH.fullmatch(text)
    if not found:
        return None
    for unit in (found[2], *units):
        if seconds := _seconds_in(unit):
            return _bounded(Decimal(found[1].replace(",", ".")) * seconds)
    return None


def _bounded(seconds: Decimal) -> timedelta:
    most = Decimal(LONGEST.total_seconds())
    return timedelta(seconds=float(max(-most, min(seconds, most))))


def _seconds_in(unit: str) -> Decimal:
    """What a unit such as “min”, “30 minutes” or “Dauer (in h)” comes to; 0 where it is none."""
    for number, word in re.findall(r"(\d+)?\s?([^\W\d_]+)", folded(unit)):
        for seconds, pattern in _SECONDS:
            if re.fullmatch(pattern, word):
                return Decimal(number or 1) * seconds
    return Decimal(0)


@dataclass(frozen=True, slots=True)
class Spanned:
    """A span, and what is doubtful about it."""

    span: Interval
    doubt: str = ""


def span_from(start: Told, end: Told | None, length: timedelta | None, zone: ZoneInfo) -> Spanned:
    """The span from `start` to `end`, else of `length`; times win over lengths.

    An end that is a time only lies after the start, the next day if need be; where the clock is put
    back between them, it is still the same night. Raises Unclear.
    """
    starts = _moments(start, zone)
    if end is None:
        if length is None or length <= timedelta(0):
            raise Unclear(_("Neither an end nor a length is told."))
        return Spanned(Interval(starts[0], starts[0] + length))
    dated = _dated_end(start, end)
    ends = [*_moments(dated, zone), *_same_night(start, end, zone)]
    pairs = [(first, last) for first, last in product(starts, ends) if last > first]
    if not pairs:
        raise Unclear(_("The end does not lie after the start."))

    def fit(pair: tuple[datetime, datetime]) -> tuple[timedelta, datetime, datetime]:
        away = abs(pair[1] - pair[0] - length) if length is not None else timedelta(0)
        return (away, *pair)

    span = Interval(*min(pairs, key=fit))
    if length is not None and abs(span.duration - length) > TOLERATED:
        return Spanned(span, _("The length says otherwise; the times count."))
    if end.day is None and dated.day != start.day and span.duration > LONG_NIGHT:
        return Spanned(span, _("The end was taken for a time of the next day."))
    if len(pairs) > 1:
        return Spanned(span, _("The clock showed this hour twice; the first time was taken."))
    return Spanned(span)


def _dated_end(start: Told, end: Told) -> Told:
    """The end with its day, where it told the time alone."""
    if end.day is not None or start.day is None or end.clock is None or start.clock is None:
        return end
    is_over_night = not end.is_next_day and end.clock.replace(tzinfo=None) < start.clock.replace(
        tzinfo=None
    )
    clock = end.clock.replace(tzinfo=start.clock.tzinfo)
    day = start.day + DAY if is_over_night else start.day
    return Told(day=day, clock=clock, is_next_day=end.is_next_day)


def _same_night(start: Told, end: Told, zone: ZoneInfo) -> Sequence[datetime]:
    """What an end without a day means as well: from 2:40 to 2:20 are 40 minutes in autumn."""
    if end.day is not None or end.is_next_day or start.day is None or end.clock is None:
        return ()
    found = moments_of(datetime.combine(start.day, end.clock.replace(tzinfo=None)), zone)
    return found if len(found) > 1 else ()


def _moments(told: Told, zone: ZoneInfo) -> Sequence[datetime]:
    """The moments that a cell may mean: two in the hour that autumn repeats."""
    if told.day is None or told.clock is None:
        raise Unclear(_("The day is missing.") if told.day is None else _("The time is missing."))
    wall = datetime.combine(told.day + (DAY if told.is_next_day else timedelta(0)), told.clock)
    if wall.tzinfo is not None:
        return [wall.astimezone(UTC)]
    if found := moments_of(wall, zone):
        return found
    raise Unclear(_("The clock never showed this time: it was put forward then."))
