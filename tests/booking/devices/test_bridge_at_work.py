"""The bridge in a thread of the test, beside a real Mosquitto: it holds out and says goodbye."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, connections
from django.utils.timezone import now

from booking.bridge import bridge as at_work
from booking.bridge.bridge import Bridge
from booking.bridge.link import STATUS_TOPIC, Link
from machines.metering.states import Dialect, FailSafe
from machines.models import Device, DeviceEvent
from tests.broker import Broker
from tests.factories.machines import MeterFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.mosquitto]

WITHIN = 90.0


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    found = Broker(tmp_path)
    found.start()
    yield found
    found.close()


@pytest.fixture
def plug() -> Device:
    made: Device = MeterFactory(
        device__dialect=Dialect.TASMOTA,
        device__topic="drill",
        device__switches_plug=True,
        device__stop_seconds=0,
        device__fail_safe=FailSafe.ON,
        device__plug_is_on=False,
    ).device
    return made


@pytest.fixture
def listener(broker: Broker) -> Iterator[Link]:
    """Somebody else on the broker, who hears what plugs are told and how the bridge is."""
    link = Link(broker.url.replace("://", "://name:word@"), "listener", now)
    link.open()
    until(link.is_up.is_set)
    link._client.subscribe([("cmnd/#", 1), (STATUS_TOPIC, 1)])
    yield link
    link.close()


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def heard(listener: Link, topic: str, payload: str) -> None:
    """Until `payload` was said on `topic`."""
    said: list[tuple[str, str]] = []

    def has_come() -> bool:
        said.extend((each.topic, each.payload.decode()) for each in listener.next(within=0.1))
        return (topic, payload) in said

    until(has_come)


def at_once(running: Bridge) -> threading.Thread:
    def work() -> None:
        try:
            running.run()
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def others_gone() -> None:
    """Cut every other connection to the database, as a restart of it would."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_it_holds_out_falls_back_and_says_goodbye(
    broker: Broker, plug: Device, listener: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if the database had been away for as long as it takes.
    monkeypatch.setattr(at_work, "BLIND_AFTER", timedelta(seconds=-1))
    running = Bridge(link=Link(broker.url, "etabli-bridge", now), clock=now)
    thread = at_once(running)
    try:
        until(running.link.is_up.is_set)
        heard(listener, STATUS_TOPIC, "online")
        listener.publish("tele/drill/SENSOR", '{"ENERGY": {"Power": 400}}')
        until(lambda: DeviceEvent.objects.count() == 1)
        until(lambda: bool(running.board.known))
        others_gone()
        listener.publish("tele/drill/SENSOR", '{"ENERGY": {"Power": 401}}')
        until(lambda: DeviceEvent.objects.count() == 2)
        heard(listener, "cmnd/drill/POWER", "ON")
    finally:
        running.stopping.set()
        thread.join(WITHIN)
    heard(listener, STATUS_TOPIC, "offline")
    assert not thread.is_alive()
