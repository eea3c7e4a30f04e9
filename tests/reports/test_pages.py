"""The utilisation page, its charts and its export: who sees them, and that their figures agree."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse, reverse_lazy

from booking.states import ReservationState, SessionSource
from machines.models import DirtyDay, Machine, Pool
from reports.charts import CHARTS
from reports.definitions import BY_ID, RATES, TERMS
from reports.filters import Filters, Period, Scope
from reports.queries.usage import report_of
from reports.services.rollup import rebuild_all
from spaces.models import Space
from tests.factories.booking import ReservationFactory, UsageSessionFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import CompanyFactory, DelegateFactory, MemberFactory, RoleFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 20, 10, tzinfo=UTC)
APRIL = "&from=2026-04-01&until=2026-04-30"


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
    return f"{reverse(f'reports:{name}', args=[*parts.values()])}?scope=space:{space.slug}"


ADDRESSES = (
    reverse_lazy("reports:utilisation"),
    reverse_lazy("reports:export", args=["csv"]),
    reverse_lazy("reports:sessions"),
    reverse_lazy("reports:chart", args=["time", "wide", "light", "svg"]),
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_scope_is_told_to_its_own_people_alone(
    client: Client, machine: Machine, address: str
) -> None:
    space, company = machine.space, CompanyFactory()
    pool = Pool.objects.create(space=space, slug="lasers", name="Lasers")
    within = [
        f"space:{space.slug}",
        f"machine:{space.slug}/{machine.slug}",
        f"pool:{pool.pk}",
        f"category:{machine.category.slug}@{space.slug}",
    ]
    broad = ["network", f"category:{machine.category.slug}"]
    own = [f"company:{company.pk}"]

    def seen(scopes: list[str]) -> set[int]:
        return {client.get(address, {"scope": scope}).status_code for scope in scopes}

    assert seen([*within, *broad, *own]) == {302}
    client.force_login(MemberFactory())
    assert seen([*within, *broad, *own]) == {403}
    client.force_login(DelegateFactory(company=company).member)
    assert (seen(own), seen([*within, *broad])) == ({200}, {403})
    client.force_login(RoleFactory().member)
    assert seen([*within, *own]) == {403}
    # Sums of many spaces, but no single session of any.
    assert seen(broad) == ({403} if "sessions" in address else {200})
    client.force_login(RoleFactory(space=space).member)
    assert (seen(within), seen(own)) == ({200}, {403})
    client.force_login(MemberFactory(is_superuser=True))
    assert seen([*within, *broad, *own]) == {200}


def test_a_space_leads_to_its_figures_of_the_month(staff: Client, space: Space) -> None:
    response = staff.get(reverse("reports:space_utilisation", args=[space.slug]), follow=True)
    assert response.redirect_chain == [(page_of(space), 302)]
    assert "1 May to 20 May 2026" in response.content.decode()


def test_without_a_scope_one_sees_ones_own(client: Client, space: Space) -> None:
    client.force_login(RoleFactory(space=space).member)
    assert "Werkraum" in client.get(reverse("reports:utilisation")).content.decode()
    company = CompanyFactory(name="Acme")
    client.force_login(DelegateFactory(company=company).member)
    assert "Acme" in client.get(reverse("reports:utilisation")).content.decode()


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    staff: Client, space: Space
) -> None:
    asked = {"scope": "space:gone", "from": "2026-05-31", "until": "soon", "compare": "year_ago"}
    text = staff.get(reverse("reports:utilisation"), asked).content.decode()
    assert "There is nothing of this name." in text
    assert 'value="soon"' in text
    assert 'value="2026-05-31"' in text
    assert '<option value="space:gone" selected>' in text
    assert '<option value="year_ago" selected>' in text
    assert "Put right what is marked above" in text


def test_the_page_tells_the_figures(staff: Client, space: Space, machine: Machine) -> None:
    text = staff.get(page_of(space) + APRIL).content.decode()
    assert "Werkraum · April 2026" in text
    assert "Of March 2026 there are no figures to compare with." in text
    assert "Too little: fewer than ten hours" in text
    assert "1 of 2 reservations" in text
    assert "66.7\u00a0%" in text  # an hour of the hour and a half booked
    assert "16.7\u00a0%" in text  # ten of sixty minutes are assumed
    assert ">1.0 h" in " ".join(text.split()).replace("> ", ">")


def test_assumed_use_can_be_left_out(staff: Client, space: Space, machine: Machine) -> None:
    text = staff.get(page_of(space) + APRIL + "&assumed=0").content.decode()
    assert "Count assumed use again" in text
    rows = rows_of(staff, space, APRIL + "&assumed=0")
    assert rows["space", "used_h"]["numerator_s"] == "3000"
    assert rows["space", "used_h"]["assumed_use"] == "left out"


def rows_of(client: Client, space: Space, query: str) -> dict[tuple[str, str], dict[str, str]]:
    response = client.get(page_of(space, "export", form="csv") + query)
    lines = csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig")))
    return {(row["scope"], row["metric"]): row for row in lines}


def test_the_export_can_be_recomputed(staff: Client, space: Space, machine: Machine) -> None:
    rows = rows_of(staff, space, APRIL)
    assert {metric for _, metric in rows} >= {each.id for each in (*TERMS, *RATES)}
    use_rate = rows["space", "use_rate"]
    assert (use_rate["numerator_h"], use_rate["denominator_h"]) == ("1.00", "552.00")
    assert (use_rate["value"], use_rate["definition"]) == ("0.0018", "v1")
    counted = rows["space", "no_show_rate_count"]
    assert (counted["numerator_s"], counted["denominator_s"]) == ("", "")
    assert (counted["value"], counted["numerator"], counted["denominator"]) == ("0.5000", "1", "2")


def test_no_name_becomes_a_formula(staff: Client, space: Space, machine: Machine) -> None:
    assert rows_of(staff, space, APRIL)["machine", "used_h"]["name"] == "'=Laser"


def shared(*_arguments: object, **_options: object) -> None:
    raise AssertionError("kept in one place for all threads")


@pytest.mark.parametrize("chart", CHARTS)
def test_charts_are_images(
    staff: Client,
    space: Space,
    machine: Machine,
    chart: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Two charts that are drawn at once took parts of each other.
    monkeypatch.setattr("altair.utils.schemapi._PropertySetter.__call__", shared)
    for width, theme in (("wide", "light"), ("narrow", "dark")):
        address = page_of(space, "chart", chart=chart, width=width, theme=theme, form="svg")
        response = staff.get(address + APRIL)
        assert response.headers["Content-Type"] == "image/svg+xml"
        drawing = response.content.decode()
        assert drawing.startswith("<svg")
        # What an area is filled with is there: no part is told by its colour alone.
        assert set(re.findall(r"url\(#(\w+)\)", drawing)) <= set(
            re.findall(r'<pattern id="(\w+)"', drawing)
        ) | set(re.findall(r'<clipPath id="(\w+)"', drawing))


def test_unknown_charts_and_periods_have_no_chart(staff: Client, space: Space) -> None:
    known = page_of(space, "chart", chart="time", width="wide", theme="light", form="svg")
    assert staff.get(f"{known}&from=2026-13-01").status_code == 404
    for parts in (("pie", "wide", "light"), ("time", "huge", "light"), ("time", "wide", "pink")):
        chart, width, theme = parts
        address = page_of(space, "chart", chart=chart, width=width, theme=theme, form="svg")
        assert staff.get(address).status_code == 404


def test_an_empty_month_says_what_to_do(staff: Client, space: Space) -> None:
    page = staff.get(page_of(space)).content.decode()
    assert "No figures for this period" in page
    assert reverse("booking:history_import", args=[space.slug]) in page


def test_a_period_that_is_not_over_says_so(staff: Client, space: Space, machine: Machine) -> None:
    assert "This period is not over yet" in staff.get(page_of(space)).content.decode()
    assert "This period is" not in staff.get(page_of(space) + APRIL).content.decode()


def test_days_in_work_are_told(staff: Client, space: Space, machine: Machine) -> None:
    DirtyDay.objects.create(machine=machine, date=NOW.date())
    assert "The figures of 1 day are being computed" in staff.get(page_of(space)).content.decode()
    assert "being computed" not in staff.get(page_of(space) + APRIL).content.decode()


def test_every_machine_column_sorts_both_ways(
    staff: Client, space: Space, machine: Machine
) -> None:
    MachineFactory(space=space, name="Zebra")
    rebuild_all(now=NOW)
    order = {}
    for sort in ("name", "-name", "use_rate", "-use_rate", "nonsense"):
        text = staff.get(f"{page_of(space)}{APRIL}&sort={sort}").content.decode()
        order[sort] = text.count('aria-sort="descending"'), text.count('aria-sort="ascending"')
    assert order == {
        "name": (0, 1),
        "-name": (1, 0),
        "use_rate": (0, 1),
        "-use_rate": (1, 0),
        "nonsense": (1, 0),
    }


@pytest.mark.parametrize("machines", [1, 12])
def test_the_number_of_queries_does_not_grow(
    staff: Client, space: Space, machine: Machine, machines: int
) -> None:
    MachineFactory.create_batch(machines - 1, space=space)
    rebuild_all(now=NOW)
    filters = Filters(scope=Scope.of_space(space), period=Period.month_of(NOW.date()))
    with CaptureQueriesContext(connection) as queries:
        report = report_of(filters)
    assert len(queries) <= 24
    assert len(report.parts) == machines
    with CaptureQueriesContext(connection) as queries:
        staff.get(page_of(space))
    assert len(queries) <= 45


def test_every_figure_has_its_definition(client: Client) -> None:
    text = client.get(reverse("reports:metrics")).content.decode()
    for metric in BY_ID:
        assert f'id="{metric}"' in text


def test_the_page_speaks_the_language_of_its_reader(
    staff: Client, space: Space, machine: Machine
) -> None:
    text = staff.get(page_of(space) + APRIL, headers={"accept-language": "fr"}).content.decode()
    assert "66,7\u202f%" in text
    assert "avril 2026" in text


def test_the_sessions_behind_the_figures_are_listed(
    staff: Client, space: Space, machine: Machine
) -> None:
    address = page_of(space, "sessions") + APRIL
    text = staff.get(address).content.decode()
    assert text.count("Wed 8 Apr 2026") == 2
    assert staff.get(f"{address}&assumed=0").content.decode().count("Wed 8 Apr 2026") == 1
    empty = page_of(space, "sessions") + "&from=2026-04-09&until=2026-04-30"
    assert "No session falls into this period." in staff.get(empty).content.decode()
