"""What a calendar file says: its dates in a window, and what of it cannot be read.

Dates come from recurring-ical-events, never from arithmetic of our own. Each event is expanded by
itself, so that a broken one takes none of the others along, and for a limited time. Both libraries
trust what they are given, and keep the time zones of one file for the next: strangers' files are
read in a process of their own (`machines.external.apart`).
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import icalendar
import recurring_ical_events

from machines.external.limiting import TookTooLong, limited
from machines.external.parsing import listed, parsed, unknown_zones
from machines.states import TAKEN_ALL_THE_SAME, Flaw
from spaces.intervals import Interval, clip, moment_of

MOST_DATES = 2_000
"""How many dates of one calendar are taken."""

MOST_REMARKS = 200
LONGEST_TITLE = 120
SECONDS_FOR_AN_EVENT = 0.5
"""Processor time; a rule with thousands of dates needs a tenth of it."""

TIMES = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"})
"""The lines without which it is not known when an event takes place."""

HASTY = frozenset({"SECONDLY", "MINUTELY"})
SECRET = frozenset({"PRIVATE", "CONFIDENTIAL"})
WR_ZONE = "X-WR-TIMEZONE"
UNSEEN = re.compile(r"[\s\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One date; `key` stays the same when it is moved, and a private one has no title."""

    key: str
    interval: Interval
    title: str
    is_free: bool
    """Whether the calendar says that it keeps nobody busy (TRANSP)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """An event with a flaw, and the part of it that shows the flaw."""

    title: str
    flaw: Flaw
    detail: str = ""

    @property
    def is_taken(self) -> bool:
        """Whether the event was read in spite of it."""
        return self.flaw in TAKEN_ALL_THE_SAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that a file says of a window, its dates in their order."""

    name: str
    events: int
    dates: tuple[Found, ...]
    remarks: tuple[Remark, ...]


def read(content: bytes, zone: ZoneInfo, window: Interval) -> Reading:
    """The dates of `content` that touch `window`, cut at its ends.

    Times without a zone, and whole days, are those of `zone`. Raises NotACalendar.
    """
    calendars = parsed(content)
    reader = _Reader(zone, window)
    for calendar in calendars:
        reader.take(calendar)
    names = (_text(each.get("X-WR-CALNAME", each.get("NAME", ""))) for each in calendars)
    return reader.reading(next(filter(None, names), ""))


