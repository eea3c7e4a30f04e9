"""The pages that visitors open."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from billing.models import HourlyPrice
from members.states import Audience
from tests.factories.machines import CategoryFactory, MachineFactory
from tests.factories.members import CertificationFactory, MemberFactory, SkillFactory
from tests.factories.spaces import SpaceFactory

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture
def noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_the_front_page_lists_the_spaces_with_their_machines(client: Client) -> None:
    space = SpaceFactory.create(name="Atelier du Rhône", city="Genève")
    MachineFactory.create(space=space, category=CategoryFactory.create(name="Lasers"))
    MachineFactory.create(space=space, is_listed=False)
    SpaceFactory.create(name="Hidden", is_listed=False)

    page = client.get("/").text

    assert "Atelier du Rhône" in page
    assert "1 machine" in page
    assert "Lasers" in page
    assert "Hidden" not in page


def test_the_front_page_of_an_empty_house_says_what_to_do(client: Client) -> None:
    assert "No space is listed yet" in client.get("/").text


def test_the_catalogue_shows_name_state_and_price(client: Client) -> None:
    machine = MachineFactory.create(name="Speedy 400")
    HourlyPrice.objects.create(machine=machine, audience=Audience.MAKER, amount=Decimal("1234.5"))

    page = client.get("/machines/").text

    assert "Speedy 400" in page
    assert "Free" in page
    assert "CHF\u00a01’234.50" in page


def test_the_time_that_was_asked_for_goes_on_to_the_machine(client: Client) -> None:
    machine = MachineFactory.create()
    asked = "date=2026-05-05&start=19%3A00&end=21%3A00"
    address = f"/machines/{machine.space.slug}/{machine.slug}/?{asked}"

    assert f'href="{address.replace("&", "&amp;")}"' in client.get(f"/machines/?{asked}&free=").text
    page = client.get(address).text
    assert 'value="2026-05-05"' in page
    assert '<option value="19:00" selected>' in page
    assert f'href="{address.partition("?")[0]}"' in client.get("/machines/?start=19:00").text


def test_the_address_of_a_search_can_be_shared(client: Client) -> None:
    space = SpaceFactory.create()
    MachineFactory.create(name="Right", space=space)
    MachineFactory.create(name="Wrong")

    page = client.get("/machines/", {"space": space.slug, "q": "right"}).text

    assert "Right" in page
    assert "Wrong" not in page
    assert f'value="{space.slug}" selected' in page


def test_pages_keep_the_filters(client: Client) -> None:
    space = SpaceFactory.create()
    MachineFactory.create_batch(25, space=space, category=CategoryFactory.create())

    page = client.get("/machines/", {"space": space.slug}).text

    assert f"?space={space.slug}&amp;page=2" in page


def test_nothing_found_offers_a_way_out(client: Client) -> None:
    MachineFactory.create()

    assert "No machine fits" in client.get("/machines/", {"q": "unheard of"}).text


def test_an_empty_catalogue_says_what_to_do(client: Client) -> None:
    assert "No machine is listed yet" in client.get("/machines/").text


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ({"date": "2026-05-06"}, "Give a date, a start and an end."),
        ({"date": "2026-05-06", "start": "10:00", "end": "09:00"}, "must lie after the start"),
    ],
)
def test_half_a_time_is_complained_about_and_machines_are_still_shown(
    client: Client, query: dict[str, str], complaint: str
) -> None:
    MachineFactory.create(name="Speedy")

    answer = client.get("/machines/", query)

    # Among the results, which is all that a search without a reload puts on the page.
    assert complaint in answer.text.partition('id="results"')[2]
    assert "Speedy" in answer.text


def test_a_time_that_has_passed_is_told(client: Client) -> None:
    MachineFactory.create(name="Speedy")

    answer = client.get("/machines/", {"date": "2020-05-06", "start": "10:00", "end": "11:00"})

    assert "The time you ask for has passed." in answer.text


def test_what_nobody_listed_is_ignored(client: Client) -> None:
    MachineFactory.create(name="Speedy")

    answer = client.get("/machines/", {"space": "nowhere", "page": "x"})

    assert "Speedy" in answer.text
    assert "Left out of the search:" in answer.text


def test_members_are_told_what_they_may_use(client: Client) -> None:
    skill = SkillFactory.create(name="Laser safety")
    MachineFactory.create().skills.add(skill)
    client.force_login(MemberFactory.create())
    assert "You need: Laser safety" in client.get("/machines/").text

    client.force_login(CertificationFactory.create(skill=skill).member)
    assert "You can use it" in client.get("/machines/").text


def test_the_catalogue_speaks_the_language_of_the_visitor(client: Client) -> None:
    MachineFactory.create(category=CategoryFactory.create(name_en="Lasers", name_fr="Découpeuses"))

    with translation.override("fr"):
        page = client.get("/machines/", headers={"accept-language": "fr"}).text

    assert "Découpeuses" in page
    assert 'lang="fr"' in page


def test_the_qr_code_is_a_drawing(client: Client) -> None:
    machine = MachineFactory.create()

    answer = client.get(f"/machines/{machine.space.slug}/{machine.slug}/qr.svg")

    assert answer["Content-Type"] == "image/svg+xml"
    assert answer.text.lstrip().startswith("<?xml")
    assert "<svg" in answer.text
