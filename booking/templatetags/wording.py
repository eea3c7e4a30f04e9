"""Prices, states and times as templates write them."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.template import Library
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from booking.drawings import drawing_of
from booking.queries.availability import MachineNow
from booking.states import MachineState
from booking.wording import duration_in_words, hours_in_words
from spaces.money import money_in_words

register = Library()

DAYS_OF_WEEK = 7

BADGES = {
    MachineState.FREE: "ok",
    MachineState.RESERVED: "busy",
    MachineState.IN_USE: "busy",
    MachineState.MAINTENANCE: "warn",
    MachineState.DOWN: "bad",
    MachineState.CLOSED: "",
}

register.filter("drawing", drawing_of)


@register.filter
def money(amount: Decimal, currency: str) -> str:
    """An amount in a currency: `{{ price|money:space.currency }}`."""
    return money_in_words(amount, currency)


@register.filter
def weekdays(days: Sequence[int]) -> str:
    """Days of the week, Monday being 0; none means all: `{{ window.weekdays|weekdays }}`."""
    if not days or len(days) == DAYS_OF_WEEK:
        return _("every day")
    return ", ".join(str(WEEKDAYS[day]) for day in sorted(days))


@register.filter
def hours(minutes: int) -> str:
    """Minutes of a ledger: `{{ entry.minutes|hours }}`."""
    return hours_in_words(minutes)


@register.filter
def duration(value: timedelta) -> str:
    """A length of time, such as “1 h 30 min”."""
    return duration_in_words(value)


@register.filter
def badge_of(state: MachineState) -> str:
    """The class of the badge that shows `state`."""
    return BADGES[state]


@register.filter(expects_localtime=True)
def moment(value: datetime) -> str:
    """A moment with its year: “Tue 5 May 2026, 10:00”."""
    return date_format(value, _("D j M Y, H:i"))


@register.filter(expects_localtime=True)
def moment_to_come(value: datetime) -> str:
    """A moment whose year is plain: “Tue 5 May, 10:00”."""
    return date_format(value, _("D j M, H:i"))


@register.filter(expects_localtime=True)
def long_day(value: date) -> str:
    """A day with its year: “Tuesday 5 May 2026”."""
    return date_format(value, _("l j F Y"))


@register.filter(expects_localtime=True)
def day_to_come(value: date) -> str:
    """A day whose year is plain: “Tuesday 5 May”."""
    return date_format(value, _("l j F"))


@register.filter(expects_localtime=True)
def short_day(value: date) -> str:
    """A day whose year is plain, as short as it may be: “Tue 5 May”."""
    return date_format(value, _("D j F"))


@register.filter(expects_localtime=True)
def day_ending(value: datetime) -> str:
    """The day that ends at a moment, such as midnight: “Tue 5 May”."""
    return short_day(value - timedelta(microseconds=1))


@register.filter(expects_localtime=True)
def season(value: datetime) -> str:
    """What the clock is called at a moment: “CEST”; it differs over a clock change.

    Django's own formats say nothing within the hour that is repeated.
    """
    return f"{value:%Z}"


@register.simple_tag
def state_in_words(now: MachineNow, zone: ZoneInfo, moment: datetime) -> str:
    """What the machine is at `moment`, and until when: “free until 14:00”."""
    if now.until is None:
        return _plain(now.state)
    return _lasting(now.state) % {"until": until_in_words(now.until, zone, moment)}


def until_in_words(until: datetime, zone: ZoneInfo, moment: datetime) -> str:
    """A coming moment on the clock of `zone`, as short as `moment` allows."""
    local = until.astimezone(zone)
    days = (local.date() - moment.astimezone(zone).date()).days
    if days == 0:
        return date_format(local, pgettext("until", "H:i"))
    if days == 1 and local.time() == time.min:
        return pgettext("until", "midnight")
    soon = days < DAYS_OF_WEEK
    return date_format(local, pgettext("until", "D H:i") if soon else pgettext("until", "j M"))


def _plain(state: MachineState) -> str:
    return {
        MachineState.FREE: _("Free"),
        MachineState.RESERVED: _("Reserved"),
        MachineState.IN_USE: _("In use"),
        MachineState.MAINTENANCE: _("Maintenance"),
        MachineState.DOWN: _("Out of order"),
        MachineState.CLOSED: _("Closed"),
    }[state]


def _lasting(state: MachineState) -> str:
    return {
        MachineState.FREE: _("Free until %(until)s"),
        MachineState.RESERVED: _("Reserved until %(until)s"),
        MachineState.IN_USE: _("In use until %(until)s"),
        MachineState.MAINTENANCE: _("Maintenance until %(until)s"),
        MachineState.DOWN: _("Out of order until %(until)s"),
        MachineState.CLOSED: _("Closed until %(until)s"),
    }[state]
