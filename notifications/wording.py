"""Spans of time as messages say them: on the clock of the place, and on the reader's."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _


def span_in_words(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """A span on the clock of `zone`, such as “Tuesday 5 May 2026, 10:00–12:00”."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    if first.date() == last.date():
        return _("%(day)s, %(start)s–%(end)s") % {
            "day": date_format(first, _("l j F Y")),
            "start": _hour(first, last),
            "end": _hour(last, first),
        }
    return _("%(first_day)s, %(start)s – %(last_day)s, %(end)s") % {
        "first_day": date_format(first, _("l j F Y")),
        "last_day": date_format(last, _("l j F Y")),
        "start": _hour(first, last),
        "end": _hour(last, first),
    }


def moment_in_words(moment: datetime, zone: ZoneInfo) -> str:
    """A moment on the clock of `zone`, such as “Sunday 3 May 2026, 00:00”."""
    local = moment.astimezone(zone)
    return f"{date_format(local, _('l j F Y'))}, {date_format(local, _('H:i'))}"


def zone_in_words(start: datetime, zone: ZoneInfo) -> str:
    """The name of a clock with its distance from UTC, such as “Europe/Zurich, UTC+2”."""
    offset = start.astimezone(zone).strftime("%z")
    hours, minutes = int(offset[1:3]), offset[3:5]
    distance = f"UTC{offset[0]}{hours}" + (f":{minutes}" if minutes != "00" else "")
    return f"{zone.key.replace('_', ' ')}, {distance}"


def show_the_same(one: ZoneInfo, other: ZoneInfo, *moments: datetime) -> bool:
    """Whether both clocks read alike at every one of `moments`."""
    return all(
        moment.astimezone(one).utcoffset() == moment.astimezone(other).utcoffset()
        for moment in moments
    )


def _hour(moment: datetime, other: datetime) -> str:
    """An hour of the day; with its season where the clock changes within the span."""
    hour = date_format(moment, _("H:i"))
    if moment.utcoffset() == other.utcoffset():
        return hour
    return f"{hour} ({moment.strftime('%Z')})"
