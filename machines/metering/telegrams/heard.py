"""One telegram, whoever sent it, and how the values in it are read."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from machines.metering.states import Dialect


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a device said; None where it said nothing of the kind.

    `wall` is a time on the clock of the space, where the device tells no offset.
    """

    dialect: Dialect
    name: str
    power: float | None = None
    plug_is_on: bool | None = None
    works: bool | None = None
    """Of a printer: whether a job runs."""

    at: datetime | None = None
    wall: datetime | None = None

    @property
    def says_something(self) -> bool:
        """Whether there is anything in it for us."""
        return not (self.power is None and self.plug_is_on is None and self.works is None)


def fields(payload: bytes) -> dict[str, Any]:
    """The JSON object in `payload`; empty where there is none."""
    try:
        found = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def part(told: dict[str, Any], name: str) -> dict[str, Any]:
    """The object inside `told` under `name`; empty where there is none."""
    found = told.get(name)
    return found if isinstance(found, dict) else {}


def number(value: object) -> float | None:
    """A finite number, whether it is written as one or as text."""
    if isinstance(value, bool):
        return None
    try:
        found = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    return found if isfinite(found) else None


def text(payload: bytes) -> str:
    """The payload as a word."""
    return payload.decode(errors="replace").strip()


def switched(value: object) -> bool | None:
    """ON or off, as words or as truth values."""
    if isinstance(value, bool):
        return value
    return {"on": True, "off": False}.get(value.lower()) if isinstance(value, str) else None


def since_1970(value: object) -> datetime | None:
    """A moment told in seconds, or in milliseconds, since 1970."""
    seconds = number(value)
    if seconds is None:
        return None
    if seconds > _MILLISECONDS_FROM:
        seconds /= 1000
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None


_MILLISECONDS_FROM = 1e11
"""In seconds this would be the year 5138."""
