"""Events of a calendar text as libical reads them, as JSON; run by the Python of the system."""

import json
import sys

import gi

gi.require_version("ICalGLib", "3.0")

from gi.repository import ICalGLib  # noqa: E402

VEVENT = ICalGLib.ComponentKind.VEVENT_COMPONENT
STATUS = {
    ICalGLib.PropertyStatus.CONFIRMED: "CONFIRMED",
    ICalGLib.PropertyStatus.CANCELLED: "CANCELLED",
    ICalGLib.PropertyStatus.TENTATIVE: "TENTATIVE",
}


def moment(time):
    """Seconds since 1970, on the clock that the text describes."""
    return time.as_timet_with_zone(time.get_timezone())


def events(text):
    """Every event of the calendar."""
    calendar = ICalGLib.Component.new_from_string(text)
    event = calendar.get_first_component(VEVENT)
    while event is not None:
        yield {
            "uid": event.get_uid(),
            "sequence": event.get_sequence(),
            "start": moment(event.get_dtstart()),
            "end": moment(event.get_dtend()),
            "summary": event.get_summary() or "",
            "status": STATUS[event.get_status()],
            "location": event.get_location() or "",
            "description": event.get_description() or "",
        }
        event = calendar.get_next_component(VEVENT)


told = sys.stdin.read()
json.dump(list(events(told)) if told else [], sys.stdout)
