"""The one room that expands django-scheduler events: what recurs when, in the wall time of a space.

The library keeps no zone, adds elapsed time to find ends, and reads a rule it does not
understand as "every day". So hours are expanded here: starts and ends are read on the wall
clock, exceptions are found by their original start alone, and a rule outside the grammar
below is refused, when it is saved and again when it is expanded.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dateutil import rrule
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from schedule.models import Event, Occurrence, Rule

from spaces.intervals import (
    Interval,
    exists_on_clock,
    moment_of,
    opening_moment_of,
    wall_time,
)

LONGEST_RECURRING = timedelta(days=366)
# No zone has ever moved its clock by more than this, so a window read on the wall is complete.
CLOCK_MARGIN = timedelta(hours=3)

_DAYS = "(?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:MO|TU|WE|TH|FR|SA|SU))*"
_POSITION = "(?:-1|[1-4])"
_DATE_OF_MONTH = (
    "(?:bymonth:(?:1|3|5|7|8|10|12);bymonthday:(?:-1|[1-9]|[12][0-9]|3[01])"
    "|bymonth:(?:4|6|9|11);bymonthday:(?:-1|[1-9]|[12][0-9]|30)"
    "|bymonth:2;bymonthday:(?:-1|[1-9]|1[0-9]|2[0-8]))"
)
_COUNT = "(?:;count:[1-9])?"
# Each shape names dates that really come, so that no expansion searches until the year 9999: every
# twelve months it is the same month, which may have no 31st.
_STEPS = f"(?:;interval:[1-9][0-9]?)?{_COUNT}"
_MONTHS = f"(?:;interval:(?:[1-9]|1[01]))?{_COUNT}"
_YEARS = f"(?:;interval:[1-9])?{_COUNT}"
GRAMMAR = {
    "DAILY": re.compile(_STEPS),
    "WEEKLY": re.compile(f"{_STEPS}(?:;byweekday:{_DAYS})?"),
    "MONTHLY": re.compile(
        f"{_MONTHS}(?:;bymonthday:(?:-1|[1-9]|[12][0-9]|3[01])"
        f"|;byweekday:{_DAYS};bysetpos:(?:-1|[1-5]))?"
    ),
    "YEARLY": re.compile(
        f"{_YEARS}(?:;{_DATE_OF_MONTH}"
        f"|;bymonth:(?:[1-9]|1[0-2]);byweekday:{_DAYS};bysetpos:{_POSITION})?"
    ),
}
_FIXED_STEP = {"DAILY": timedelta(days=1), "WEEKLY": timedelta(weeks=1)}


class Dated(NamedTuple):
    """One date of an event: when the rule put it, and when it really is."""

    original_start: datetime
    interval: Interval


def validate_rule(rule: Rule) -> None:
    """Raise ValidationError unless every part of `rule` is one that is surely understood.

    Parts stand in the order interval, count, bymonth, bymonthday or byweekday, bysetpos, such
    as "interval:2;byweekday:MO,TH" (weekly) or "byweekday:TU;bysetpos:-1" (monthly).
    """
    grammar = GRAMMAR.get(rule.frequency)
    if grammar is None:
        raise ValidationError({"frequency": _("Hours can recur daily, weekly, monthly or yearly.")})
    if not grammar.fullmatch(f";{rule.params}" if rule.params else ""):
        raise ValidationError(
            {
                "params": _(
                    "“%(params)s” is not a rule that is understood here. Write for example "
                    "“byweekday:MO,TU”, “interval:2;byweekday:WE” (weekly), “bymonthday:15”, "
                    "“byweekday:TU;bysetpos:-1” (monthly) or “bymonth:8;bymonthday:1” (yearly)."
                )
                % {"params": rule.params}
            }
        )


def validate_event(event: Event) -> None:
    """Raise ValidationError unless `event` has a length, and a rule that is understood.

    An event that recurs lasts at most a year.
    """
    if event.start is None or event.end is None:
        return
    if event.end <= event.start:
        raise ValidationError({"end": _("The end must come after the start.")})
    if event.rule is not None:
        validate_rule(event.rule)
        if event.end - event.start > LONGEST_RECURRING:
            raise ValidationError({"end": _("What recurs may last a year at most.")})


def occurrences(
    event: Event,
    zone: ZoneInfo,
    window: Interval,
    changes: Iterable[Occurrence] | None = None,
) -> list[Interval]:
    """When `event` takes place in `window`, sorted, whole (not cut at the window).

    Read with `rule` fetched beforehand, and with its changed dates either fetched or passed as
    `changes`, this makes no query. Raises ValidationError for a rule that is not understood.
    """
    return sorted(dated.interval for dated in dated_occurrences(event, zone, window, changes))


def dated_occurrences(
    event: Event,
    zone: ZoneInfo,
    window: Interval,
    changes: Iterable[Occurrence] | None = None,
) -> list[Dated]:
    """Like `occurrences`, each with the start that its rule gave it."""
    validate_event(event)
    if changes is None:
        # What is only previewed was never saved, so nothing of it was ever changed.
        changes = event.occurrence_set.all() if event.pk else ()
    changed = {each.original_start: each for each in changes}
    dates = [
        dated for dated in _planned(event, zone, window) if dated.original_start not in changed
    ]
    dates += [
        Dated(start, Interval(each.start, each.end))
        for start, each in changed.items()
        if _still_stands(each, event, zone)
    ]
    return sorted(dated for dated in dates if dated.interval.overlaps(window))


def planned_at(event: Event, zone: ZoneInfo, original_start: datetime) -> Interval | None:
    """The date that the rule of `event` puts at `original_start`, whatever was changed since."""
    moment = Interval(original_start, original_start + timedelta(microseconds=1))
    for dated in _planned(event, zone, moment):
        if dated.original_start == original_start:
            return dated.interval
    return None


def reserved_dates(
    event: Event, zone: ZoneInfo, *, after: datetime | None = None
) -> Iterator[Dated]:
    """The dates of `event` that start after `after`, one by one, its cancelled ones too.

    For time that somebody reserves, other than for hours of opening: a date whose start or end
    spring skips is no date at all (RULES, C6), and one that occurs twice means the first (C7).
    A rule without an end goes on for ever. An event that is not saved may begin at a naive wall
    time. Raises ValidationError for a rule that is not understood.
    """
    validate_event(event)
    first, last = (
        each if each.tzinfo is None else wall_time(each, zone) for each in (event.start, event.end)
    )
    length = last - first
    earliest = wall_time(after, zone) - CLOCK_MARGIN if after else first
    for wall in _fast_forward(event, first, earliest, zone):
        if exists_on_clock(wall, zone) and exists_on_clock(wall + length, zone):
            start, end = moment_of(wall, zone), moment_of(wall + length, zone)
            if start < end and (after is None or after < start):
                yield Dated(start, Interval(start, end))


def _still_stands(change: Occurrence, event: Event, zone: ZoneInfo) -> bool:
    """Whether a moved date counts: not cancelled, not empty, and still one of the rule."""
    return (
        not change.cancelled
        and change.start < change.end
        and planned_at(event, zone, change.original_start) is not None
    )


def _planned(event: Event, zone: ZoneInfo, window: Interval) -> Iterator[Dated]:
    """The dates of the rule around `window`, exceptions left aside."""
    if event.rule is None:
        yield Dated(event.start, Interval(event.start, event.end))
        return
    first = wall_time(event.start, zone)
    length = wall_time(event.end, zone) - first
    earliest = wall_time(window.start, zone) - length - CLOCK_MARGIN
    latest = wall_time(window.end, zone) + CLOCK_MARGIN
    rule = _fast_forward(event, first, earliest, zone)
    for wall in rule.between(earliest, latest, inc=True):
        start, end = opening_moment_of(wall, zone), opening_moment_of(wall + length, zone)
        # Where spring skips the whole date, nothing is left of it.
        if start < end:
            yield Dated(start, Interval(start, end))


def _fast_forward(event: Event, first: datetime, earliest: datetime, zone: ZoneInfo) -> rrule.rrule:
    """The rule of `event` begun shortly before `earliest`, so that its age costs nothing.

    A counted rule has at most nine dates and is left alone; monthly and yearly ones have few.
    """
    rule: rrule.rrule = event.get_rrule_object(zone)
    params = event.rule.get_params()
    step = _FIXED_STEP.get(event.rule.frequency)
    if step is None or "count" in params:
        return rule
    step *= params.get("interval", 1)
    # One step is kept, because the first week of a rule may be a part of a week.
    steps = (earliest - first) // step - 1
    return rule.replace(dtstart=first + steps * step) if steps > 0 else rule
