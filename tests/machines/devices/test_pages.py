"""Staff make devices, give them keys, assign what was heard on the broker."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now
from pytest_django import Settings

from machines.metering.states import Dialect, EventKind
from machines.models import Device, DeviceToken, HeardTopic, Machine, Run
from machines.services.device_tokens import create_device_token
from machines.services.usage_events import Status, Told, record
from tests.factories.machines import DeviceFactory, MachineFactory, MeterFactory
from tests.factories.members import RoleFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

LIST, NEW = "/spaces/atelier/devices/", "/spaces/atelier/devices/new/"
TYPED = {
    "step": "save",
    "name": "Plug of the laser",
    "dialect": "shelly",
    "topic": "plug-a",
    "start_watts": "30",
    "stop_watts": "15",
    "start_seconds": "10",
    "stop_seconds": "60",
    "silent_seconds": "300",
    "switches_plug": "on",
    "fail_safe": "off",
}


@pytest.fixture
def laser() -> Machine:
    made: Machine = MachineFactory(space=SpaceFactory(slug="atelier"), name="Speedy")
    return made


@pytest.fixture
def staff(client: Client, laser: Machine) -> Client:
    client.force_login(RoleFactory(space=laser.space).member)
    return client


def test_a_device_is_made_changed_and_put_away(staff: Client, laser: Machine) -> None:
    assert "No device yet" in staff.get(LIST).text
    answer = staff.post(NEW, TYPED | {"machines": [laser.pk]})
    device = Device.objects.get()
    assert answer["Location"] == f"{LIST}{device.pk}/"
    assert (device.switches_plug, device.fail_safe, device.machines.get()) == (True, "off", laser)
    page = staff.get(f"{LIST}{device.pk}/").text
    assert f'<option value="{laser.pk}" selected>' in page
    staff.post(f"{LIST}{device.pk}/", TYPED | {"name": "Laser plug"})
    device.refresh_from_db()
    assert device.name == "Laser plug"
    assert device.meters.get().removed_at is not None
    staff.post(f"{LIST}{device.pk}/", {"step": "remove"})
    assert staff.get(f"{LIST}{device.pk}/").status_code == 404
    assert "Laser plug" not in staff.get(LIST).text


def test_a_stranger_on_the_broker_is_assigned(
    staff: Client, laser: Machine, settings: Settings
) -> None:
    assert "broker" not in staff.get(LIST).text.partition("No device yet")[2].partition("</p>")[2]
    settings.MQTT_URL = "mqtt://127.0.0.1"
    moment = now()
    heard = HeardTopic.objects.create(
        dialect="shelly", topic="shellies/plug-9", power=7, first_at=moment, last_at=moment
    )
    assert "shellies/plug-9" in staff.get(LIST).text
    page = staff.get(f"{NEW}?heard={heard.pk}").text
    assert 'value="shellies/plug-9"' in page
    assert 'value="plug-9"' in page
    staff.post(NEW, TYPED | {"topic": "shellies/plug-9", "machines": [laser.pk]})
    assert Device.objects.get().topic == "shellies/plug-9"
    assert "Nobody speaks there" in staff.get(LIST).text
    assert staff.get(f"{NEW}?heard=%00").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"topic": ""}, "Say by which name it is heard."),
        ({"topic": "plug/+"}, "leave out + and #"),
        ({"topic": "#"}, "leave out + and #"),
        ({"topic": "$SYS/plug"}, "$ at the beginning"),
        ({"topic": "plug\x07a"}, "No device can be called so"),
        ({"topic": "x" * 121}, "at most 120 characters"),
        ({"topic": "taken"}, "Another device has this name already."),
        ({"stop_watts": "40"}, "This cannot be less than where the machine rests."),
        ({"stop_watts": "0"}, "This must be more than nothing."),
        ({"silent_seconds": "0"}, "This must be more than nothing."),
        ({"dialect": "octoprint"}, "This device has no plug to be switched."),
    ],
)
def test_what_is_wrong_is_said(
    staff: Client, laser: Machine, wrong: dict[str, str], told: str
) -> None:
    DeviceFactory(dialect=Dialect.SHELLY, topic="taken")
    page = staff.post(NEW, TYPED | wrong)
    assert page.status_code == 422
    assert told in page.text
    assert 'value="Plug of the laser"' in page.text
    assert Device.objects.count() == 1


def test_a_plug_tells_of_one_machine(staff: Client, laser: Machine) -> None:
    other = MachineFactory(space=laser.space)
    page = staff.post(NEW, TYPED | {"machines": [laser.pk, other.pk]})
    assert "A plug or a printer tells of one machine." in page.text
    elsewhere = staff.post(NEW, TYPED | {"machines": [MachineFactory().pk]})
    assert elsewhere.status_code == 422


def test_a_key_is_shown_once_and_revoked(staff: Client, laser: Machine) -> None:
    device = MeterFactory(machine=laser).device
    page = staff.post(f"{LIST}{device.pk}/", {"step": "key"}).text
    token = DeviceToken.objects.get()
    assert "etabli_device_" in page
    assert page.count(str(token)) >= 1
    assert "etabli_device_" not in staff.get(f"{LIST}{device.pk}/").text
    staff.post(f"{LIST}{device.pk}/keys/{token.pk}/revoke/")
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_how_devices_stand_is_told(staff: Client, laser: Machine) -> None:
    moment = now()
    device = MeterFactory(machine=laser).device
    record(
        [
            Told(
                device=device.pk, machine=laser.pk, key=kind, kind=kind, at=moment, value=value,
                name=name,
            )
            for kind, value, name in (
                (EventKind.POWER, 412.0, ""),
                (EventKind.COUNTER, 1204.5, "lamp_hours"),
            )
        ],
        [Status(device=device.pk, skew=-400, power=412, power_at=moment, plug_is_on=True)],
        now=moment,
    )  # fmt: skip
    Run.objects.create(
        device=device, machine=laser, source="power", started_at=moment, seen_at=moment
    )
    MeterFactory(machine=laser, device__seen_at=moment - timedelta(days=1))
    page = staff.get(LIST).text
    for word in ("412 W", "works", "silent", "plug on", "-400 s off", "Speedy"):
        assert word in page
    page = staff.get(f"{LIST}{device.pk}/").text
    for word in ("412 W", "lamp_hours", "1,204.5"):
        assert word in page


def test_devices_of_other_spaces_are_not_here(staff: Client, laser: Machine) -> None:
    other = MeterFactory().device
    assert staff.get(f"{LIST}{other.pk}/").status_code == 404
    assert staff.post(f"{LIST}{other.pk}/", {"step": "key"}).status_code == 404
    token, _secret = create_device_token(device=other, by=None, now=now())
    assert staff.post(f"{LIST}{other.pk}/keys/{token.pk}/revoke/").status_code == 404
