"""Which make a topic belongs to, and what its plugs are told.

Sources: shelly-api-docs.shelly.cloud (gen1 MQTT; gen2 notifications and MQTT control),
tasmota.github.io/docs (MQTT, JSON status responses), zigbee2mqtt.io (MQTT topics and messages),
the MQTT plugin of OctoPrint, and the status of PrusaLink's API v1, which speaks no MQTT itself:
whoever relays it publishes it as it is under `prusalink/<name>/status`.
"""

from machines.metering.names import is_speakable
from machines.metering.states import Dialect
from machines.metering.telegrams import printers, shelly, tasmota, zigbee
from machines.metering.telegrams.heard import Heard

SUBSCRIPTIONS = (
    "shellies/#",
    "+/events/rpc",
    "+/status/#",
    "tele/+/SENSOR",
    "tele/+/STATE",
    "stat/+/+",
    "zigbee2mqtt/#",
    "octoPrint/#",
    "octoprint/#",
    "prusalink/+/status",
)
"""What the bridge listens to."""


def read(topic: str, payload: bytes) -> Heard | None:
    """What `payload` on `topic` says; None where it says nothing to us."""
    first, *rest = topic.split("/")
    if first == "shellies":
        heard = shelly.read_first_generation(rest, payload)
    elif first in {"tele", "stat"}:
        heard = tasmota.read(first, rest, payload)
    elif first == "zigbee2mqtt":
        heard = zigbee.read(rest, payload)
    elif first.lower() == "octoprint":
        heard = printers.read_octoprint(rest, payload)
    elif first == "prusalink":
        heard = printers.read_prusalink(rest, payload)
    else:
        heard = shelly.read_second_generation(first, rest, payload)
    if heard is None or not heard.says_something:
        return None
    # A name that cannot be written down would stop whoever tries.
    return heard if is_speakable(heard.name) else None


def command(dialect: Dialect, name: str, *, on: bool) -> tuple[str, str]:
    """The topic and the payload that switch the plug called `name`.

    Raises KeyError for a dialect without plugs.
    """
    make = {
        Dialect.SHELLY: shelly.command,
        Dialect.TASMOTA: tasmota.command,
        Dialect.ZIGBEE: zigbee.command,
    }[dialect]
    return make(name, on=on)
