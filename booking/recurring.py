"""How often something recurs: what people say, as RRULE text and as a rule of django-scheduler.

Pure, but for unsaved rows of the library: `machines.recurrence` alone expands them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from schedule.models import Event, Rule

from booking.states import EARLIEST_DAY, LATEST_DAY, MAX_SPAN, Frequency
from machines.recurrence import Dated, reserved_dates
from spaces.intervals import DAY, local_day

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST_EVERY = 99
MOST_MONTHS = 11
"""Every twelve months it would be the same month, which may not have the day."""

MOST_DATES = 400
"""Of one series; a year of every day and some more."""

LAST = -1
SECOND = timedelta(seconds=1)
POSITIONS = (1, 2, 3, 4, 5, LAST)
LAST_DAY_OF_MONTH = 31
MOST_SURE = 4
"""Every month has a fourth Tuesday, not every month a fifth."""


class PatternInvalid(ValueError):
    """A pattern that is not understood; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """How often; at most one of `until` (its day included) and `count`, or without an end.

    `weekdays` (Monday is 0) count for weekly ones; empty means that of the start. Monthly ones
    come on the `nth` of `weekday` (-1 is the last), on a `day` of the month, or on that of the
    start. `excepted` dates are left out and use up the count (RULES, C12).
    """

    frequency: Frequency
    every: int = 1
    weekdays: tuple[int, ...] = ()
    nth: int | None = None
    weekday: int | None = None
    day: int | None = None
    until: date | None = None
    count: int | None = None
    excepted: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        most = MOST_MONTHS if self.frequency == Frequency.MONTHLY else MOST_EVERY
        if not 1 <= self.every <= most:
            raise PatternInvalid(
                _("Something can recur every 1 to 99 days or weeks, or every 1 to 11 months.")
            )
        if self.until is not None and self.count is not None:
            raise PatternInvalid(_("Give a last day or a number of dates, not both."))
        if self.count is not None and not 1 <= self.count <= MOST_DATES:
            raise PatternInvalid(_("A series has 1 to 400 dates."))
        if not self._parts_fit():
            raise PatternInvalid(_("This pattern of days is not understood."))

    def _parts_fit(self) -> bool:
        """Whether days are named as the frequency allows, and days that there are."""
        is_monthly = self.frequency == Frequency.MONTHLY
        if self.until is not None and not EARLIEST_DAY <= self.until <= LATEST_DAY:
            return False
        if self.weekdays and self.frequency != Frequency.WEEKLY:
            return False
        if not is_monthly and (self.nth, self.weekday, self.day) != (None, None, None):
            return False
        if (self.nth is None) != (self.weekday is None) or (self.nth and self.day):
            return False
        return (
            all(0 <= day < len(WEEKDAYS) for day in (*self.weekdays, self.weekday or 0))
            and self.nth in (None, *POSITIONS)
            and (self.day is None or self.day == LAST or 1 <= self.day <= LAST_DAY_OF_MONTH)
        )

    @property
    def is_open(self) -> bool:
        """Whether it goes on without an end."""
        return self.until is None and self.count is None

    def params(self, first: date) -> str:
        """What a rule of the library says, for a series that begins on `first`."""
        parts = [f"interval:{self.every}"] if self.every > 1 else []
        if self.frequency == Frequency.WEEKLY:
            days = sorted(set(self.weekdays)) or [first.weekday()]
            parts.append("byweekday:" + ",".join(WEEKDAYS[day] for day in days))
        elif self.frequency == Frequency.MONTHLY:
            if self.nth is not None and self.weekday is not None:
                parts += [f"byweekday:{WEEKDAYS[self.weekday]}", f"bysetpos:{self.nth}"]
            else:
                parts.append(f"bymonthday:{self.day or first.day}")
        return ";".join(parts)

    def rrule(self, first: date) -> str:
        """The pattern as iCalendar writes it; excepted dates stand elsewhere there."""
        names = {"interval": "INTERVAL", "byweekday": "BYDAY", "bysetpos": "BYSETPOS"}
        parts = [f"FREQ={self.frequency.value}"]
        for part in filter(None, self.params(first).split(";")):
            name, value = part.split(":")
            parts.append(f"{names.get(name, 'BYMONTHDAY')}={value}")
        if self.until is not None:
            parts.append(f"UNTIL={self.until:%Y%m%d}")
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        return ";".join(parts)


_BY_DAY = re.compile("([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")


def pattern_from(text: str, *, excepted: Iterable[date] = ()) -> Pattern:
    """The pattern that an RRULE text of RFC 5545 tells; raises PatternInvalid for any other."""
    parts = _parts(text)
    try:
        frequency = Frequency(parts.pop("FREQ", ""))
        every = int(parts.pop("INTERVAL", "1"))
        count = int(parts.pop("COUNT")) if "COUNT" in parts else None
        day = int(parts.pop("BYMONTHDAY")) if "BYMONTHDAY" in parts else None
        position = int(parts.pop("BYSETPOS")) if "BYSETPOS" in parts else None
        until = _last_day(parts.pop("UNTIL")) if "UNTIL" in parts else None
        days = [_BY_DAY.fullmatch(each) for each in parts.pop("BYDAY", "").split(",") if each]
    except ValueError as error:
        raise _not_understood() from error
    if parts.pop("WKST", "MO") != "MO" or parts or not all(days):
        raise _not_understood()
    named = [(each[1], WEEKDAYS.index(each[2])) for each in days if each]
    places = {int(place) for place, _day in named if place} | ({position} if position else set())
    is_nth = bool(places) or (frequency == Frequency.MONTHLY and named)
    if is_nth and (len(places) != 1 or len(named) != 1):
        raise _not_understood()
    return Pattern(
        frequency=frequency,
        every=every,
        weekdays=() if is_nth else tuple(day for _place, day in named),
        nth=next(iter(places)) if is_nth else None,
        weekday=named[0][1] if is_nth else None,
        day=day,
        until=until,
        count=count,
        excepted=frozenset(excepted),
    )


