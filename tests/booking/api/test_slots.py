"""The earliest offers over the API."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests.factories.booking import PolicyFactory, ReservationFactory
from tests.factories.machines import CategoryFactory, MachineFactory
from tests.factories.spaces import SpaceFactory

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)  # Monday, 10:00 in Zürich

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


@pytest.fixture
def monday() -> Any:
    """Ten in the morning."""
    with time_machine.travel(NOW, tick=False):
        yield


def slots(query: str, *, status: int = 200) -> dict[str, Any]:
    """What the API answers a program without a token."""
    answer = Client().get(f"/api/v1/slots?{query}")
    assert answer.status_code == status, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_the_earliest_comes_first_with_the_form_filled_in() -> None:
    taken = MachineFactory.create(name="Taken", space__slug="here", slug="taken")
    ReservationFactory.create(machine=taken, starts_at=NOW)
    MachineFactory.create(name="Far", space=SpaceFactory.create(timezone="Europe/London"))
    MachineFactory.create(is_listed=False)
    first, second = slots("duration=90")["items"]
    assert (first["machine"]["name"], second["machine"]["name"]) == ("Far", "Taken")
    assert first["starts_at"] == "2026-05-04T09:00:00+01:00"
    assert second["ends_at"] == "2026-05-04T12:30:00+02:00"
    assert second["url"].endswith(
        "/machines/here/taken/reserve/?date=2026-05-04&start=11%3A00&end=12%3A30"
    )


def test_a_space_a_category_and_a_window() -> None:
    category = CategoryFactory.create(slug="laser")
    laser = MachineFactory.create(name="Laser", category=category)
    MachineFactory.create(name="Other", category=category)
    MachineFactory.create(name="Saw", space=laser.space)
    of_space = slots(f"duration=60&category=laser&space={laser.space.slug}")
    assert [item["machine"]["name"] for item in of_space["items"]] == ["Laser"]
    later = slots(
        "duration=60&category=laser&from=2026-05-05T10:00:00%2B02:00"
        "&until=2026-05-05T11:00:00%2B02:00"
    )
    assert {item["starts_at"] for item in later["items"]} == {"2026-05-05T10:00:00+02:00"}
    PolicyFactory.create(machine=laser, horizon_days=0)
    assert (
        slots(f"duration=60&space={laser.space.slug}&from=2026-05-05T10:00:00Z")["items"][0][
            "machine"
        ]["name"]
        == "Saw"
    )


def test_page_by_page() -> None:
    for name in "ABC":
        MachineFactory.create(name=name)
    first = slots("duration=60&limit=2")
    rest = slots(f"duration=60&limit=2&cursor={first['next']}")
    names = [item["machine"]["name"] for item in first["items"] + rest["items"]]
    assert names == ["A", "B", "C"]
    assert rest["next"] is None


@pytest.mark.parametrize(
    "query",
    [
        "",
        "duration=0",
        "duration=30000",
        "duration=60&colour=red",
        "duration=60&cursor=bm9uc2Vuc2U",
        "duration=60&from=2026-05-05T10:00:00Z&until=2026-05-05T10:00:00Z",
        "duration=60&until=2027-05-05T10:00:00Z",
    ],
)
def test_what_cannot_be_meant_is_refused(query: str) -> None:
    MachineFactory.create()
    slots(query, status=422)
