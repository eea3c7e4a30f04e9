"""What the bridge keeps, acknowledges and switches, without a broker."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DataError, OperationalError, connection

from booking.bridge.keeping import keep
from booking.bridge.link import Link
from booking.bridge.switching import Switchboard
from booking.bridge.waiting import Delivery, Waiting
from booking.queries.plugs import plugs
from machines.metering.states import Dialect, FailSafe, Loss
from machines.models import Device, DeviceEvent, Machine
from machines.queries.devices import lost_lately
from machines.services.usage_events import Status, record
from tests.booking.devices.conftest import START
from tests.factories.booking import UsageSessionFactory
from tests.factories.machines import MeterFactory

pytestmark = pytest.mark.django_db

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def plug(machine: Machine) -> Device:
    made: Device = MeterFactory(
        machine=machine,
        device__dialect=Dialect.SHELLY,
        device__topic="plug-a",
        device__switches_plug=True,
    ).device
    return made


def delivery(payload: str, *, number: int = 1, **more: Any) -> Delivery:
    about = {
        "topic": "plug-a/status/switch:0",
        "qos": 1,
        "is_repeated": False,
        "is_retained": False,
        "connection": 1,
        "received_at": START,
    }
    return Delivery(payload=payload.encode(), number=number, **about | more)


def stands(plug: Device, at: datetime, power: float, *, is_on: bool) -> None:
    status = Status(device=plug.pk, power=power, power_at=at, plug_is_on=is_on)
    record([], [status], now=at)


class Told:
    """Notes what plugs are told."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    def __call__(self, topic: str, payload: str) -> None:
        self.said.append((topic, payload))


def test_readings_are_kept_and_the_rest_is_left_alone(plug: Device) -> None:
    batch = [
        delivery('{"apower": 400}'),
        delivery('{"apower": 400}', number=2),
        delivery("noise", number=3, topic="else/where"),
        delivery('{"apower": 1}', number=4, is_retained=True),
    ]
    assert keep(batch, now=START) == 2
    assert keep([], now=START) == 0


def test_what_is_retained_counts_where_it_tells_its_moment(plug: Device) -> None:
    payload = f'{{"params": {{"ts": {START.timestamp()}, "switch:0": {{"apower": 5}}}}}}'
    told = delivery(payload, topic="plug-a/events/rpc", is_retained=True)
    assert keep([told], now=START) == 1
    assert keep([told], now=START) == 0


def failing(error: type[Exception], when: str) -> Any:
    def execute(run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "machines_deviceevent" in sql and when in str(params):
            raise error
        return run(sql, params, many, context)

    return connection.execute_wrapper(execute)


def test_one_that_cannot_be_kept_does_not_stand_before_the_others(
    plug: Device, caplog: pytest.LogCaptureFixture
) -> None:
    batch = [delivery('{"apower": 400}'), delivery('{"apower": 666}', number=2)]
    with failing(DataError, "666"):
        assert keep(batch, now=START) == 1
    assert DeviceEvent.objects.get().value == 400
    assert "could not be kept" in caplog.text


def test_whatever_is_wrong_with_one_the_others_are_kept_and_it_is_counted(
    plug: Device, caplog: pytest.LogCaptureFixture
) -> None:
    batch = [delivery('{"apower": 666}', number=2), delivery('{"apower": 400}')]
    with failing(ZeroDivisionError, "666"):
        assert keep(batch, now=START) == 1
    assert DeviceEvent.objects.get().value == 400
    assert "plug-a/status/switch:0" in caplog.text
    assert lost_lately(START) == [(str(Loss.BROKEN.label), 1)]
    assert keep([delivery("{}", topic="")], now=START) == 0


def test_what_waits_falls_out_but_for_what_must_be_acknowledged() -> None:
    waiting = Waiting(most=2)
    for number in range(1, 6):
        waiting.put(delivery("", number=number, qos=0))
        waiting.put(delivery("", number=10 + number, qos=1))
    found = [waiting.get(within=0) for _ in range(8)]
    assert [each.number if each else 0 for each in found] == [11, 12, 13, 4, 14, 5, 15, 0]
    assert (waiting.take_lost(), waiting.take_lost()) == (3, 0)


def test_a_name_that_nobody_can_be_told_by_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    link = Link("mqtt://127.0.0.1:1", "nobody", lambda: START)
    for topic in ("cmnd/+/POWER", "", "a#"):
        assert link.publish(topic, "ON") is False
    assert "cmnd/+/POWER" in caplog.text


def test_while_the_database_is_away_nothing_is_given_up(plug: Device) -> None:
    with failing(OperationalError, "400"), pytest.raises(OperationalError):
        keep([delivery('{"apower": 400}')], now=START)


def test_a_plug_follows_who_is_there(plug: Device, machine: Machine) -> None:
    told = Told()
    board = Switchboard(send=told)
    stands(plug, START, 0.5, is_on=False)
    board.switch(START)
    assert told.said == []
    session = UsageSessionFactory(machine=machine, started_at=START)
    board.switch(START)
    board.switch(START + SECOND)
    assert told.said == [("plug-a/command/switch:0", "on")]
    # It did not do so, and is told again.
    board.switch(START + 31 * SECOND)
    assert len(told.said) == 2
    stands(plug, START + 40 * SECOND, 400, is_on=True)
    board.switch(START + 41 * SECOND)
    assert len(told.said) == 2
    session.ended_at = START + MINUTE
    session.save()
    # The cut goes on: nothing is said until it has ended and rested.
    board.switch(START + 61 * SECOND)
    stands(plug, START + 70 * SECOND, 2, is_on=True)
    board.switch(START + 71 * SECOND)
    assert len(told.said) == 2
    stands(plug, START + 131 * SECOND, 2, is_on=True)
    board.switch(START + 132 * SECOND)
    assert told.said[2:] == [("plug-a/command/switch:0", "off")]


def test_a_session_of_the_meter_needs_no_plug(plug: Device, machine: Machine) -> None:
    UsageSessionFactory(machine=machine, started_at=START, ended_at=START + MINUTE)
    assert [each.is_needed for each in plugs()] == [False]


@pytest.mark.parametrize(
    ("fail_safe", "said"),
    [(FailSafe.KEEP, []), (FailSafe.OFF, ["off"]), (FailSafe.ON, [])],
)
def test_without_a_database_plugs_do_what_was_chosen(
    plug: Device, fail_safe: FailSafe, said: list[str]
) -> None:
    Device.objects.update(fail_safe=fail_safe)
    told = Told()
    board = Switchboard(send=told)
    for seconds in (0, 90):
        stands(plug, START + seconds * SECOND, 1, is_on=True)
    board.fall_back(START)
    assert told.said == []
    board.known = plugs()
    board.fall_back(START + 91 * SECOND)
    assert [payload for _topic, payload in told.said] == said
