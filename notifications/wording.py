"""Spans of time as messages say them: on the clock of the space, and on the reader's."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from spaces.intervals import happens_twice, wall_time


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clock of a space, and the one that the reader of a message looks at."""

    space: ZoneInfo
    reader: ZoneInfo

    def agree(self, *moments: datetime) -> bool:
        """Whether the reader has nothing to gain from a second time."""
        return show_the_same(self.space, self.reader, *moments)

    def told(self, start: datetime, end: datetime | None = None, *, named: bool = False) -> str:
        """A moment or a span within a sentence, with the reader's time where that differs.

        Such as “Sunday 3 May 2026, 00:00 (on your clock 10:00)”; `named` adds the zone.
        """
        beside = [zone_in_words(start, self.space)] if named else []
        if not self.agree(start, end or start):
            here = self.here(start, end)
            beside.append(_("on your clock %(here)s") % {"here": here})
        return _with_beside(_in_words(start, end, self.space), beside)

    def short(self, start: datetime, end: datetime | None = None) -> str:
        """The same for a subject line: “…, 10:00–12:00 (Zurich)” where clocks differ."""
        beside = [] if self.agree(start, end or start) else [_town(self.space)]
        return _with_beside(_in_words(start, end, self.space), beside)

    def here(self, start: datetime, end: datetime | None = None) -> str:
        """It on the reader's clock; without its day where that is the same as in the space."""
        days = {
            moment.astimezone(zone).date()
            for moment in (start, end or start)
            for zone in (self.space, self.reader)
        }
        if len(days) > 1:
            return _in_words(start, end, self.reader)
        first, last = ((each or start).astimezone(self.reader) for each in (start, end))
        return f"{_hour(first, last)}–{_hour(last, first)}" if end else _hour_of(first)


def clocks(space: str, reader: str) -> Clocks:
    """The clocks of two zones by name; a reader without a known one reads that of the space."""
    zone = ZoneInfo(space)
    try:
        return Clocks(zone, ZoneInfo(reader) if reader else zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # A message must not be lost because a name of a zone was.
        return Clocks(zone, zone)


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
    return f"{date_format(local, _('l j F Y'))}, {_hour_of(local)}"


def day_in_words(day: date) -> str:
    """A day such as “Tuesday 5 May 2026”."""
    return date_format(day, _("l j F Y"))


def zone_in_words(start: datetime, zone: ZoneInfo) -> str:
    """The name of a clock with its distance from UTC, such as “Europe/Zurich, UTC+2”."""
    offset = start.astimezone(zone).strftime("%z")
    hours, minutes = int(offset[1:3]), offset[3:5]
    distance = f"UTC{offset[0]}{hours}" + (f":{minutes}" if minutes != "00" else "")
    return f"{zone.key}, {distance}"


def show_the_same(one: ZoneInfo, other: ZoneInfo, *moments: datetime) -> bool:
    """Whether both clocks read alike at every one of `moments`."""
    return all(
        moment.astimezone(one).utcoffset() == moment.astimezone(other).utcoffset()
        for moment in moments
    )


def _in_words(start: datetime, end: datetime | None, zone: ZoneInfo) -> str:
    return span_in_words(start, end, zone) if end else moment_in_words(start, zone)


def _with_beside(told: str, beside: list[str]) -> str:
    return f"{told} ({' · '.join(beside)})" if beside else told


def _town(zone: ZoneInfo) -> str:
    return zone.key.rpartition("/")[2].replace("_", " ")


def _hour_of(local: datetime) -> str:
    """An hour of the day; with its season where the clock shows it twice."""
    hour = date_format(local, _("H:i"))
    zone = local.tzinfo
    if isinstance(zone, ZoneInfo) and happens_twice(wall_time(local, zone), zone):
        return f"{hour} ({local.strftime('%Z')})"
    return hour


def _hour(moment: datetime, other: datetime) -> str:
    """An hour of a span; with its season where the clock changes within it."""
    if moment.utcoffset() == other.utcoffset():
        return _hour_of(moment)
    return f"{date_format(moment, _('H:i'))} ({moment.strftime('%Z')})"
