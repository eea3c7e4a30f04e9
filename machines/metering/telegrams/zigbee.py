"""Zigbee2MQTT: one topic a device, with everything that it knows."""

from datetime import datetime

from machines.metering.states import Dialect
from machines.metering.telegrams.heard import Heard, fields, number, since_1970, switched

NOT_DEVICES = {"bridge", "set", "get", "availability"}


def read(levels: list[str], payload: bytes) -> Heard | None:
    """`zigbee2mqtt/<name>`, where the name may have slashes."""
    if not levels or levels[0] == "bridge" or levels[-1] in NOT_DEVICES:
        return None
    told = fields(payload)
    return Heard(
        dialect=Dialect.ZIGBEE,
        name="/".join(levels),
        power=number(told.get("power")),
        plug_is_on=switched(told.get("state")),
        at=_moment(told.get("last_seen")),
    )


def command(name: str, *, on: bool) -> tuple[str, str]:
    """To its relay."""
    return f"zigbee2mqtt/{name}/set", '{"state": "ON"}' if on else '{"state": "OFF"}'


def _moment(told: object) -> datetime | None:
    """`last_seen` as a number since 1970 or in ISO 8601, as the installation chose."""
    if not isinstance(told, str):
        return since_1970(told)
    try:
        found = datetime.fromisoformat(told)
    except ValueError:
        return None
    return found if found.tzinfo else None
