"""What is told to calendar programs: texts that they take over, update and remove (RFC 5545).

Written by hand: a library takes ten times as long, and a feed has thousands of events. Three
parsers that share no code with this read it back (tests/calendars.py).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from notifications.vtimezone import vtimezone

PRODUCT = "-//Etabli//Reservations//EN"
ASKED_AGAIN_AFTER = "PT1H"
"""How often programs are asked to look at what they follow."""

MOMENTS = ("starts_at", "ends_at", "now")
CLOCK = "%Y%m%dT%H%M%S"
UTC_KEY = "UTC"
LONGEST_LINE = 75
"""Octets, without the line break."""

CONTINUED = 0b10
"""The first bits of every octet of a character but its first (UTF-8)."""

ESCAPED = str.maketrans(
    {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}
    | {chr(code): None for code in (*range(9), *range(11, 32), 127)}
)
"""What means something in a text, and what no text may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing in a calendar.

    A program knows it again by `uid` and takes the text with the highest `sequence`; `stamp` is
    when it was told. `is_private` asks programs not to show it to others, and one that
    `is_free` does not make its reader busy.
    """

    uid: str
    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo
    summary: str
    stamp: datetime
    sequence: int = 0
    status: str = "CONFIRMED"
    location: str = ""
    description: str = ""
    url: str = ""
    organizer: str = ""
    attendee: str = ""
    is_private: bool = False
    is_free: bool = False


def event_text(**told: Any) -> str:
    """One event as a mail carries it; `told` is what `_event` takes."""
    return events_text([told])


def events_text(told: Sequence[dict[str, Any]]) -> str:
    """Events of one `method` as a mail carries them; each is told what `_event` takes."""
    return calendar_text([_event(**each) for each in told], method=told[0]["method"])


def calendar_text(events: Sequence[Event], *, method: str = "", name: str = "") -> str:
    """A calendar of `events` with the zones in which they are told.

    With a `method` it asks the program that reads it to do something (RFC 5546); without one it
    is a calendar to follow, and has a `name`.
    """
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN"]
    if method:
        head.append(f"METHOD:{method}")
    if name:
        head += _of_calendar(_escaped(name))
    lines = [line for event in events for line in _of_event(event)]
    return "".join(
        (
            *(f"{_folded(line)}\r\n" for line in head),
            *_zones(events),
            *(f"{_folded(line)}\r\n" for line in lines),
            "END:VCALENDAR\r\n",
        )
    )


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


def _event(*, method: str, now: datetime, attendee: str, **told: Any) -> Event:
    """An event of a mail; `method` is REQUEST (new or changed), CANCEL or PUBLISH."""
    return Event(
        stamp=now,
        status="CANCELLED" if method == "CANCEL" else "CONFIRMED",
        # What is published comes to nobody in particular (RFC 5546, 3.2.1).
        attendee="" if method == "PUBLISH" else attendee,
        **told,
    )


def _of_calendar(name: str) -> list[str]:
    """What a calendar to follow says of itself, the old way and the new (RFC 7986)."""
    return [
        f"NAME:{name}",
        f"X-WR-CALNAME:{name}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{ASKED_AGAIN_AFTER}",
        f"X-PUBLISHED-TTL:{ASKED_AGAIN_AFTER}",
    ]


def _zones(events: Sequence[Event]) -> Iterator[str]:
    """Each zone in which something is told, over the years in which it is."""
    years: dict[str, set[int]] = {}
    for event in events:
        years.setdefault(event.zone.key, set()).add(event.starts_at.year)
    years.pop(UTC_KEY, None)
    for zone, told in years.items():
        yield vtimezone(zone, min(told), max(told))


def _of_event(event: Event) -> Iterator[str]:
    """The lines of one VEVENT, not yet folded."""
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTAMP:{_in_utc(event.stamp)}"
    start, end = _on_the_clock(event)
    yield f"DTSTART{start}"
    yield f"DTEND{end}"
    yield f"SUMMARY:{_escaped(event.summary)}"
    yield f"STATUS:{event.status}"
    if event.location:
        yield f"LOCATION:{_escaped(event.location)}"
    if event.description:
        yield f"DESCRIPTION:{_escaped(event.description)}"
    if event.url:
        yield f"URL:{event.url}"
    if event.organizer:
        yield f"ORGANIZER:mailto:{event.organizer}"
    if event.attendee:
        # They come already: nobody need answer.
        coming = "ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE"
        yield f"ATTENDEE;{coming}:mailto:{event.attendee}"
    if event.is_private:
        yield "CLASS:CONFIDENTIAL"
    if event.is_free:
        yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _on_the_clock(event: Event) -> tuple[str, str]:
    """Start and end in local time with its zone, or in UTC where the clock shows one of them twice.

    Such a time means the first (RFC 5545, 3.3.5), but libical takes it for the second.
    """
    zone = event.zone
    start, end = event.starts_at.astimezone(zone), event.ends_at.astimezone(zone)
    if zone.key == UTC_KEY or _is_shown_twice(start) or _is_shown_twice(end):
        return f":{_in_utc(start)}", f":{_in_utc(end)}"
    told = f";TZID={zone.key}:"
    return f"{told}{start:{CLOCK}}", f"{told}{end:{CLOCK}}"


def _is_shown_twice(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _in_utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):{CLOCK}}Z"


def _escaped(text: str) -> str:
    return text.translate(ESCAPED)


def _folded(line: str) -> str:
    """`line` in pieces of at most 75 octets, none of them ending within a character."""
    if len(line) <= LONGEST_LINE and line.isascii():
        return line
    octets, pieces = line.encode(), []
    room = LONGEST_LINE
    while len(octets) > room:
        end = room
        while not _begins_a_character(octets[end]):
            end -= 1
        pieces.append(octets[:end].decode())
        octets = octets[end:]
        # Every further piece is told by a space before it.
        room = LONGEST_LINE - 1
    return "\r\n ".join([*pieces, octets.decode()])


def _begins_a_character(octet: int) -> bool:
    return octet >> 6 != CONTINUED
