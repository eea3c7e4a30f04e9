"""Calendar texts as other people's programs read them: no code of ours, and none in common.

vobject and icalendar are Python packages; libical, which is behind GNOME and others, is Debian's
(python3-gi, gir1.2-ical-3.0) and runs in the Python of the system.
"""

import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import vobject
from icalendar import Calendar

SYSTEM_PYTHON = "/usr/bin/python3"
LIBICAL = Path(__file__).with_name("libical.py")
TEXTS = ("summary", "status", "location", "description")


class Read(NamedTuple):
    """An event as a program understood it, its times in UTC."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    summary: str
    status: str
    location: str
    description: str


def with_vobject(text: str) -> list[Read]:
    """Read by vobject, which takes the zones from the text."""
    # It would remember those of another text.
    known = vars(vobject.icalendar)["__tzidMap"]
    for zone in set(known) - {"UTC"}:
        del known[zone]
    calendar = vobject.readOne(text)
    return [
        Read(
            event.uid.value,
            int(event.sequence.value),
            event.dtstart.value.astimezone(UTC),
            event.dtend.value.astimezone(UTC),
            *(_value(event, name) for name in TEXTS),
        )
        for event in getattr(calendar, "vevent_list", ())
    ]


def _value(event: Any, name: str) -> str:
    return str(getattr(event, name).value) if hasattr(event, name) else ""


def with_icalendar(text: str) -> list[Read]:
    """Read by icalendar, which knows most zones by their names."""
    return [
        Read(
            str(event["UID"]),
            int(event["SEQUENCE"]),
            event.start.astimezone(UTC),
            event.end.astimezone(UTC),
            *(str(event.get(name, "")) for name in TEXTS),
        )
        for event in Calendar.from_ical(text).walk("VEVENT")
    ]


def with_libical(text: str) -> list[Read]:
    """Read by libical, which takes the zones from the text."""
    found = subprocess.run(
        [SYSTEM_PYTHON, "-I", str(LIBICAL)], input=text, capture_output=True, text=True, check=True
    )
    return [
        Read(
            each["uid"],
            each["sequence"],
            datetime.fromtimestamp(each["start"], UTC),
            datetime.fromtimestamp(each["end"], UTC),
            *(each[name] for name in TEXTS),
        )
        for each in json.loads(found.stdout)
    ]


@cache
def has_libical() -> bool:
    """Whether the system has it."""
    try:
        found = subprocess.run(
            [SYSTEM_PYTHON, "-I", str(LIBICAL)], input="", capture_output=True, check=False
        )
    except FileNotFoundError:
        return False
    return found.returncode == 0


READERS: dict[str, Callable[[str], list[Read]]] = {
    "vobject": with_vobject,
    "icalendar": with_icalendar,
    "libical": with_libical,
}
READER = pytest.mark.parametrize(
    "reader",
    ["vobject", "icalendar", pytest.param("libical", marks=pytest.mark.libical)],
)
"""For what every one of them must read alike."""
