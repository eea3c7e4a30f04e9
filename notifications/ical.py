"""Reservations as an iCalendar text that calendars take over, update and remove."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import (
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vCalAddress,
    vDDDTypes,
    vText,
)

CALENDAR = (
    "BEGIN:VCALENDAR\r\n"
    "VERSION:2.0\r\n"
    "PRODID:-//Etabli//Reservations//EN\r\n"
    "METHOD:{method}\r\n"
    "{zone}"
    "{event}"
    "END:VCALENDAR\r\n"
)
MOMENTS = ("starts_at", "ends_at", "now")


def event_text(**told: Any) -> str:
    """An event with its VTIMEZONE; `told` is what `_event` takes."""
    return events_text([told])


def events_text(told: Sequence[dict[str, Any]]) -> str:
    """Events of one zone and `method`, with its VTIMEZONE; each is told what `_event` takes."""
    written = "".join(_event(**each) for each in told)
    years = [each["starts_at"].year for each in told]
    zone: ZoneInfo = told[0]["zone"]
    described = _description_of(zone.key, min(years), max(years)) if ";TZID=" in written else ""
    return CALENDAR.format(method=told[0]["method"], zone=described, event=written)


def _event(
    *,
    uid: str,
    sequence: int,
    method: str,
    starts_at: datetime,
    ends_at: datetime,
    zone: ZoneInfo,
    summary: str,
    location: str,
    description: str,
    organizer: str,
    attendee: str,
    now: datetime,
) -> str:
    """One VEVENT; `method` is REQUEST (new or changed), CANCEL or PUBLISH.

    A calendar knows the event again by `uid` and takes the text with the highest `sequence`.
    """
    event = Event()
    event.add("uid", uid)
    event.add("sequence", sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", _on_the_clock(starts_at, zone))
    event.add("dtend", _on_the_clock(ends_at, zone))
    event.add("summary", summary)
    event.add("location", location)
    event.add("description", description)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("organizer", vCalAddress(f"mailto:{organizer}"))
    if method != "PUBLISH":
        event.add("attendee", _coming(attendee))
    written: str = event.to_ical().decode()
    return written


def packed(told: dict[str, Any]) -> dict[str, Any]:
    """What `event_text` is told, as JSON: the text is written by the worker that sends it."""
    moments = {name: told[name].isoformat() for name in MOMENTS}
    return {**told, **moments, "zone": told["zone"].key}


def unpacked(*told: dict[str, Any]) -> str:
    """The text of events that were `packed`."""
    return events_text([_unpacked(each) for each in told])


def _unpacked(told: dict[str, Any]) -> dict[str, Any]:
    moments = {name: datetime.fromisoformat(told[name]) for name in MOMENTS}
    return {**told, **moments, "zone": ZoneInfo(told["zone"])}


@lru_cache(maxsize=128)
def _description_of(zone: str, first_year: int, last_year: int) -> str:
    """The VTIMEZONE from the year before to the year after: enough for every change near these.

    It is the same for everybody, and working it out takes longer than all the rest.
    """
    first, last = date(first_year - 1, 1, 1), date(last_year + 2, 1, 1)
    told = Timezone.from_tzid(zone, first_date=first, last_date=last)
    _put_onsets_right(told)
    return str(told.to_ical().decode())


def _put_onsets_right(told: Timezone) -> None:
    """Say when clocks go forward in the time before the change (RFC 5545, 3.6.5).

    The library writes the time after it, which is that of the change an hour too late.
    """
    changes: list[TimezoneStandard | TimezoneDaylight] = [*told.standard, *told.daylight]
    for change in changes:
        leap = change.TZOFFSETTO - change.TZOFFSETFROM
        if leap <= timedelta(0):
            continue
        change.DTSTART -= leap
        if "RDATE" in change:
            again = [each.dt - leap for each in change.pop("RDATE").dts]
            change.add("RDATE", again)


def _on_the_clock(moment: datetime, zone: ZoneInfo) -> vDDDTypes:
    """Local time with its zone; the second pass of a doubled hour can only be said in UTC.

    RFC 5545, 3.3.5: a local time that occurs twice means the first one.
    """
    local = moment.astimezone(zone)
    return vDDDTypes(local if local.fold == 0 else moment.astimezone(UTC))


def _coming(address: str) -> vCalAddress:
    """The person who comes; nobody need answer."""
    attendee = vCalAddress(f"mailto:{address}")
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    attendee.params["RSVP"] = vText("FALSE")
    return attendee
