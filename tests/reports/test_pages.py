"""The utilisation page, its charts and its export: who sees them, and that their figures agree."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from booking.states import ReservationState, SessionSource
from machines.models import DirtyDay, Machine
from reports.definitions import BY_ID
from reports.exports import safe_text
from reports.filters import Filters, Period, Scope
from reports.queries.usage import report_of
from reports.services.rollup import rebuild_all
from spaces.models import Space
from tests.factories.booking import ReservationFactory, UsageSessionFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory, RoleFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 20, 10, tzinfo=UTC)
OCTOBER = "?month=2026-04"


@pytest.fixture
def space() -> Space:
    return SpaceFactory(slug="werkraum", name="Werkraum")


@pytest.fixture
def machine(space: Space) -> Machine:
    """A machine with an hour of use in April: half of it booked, ten minutes assumed."""
    machine = MachineFactory(space=space, slug="laser", name="=Laser")
    start = datetime(2026, 4, 8, 8, tzinfo=UTC)
    member = MemberFactory()
    ReservationFactory(
        machine=machine,
        member=member,
        starts_at=start,
        ends_at=start + timedelta(minutes=30),
        state=ReservationState.COMPLETED,
    )
    UsageSessionFactory(
        machine=machine, member=member, started_at=start, ended_at=start + timedelta(minutes=50)
    )
    UsageSessionFactory(
        machine=machine,
        source=SessionSource.ASSUMED,
        started_at=start + timedelta(minutes=50),
        ended_at=start + timedelta(minutes=60),
    )
    ReservationFactory(
        machine=machine, starts_at=start + timedelta(days=1), state=ReservationState.NO_SHOW
    )
    rebuild_all(now=NOW)
    return machine


@pytest.fixture
def staff(client: Client, space: Space) -> Client:
    client.force_login(RoleFactory(space=space).member)
    return client


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def page_of(space: Space, name: str = "utilisation", **parts: str) -> str:
    return reverse(f"reports:{name}", args=[space.slug, *parts.values()])


@pytest.mark.parametrize("name", ["utilisation", "export"])
def test_only_staff_of_the_space_see_its_figures(client: Client, space: Space, name: str) -> None:
    address = page_of(space, name)
    assert client.get(address).headers["Location"].startswith("/account/login/?next=")
    client.force_login(RoleFactory().member)
    assert client.get(address).status_code == 403
    client.force_login(MemberFactory(is_superuser=True))
    assert client.get(address).status_code == 200


def test_charts_are_for_staff_too(client: Client, space: Space, machine: Machine) -> None:
    address = page_of(space, "chart", chart="days", width="wide", theme="light")
    assert client.get(address).status_code == 302
    client.force_login(RoleFactory().member)
    assert client.get(address).status_code == 403


def test_the_page_tells_the_figures(staff: Client, space: Space, machine: Machine) -> None:
    text = staff.get(page_of(space) + OCTOBER).content.decode()
    assert "April 2026" in text
    assert "1 of 2 reservations" in text
    assert "66.7 %" in text  # an hour of the hour and a half booked
    assert "16.7 %" in text  # ten of sixty minutes are assumed
    assert "<dd>1.0 h " in text


def test_assumed_use_can_be_left_out(staff: Client, space: Space, machine: Machine) -> None:
    text = staff.get(page_of(space) + OCTOBER + "&assumed=0").content.decode()
    assert "Count assumed use again" in text
    rows = rows_of(staff, space, OCTOBER + "&assumed=0")
    assert rows["space", "used_h"]["numerator_s"] == "3000"
    assert rows["space", "used_h"]["assumed_use"] == "left out"


def rows_of(client: Client, space: Space, query: str) -> dict[tuple[str, str], dict[str, str]]:
    response = client.get(page_of(space, "export") + query)
    lines = csv.DictReader(io.StringIO(response.getvalue().decode()))
    return {(row["scope"], row["metric"]): row for row in lines}


def test_the_export_can_be_recomputed(staff: Client, space: Space, machine: Machine) -> None:
    rows = rows_of(staff, space, OCTOBER)
    assert {metric for _, metric in rows} == set(BY_ID)
    use_rate = rows["space", "use_rate"]
    assert (use_rate["numerator_h"], use_rate["denominator_h"]) == ("1.00", "552.00")
    assert (use_rate["value"], use_rate["definition"]) == ("0.0018", "v1")
    counted = rows["space", "no_show_rate_count"]
    assert (counted["numerator_s"], counted["denominator_s"]) == ("", "")
    assert (counted["value"], counted["numerator"], counted["denominator"]) == ("0.5000", "1", "2")


def test_no_name_becomes_a_formula(staff: Client, space: Space, machine: Machine) -> None:
    assert rows_of(staff, space, OCTOBER)["machine", "used_h"]["name"] == "'=Laser"
    assert [safe_text(text) for text in ("@x", " +1", "-2", "Fräse -2")] == [
        "'@x",
        "' +1",
        "'-2",
        "Fräse -2",
    ]


@pytest.mark.parametrize("chart", ["machines", "days"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_charts_are_images(
    staff: Client, space: Space, machine: Machine, chart: str, theme: str, width: str
) -> None:
    response = staff.get(page_of(space, "chart", chart=chart, width=width, theme=theme) + OCTOBER)
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert response.content.startswith(b"<svg")


def test_unknown_months_and_charts_are_not_found(staff: Client, space: Space) -> None:
    for month in ("2026-13", "yesterday", "1999-01", "9999-12"):
        assert staff.get(page_of(space), {"month": month}).status_code == 404
    unknown = page_of(space, "chart", chart="pie", width="wide", theme="light")
    assert staff.get(unknown).status_code == 404


def test_an_empty_month_says_what_to_do(staff: Client, space: Space) -> None:
    assert "No figures for this month" in staff.get(page_of(space)).content.decode()


def test_days_in_work_are_told(staff: Client, space: Space, machine: Machine) -> None:
    DirtyDay.objects.create(machine=machine, date=NOW.date())
    assert "The figures of 1 day are being computed" in staff.get(page_of(space)).content.decode()
    assert "being computed" not in staff.get(page_of(space) + OCTOBER).content.decode()


def test_every_machine_column_sorts_both_ways(
    staff: Client, space: Space, machine: Machine
) -> None:
    MachineFactory(space=space, name="Zebra")
    rebuild_all(now=NOW)
    order = {}
    for sort in ("name", "-name", "use_rate", "-use_rate", "nonsense"):
        text = staff.get(page_of(space), {"month": "2026-04", "sort": sort}).content.decode()
        order[sort] = text.count('aria-sort="descending"'), text.count('aria-sort="ascending"')
    assert order == {
        "name": (0, 1),
        "-name": (1, 0),
        "use_rate": (0, 1),
        "-use_rate": (1, 0),
        "nonsense": (1, 0),
    }


@pytest.mark.parametrize("machines", [1, 12])
def test_the_number_of_queries_does_not_grow(space: Space, machine: Machine, machines: int) -> None:
    MachineFactory.create_batch(machines - 1, space=space)
    rebuild_all(now=NOW)
    filters = Filters(scope=Scope.of_space(space), period=Period.month_of(NOW.date()))
    with CaptureQueriesContext(connection) as queries:
        report = report_of(filters)
    assert len(queries) <= 24
    assert len(report.parts) == machines


def test_every_figure_has_its_definition(client: Client) -> None:
    text = client.get(reverse("reports:metrics")).content.decode()
    for metric in BY_ID:
        assert f'id="{metric}"' in text


def test_the_page_speaks_the_language_of_its_reader(
    staff: Client, space: Space, machine: Machine
) -> None:
    text = staff.get(page_of(space) + OCTOBER, headers={"accept-language": "fr"}).content.decode()
    assert "66,7\u202f%" in text
    assert "avril 2026" in text
