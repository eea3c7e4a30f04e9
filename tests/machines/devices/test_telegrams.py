"""What each make publishes is read, and nothing else is taken for it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from machines.metering.states import Dialect
from machines.metering.telegrams import command, read

AT = datetime(2026, 5, 4, 8, 0, 0, 250000, tzinfo=UTC)
WALL = datetime(2026, 5, 4, 10, 0, 0)


def told(topic: str, payload: Any) -> dict[str, Any]:
    """What was understood, without what was not said."""
    sent = payload if isinstance(payload, str) else json.dumps(payload)
    heard = read(topic, sent.encode())
    assert heard is not None
    names = ("dialect", "name", "power", "plug_is_on", "works", "at", "wall")
    said = {name: getattr(heard, name) for name in names}
    return {name: value for name, value in said.items() if value is not None}


NOTIFIED = {
    "src": "shellyplugsg3-a0b1",
    "dst": "shellyplugsg3-a0b1/events",
    "method": "NotifyStatus",
    "params": {"ts": AT.timestamp(), "switch:0": {"id": 0, "apower": 56.2, "output": True}},
}
STATUS = {"id": 1, "source": "init", "output": False, "apower": 0.0, "voltage": 231.1}
METER = {"params": {"ts": AT.timestamp(), "pm1:0": {"apower": -3}}}
SENSOR = {"Time": "2026-05-04T10:00:00", "ENERGY": {"Total": 1.9, "Power": 9, "Voltage": 231}}


@pytest.mark.parametrize(
    ("topic", "payload", "expected"),
    [
        ("shellies/laser/relay/0/power", "312.48", {"power": 312.48}),
        ("shellies/laser/relay/0", "on", {"plug_is_on": True}),
        ("shellies/laser/emeter/0/power", "12", {"power": 12.0}),
    ],
)
def test_the_first_shellies(topic: str, payload: str, expected: dict[str, Any]) -> None:
    about = {"dialect": Dialect.SHELLY, "name": "shellies/laser"}
    assert told(topic, payload) == about | expected
    assert told(topic.replace("/0", "/1"), payload)["name"] == "shellies/laser:1"


def test_the_second_shellies() -> None:
    about = {"dialect": Dialect.SHELLY, "name": "shellyplugsg3-a0b1"}
    assert told("shellyplugsg3-a0b1/events/rpc", NOTIFIED) == about | {
        "power": 56.2,
        "plug_is_on": True,
        "at": AT,
    }
    assert told("shellyplugsg3-a0b1/status/switch:1", STATUS) == about | {
        "name": "shellyplugsg3-a0b1:1",
        "power": 0.0,
        "plug_is_on": False,
    }
    assert told("shellypmmini-1/events/rpc", METER)["power"] == -3


def test_tasmota() -> None:
    about = {"dialect": Dialect.TASMOTA, "name": "drill"}
    assert told("tele/drill/SENSOR", SENSOR) == about | {"power": 9.0, "wall": WALL}
    state = {"Time": "2026-05-04T10:00:00", "POWER": "OFF", "Wifi": {"RSSI": 44}}
    assert told("tele/drill/STATE", state) == about | {"plug_is_on": False, "wall": WALL}
    assert told("stat/drill/POWER", "ON") == about | {"plug_is_on": True}
    several = {"Time": "yesterday", "ENERGY": {"Power": [9, 3.5]}}
    assert told("tele/drill/SENSOR", several) == about | {"power": 12.5}


@pytest.mark.parametrize("seen", [AT.isoformat(), AT.timestamp() * 1000])
def test_zigbee(seen: object) -> None:
    payload = {"power": 3.1, "state": "ON", "last_seen": seen, "linkquality": 120}
    assert told("zigbee2mqtt/workshop/saw", payload) == {
        "dialect": Dialect.ZIGBEE,
        "name": "workshop/saw",
        "power": 3.1,
        "plug_is_on": True,
        "at": AT,
    }


@pytest.mark.parametrize(
    ("event", "works"),
    [
        ("PrintStarted", True),
        ("PrintPaused", False),
        ("PrintResumed", True),
        ("PrintDone", False),
        ("PrintFailed", False),
        ("PrintCancelled", False),
    ],
)
def test_octoprint(event: str, works: bool) -> None:
    payload = {"_event": event, "_timestamp": int(AT.timestamp()), "name": "box.gcode"}
    about = {"dialect": Dialect.OCTOPRINT, "works": works, "at": AT.replace(microsecond=0)}
    assert told(f"octoPrint/event/{event}", payload) == about | {"name": "octoprint"}
    assert told(f"octoprint/mk3/event/{event}", payload) == about | {"name": "mk3"}


@pytest.mark.parametrize(("state", "works"), [("PRINTING", True), ("PAUSED", False)])
def test_prusalink(state: str, works: bool) -> None:
    payload = {"printer": {"state": state, "temp_bed": 60.0}, "job": {"id": 7, "progress": 12.0}}
    assert told("prusalink/xl/status", payload) == {
        "dialect": Dialect.PRUSALINK,
        "name": "xl",
        "works": works,
    }


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("shellies/laser/relay/0/energy", "312"),
        ("shellies/laser/relay/0/power", "much"),
        ("shellies/laser/relay/0", "overpower"),
        ("shellies/announce", "{}"),
        ("laser/events/rpc", "[1, 2]"),
        ("laser/events/rpc", '{"params": {"ts": 1, "sys": {}}}'),
        ("laser/status/wifi", "{}"),
        ("tele/drill/SENSOR", '{"ENERGY": {"Power": true}}'),
        ("tele/drill/SENSOR", '{"ENERGY": {"Power": NaN}}'),
        ("tele/drill/LWT", "Online"),
        ("zigbee2mqtt/bridge/state", '{"state": "online"}'),
        ("zigbee2mqtt/saw/availability", '{"state": "online"}'),
        ("zigbee2mqtt/saw/set", '{"state": "ON"}'),
        ("zigbee2mqtt", '{"power": 1}'),
        ("octoPrint/progress/printing", '{"progress": 57}'),
        ("octoPrint/event/ZChange", '{"new": 9.0}'),
        ("prusalink/xl/job", "{}"),
        ("prusalink/xl/status", '{"printer": {"state": 3}}'),
        ("a\0b/status/switch:0", '{"apower": 1}'),
        (f"{'a' * 200}/status/switch:0", '{"apower": 1}'),
        ("other/things", "1"),
        ("zigbee2mqtt/saw", "\ufffd"),
        # Made to end whoever reads it: it would come again after every restart.
        ("zigbee2mqtt/saw", f'{{"power": 1{"0" * 400}}}'),
        ("zigbee2mqtt/saw", "[" * 200_000),
        ("laser/events/rpc", '{"params": {"switch:\\ud800": {"apower": 1}}}'),
    ],
)
def test_what_says_nothing_to_us_is_left_alone(topic: str, payload: str) -> None:
    assert read(topic, payload.encode()) is None


@pytest.mark.parametrize("told_at", ["soon", "2026-05-04T10:00:00", 1e300, None])
def test_a_time_that_makes_no_sense_is_none(told_at: object) -> None:
    payload = {"power": 3.1, "last_seen": told_at}
    assert "at" not in told("zigbee2mqtt/saw", payload)


@pytest.mark.parametrize(
    ("dialect", "name", "topic", "on", "off"),
    [
        (Dialect.SHELLY, "shellies/laser", "shellies/laser/relay/0/command", "on", "off"),
        (Dialect.SHELLY, "plug-a:1", "plug-a/command/switch:1", "on", "off"),
        (Dialect.TASMOTA, "drill", "cmnd/drill/POWER", "ON", "OFF"),
        (
            Dialect.ZIGBEE,
            "workshop/saw",
            "zigbee2mqtt/workshop/saw/set",
            '{"state": "ON"}',
            '{"state": "OFF"}',
        ),
    ],
)
def test_each_plug_is_told_in_its_own_words(
    dialect: Dialect, name: str, topic: str, on: str, off: str
) -> None:
    assert command(dialect, name, on=True) == (topic, on)
    assert command(dialect, name, on=False) == (topic, off)
