"""Several machines at once over the API: all or none, each refusal naming its machine."""

from typing import Any

import pytest
from django.test import Client

from booking.models import Reservation
from machines.models import Machine
from members.models import Member
from members.states import Scope
from tests.booking.api.conftest import client_of
from tests.booking.api.test_reservations import post
from tests.factories.machines import MachineFactory
from tests.factories.members import DelegateFactory, MemberFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/carts"


@pytest.fixture
def other(machine: Machine) -> Machine:
    return MachineFactory(space=machine.space, name="Bench")


def body(*machines: Machine, **changes: Any) -> dict[str, Any]:
    """A request for Tuesday from 10 to 12 in Zurich."""
    return {
        "machines": [machine.pk for machine in machines],
        "starts_at": "2026-05-05T10:00:00+02:00",
        "ends_at": "2026-05-05T12:00:00+02:00",
        **changes,
    }


def test_a_cart_answers_with_its_reservations(
    client: Client, machine: Machine, other: Machine, member: Member
) -> None:
    answer = post(client, URL, body(machine, other, purpose="Lamp"))
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert [each["machine"] for each in made["items"]] == [machine.pk, other.pk]
    assert {each["bundle"] for each in made["items"]} == {made["bundle"]}
    assert {each["purpose"] for each in made["items"]} == {"Lamp"}
    assert made["currency"] == "CHF"
    assert Reservation.objects.filter(member=member).count() == 2


def test_where_one_is_taken_none_is_reserved(
    client: Client, machine: Machine, other: Machine
) -> None:
    post(client, URL, body(other))
    answer = post(client_of(MemberFactory(), Scope.BOOK), URL, body(machine, other))
    assert answer.status_code == 409
    (told,) = answer.json()["refusals"]
    assert (told["code"], told["machine"], told["field"]) == ("TAKEN", other.pk, "starts_at")
    assert told["message"].startswith("Bench: ")
    assert Reservation.objects.count() == 1


def test_a_check_tells_refusals_and_prices_and_reserves_nothing(
    client: Client, machine: Machine, other: Machine
) -> None:
    past = {"starts_at": "2026-05-03T10:00:00+02:00", "ends_at": "2026-05-03T11:00:00+02:00"}
    told = post(client, f"{URL}/check", body(machine, other, **past)).json()
    assert [each["code"] for each in told["refusals"]] == ["IN_THE_PAST"]
    assert "machine" not in told["refusals"][0]
    assert told["amount"] is None
    assert not post(client, f"{URL}/check", body(machine, other)).json()["refusals"]
    assert not Reservation.objects.exists()


@pytest.mark.parametrize("call", ["", "/check"])
def test_nobody_learns_of_a_company_that_they_do_not_book_for(
    client: Client, machine: Machine, call: str
) -> None:
    company = DelegateFactory().company
    for slug in (company.slug, "nobody"):
        told = post(client, URL + call, body(machine, company=slug)).json()
        assert [each["code"] for each in told["refusals"]] == ["NOT_ALLOWED"]


def test_machines_that_have_no_page_for_the_caller_are_not_there(
    client: Client, machine: Machine
) -> None:
    hidden = MachineFactory(space=machine.space, is_listed=False)
    assert post(client, URL, body(machine, hidden)).status_code == 404
    assert post(client, URL, body()).status_code == 422
