"""Calendar files as their components, with as many time zones known as can be."""

import re
import warnings
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import icalendar

ZONED = ("DTSTART", "DTEND", "RECURRENCE-ID")
"""The lines whose times may name a zone."""

ZONE_BLOCK = re.compile(rb"^BEGIN:VTIMEZONE.*?^END:VTIMEZONE\s*?$", re.DOTALL | re.MULTILINE)


class NotACalendar(ValueError):
    """The file is something else."""


def parsed(content: bytes) -> list[icalendar.Calendar]:
    """The calendars of a file. Raises NotACalendar."""
    # What is no calendar is not given to the parser, which takes its time over anything.
    if b"BEGIN:VCALENDAR" not in content[:1024].upper():
        raise NotACalendar("there is no BEGIN:VCALENDAR")
    with warnings.catch_warnings():
        # The library guesses zones named by their makers, and warns that it did.
        warnings.simplefilter("ignore")
        calendars = _components(content)
        if _zones_come_late(calendars):
            # What a zone means is known after its definition: now it is.
            calendars = _components(content)
    return calendars


def _components(content: bytes) -> list[icalendar.Calendar]:
    try:
        found = icalendar.Calendar.from_ical(content, multiple=True)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        without_zones = ZONE_BLOCK.sub(b"", content)
        if without_zones == content:
            raise NotACalendar(str(error)) from error
        # Most names of zones are known without their definition, which may be what is broken.
        return _components(without_zones)
    calendars = [each for each in found if each.name == "VCALENDAR"]
    if not calendars:
        raise NotACalendar("there is no VCALENDAR")
    return calendars


def _zones_come_late(calendars: Sequence[icalendar.Calendar]) -> bool:
    """Whether an event names a zone that the file defines only after it."""
    for calendar in calendars:
        defined = {str(each.get("TZID", "")) for each in calendar.walk("VTIMEZONE")}
        if defined and any(
            tzid in defined for event in calendar.walk("VEVENT") for tzid in unknown_zones(event)
        ):
            return True
    return False


def unknown_zones(event: icalendar.Component) -> set[str]:
    """The zones that an event names and that nobody knows: its times came without one."""
    return {
        str(value.params["TZID"])
        for name in ZONED
        for value in listed(event.get(name))
        if isinstance(value, icalendar.vDDDTypes)
        and "TZID" in value.params
        and isinstance(value.dt, datetime)
        and value.dt.tzinfo is None
    }


def listed(value: Any) -> list[Any]:
    """What a line holds that may stand there never, once or several times."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
