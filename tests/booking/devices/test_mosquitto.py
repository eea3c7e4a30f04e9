"""The bridge beside a real Mosquitto: nothing that the broker took is lost, or counted twice."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils.timezone import now
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from config.stack import process
from machines.metering.states import Dialect
from machines.models import Device, DeviceEvent, HeardTopic
from notifications.heartbeats import BRIDGE
from notifications.models import Heartbeat
from tests.broker import Broker
from tests.factories.booking import UsageSessionFactory
from tests.factories.machines import MeterFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.mosquitto]

WITHIN = 90.0


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    found = Broker(folder)
    found.start()
    yield found
    found.close()


@pytest.fixture
def plug() -> Device:
    made: Device = MeterFactory(
        device__dialect=Dialect.SHELLY, device__topic="plug-a", device__switches_plug=True
    ).device
    return made


@contextmanager
def bridge(broker: Broker, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The command as it runs on a server, on the database of the test."""
    of = connection.settings_dict
    address = f"postgres://{of['USER']}:{of['PASSWORD']}@{of['HOST']}:{of['PORT']}/{of['NAME']}"
    environment = {
        **os.environ,
        "DATABASE_URL": address,
        "MQTT_URL": broker.url,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }
    with (folder / "bridge.log").open("ab") as log:
        running = process.start(
            [sys.executable, "manage.py", "mqtt_bridge"],
            environment=environment,
            output=log,
            folder=Path(settings.BASE_DIR),
        )
    try:
        yield running
    finally:
        process.stop(running)


@contextmanager
def publisher(broker: Broker) -> Iterator[Client]:
    """A plug on the broker that waits for each of its messages to be taken."""
    client = Client(CallbackAPIVersion.VERSION2, "plug-a")
    client.max_inflight_messages_set(200)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    yield client
    client.disconnect()
    client.loop_stop()


def say(client: Client, watts: float, *, topic: str = "plug-a/status/switch:0") -> None:
    """Publish a reading, and return once the broker has it."""
    sent = client.publish(topic, f'{{"apower": {watts}, "output": true}}', 1)
    sent.wait_for_publish(WITHIN)
    assert sent.is_published()


def until(holds: Callable[[], bool], told: Callable[[], object] = lambda: None) -> None:
    deadline = time.monotonic() + WITHIN
    while not holds():
        assert time.monotonic() < deadline, told()
        time.sleep(0.1)


def listening(folder: Path) -> None:
    """Until the bridge has given a sign of life, which it does once it is connected."""
    until(
        lambda: Heartbeat.objects.filter(name=BRIDGE).exists(),
        (folder / "bridge.log").read_text,
    )
    Heartbeat.objects.all().delete()


def kept() -> list[float]:
    return list(DeviceEvent.objects.order_by("received_at", "pk").values_list("value", flat=True))


def test_what_the_broker_took_is_kept_once_though_the_bridge_is_killed(
    broker: Broker, plug: Device, tmp_path: Path
) -> None:
    sent: list[float] = []
    with publisher(broker) as client:
        for _life in range(2):
            with bridge(broker, tmp_path) as running:
                listening(tmp_path)
                for _ in range(120):
                    # Half of them the same, as an idle machine says it.
                    sent.append(float(len(sent) if len(sent) % 2 else 0))
                    say(client, sent[-1])
                os.kill(running.pid, signal.SIGKILL)
                running.wait()
        for _ in range(50):
            sent.append(1000.0)
            say(client, 1000)
        with bridge(broker, tmp_path):
            until(lambda: len(kept()) >= len(sent), lambda: (len(kept()), len(sent)))
            time.sleep(1)
    assert sorted(kept()) == sorted(sent)


def test_a_broker_that_goes_and_comes_back_is_found_again(
    broker: Broker, plug: Device, tmp_path: Path
) -> None:
    with bridge(broker, tmp_path):
        listening(tmp_path)
        with publisher(broker) as client:
            say(client, 400)
        until(lambda: kept() == [400])
        broker.stop()
        broker.start()
        with publisher(broker) as client:
            say(client, 401)
            say(client, 7, topic="plug-z/status/switch:0")
            until(lambda: kept() == [400, 401])
            until(lambda: HeardTopic.objects.filter(topic="plug-z").exists())


def test_the_plug_is_switched_on_at_check_in_and_off_once_the_machine_rests(
    broker: Broker, plug: Device, tmp_path: Path
) -> None:
    Device.objects.update(stop_seconds=0)
    told: list[str] = []
    with publisher(broker) as client, bridge(broker, tmp_path):
        client.on_message = lambda _c, _u, message: told.append(message.payload.decode())
        client.subscribe("plug-a/command/#", 1)
        listening(tmp_path)
        client.publish("plug-a/status/switch:0", '{"apower": 0, "output": false}', 1)
        session = UsageSessionFactory(machine=plug.machines.get(), started_at=now())
        until(lambda: told == ["on"])
        say(client, 400)
        session.ended_at = now()
        session.save()
        time.sleep(2.5)
        assert told == ["on"]
        say(client, 3)
        until(lambda: told == ["on", "off"])
