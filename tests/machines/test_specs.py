"""Specs are written as words, kept in numbers beside them, and found by both."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from billing.services.inventory import import_inventory, read_for
from machines.measuring.asking import asked
from machines.models import Machine, Measure
from machines.queries.specs import fitting
from machines.services.measures import measure
from machines.services.specs import Line, save_specs
from tests.factories.machines import CategoryFactory, MachineFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
SEARCH = "laser ≥ 600 × 400 mm that cuts 6 mm acrylic"


def laser(name: str, *, area: str = "", cuts: str = "", power: str = "") -> Machine:
    made: Machine = MachineFactory(name=name)
    lines = [Line("Cuts", cuts), Line("Laser power", power, "W")]
    return save_specs(
        machine=made,
        work_area=area,
        materials="",
        lines=[each for each in lines if each.value],
        by=None,
        now=NOW,
    )


def found(search: str) -> set[str]:
    rows = fitting(Machine.objects.all(), asked(search).wishes)
    return set(rows.values_list("name", flat=True))


def test_only_machines_fit_that_have_all_of_it() -> None:
    laser("Laser large", area="1000 × 610 mm", cuts="acrylic 10 mm")
    laser("Laser upright", area="42 × 61 cm", cuts="acrylic 6 mm")
    laser("Laser thin", area="1000 × 610 mm", cuts="acrylic 5 mm, plywood 8 mm")
    laser("Laser narrow", area="2000 × 300 mm", cuts="acrylic 10 mm")
    laser("Laser of wood", area="1000 × 610 mm", cuts="plywood 10 mm")
    laser("Laser unsaid")
    assert found(SEARCH) == {"Laser large", "Laser upright"}
    assert found("cuts 8 mm wood") == {"Laser thin", "Laser of wood"}
    assert found("cuts 9 mm") == {"Laser large", "Laser narrow", "Laser of wood"}


def test_signs_are_kept_to() -> None:
    laser("Weak", power="40")
    laser("Strong", power="100")
    assert found("≥ 80 W") == {"Strong"}
    assert found("max. 80 W") == {"Weak"}
    assert found("= 40 W") == {"Weak"}
    assert found("laser power 30 W") == {"Weak", "Strong"}


def test_saving_replaces_lines_and_numbers() -> None:
    machine = laser("Laser", area="600 × 400 mm", power="80")
    save_specs(
        machine=machine,
        work_area="",
        materials="acrylic up to 8 mm",
        lines=[Line("Lens", "2 in")],
        by=None,
        now=NOW,
    )
    machine.refresh_from_db()
    assert [str(each) for each in machine.specs.all()] == ["Lens: 2 in"]
    assert [(each.key, each.material, each.high) for each in machine.measures.all()] == [
        ("cuts", "acrylic", Decimal(8))
    ]
    assert str(machine.measures.get()) == "cuts acrylic 0.0000–8.0000"


@pytest.mark.parametrize("count", [1, 3])
def test_measuring_takes_as_many_queries_for_one_as_for_many(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    machines = [laser(f"Laser {at}", area="600 × 400 mm", power="80") for at in range(count)]
    with django_assert_num_queries(5):
        measure(machines)
    assert Measure.objects.count() == 3 * count


@pytest.mark.parametrize("count", [1, 3])
def test_a_search_is_one_query(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for at in range(count):
        laser(f"Laser {at}", area="600 × 400 mm", cuts="acrylic 6 mm")
    with django_assert_num_queries(1):
        assert len(found(SEARCH)) == count


def test_an_import_is_read_into_numbers() -> None:
    space = SpaceFactory()
    text = "Gerät;Arbeitsfläche;Materialien;Laserleistung\nLaser;1000 × 610 mm;Acryl bis 8 mm;80 W"
    sheet = read_for(space, text.encode(), filename="a.csv", columns=None)
    import_inventory(space=space, sheet=sheet, good_rows_only=False, by=None, now=NOW)
    assert found(SEARCH) == {"Laser"}
    assert found("laser power ≥ 80 W") == {"Laser"}


def test_the_catalogue_says_how_it_understood(client: Client) -> None:
    laser("Laser large", area="1000 × 610 mm", cuts="acrylic 10 mm")
    laser("Laser small", area="300 × 200 mm", cuts="acrylic 10 mm")
    page = client.get("/machines/", {"q": SEARCH}).text
    assert "Laser large" in page
    assert "Laser small" not in page
    assert "work area: at least 600 × 400\xa0mm · cuts acrylic: at least 6\xa0mm" in page
    assert "with the words “laser”" in page
    assert "Understood" not in client.get("/machines/", {"q": "laser"}).text


def test_programs_search_in_numbers_too(client: Client) -> None:
    large = laser("Laser large", area="1000 × 610 mm", cuts="acrylic 10 mm", power="80")
    laser("Laser small", area="300 × 200 mm")
    told = client.get("/api/v1/machines", {"q": SEARCH}).json()
    assert [each["name"] for each in told["items"]] == ["Laser large"]
    assert [each.replace("\xa0", " ") for each in told["understood"]] == [
        "work area: at least 600 × 400 mm",
        "cuts acrylic: at least 6 mm",
    ]
    sheet = client.get(f"/api/v1/machines/{large.pk}").json()
    assert {(each["key"], each["material"], each["unit"]) for each in sheet["measures"]} == {
        ("cuts", "acrylic", "mm"),
        ("laser_power", "", "W"),
        ("length", "", "mm"),
        ("width", "", "mm"),
    }
    assert client.get("/api/v1/machines", {"q": "laser"}).json()["understood"] == []


def test_words_and_numbers_go_together(client: Client) -> None:
    laser("Speedy", area="1000 × 610 mm")
    MachineFactory(name="Saw", category=CategoryFactory(name="Saws"))
    assert "Speedy" in client.get("/machines/", {"q": "speedy 600 mm"}).text
    assert "No machine fits" in client.get("/machines/", {"q": "saw 600 mm"}).text
