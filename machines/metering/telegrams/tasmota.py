"""Tasmota: `tele/<name>/SENSOR` with the power, `STATE` and `stat/<name>/POWER` with the relay."""

from datetime import datetime
from typing import Any

from machines.metering.states import Dialect
from machines.metering.telegrams.heard import Heard, fields, number, part, switched, text


def read(kind: str, levels: list[str], payload: bytes) -> Heard | None:
    """What a device tells by itself (`tele`), or in answer to a command (`stat`)."""
    match [kind, *levels]:
        case ["tele", name, "SENSOR"]:
            told = fields(payload)
            return _heard(name, told, power=_power(part(told, "ENERGY").get("Power")))
        case ["tele", name, "STATE"]:
            told = fields(payload)
            return _heard(name, told, plug_is_on=switched(told.get("POWER", told.get("POWER1"))))
        case ["stat", name, "POWER" | "POWER1"]:
            return _heard(name, {}, plug_is_on=switched(text(payload)))
    return None


def command(name: str, *, on: bool) -> tuple[str, str]:
    """To its first relay."""
    return f"cmnd/{name}/POWER", "ON" if on else "OFF"


def _heard(name: str, told: dict[str, Any], **said: Any) -> Heard:
    return Heard(dialect=Dialect.TASMOTA, name=name, wall=_wall(told.get("Time")), **said)


def _power(told: object) -> float | None:
    """In watts; one with several channels tells a list."""
    if isinstance(told, list):
        powers = [number(each) for each in told]
        return sum(each for each in powers if each is not None) if powers else None
    return number(told)


def _wall(told: object) -> datetime | None:
    """The clock of the device, which tells no offset."""
    try:
        found = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None
    return found.replace(tzinfo=None) if found else None
