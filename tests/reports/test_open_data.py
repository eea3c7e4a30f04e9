"""Open data: who decides it, what everybody gets, and what nobody does."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from machines.models import DirtyDay, Machine
from members.models import Member
from reports.models import OpenData, PublishedMonth
from reports.services.publishing import publish_months, set_open_data
from reports.services.rollup import rebuild_all
from spaces.models import Space
from tests.factories.booking import ReservationFactory, UsageSessionFactory
from tests.factories.machines import CategoryFactory, MachineFactory
from tests.factories.members import MemberFactory, RoleFactory
from tests.factories.spaces import SpaceFactory
from tests.reports.spaceapi import problems_of

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 20, 10, tzinfo=UTC)
APRIL = date(2026, 4, 1)


def used(machine: Machine, people: list[Member], hours: int, first: int = 1) -> None:
    """Each of `people` has the machine for some hours on a date of her own."""
    for n, member in enumerate(people):
        start = datetime(2026, 4, first + n, 8, tzinfo=UTC)
        end = start + timedelta(hours=hours)
        UsageSessionFactory(machine=machine, member=member, started_at=start, ended_at=end)
        ReservationFactory(
            machine=machine, member=member, starts_at=start, ends_at=end, state="completed"
        )


@pytest.fixture
def space() -> Space:
    """Six people use a laser and six a mill for long, two a lathe."""
    space = SpaceFactory(slug="werkraum", name="Werkraum", email="hello@werkraum.example")
    category = CategoryFactory(slug="cutting")
    laser, mill, lathe = (
        MachineFactory(space=space, slug=slug, name=slug.title(), category=category)
        for slug in ("laser", "mill", "lathe")
    )
    used(laser, MemberFactory.create_batch(6), 3)
    used(mill, MemberFactory.create_batch(6), 1)
    used(lathe, MemberFactory.create_batch(2), 2)
    rebuild_all(now=NOW)
    DirtyDay.objects.all().delete()
    return space


@pytest.fixture
def published(space: Space) -> OpenData:
    setting = set_open_data(space=space, is_on=True, licence="CC0-1.0", by=MemberFactory(), now=NOW)
    publish_months(now=NOW)
    return setting


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def fetched(client: Client, name: str, form: str = "json", space: str = "werkraum", **headers: str):
    address = reverse("api:open_data_of_space", args=[space, name, form])
    return client.get(address, headers=headers)


def test_months_are_published_once_and_never_changed(published: OpenData, space: Space) -> None:
    month = PublishedMonth.objects.get(space=space, month=APRIL)
    assert not PublishedMonth.objects.filter(month__gt=APRIL).exists()
    used(space.machines.get(slug="laser"), [MemberFactory()], 9, first=20)
    rebuild_all(now=NOW)
    publish_months(now=NOW + timedelta(days=5))
    assert PublishedMonth.objects.get(pk=month.pk).content == month.content


def test_a_month_waits_until_it_is_corrected_and_computed(space: Space) -> None:
    set_open_data(space=space, is_on=True, licence="CC0-1.0", by=MemberFactory(), now=NOW)
    mark = DirtyDay.objects.create(
        machine=space.machines.get(slug="mill"), date=APRIL, marked_at=NOW
    )
    publish_months(now=NOW)
    assert not PublishedMonth.objects.filter(month=APRIL).exists()
    mark.delete()
    publish_months(now=datetime(2026, 5, 14, tzinfo=UTC))
    assert not PublishedMonth.objects.filter(month=APRIL).exists()
    publish_months(now=datetime(2026, 5, 15, tzinfo=UTC))
    assert PublishedMonth.objects.filter(month=APRIL).exists()


def test_what_few_people_did_is_hidden_and_cannot_be_subtracted(
    published: OpenData, client: Client
) -> None:
    content = fetched(client, "figures").json()
    rows = {
        (row["level"], row["key"]): row for row in content["items"] if row["month"] == "2026-04"
    }
    assert rows["machine", "laser"]["used_h"] == 18
    assert rows["machine", "laser"]["people_at_least"] == 5
    assert rows["machine", "lathe"]["used_h"] is None
    # Eight people, and two of them alone: the smaller of the others is hidden with them.
    assert rows["machine", "mill"]["used_h"] is None
    assert rows["space", "werkraum"]["used_h"] == 28
    assert rows["machine", "lathe"]["hidden"] == ["used_h", "booked_h"]
    assert rows["machine", "lathe"]["available_h"] == 720
    assert content["licence"] == ["https://creativecommons.org/publicdomain/zero/1.0/"]


def test_the_files_say_the_same(published: OpenData, client: Client) -> None:
    rows = list(csv.DictReader(io.StringIO(fetched(client, "figures", "csv").content.decode())))
    assert [row["used_h"] for row in rows if row["key"] == "laser"] == ["18"]
    assert [row["used_h"] for row in rows if row["key"] == "mill"] == [""]
    nodes = fetched(client, "figures", "jsonld").json()["@graph"]
    assert {"@id": f"{reverse('reports:metrics')}#used_h"}["@id"] in json.dumps(nodes)
    told = [each for each in nodes if each["@type"] == "Observation"]
    assert len({each["@id"] for each in nodes}) == len(nodes)
    about = {(each["observationAbout"]["@id"], each["measuredProperty"]["@id"]) for each in told}
    assert len(about) == len(told)
    of_laser, of_lathe = (
        {each["@id"].split("-")[-1]: each for each in told if f"/{slug}/" in each["@id"]}
        for slug in ("laser", "lathe")
    )
    assert (of_laser["used_h"]["value"], of_laser["reach"]["minValue"]) == (18, 5)
    assert "value" not in of_lathe["used_h"]
    assert "hidden" in of_lathe["used_h"]["description"]
    assert "reach" not in of_lathe
    products = fetched(client, "machines", "jsonld").json()["@graph"][0]["hasOfferCatalog"]
    assert {each["name"] for each in products["itemListElement"]} == {"Laser", "Mill", "Lathe"}
    hours = fetched(client, "openings", "jsonld").json()["@graph"][0]["openingHoursSpecification"]
    assert hours[0]["validFrom"] == "2026-05-20"
    assert hours[0]["closes"] == "23:59"


def test_the_spaceapi_is_as_its_schema_asks(published: OpenData, client: Client) -> None:
    status = fetched(client, "spaceapi").json()
    assert problems_of(status) == []
    assert status["state"]["open"] is True
    assert status["contact"] == {"email": "hello@werkraum.example"}


def test_data_portals_find_every_file(published: OpenData, client: Client) -> None:
    catalogue = client.get(reverse("api:open_data", args=["dcat", "jsonld"])).json()
    assert len(catalogue["dcat:dataset"]) == 3
    for dataset in catalogue["dcat:dataset"]:
        assert dataset["dct:identifier"].endswith("@werkraum")
        languages = [title["@language"] for title in dataset["dct:title"]]
        assert languages == ["en", "fr", "de", "it"]
        for distribution in dataset["dcat:distribution"]:
            assert distribution["dct:license"]["@id"].endswith("/CC0")
            address = distribution["dcat:downloadURL"]["@id"]
            assert client.get(address[address.index("/api/") :]).status_code == 200


def test_files_are_for_any_site_and_kept(published: OpenData, client: Client) -> None:
    first = fetched(client, "machines")
    assert first["Access-Control-Allow-Origin"] == "*"
    assert "max-age" in first["Cache-Control"]
    again = fetched(client, "machines", **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Access-Control-Allow-Origin"] == "*"
    with CaptureQueriesContext(
        connection,
    ) as queries:
        fetched(client, "machines")
    assert not [each for each in queries if "machines_machine" in each["sql"]]


def test_more_machines_cost_no_more_queries(published: OpenData, client: Client) -> None:
    def cost(name: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            fetched(client, name, "jsonld")
        return len(queries)

    costs = {name: cost(name) for name in ("machines", "figures", "openings")}
    MachineFactory.create_batch(4, space=published.space)
    with time_machine.travel(NOW + timedelta(minutes=6), tick=False):
        assert {name: cost(name) for name in costs} == costs


def test_the_language_is_the_readers(published: OpenData, client: Client) -> None:
    rows = fetched(client, "figures", **{"Accept-Language": "de"}).json()["items"]
    assert {"name": "Firmen"}["name"] in {row["name"] for row in rows}
    # Caches keep a file for everybody who sends the same header, whatever cookie somebody has.
    client.cookies["django_language"] = "de"
    french = fetched(client, "figures", **{"Accept-Language": "fr"})
    assert {"name": "entreprises"}["name"] in {row["name"] for row in french.json()["items"]}
    assert french["Content-Language"] == "fr"
    assert "Cookie" not in french["Vary"]


def test_nothing_is_told_of_a_space_that_does_not_publish(space: Space, client: Client) -> None:
    for name in ("machines", "openings", "figures", "spaceapi"):
        assert fetched(client, name).status_code == 404
    assert client.get(reverse("reports:open_data_of_space", args=["werkraum"])).status_code == 404
    assert client.get(reverse("api:open_data", args=["figures", "json"])).json()["items"] == []


@pytest.mark.parametrize("name", ["people", "spaceapi.csv", "dcat"])
def test_there_are_no_other_files(name: str, published: OpenData, client: Client) -> None:
    name, _dot, form = name.partition(".")
    assert fetched(client, name, form or "json").status_code == 404


def test_staff_see_what_everybody_would_before_they_publish(space: Space, client: Client) -> None:
    client.force_login(RoleFactory(space=space).member)
    address = reverse("reports:open_data_setting", args=[space.slug])
    choice = {"is_on": "on", "licence": "ODbL-1.0"}
    page = client.post(address, {**choice, "step": "save"})
    assert not OpenData.objects.exists()
    page = client.post(address, {**choice, "step": "preview"})
    assert "hello@werkraum.example" in page.content.decode()
    assert page.content.decode().count("hidden") >= 4
    seen = page.context["form"].fingerprint()
    client.post(address, {**choice, "step": "save", "previewed": seen})
    assert OpenData.objects.get(space=space).licence == "ODbL-1.0"
    assert client.post(address, {"is_on": "on", "step": "preview"}).status_code == 422


def test_publishing_ends_at_once(published: OpenData, client: Client) -> None:
    assert fetched(client, "machines").status_code == 200
    client.force_login(RoleFactory(space=published.space).member)
    address = reverse("reports:open_data_setting", args=["werkraum"])
    choice = {"licence": "CC0-1.0"}
    seen = client.post(address, {**choice, "step": "preview"}).context["form"].fingerprint()
    client.post(address, {**choice, "step": "save", "previewed": seen})
    assert fetched(client, "machines").status_code == 404
    assert PublishedMonth.objects.exists()


def test_everybody_reads_the_months(published: OpenData, client: Client) -> None:
    assert "Werkraum" in client.get(reverse("reports:open_data")).content.decode()
    page = client.get(reverse("reports:open_data_of_space", args=["werkraum"]), {"month": "x"})
    assert page.context["month"].month == APRIL
    assert "SpaceAPI" in page.content.decode()
