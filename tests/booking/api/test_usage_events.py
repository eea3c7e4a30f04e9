"""Devices tell over the API: batches, once each, with what was refused and how their clock goes."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from booking.models import UsageSession
from booking.services.metering import follow_meters
from machines.models import Device, DeviceEvent, Machine
from machines.services.device_tokens import create_device_token, revoke_device_token
from members.models import Member
from members.states import Scope
from tests.booking.api.conftest import NOW, client_of
from tests.factories.machines import MachineFactory, MeterFactory

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/usage-events"
HOUR = timedelta(hours=1)


@pytest.fixture
def device(machine: Machine) -> Device:
    made: Device = MeterFactory(machine=machine).device
    return made


@pytest.fixture
def teller(device: Device) -> Client:
    """A client that carries the key of the device."""
    _token, secret = create_device_token(device=device, by=None, now=now())
    return Client(headers={"Authorization": f"Bearer {secret}", "Accept-Language": "en"})


def post(client: Client, *events: dict[str, Any], **more: Any) -> Any:
    return client.post(ADDRESS, {"events": list(events), **more}, content_type="application/json")


def event(key: str, kind: str = "started", hours: float = -1, **more: Any) -> dict[str, Any]:
    return {"id": key, "kind": kind, "at": (NOW + hours * HOUR).isoformat(), **more}


def test_a_batch_becomes_a_session_however_often_it_is_sent(
    teller: Client, machine: Machine
) -> None:
    batch = [event("2", "stopped", -1), event("1", "started", -2, machine=machine.pk)]
    for new in (2, 0):
        answer = post(teller, *batch)
        assert answer.status_code == 200, answer.content
        assert answer.json() == {
            "new": new,
            "known": 2 - new,
            "refused": [],
            "skew_seconds": None,
        }
    follow_meters(NOW)
    session = UsageSession.objects.get()
    assert (session.started_at, session.ended_at) == (NOW - 2 * HOUR, NOW - HOUR)


def test_the_skew_of_the_clock_is_told_and_kept(teller: Client, device: Device) -> None:
    ahead = (NOW + timedelta(seconds=90)).isoformat()
    assert post(teller, event("1"), sent_at=ahead).json()["skew_seconds"] == 90
    device.refresh_from_db()
    assert (device.skew_seconds, device.seen_at) == (90, NOW)


def test_what_cannot_be_kept_is_named_and_the_rest_is_kept(
    teller: Client, machine: Machine
) -> None:
    answer = post(
        teller,
        event("good", "power", value=12.5),
        event("far", hours=2),
        event("old", hours=-24 * 31),
        event("other", machine=MachineFactory().pk),
        event("empty", "power"),
        event("nameless", "counter", value=3),
        event("counted", "counter", value=3, name="cycles"),
    ).json()
    assert {each["id"]: each["code"] for each in answer["refused"]} == {
        "far": "FROM_THE_FUTURE",
        "old": "TOO_OLD",
        "other": "UNKNOWN_MACHINE",
        "empty": "VALUE_NEEDED",
        "nameless": "NAME_NEEDED",
    }
    assert all(each["message"] for each in answer["refused"])
    assert set(DeviceEvent.objects.values_list("key", flat=True)) == {"good", "counted"}


def test_a_device_of_several_machines_says_of_which(
    teller: Client, device: Device, machine: Machine
) -> None:
    other = MeterFactory(device=device, machine__space=machine.space).machine
    answer = post(teller, event("1"), event("2", machine=other.pk)).json()
    assert [each["code"] for each in answer["refused"]] == ["MACHINE_NEEDED"]
    assert DeviceEvent.objects.get().machine == other


def test_a_machine_that_was_taken_away_is_unknown(teller: Client, device: Device) -> None:
    device.meters.update(removed_at=NOW)
    answer = post(teller, event("1")).json()
    assert [each["code"] for each in answer["refused"]] == ["UNKNOWN_MACHINE"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": ""},
        {"id": "a\0b"},
        {"kind": "danced"},
        {"at": "2026-05-04T08:00:00"},
        {"value": "NaN"},
        {"colour": "red"},
    ],
)
def test_a_form_that_is_wrong_is_refused_as_a_whole(teller: Client, wrong: dict[str, Any]) -> None:
    assert post(teller, event("1"), event("2") | wrong).status_code == 422
    assert not DeviceEvent.objects.exists()


def test_a_batch_has_an_end(teller: Client) -> None:
    assert post(teller, *[event(str(n)) for n in range(1001)]).status_code == 422
    assert post(teller, *[event(str(n)) for n in range(1000)]).json()["new"] == 1000


def test_a_batch_takes_a_fixed_number_of_queries(teller: Client) -> None:
    post(teller, event("first", "power", value=1))
    counts = []
    for number in (1, 300):
        with CaptureQueriesContext(connection) as queries:
            post(teller, *[event(f"{number}-{n}", "power", value=1) for n in range(number)])
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


def test_a_revoked_key_opens_nothing(teller: Client, device: Device) -> None:
    revoke_device_token(token=device.tokens.get(), now=NOW)
    assert post(teller, event("1")).status_code == 401


def test_a_key_opens_nothing_else(teller: Client, member: Member) -> None:
    assert teller.get("/api/v1/reservations").status_code == 401
    assert post(client_of(member, Scope.STAFF), event("1")).status_code == 401


def test_devices_are_counted_apart_from_people(settings: Any, teller: Client) -> None:
    settings.API_CALLS_PER_MINUTE = 2
    answers = [post(teller, event(str(n))).status_code for n in range(3)]
    assert answers == [200, 200, 429]
