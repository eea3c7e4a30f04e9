"""Faults through the API."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from machines.models import Fault, Machine
from machines.services.dependencies import add_need
from members.models import Member
from members.services.tokens import create_token
from members.states import Scope
from tests.factories.machines import FaultFactory, MachineFactory
from tests.factories.members import MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/incidents"
NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def machine() -> Machine:
    return MachineFactory()


def caller(member: Member, *scopes: Scope) -> Client:
    _token, secret = create_token(member=member, scopes=scopes, name="t", expires_at=None, now=NOW)
    return Client(headers={"Authorization": f"Bearer {secret}"})


def post(client: Client, **body: object) -> tuple[int, dict[str, object]]:
    answer = client.post(URL, body, content_type="application/json")
    return answer.status_code, answer.json()


def test_a_fault_is_reported_and_read_again(machine: Machine) -> None:
    member = MemberFactory()
    client = caller(member, Scope.BOOK)
    status, told = post(client, machine=machine.pk, summary="It smells", found="broke")
    assert status == 201
    assert (told["severity"], told["looked_at"], told["stops_machine"]) == ("hampers", False, False)
    assert told["starts_at"] == "2026-05-04T10:00:00+02:00"
    listed = client.get(URL).json()["items"]
    assert [each["id"] for each in listed] == [told["id"]]
    assert client.get(f"{URL}?state=resolved").json()["items"] == []
    assert client.get(f"{URL}?machine={machine.pk + 1}").json()["items"] == []


def test_a_hazard_stops_all_that_need_the_machine(machine: Machine) -> None:
    laser = MachineFactory(space=machine.space)
    add_need(machine=laser, needs=machine, now=NOW)
    client = caller(MemberFactory(), Scope.BOOK)
    _status, told = post(client, machine=machine.pk, summary="Sparks", hazard=True)
    assert sorted(told["stopped_machines"]) == sorted([machine.pk, laser.pk])  # type: ignore[call-overload]


def test_the_staff_reads_all_of_a_space_and_nobody_else(machine: Machine) -> None:
    fault = FaultFactory(machine=machine, starts_at=NOW, reported_by=MemberFactory())
    FaultFactory(starts_at=NOW)
    worker = RoleFactory(space=machine.space).member
    address = f"{URL}?space={machine.space.slug}"
    [told] = caller(worker, Scope.READ).get(address).json()["items"]
    assert (told["id"], told["reported_by"]) == (fault.pk, fault.reported_by_id)
    stranger = caller(MemberFactory(), Scope.READ)
    assert stranger.get(address).status_code == 404
    assert stranger.get(URL).json()["items"] == []


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_takes_as_many_queries_for_three_as_for_one(
    machine: Machine, count: int, django_assert_num_queries: object
) -> None:
    for number in range(count):
        FaultFactory(machine=machine, starts_at=NOW - timedelta(hours=number))
    client = caller(RoleFactory(space=machine.space).member, Scope.READ)
    with django_assert_num_queries(6):  # type: ignore[operator]
        assert len(client.get(f"{URL}?space={machine.space.slug}").json()["items"]) == count


def test_what_makes_no_sense_and_floods_are_refused(machine: Machine) -> None:
    client = caller(MemberFactory(), Scope.BOOK)
    assert post(client, machine=machine.pk, summary="")[0] == 422
    assert post(client, machine=machine.pk + 99, summary="x")[0] == 404
    assert post(client, machine=machine.pk, summary="x", stops=True)[0] == 422
    assert client.get(f"{URL}?cursor=x").status_code == 422
    for _ in range(10):
        assert post(client, machine=machine.pk, summary="x")[0] == 201
    assert post(client, machine=machine.pk, summary="x")[0] == 429
    assert Fault.objects.count() == 10
