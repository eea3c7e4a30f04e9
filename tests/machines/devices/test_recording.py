"""Events are written down once; what is shown of a device is what it told last."""

from datetime import UTC, datetime, timedelta

import pytest

from machines.metering.states import Dialect, EventKind, Loss
from machines.metering.telegrams import read
from machines.models import Device, DeviceEvent, HeardTopic, Meter, MeterMark
from machines.queries.devices import devices_of, lost_lately, silent_count, strangers
from machines.services import telegrams
from machines.services.device_tokens import (
    create_device_token,
    device_for,
    revoke_device_token,
)
from machines.services.devices import retire_device, save_device
from machines.services.log_keeping import forget_old_readings
from machines.services.telegrams import Telegram, take
from machines.services.usage_events import Status, Told, record
from machines.tasks import forget_old_readings as task
from tests.factories.machines import DeviceFactory, MachineFactory, MeterFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def meter() -> Meter:
    made: Meter = MeterFactory(device__dialect=Dialect.SHELLY, device__topic="plug-a")
    return made


def told(meter: Meter, key: str, at: datetime = NOW, **said: object) -> Told:
    said = {"kind": EventKind.POWER, "value": 1.0} | said
    return Told(device=meter.device_id, machine=meter.machine_id, key=key, at=at, **said)


def telegram(
    topic: str, payload: str, *, number: int = 1, again: bool = False, at: datetime = NOW
) -> Telegram:
    heard = read(topic, payload.encode())
    assert heard is not None
    return Telegram(
        heard=heard,
        content=f"{topic} {payload}".encode(),
        delivery=number,
        is_repeated=again,
        received_at=at,
    )


def test_an_event_is_kept_once(meter: Meter) -> None:
    batch = [told(meter, "a"), told(meter, "b", NOW - DAY), told(meter, "a", NOW + DAY)]
    assert record(batch, [], now=NOW) == 2
    assert record(batch, [], now=NOW) == 0
    assert DeviceEvent.objects.get(key="a").at == NOW
    mark = MeterMark.objects.get()
    assert (mark.since_at, mark.times) == (NOW - DAY, 1)
    meter.refresh_from_db()
    assert meter.heard_from == NOW - DAY


def test_the_same_key_of_another_device_is_another_event(meter: Meter) -> None:
    other = MeterFactory()
    assert record([told(meter, "a"), told(other, "a")], [], now=NOW) == 2


def test_what_is_shown_is_the_latest_reading(meter: Meter) -> None:
    device = meter.device
    for at, watts, expected in (
        (NOW, 400.0, (400.0, None)),
        (NOW + 9 * SECOND, 3.0, (3.0, NOW + 9 * SECOND)),
        (NOW + 5 * SECOND, 500.0, (3.0, NOW + 9 * SECOND)),
        (NOW + 20 * SECOND, 2.0, (2.0, NOW + 9 * SECOND)),
        (NOW + 30 * SECOND, 15.0, (15.0, None)),
    ):
        record([], [Status(device=device.pk, power=watts, power_at=at)], now=at)
        device.refresh_from_db()
        assert (device.power, device.idle_since) == expected
    record([], [Status(device=device.pk, skew=-90.0)], now=NOW)
    device.refresh_from_db()
    assert (device.power, device.skew_seconds, device.clock_is_wrong) == (15.0, -90.0, True)
    assert device.seen_at == NOW + 30 * SECOND


def test_telegrams_of_a_plug_are_kept(meter: Meter) -> None:
    batch = [
        telegram("plug-a/status/switch:0", '{"apower": 400, "output": true}', number=1),
        telegram("plug-a/status/switch:0", '{"apower": 400, "output": true}', number=2),
    ]
    assert take(batch, now=NOW) == 2
    device = Device.objects.get()
    assert (device.power, device.plug_is_on, device.seen_at) == (400.0, True, NOW)
    assert device.skew_seconds is None


def test_a_telegram_that_comes_again_is_known(meter: Meter) -> None:
    topic, payload = "plug-a/status/switch:0", '{"apower": 400}'
    assert take([telegram(topic, payload, number=7)], now=NOW) == 1
    later = NOW + 40 * SECOND
    assert take([telegram(topic, payload, number=7, again=True, at=later)], now=later) == 0
    # One that was never kept is new, though it is delivered again.
    assert take([telegram(topic, payload, number=8, again=True, at=later)], now=later) == 1
    both = [
        telegram(topic, payload, number=9, at=later),
        telegram(topic, payload, number=9, again=True, at=later + SECOND),
    ]
    assert take(both, now=later) == 1


def test_one_that_tells_its_moment_needs_no_number(meter: Meter) -> None:
    payload = f'{{"params": {{"ts": {NOW.timestamp()}, "switch:0": {{"apower": 5}}}}}}'
    for number in (1, 2, 3):
        take([telegram("plug-a/events/rpc", payload, number=number)], now=NOW + number * MINUTE)
    assert DeviceEvent.objects.get().at == NOW


def test_a_clock_that_cannot_be_right_is_told_and_not_believed() -> None:
    meter = MeterFactory(device__dialect=Dialect.TASMOTA, device__topic="drill")
    tried = (("0001-01-01T00:00:00", False), ("1970-01-01T00:00:00", False))
    for year, believed in (*tried, ("2026-05-04T09:59:30", True)):
        payload = f'{{"Time": "{year}", "ENERGY": {{"Power": 9}}}}'
        take([telegram("tele/drill/SENSOR", payload)], now=NOW)
        at = DeviceEvent.objects.latest("pk").at
        assert at == (NOW - 30 * SECOND if believed else NOW)
    assert Device.objects.get(pk=meter.device_id).skew_seconds == -30


