"""One reservation as an iCalendar text that calendars take over, update and remove."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vDDDTypes, vText

PRODUCT = "-//Etabli//Reservations//EN"
AROUND = timedelta(days=366)
"""The zone is described for a year on both sides of the event: enough for every change near it."""


def event_text(
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
    """An event with its VTIMEZONE; `method` is REQUEST (new or changed), CANCEL or PUBLISH.

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
    calendar = Calendar()
    calendar.add("prodid", vText(PRODUCT))
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    calendar.add_missing_timezones(
        first_date=(starts_at - AROUND).date(), last_date=(ends_at + AROUND).date()
    )
    return str(calendar.to_ical().decode())


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
