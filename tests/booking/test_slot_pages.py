"""The page on which people find a time."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests.factories.booking import ReservationFactory
from tests.factories.machines import CategoryFactory, MachineFactory
from tests.factories.members import CertificationFactory, MemberFactory, SkillFactory
from tests.factories.spaces import SpaceFactory

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)  # Monday, 10:00 in Zürich
PAGE = "/machines/find-a-time/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


@pytest.fixture
def monday() -> Iterator[None]:
    """Ten in the morning."""
    with time_machine.travel(NOW, tick=False):
        yield


def text(client: Client, query: str = "") -> str:
    """What the page shows, as plain words."""
    answer = client.get(f"{PAGE}?{query}")
    assert answer.status_code == 200
    main = answer.content.decode().split("<main")[1]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def test_the_earliest_offer_leads_to_the_form_filled_in(client: Client) -> None:
    machine = MachineFactory.create(name="Speedy", slug="speedy", space__slug="atelier")
    ReservationFactory.create(machine=machine, starts_at=NOW)
    page = client.get(f"{PAGE}?length=120").content.decode()
    assert "Mon 4 May, 11:00" in page
    link = unescape(re.findall(r'href="(/machines/atelier/speedy/reserve/[^"]*)"', page)[0])
    assert link == "/machines/atelier/speedy/reserve/?date=2026-05-04&start=11%3A00&end=13%3A00"
    client.force_login(MemberFactory.create())
    form = client.get(link).context["form"]
    assert (form["start"].value(), form["end"].value()) == ("11:00", "13:00")


def test_zones_are_named_where_they_differ(client: Client) -> None:
    MachineFactory.create(name="Here")
    assert "time of Europe/Zurich" not in text(client)
    MachineFactory.create(name="There", space=SpaceFactory.create(timezone="Pacific/Auckland"))
    found = text(client)
    assert "time of Europe/Zurich" in found
    assert "Mon 4 May, 20:00 – 21:00 time of Pacific/Auckland" in found


def test_what_is_missing_is_told_for_the_day_of_the_offer(client: Client) -> None:
    skill = SkillFactory.create(name="Laser safety")
    machine = MachineFactory.create()
    machine.skills.add(skill)
    member = MemberFactory.create()
    CertificationFactory.create(member=member, skill=skill, end_date=NOW.date())
    assert "Needs: Laser safety" in text(client)
    client.force_login(member)
    assert "You can use it" in text(client)
    assert "You need: Laser safety" in text(client, "first=2026-05-05")


def test_days_are_those_of_each_space(client: Client) -> None:
    MachineFactory.create(space=SpaceFactory.create(timezone="Pacific/Auckland"))
    assert "Wed 6 May, 00:00" in text(client, "first=2026-05-06&last=2026-05-06")


def test_an_empty_answer_says_what_to_widen(client: Client) -> None:
    category = CategoryFactory.create(slug="laser")
    machine = MachineFactory.create(name="Speedy", category=category)
    ReservationFactory.create(
        machine=machine, starts_at=NOW - timedelta(hours=1), ends_at=NOW + timedelta(days=3)
    )
    query = f"q=speedy&category=laser&space={machine.space.slug}&length=120&last=2026-05-05"
    found = text(client, query)
    for words in (
        "A week longer",
        "Only 1 hour 30 minutes",
        "In all spaces",
        "In all categories",
        "Without the words",
    ):
        assert words in found
    page = client.get(f"{PAGE}?{query}").content.decode()
    wider = unescape(re.findall(r'href="\?([^"]*)">A week longer', page)[0])
    assert "Thu 7 May" in text(client, wider)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("first=2026-05-06&last=2026-05-05", "must not come before the first"),
        ("first=2026-05-06&last=2027-05-05", "at most 62 days"),
        ("length=7", "Select a valid choice"),
        ("first=soon", "Enter a valid date"),
        ("first=9999-12-31", "less than or equal"),
        ("category=nothing", "Select a valid choice"),
        ("after=nonsense", "1 offer"),
    ],
)
def test_what_cannot_be_meant_is_told(client: Client, query: str, told: str) -> None:
    MachineFactory.create()
    assert told in text(client, query)


def test_many_offers_come_page_by_page(client: Client) -> None:
    MachineFactory.create_batch(25)
    page = client.get(f"{PAGE}?length=60").content.decode()
    assert page.count("<article") == 24
    later = unescape(re.findall(r'rel="next" href="\?([^"]*)"', page)[0])
    assert client.get(f"{PAGE}?{later}").content.decode().count("<article") == 1


def test_the_number_of_queries_is_fixed(client: Client, django_assert_max_num_queries: Any) -> None:
    MachineFactory.create_batch(5)
    with django_assert_max_num_queries(20):
        client.get(PAGE)