@dataclass(slots=True)
class _Reader:
    """Collects the dates and the remarks of the calendars of one file."""

    zone: ZoneInfo
    window: Interval
    events: int = 0
    dates: dict[str, Found] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)

    def take(self, calendar: icalendar.Calendar) -> None:
        """Read one calendar, event by event, those of one UID together."""
        events = calendar.walk("VEVENT")
        named = str(calendar.get(WR_ZONE, ""))
        own_zone = named if named in available_timezones() else ""
        self.events += len(events)
        by_uid: defaultdict[str, list[icalendar.Component]] = defaultdict(list)
        for event in events:
            by_uid[_uid_of(event)].append(event)
        for uid, group in by_uid.items():
            sound = [event for event in group if self._is_sound(event)]
            if sound:
                self._expand(uid, sound, own_zone)

    def reading(self, name: str) -> Reading:
        """What was collected, the first MOST_DATES of it."""
        dates = sorted(self.dates.values(), key=lambda each: (each.interval, each.key))
        if len(dates) > MOST_DATES:
            last = dates[MOST_DATES - 1].interval.start.astimezone(self.zone)
            told = Remark(title="", flaw=Flaw.TOO_MANY, detail=last.date().isoformat())
            self.remarks.insert(0, told)
        return Reading(
            name=name,
            events=self.events,
            dates=tuple(dates[:MOST_DATES]),
            remarks=tuple(self.remarks[:MOST_REMARKS]),
        )

    def _remark(self, title: str, flaw: Flaw, detail: str = "") -> None:
        self.remarks.append(Remark(title=title, flaw=flaw, detail=_text(detail)))

    def _is_sound(self, event: icalendar.Component) -> bool:
        """Whether it can be expanded; says why not."""
        try:
            flaw, detail = self._flaw(event)
        except (ValueError, TypeError, OverflowError, AttributeError) as error:
            flaw, detail = Flaw.BROKEN, str(error)
        if flaw is not None:
            self._remark(_title(event), flaw, detail)
        return flaw is None

    def _flaw(self, event: icalendar.Component) -> tuple[Flaw | None, str]:
        for name, error in event.errors:
            # A line without a name can be any.
            if name is None or name.upper() in TIMES:
                return Flaw.BROKEN, f"{name or ''} {error}".strip()
        if "DTSTART" not in event:
            return Flaw.NO_START, ""
        for tzid in sorted(unknown_zones(event) - self.unknown):
            self.unknown.add(tzid)
            self._remark(_title(event), Flaw.UNKNOWN_ZONE, tzid)
        start, end = self._moment(_value(event, "DTSTART")), self._end_of(event)
        if end is not None and end <= start:
            return (Flaw.ENDS_FIRST if end < start else Flaw.NO_LENGTH), ""
        for rule in listed(event.get("RRULE")):
            if HASTY & {str(each).upper() for each in rule.get("FREQ", [])}:
                return Flaw.TOO_OFTEN, rule.to_ical().decode()
        return None, ""

    def _end_of(self, event: icalendar.Component) -> datetime | None:
        """The end that an event gives; None where its length is that of a day."""
        start = _value(event, "DTSTART")
        if "DTEND" in event:
            return self._moment(_value(event, "DTEND"))
        if "DURATION" in event:
            length: timedelta = _value(event, "DURATION")
            return self._moment(start) + length
        return self._moment(start) if isinstance(start, datetime) else None

    def _moment(self, value: date) -> datetime:
        """The moment of a date or time, on the clock of the space where it names no other."""
        if not isinstance(value, datetime):
            value = datetime.combine(value, time.min)
        return value.astimezone(UTC) if value.tzinfo else moment_of(value, self.zone)

    def _expand(self, uid: str, events: Sequence[icalendar.Component], own_zone: str) -> None:
        """Add the dates of the events of one UID: a rule and what differs from it."""
        title = _title(events[0])
        try:
            with limited(SECONDS_FOR_AN_EVENT):
                self.dates |= {each.key: each for each in self._dates(uid, events, own_zone)}
        except TookTooLong:
            rules = [rule.to_ical().decode() for rule in listed(events[0].get("RRULE"))]
            self._remark(title, Flaw.TOO_OFTEN, " ".join(rules))
        except Exception as error:  # noqa: BLE001 - a stranger's event may break the library anywhere
            self._remark(title, Flaw.BROKEN, str(error))

    def _dates(
        self, uid: str, events: Sequence[icalendar.Component], own_zone: str
    ) -> Iterator[Found]:
        alone = icalendar.Calendar()
        if own_zone:
            alone.add(WR_ZONE, own_zone)
        alone.subcomponents = list(events)
        recurs = any({"RRULE", "RDATE", "RECURRENCE-ID"} & set(event) for event in events)
        start, end = (each.astimezone(self.zone) for each in (self.window.start, self.window.end))
        for each in recurring_ical_events.of(alone).between(start, end):
            span = (self._moment(each["DTSTART"].dt), self._moment(each["DTEND"].dt))
            # Where spring skips the whole date, nothing is left of it.
            if str(each.get("STATUS", "")).upper() == "CANCELLED" or span[1] <= span[0]:
                continue
            original = self._moment(each["RECURRENCE-ID"].dt).isoformat() if recurs else ""
            for interval in clip([Interval(*span)], self.window):
                yield Found(
                    key=hashlib.sha256(f"{uid}\n{original}".encode()).hexdigest(),
                    interval=interval,
                    title=_title(each),
                    is_free=str(each.get("TRANSP", "")).upper() == "TRANSPARENT",
                )


def _uid_of(event: icalendar.Component) -> str:
    """What tells an event from others; one without a UID is known by its text."""
    return str(event.get("UID", "")) or hashlib.sha256(event.to_ical()).hexdigest()


def _value(event: icalendar.Component, name: str) -> Any:
    """What a line says that stands there once and was understood."""
    line: Any = event[name]
    return line.dt


def _title(event: icalendar.Component) -> str:
    """What an event is called; one that is private is not named."""
    if str(event.get("CLASS", "")).upper() in SECRET:
        return ""
    return _text(event.get("SUMMARY", ""))


def _text(value: Any) -> str:
    """A line as it can be kept and shown."""
    return UNSEEN.sub(" ", str(value)).strip()[:LONGEST_TITLE]
