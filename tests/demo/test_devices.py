"""The demo's devices have told of what was used, and the simulator speaks for them."""

import json
from datetime import timedelta
from io import StringIO
from itertools import islice
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import now
from pytest_django.live_server_helper import LiveServer

from demo.make_devices import make_devices
from demo.management.commands.simulate_devices import Publisher
from demo.simulating import jobs, power
from machines.metering.states import Dialect
from machines.metering.telegrams import read
from machines.models import Device, DeviceEvent, DeviceToken, Run
from tests.factories.booking import UsageSessionFactory
from tests.factories.machines import DeviceFactory, MachineFactory
from tests.factories.spaces import SpaceFactory

HOUR = timedelta(hours=1)


def simulate(*arguments: str) -> str:
    told = StringIO()
    call_command("simulate_devices", *arguments, "--period=0", "--seed=1", stdout=told, stderr=told)
    return told.getvalue()


@pytest.mark.django_db
def test_what_was_used_is_told_by_its_device() -> None:
    moment = now()
    machine = MachineFactory(space=SpaceFactory(slug="geneve"))
    UsageSessionFactory(machine=machine, started_at=moment - 5 * HOUR, ended_at=moment - 3 * HOUR)
    (device,) = make_devices(moment)
    assert device.machines.get() == machine
    assert Run.objects.get().ended_at is not None
    assert machine.counters.get().readings.exists()


@pytest.mark.django_db(transaction=True)
def test_the_simulator_tells_the_api(live_server: LiveServer) -> None:
    MachineFactory()
    told = simulate("--times=3", f"--url={live_server.url}", "--mqtt=")
    assert "1 devices speak" in told
    assert DeviceEvent.objects.count() == 3
    assert Device.objects.get().seen_at is not None
    assert DeviceToken.objects.get().revoked_at is not None
    assert "Nobody listened" in simulate("--times=1", "--url=http://127.0.0.1:9", "--mqtt=")


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [["--mqtt=ftp://here"], ["--mqtt=", "--space=nowhere"]])
def test_the_simulator_says_what_is_missing(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        simulate(*arguments)


class Heard:
    """A broker that notes what is published."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    def publish(self, topic: str, payload: str) -> None:
        self.said.append((topic, payload))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("dialect", "topic"),
    [
        (Dialect.SHELLY, "plug-a"),
        (Dialect.SHELLY, "shellies/plug-b"),
        (Dialect.TASMOTA, "drill"),
        (Dialect.ZIGBEE, "workshop/saw"),
        (Dialect.OCTOPRINT, "mk3"),
        (Dialect.PRUSALINK, "xl"),
    ],
)
def test_what_is_published_is_understood(dialect: Dialect, topic: str) -> None:
    device, broker = DeviceFactory(dialect=dialect, topic=topic), Heard()
    speaker = Publisher(device, broker, Random(1))
    for _ in range(60):
        speaker.speak(now())
    assert broker.said
    for said, payload in broker.said:
        heard = read(said, payload.encode())
        assert heard is not None, (said, json.loads(payload))
        assert (heard.dialect, heard.name) == (dialect, topic)


def test_machines_rest_and_work_in_turn() -> None:
    readings = list(islice(power(Random(1)), 500))
    assert min(readings) < 3
    assert max(readings) > 150
    told = [each for each in islice(jobs(Random(1)), 500) if each is not None]
    assert told[:4] == [True, False, True, False]
