"""Pools over the API: how many units are free, and any of them reserved."""

from typing import Any

import pytest
from django.test import Client

from booking.models import RefusedTry, Reservation
from machines.models import Machine, Pool
from members.models import Member
from tests.booking.api.test_reservations import URL, body, post
from tests.factories.booking import ReservationFactory
from tests.factories.machines import MachineFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pool(machine: Machine) -> Pool:
    """Two alike machines."""
    made = Pool.objects.create(space=machine.space, slug="mk4", name="Prusa MK4")
    machine.pool = made
    machine.save()
    MachineFactory.create(space=machine.space, category=machine.category, pool=made)
    return made


def asked(pool: Pool, machine: Machine, **changes: Any) -> dict[str, Any]:
    """A request for any unit."""
    content = body(machine, pool=pool.pk, **changes)
    del content["machine"]
    return content


def test_the_list_names_the_units_and_pages(pool: Pool, machine: Machine) -> None:
    Pool.objects.create(space=machine.space, slug="none", name="Without units")
    answer = Client().get(f"/api/v1/pools?space={machine.space.slug}").json()
    (told,) = answer["items"]
    assert (told["name"], len(told["units"]), answer["next"]) == ("Prusa MK4", 2, None)
    assert told["category"]["slug"] == machine.category.slug
    assert Client().get("/api/v1/pools?category=nothing").json()["items"] == []
    assert Client().get(f"/api/v1/pools/{pool.pk}").json() == told
    assert Client().get("/api/v1/pools?cursor=x").status_code == 422


def test_availability_tells_capacity_and_free_units(pool: Pool, machine: Machine) -> None:
    for unit in Machine.objects.filter(pool=pool):
        ReservationFactory(machine=unit, starts_at="2026-05-05T08:00Z", ends_at="2026-05-05T09:00Z")
    ReservationFactory(machine=machine, starts_at="2026-05-05T09:00Z", ends_at="2026-05-05T10:00Z")
    window = "from=2026-05-05T07:00:00Z&until=2026-05-05T11:00:00Z"
    told = Client().get(f"/api/v1/pools/{pool.pk}/availability?{window}").json()
    counts = [(each["starts_at"][11:16], each["free_units"]) for each in told["open"]]
    assert counts == [("09:00", 2), ("10:00", 0), ("11:00", 1), ("12:00", 2)]
    assert {each["capacity"] for each in told["open"]} == {2}
    assert [each["starts_at"][11:16] for each in told["busy"]] == ["10:00"]
    assert all(each["free_units"] for each in told["free"])


def test_any_unit_is_reserved_and_a_full_pool_is_409(
    client: Client, pool: Pool, machine: Machine, member: Member
) -> None:
    check = post(client, f"{URL}/check", asked(pool, machine)).json()
    assert (check["refusals"], check["free_units"]) == ([], 2)
    first = post(client, URL, asked(pool, machine, purpose="Gears"))
    assert first.status_code == 201, first.content
    assert first.json()["pool"] == pool.pk
    post(client, URL, asked(pool, machine))
    full = post(client, URL, asked(pool, machine))
    assert full.status_code == 409
    assert full.json()["refusals"][0]["message"] == "All 2 are taken then. Choose another time."
    assert RefusedTry.objects.get().pool == pool
    assert post(client, f"{URL}/check", asked(pool, machine)).json()["free_units"] == 0


def test_it_moves_to_whichever_unit_is_free(client: Client, pool: Pool, machine: Machine) -> None:
    made = post(client, URL, asked(pool, machine)).json()
    ReservationFactory(
        machine_id=made["machine"], starts_at="2026-05-06T08:00Z", ends_at="2026-05-06T10:00Z"
    )
    later = {"starts_at": "2026-05-06T10:00:00+02:00", "ends_at": "2026-05-06T12:00:00+02:00"}
    moved = client.patch(f"{URL}/{made['id']}", later, content_type="application/json").json()
    assert (moved["pool"], moved["machine"] != made["machine"]) == (pool.pk, True)


@pytest.mark.parametrize("targets", [{}, {"machine": 1, "pool": 1}])
def test_either_a_machine_or_a_pool(
    targets: dict[str, int], client: Client, pool: Pool, machine: Machine
) -> None:
    content = asked(pool, machine)
    del content["pool"]
    assert post(client, URL, content | targets).status_code == 422
    assert not Reservation.objects.exists()


def test_a_pool_that_is_not_listed_is_not_there(
    client: Client, pool: Pool, machine: Machine
) -> None:
    Machine.objects.update(is_listed=False)
    assert post(client, URL, asked(pool, machine)).status_code == 404
    assert Client().get(f"/api/v1/pools/{pool.pk}").status_code == 404