def test_only_the_change_of_a_state_that_is_told_again_and_again_is_an_event() -> None:
    MeterFactory(device__dialect=Dialect.PRUSALINK, device__topic="xl")
    states = ["PRINTING", "PRINTING", "PAUSED", "PAUSED", "PRINTING"]
    for number, state in enumerate(states):
        at = NOW + number * MINUTE
        payload = f'{{"printer": {{"state": "{state}"}}}}'
        take([telegram("prusalink/xl/status", payload, number=number, at=at)], now=at)
    kinds = DeviceEvent.objects.order_by("at").values_list("kind", flat=True)
    assert list(kinds) == ["started", "stopped", "started"]


def test_of_strangers_those_heard_last_are_kept_and_the_others_counted(
    meter: Meter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegrams, "MOST_STRANGERS", 3)
    for minutes, names in ((0, "abc"), (1, "bd"), (2, "efg")):
        heard = [telegram(f"{name}/status/switch:0", '{"apower": 1}') for name in names]
        take(heard, now=NOW + minutes * MINUTE)
    assert {each.topic for each in strangers()} == {"e", "f", "g"}
    assert lost_lately(NOW) == [(str(Loss.NAMES.label), 4)]
    assert lost_lately(NOW + 8 * DAY) == []


def test_strangers_are_noted_for_staff(meter: Meter) -> None:
    take([telegram("plug-b/status/switch:0", '{"apower": 7}')], now=NOW)
    take([telegram("plug-b/status/switch:0", '{"output": true}')], now=NOW + MINUTE)
    assert not DeviceEvent.objects.exists()
    (stranger,) = strangers()
    assert (stranger.topic, stranger.power, stranger.last_at) == ("plug-b", 7.0, NOW + MINUTE)
    new = Device(space=meter.device.space, name="B", dialect=Dialect.SHELLY, topic="plug-b")
    save_device(device=new, machines=[meter.machine], now=NOW)
    assert not HeardTopic.objects.exists()


def test_without_a_machine_only_its_state_is_kept() -> None:
    device = DeviceFactory(dialect=Dialect.SHELLY, topic="plug-c")
    take([telegram("plug-c/status/switch:0", '{"apower": 7}')], now=NOW)
    device.refresh_from_db()
    assert device.power == 7
    assert not DeviceEvent.objects.exists()


def test_machines_come_and_go_and_the_log_stays(meter: Meter) -> None:
    device, first, second = meter.device, meter.machine, MachineFactory(space=meter.machine.space)
    record([told(meter, "a")], [], now=NOW)
    save_device(device=device, machines=[second], now=NOW + DAY)
    meter.refresh_from_db()
    assert meter.removed_at == NOW + DAY
    assert device.events.count() == 1
    save_device(device=device, machines=[first, second], now=NOW + 2 * DAY)
    assert set(device.meters.filter(removed_at=None).values_list("machine", flat=True)) == {
        first.pk,
        second.pk,
    }


def test_who_speaks_http_has_no_name_on_the_broker(meter: Meter) -> None:
    device = meter.device
    device.dialect, device.switches_plug = Dialect.API, True
    save_device(device=device, machines=[], now=NOW)
    device.refresh_from_db()
    assert (device.topic, device.switches_plug) == ("", False)


def test_a_key_opens_until_it_is_revoked(meter: Meter) -> None:
    token, secret = create_device_token(device=meter.device, by=None, now=NOW)
    assert secret not in {token.digest, token.hint}
    assert device_for(secret, now=NOW) == meter.device
    assert device_for(secret, now=NOW + SECOND) == meter.device
    token.refresh_from_db()
    assert token.last_used_at == NOW
    revoke_device_token(token=token, now=NOW)
    assert device_for(secret, now=NOW) is None


def test_a_device_that_is_put_away_opens_nothing(meter: Meter) -> None:
    _token, secret = create_device_token(device=meter.device, by=None, now=NOW)
    retire_device(device=meter.device, now=NOW)
    assert device_for(secret, now=NOW) is None
    assert not devices_of(meter.device.space, now=NOW)


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_needs_three_queries(
    number: int, django_assert_num_queries: object, meter: Meter
) -> None:
    space = meter.device.space
    for _ in range(number):
        MeterFactory(device__space=space, device__seen_at=NOW, machine__space=space)
    with django_assert_num_queries(3):  # type: ignore[operator]
        rows = devices_of(space, now=NOW + DAY)
    assert sum(row.is_silent for row in rows) == number
    assert silent_count(NOW + DAY) == number
    assert silent_count(NOW) == 0


def test_old_readings_are_forgotten_and_jobs_are_not(meter: Meter) -> None:
    batch = [told(meter, "old"), told(meter, "job", kind=EventKind.STARTED, value=None)]
    record(batch, [], now=NOW)
    record([told(meter, "new", NOW + 30 * DAY)], [], now=NOW + 30 * DAY)
    assert forget_old_readings(now=NOW + 36 * DAY) == 1
    assert set(DeviceEvent.objects.values_list("key", flat=True)) == {"job", "new"}
    task()


def test_names_are_told(meter: Meter) -> None:
    token, _secret = create_device_token(device=meter.device, by=None, now=NOW)
    record([told(meter, "a")], [], now=NOW)
    take([telegram("plug-z/status/switch:0", '{"apower": 7}')], now=NOW)
    assert str(token) == f"…{token.hint}"
    assert str(HeardTopic.objects.get()) == "plug-z"
    assert str(DeviceEvent.objects.get()) == "power 2026-05-04 08:00:00"
    assert str(MeterMark.objects.get()).endswith("2026-05-04 08:00")
    assert str(meter) == f"{meter.device_id}: {meter.machine_id}"
    assert str(meter.device) == meter.device.name
