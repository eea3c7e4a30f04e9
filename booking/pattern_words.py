"""How often a series recurs, as people say it, in the active language."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from booking.models import Series
from booking.recurring import LAST, Pattern, pattern_of
from booking.states import Frequency
from spaces.intervals import wall_time


def series_in_words(series: Series) -> str:
    """A series such as “Every week on Tuesday, 18:00–20:00, until 26 May 2026”."""
    event, zone = series.event, series.space.zone
    start, end = wall_time(event.start, zone), wall_time(event.end, zone)
    ends = event.end_recurring_period
    return _("%(pattern)s, %(start)s–%(end)s, %(until)s") % {
        "pattern": pattern_in_words(pattern_of(event), start.date()),
        "start": _hour(start),
        "end": _hour(end),
        "until": _until(ends, zone),
    }


def pattern_in_words(pattern: Pattern, first: date) -> str:
    """A pattern such as “Every 2 weeks on Tuesday and Sunday”, for a series begun on `first`."""
    every = pattern.every
    if pattern.frequency == Frequency.DAILY:
        return _("Every day") if every == 1 else _("Every %(every)d days") % {"every": every}
    if pattern.frequency == Frequency.WEEKLY:
        days = pattern.weekdays or (first.weekday(),)
        words = {"every": every, "days": _listed(str(WEEKDAYS[day]) for day in days)}
        if every == 1:
            return _("Every week on %(days)s") % words
        return _("Every %(every)d weeks on %(days)s") % words
    words = {"every": every, "day": _day_of_month(pattern, first)}
    if every == 1:
        return _("Every month on %(day)s") % words
    return _("Every %(every)d months on %(day)s") % words


def _day_of_month(pattern: Pattern, first: date) -> str:
    if pattern.nth is not None and pattern.weekday is not None:
        return _("the %(nth)s %(weekday)s") % {
            "nth": nth_in_words(pattern.nth),
            "weekday": WEEKDAYS[pattern.weekday],
        }
    day = pattern.day or first.day
    return _("the last day") if day == LAST else _("day %(day)d") % {"day": day}


def nth_in_words(nth: int) -> str:
    """Which of the weekdays of a month: “first” to “fifth”, “last”."""
    return {
        1: _("first"),
        2: _("second"),
        3: _("third"),
        4: _("fourth"),
        5: _("fifth"),
        LAST: _("last"),
    }[nth]


def _listed(names: Iterable[str]) -> str:
    *names, last = list(names)
    if not names:
        return last
    return _("%(names)s and %(last)s") % {"names": ", ".join(names), "last": last}


def _until(ends: datetime | None, zone: ZoneInfo) -> str:
    if ends is None:
        return _("without an end")
    return _("until %(day)s") % {"day": date_format(ends.astimezone(zone), _("j F Y"))}


def _hour(wall: datetime) -> str:
    return date_format(wall, _("H:i"))