def _parts(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in text.upper().removeprefix("RRULE:").strip().split(";"):
        name, equals, value = part.partition("=")
        if not equals or name in found:
            raise _not_understood()
        found[name] = value
    return found


def _last_day(text: str) -> date:
    """The day of an UNTIL, which may be told with a time."""
    return datetime.strptime(text[:8], "%Y%m%d").date()  # noqa: DTZ007


def _not_understood() -> PatternInvalid:
    return PatternInvalid(_("This rule is not understood. An example: FREQ=WEEKLY;BYDAY=TU,TH"))


@dataclass(frozen=True, slots=True)
class Plan:
    """An unsaved event with its rule, and the dates of it that are left out."""

    event: Event
    excepted: tuple[Dated, ...]

    def dates(self, zone: ZoneInfo, *, until: datetime) -> list[Dated]:
        """The dates that start up to `until`; one more than a series may have ends the list."""
        left_out = {each.original_start for each in self.excepted}
        every = takewhile(
            lambda dated: dated.original_start <= until, reserved_dates(self.event, zone)
        )
        return list(
            islice((each for each in every if each.original_start not in left_out), MOST_DATES + 1)
        )


def plan(pattern: Pattern, start: datetime, end: datetime, zone: ZoneInfo) -> Plan:
    """The event of a series whose wall times begin with `start` to `end`.

    It begins on its first date that the clock shows, because an event keeps no wall time: begun
    in the hour that spring skips it would keep the shifted hour for ever. A count becomes the
    day of the last date (RULES, C6, C12). Raises PatternInvalid where there is no date.
    """
    start, end = (wall.replace(fold=0) for wall in (start, end))
    if not start < end <= start + MAX_SPAN:
        raise PatternInvalid(_("Each date must end after its start, and within 14 days."))
    params = pattern.params(start.date())
    frequency = str(pattern.frequency.value)
    rule = Rule(frequency=frequency, params=params, name=f"{frequency.lower()} {params}"[:32])
    event = Event(title=f"{start:%H:%M}", start=start, end=end, rule=rule)
    kept = list(islice(reserved_dates(event, zone), pattern.count or 1))
    if not kept:
        raise _no_date()
    last = pattern.until
    if pattern.count is not None:
        last = kept[-1].original_start.astimezone(zone).date()
    event.start, event.end = kept[0].interval.start, kept[0].interval.end
    if last is not None:
        event.end_recurring_period = local_day(last, zone).end - SECOND
        if event.end_recurring_period < event.start:
            raise _no_date()
    return Plan(event, _excepted(event, pattern.excepted, zone))


def pattern_of(event: Event) -> Pattern:
    """The pattern that the rule of a saved event tells, without its end."""
    told = dict(part.split(":") for part in event.rule.params.split(";") if part)
    days = tuple(WEEKDAYS.index(day) for day in told.get("byweekday", "").split(",") if day)
    is_nth = "bysetpos" in told
    return Pattern(
        frequency=Frequency(event.rule.frequency),
        every=int(told.get("interval", 1)),
        weekdays=() if is_nth else days,
        nth=int(told["bysetpos"]) if is_nth else None,
        weekday=days[0] if is_nth else None,
        day=int(told["bymonthday"]) if "bymonthday" in told else None,
    )


def moved_to(pattern: Pattern, first: date, to: date) -> Pattern:
    """The same pattern with its date `first` on the day `to`, and all others moved alike.

    Days of the week go as far as the first does; the nth weekday or the day of a month become
    those of `to`, the last staying the last where it can.
    """
    if pattern.frequency == Frequency.WEEKLY:
        days = {(day + (to - first).days) % len(WEEKDAYS) for day in pattern.weekdays}
        return replace(pattern, weekdays=tuple(sorted(days)))
    if pattern.nth is not None:
        is_last = (to + 7 * DAY).month != to.month
        nth = (to.day - 1) // 7 + 1
        last = is_last and (pattern.nth == LAST or nth > MOST_SURE)
        return replace(pattern, nth=LAST if last else nth, weekday=to.weekday())
    if pattern.day is not None:
        is_last = (to + DAY).month != to.month
        return replace(pattern, day=LAST if is_last and pattern.day == LAST else to.day)
    return pattern


def _excepted(event: Event, days: frozenset[date], zone: ZoneInfo) -> tuple[Dated, ...]:
    if not days:
        return ()
    end = local_day(max(days), zone).end
    dates = takewhile(lambda dated: dated.original_start < end, reserved_dates(event, zone))
    return tuple(dated for dated in dates if dated.original_start.astimezone(zone).date() in days)


def _no_date() -> PatternInvalid:
    return PatternInvalid(_("This pattern has no date."))
