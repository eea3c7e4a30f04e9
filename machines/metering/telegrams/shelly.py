"""Shelly, both generations: the first says one value a topic, the second sends JSON."""

from typing import Any

from machines.metering.states import Dialect
from machines.metering.telegrams.heard import (
    Heard,
    fields,
    number,
    part,
    since_1970,
    switched,
    text,
)

FIRST_GENERATION = "shellies/"
COMPONENTS = ("switch", "pm1")


def read_first_generation(levels: list[str], payload: bytes) -> Heard | None:
    """`shellies/<name>/relay/<n>/power`, `…/relay/<n>` and `…/emeter/<n>/power`."""
    match levels:
        case [name, "relay", channel]:
            is_on = switched(text(payload))
            return _heard(FIRST_GENERATION + name, channel, plug_is_on=is_on)
        case [name, "relay" | "emeter", channel, "power"]:
            return _heard(FIRST_GENERATION + name, channel, power=number(text(payload)))
    return None


def read_second_generation(name: str, levels: list[str], payload: bytes) -> Heard | None:
    """`<name>/events/rpc` (with the clock of the device) and `<name>/status/switch:<n>`."""
    told = fields(payload)
    match levels:
        case ["events", "rpc"]:
            params = part(told, "params")
            for component in params:
                kind, _colon, channel = component.partition(":")
                if kind in COMPONENTS:
                    values = part(params, component)
                    return _of_component(name, channel, values, at=since_1970(params.get("ts")))
        case ["status", component]:
            kind, _colon, channel = component.partition(":")
            if kind in COMPONENTS:
                return _of_component(name, channel, told)
    return None


def command(name: str, *, on: bool) -> tuple[str, str]:
    """To the relay of either generation."""
    device, channel = _parted(name)
    if device.startswith(FIRST_GENERATION):
        return f"{device}/relay/{channel}/command", "on" if on else "off"
    return f"{device}/command/switch:{channel}", "on" if on else "off"


def _of_component(name: str, channel: str, told: dict[str, Any], **more: Any) -> Heard:
    return _heard(
        name,
        channel,
        power=number(told.get("apower")),
        plug_is_on=switched(told.get("output")),
        **more,
    )


def _heard(name: str, channel: str, **said: Any) -> Heard:
    # Nearly all have one channel: it needs no number.
    return Heard(
        dialect=Dialect.SHELLY, name=name if channel == "0" else f"{name}:{channel}", **said
    )


def _parted(name: str) -> tuple[str, str]:
    device, _colon, channel = name.partition(":")
    return device, channel or "0"
