"""The catalogue over the API."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from billing.models import HourlyPrice
from booking.api.machines import kilometres
from machines.models import Machine
from members.states import Audience
from tests.factories.booking import ReservationFactory
from tests.factories.machines import CategoryFactory, FaultFactory, MachineFactory
from tests.factories.members import SkillFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/machines"


@pytest.fixture
def client() -> Client:
    """A program without a token."""
    return Client()


def names(client: Client, query: str = "") -> list[str]:
    """The names of the machines that are listed."""
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 200, answer.content
    return [item["name"] for item in answer.json()["items"]]


def test_unlisted_and_retired_machines_are_not_shown(client: Client) -> None:
    MachineFactory(name="Laser")
    MachineFactory(is_listed=False)
    MachineFactory(retired_at=datetime.fromisoformat("2026-01-01T00:00:00+00:00"))
    MachineFactory(space__is_listed=False)
    assert names(client) == ["Laser"]


def test_the_catalogue_can_be_filtered(client: Client) -> None:
    laser = MachineFactory(name="Laser", category=CategoryFactory(slug="laser"), make="Trotec")
    laser.skills.add(SkillFactory(slug="laser-safety"))
    MachineFactory(name="Saw")
    assert names(client, "category=laser") == ["Laser"]
    assert names(client, f"space={laser.space.slug}") == ["Laser"]
    assert names(client, "skill=laser-safety") == ["Laser"]
    assert names(client, "q=trotec") == ["Laser"]
    assert names(client, "q=lathe") == []


def test_only_machines_free_for_the_whole_time(client: Client) -> None:
    busy = MachineFactory(name="Busy")
    ReservationFactory(machine=busy, starts_at=datetime.fromisoformat("2026-05-05T10:00:00+02:00"))
    FaultFactory(
        machine__name="Broken", starts_at=datetime.fromisoformat("2026-05-01T10:00:00+02:00")
    )
    MachineFactory(name="Free")
    times = "free_from=2026-05-05T10:30:00%2B02:00&free_until=2026-05-05T12:00:00%2B02:00"
    assert names(client, times) == ["Free"]
    assert client.get(f"{URL}?free_from=2026-05-05T10:30:00Z").status_code == 422


def test_the_nearest_space_comes_first(client: Client) -> None:
    MachineFactory(name="A far", space=SpaceFactory(latitude=46.0, longitude=8.95))
    MachineFactory(name="B near", space=SpaceFactory(latitude=46.2, longitude=6.14))
    MachineFactory(name="C nowhere")
    assert names(client, "near=46.21,6.15") == ["B near", "A far", "C nowhere"]
    first = client.get(f"{URL}?near=46.21,6.15&limit=1").json()
    assert names(client, f"near=46.21,6.15&limit=1&cursor={first['next']}") == ["A far"]
    assert client.get(f"{URL}?near=here").status_code == 422


@pytest.mark.parametrize(
    "query",
    [
        {"q": "laser " * 20},
        {"space": "x" * 200},
        {"near": "1" * 100},
    ],
)
def test_what_is_looked_for_is_bounded(client: Client, query: dict[str, str]) -> None:
    assert client.get(URL, query).status_code == 422


@pytest.mark.parametrize("start", ["0001-01-01T00:00:00+14:00", "2026-05-03T10:00:00Z"])
def test_nothing_is_free_in_the_past(client: Client, machine: Machine, start: str) -> None:
    answer = client.get(URL, {"free_from": start, "free_until": "2026-05-05T10:00:00Z"})
    assert answer.json()["items"] == []


def test_the_distance_is_that_of_the_great_circle() -> None:
    assert kilometres(46.2044, 6.1432, 47.3769, 8.5417) == pytest.approx(224, abs=2)


def test_the_sheet_tells_rules_prices_and_state(client: Client, machine: Machine) -> None:
    HourlyPrice.objects.create(machine=machine, audience=Audience.MAKER, amount="12.50")
    sheet = client.get(f"{URL}/{machine.pk}").json()
    assert sheet["prices"] == [{"audience": "maker", "hourly": "12.50", "currency": "CHF"}]
    assert sheet["policy"]["grid_minutes"] == 15
    assert sheet["state"]["state"] == "free"
    assert sheet["opening"][0]["kind"] == "OPEN"
    assert client.get(f"{URL}/{MachineFactory(is_listed=False).pk}").status_code == 404


def test_availability_names_nobody(client: Client, machine: Machine) -> None:
    ReservationFactory(
        machine=machine,
        starts_at=datetime.fromisoformat("2026-05-05T10:00:00+02:00"),
        member__name="Secret Maker",
        purpose="Secret thing",
    )
    answer = client.get(
        f"{URL}/{machine.pk}/availability"
        "?from=2026-05-05T00:00:00%2B02:00&until=2026-05-06T00:00:00%2B02:00"
    )
    assert "Secret" not in answer.content.decode()
    assert answer.json() == {
        "open": [_span("05T00:00", "06T00:00")],
        "busy": [{**_span("05T10:00", "05T11:00"), "kind": "booking"}],
        "free": [_span("05T00:00", "05T10:00"), _span("05T11:00", "06T00:00")],
    }


def _span(start: str, end: str) -> dict[str, str]:
    return {
        "starts_at": f"2026-05-{start}:00+02:00",
        "ends_at": f"2026-05-{end}:00+02:00",
    }


@pytest.mark.parametrize(
    "window",
    [
        "from=2026-05-05T00:00:00Z&until=2026-05-04T00:00:00Z",
        "from=2026-05-05T00:00:00Z&until=2027-05-04T00:00:00Z",
        "from=2026-05-05",
    ],
)
def test_an_impossible_window_is_422(client: Client, machine: Machine, window: str) -> None:
    assert client.get(f"{URL}/{machine.pk}/availability?{window}").status_code == 422


@pytest.mark.parametrize("rows", [1, 3])
def test_the_catalogue_takes_a_fixed_number_of_queries(
    client: Client, rows: int, django_assert_num_queries: Any
) -> None:
    space = SpaceFactory()
    for _ in range(rows):
        MachineFactory(space=space).skills.add(SkillFactory())
    with django_assert_num_queries(2):
        assert len(names(client)) == rows
