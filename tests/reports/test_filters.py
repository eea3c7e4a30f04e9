"""What a report is about: read from an address, written back to the same one."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict

from machines.models import Machine, Pool
from reports.filters import Compare, Filters, FiltersForm, Period, Scope, Stage
from reports.permissions import may_see, may_see_sessions
from tests.factories.machines import MachineFactory
from tests.factories.members import CompanyFactory, DelegateFactory, MemberFactory, RoleFactory

NOW = datetime(2026, 5, 20, 23, tzinfo=UTC)
NETWORK = Scope.of_network()


def period(text: str) -> Period:
    first, last = text.split("/")
    return Period(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("told", "before", "year_ago"),
    [
        ("2026-03-01/2026-03-31", "2026-02-01/2026-02-28", "2025-03-01/2025-03-31"),
        ("2026-05-01/2026-05-20", "2026-04-01/2026-04-20", "2025-05-01/2025-05-20"),
        ("2026-03-01/2026-03-30", "2026-02-01/2026-02-28", "2025-03-01/2025-03-30"),
        ("2026-01-01/2026-12-31", "2025-01-01/2025-12-31", "2025-01-01/2025-12-31"),
        ("2026-01-01/2026-03-31", "2025-10-01/2025-12-31", "2025-01-01/2025-03-31"),
        ("2026-05-11/2026-05-17", "2026-05-04/2026-05-10", "2025-05-11/2025-05-17"),
        ("2025-02-01/2025-02-28", "2025-01-01/2025-01-31", "2024-02-01/2024-02-29"),
        ("2024-02-29/2024-02-29", "2024-02-28/2024-02-28", "2023-02-28/2023-02-28"),
    ],
)
def test_a_period_has_its_like_before_and_a_year_ago(told: str, before: str, year_ago: str) -> None:
    assert period(told).previous() == period(before)
    assert period(told).year_ago() == period(year_ago)


def test_whole_months_are_followed_by_whole_months() -> None:
    assert period("2026-01-01/2026-01-31").next() == period("2026-02-01/2026-02-28")
    assert period("2026-01-05/2026-01-11").next() == period("2026-01-12/2026-01-18")
    assert len(period("2025-11-30/2026-02-01").months) == 4


@pytest.mark.parametrize(
    ("at", "stage"),
    [
        ("2026-10-24T21:59:59", Stage.TO_COME),
        ("2026-10-24T22:00:00", Stage.RUNNING),
        ("2026-10-25T22:59:59", Stage.RUNNING),
        ("2026-10-25T23:00:00", Stage.OVER),
    ],
)
def test_a_day_of_25_hours_is_over_when_it_ends_on_its_clock(at: str, stage: Stage) -> None:
    day = period("2026-10-25/2026-10-25")
    now = datetime.fromisoformat(f"{at}+00:00")
    assert day.stage(ZoneInfo("Europe/Zurich"), now=now) == stage


def test_what_stands_beside_follows_the_choice() -> None:
    filters = Filters(scope=NETWORK, period=period("2026-03-01/2026-03-31"))
    assert filters.before == period("2026-02-01/2026-02-28")
    assert filters.but(compare=Compare.YEAR_AGO).before == period("2025-03-01/2025-03-31")
    assert filters.but(compare=Compare.NONE).before is None


@pytest.mark.django_db
def test_every_scope_is_read_from_its_address_and_written_back() -> None:
    machine: Machine = MachineFactory(slug="laser")
    pool = Pool.objects.create(space=machine.space, slug="lasers", name="Lasers")
    scopes = [
        Scope.of_machine(machine),
        Scope.of_pool(pool),
        Scope.of_category(machine.category),
        Scope.of_category(machine.category, machine.space),
        Scope.of_space(machine.space),
        Scope.of_company(CompanyFactory()),
        NETWORK,
    ]
    for scope in scopes:
        for compare in Compare:
            asked = Filters(
                scope=scope,
                period=period("2026-03-03/2026-04-09"),
                compare=compare,
                with_assumed=compare == Compare.NONE,
            )
            form = FiltersForm(QueryDict(asked.query), now=NOW)
            assert form.is_valid(), form.errors
            assert form.filters == asked
        assert scope.name


@pytest.mark.parametrize(
    "scope",
    [
        "",
        "house:1",
        "space:nowhere",
        "pool:x",
        "pool:²",
        f"pool:{10**30}",
        "company:999999",
        "machine:a/b",
        "machine:a",
        "category:none",
        "category:none@none",
        "network:x",
    ],
)
@pytest.mark.django_db
def test_what_there_is_not_is_told_beside_its_field(scope: str) -> None:
    form = FiltersForm({"scope": scope, "from": "2026-01-01"}, now=NOW)
    assert list(form.errors) == ["scope"]
    assert form["from"].value() == "2026-01-01"


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("2026-02-30", "2026-03-01", "from"),
        ("2026-03-02", "2026-03-01", "until"),
        ("1999-12-31", "2000-01-02", "from"),
        ("2099-01-01", "2101-01-01", "until"),
        ("2020-01-01", "2025-01-02", "until"),
    ],
)
def test_dates_that_make_no_period_are_told_beside_their_field(
    first: str, last: str, field: str
) -> None:
    form = FiltersForm({"scope": "network", "from": first, "until": last}, now=NOW)
    assert list(form.errors) == [field]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "2026-05-01/2026-05-20"),
        ({"from": "2026-04-01"}, "2026-04-01/2026-05-20"),
        ({"from": "2026-07-04"}, "2026-07-04/2026-07-31"),
        ({"until": "2026-02-10"}, "2026-02-01/2026-02-10"),
    ],
)
def test_dates_left_out_mean_the_month_that_runs(asked: dict[str, str], told: str) -> None:
    form = FiltersForm({"scope": "network", **asked}, now=NOW)
    assert form.is_valid()
    assert form.filters.period == period(told)


@pytest.mark.django_db
def test_who_may_see_which_figures() -> None:
    machine: Machine = MachineFactory()
    elsewhere: Machine = MachineFactory(category=machine.category)
    company = CompanyFactory()
    staff, delegate, maker = MemberFactory.create_batch(3)
    RoleFactory(member=staff, space=machine.space)
    DelegateFactory(member=delegate, company=company)
    here = {
        Scope.of_machine(machine),
        Scope.of_category(machine.category, machine.space),
        Scope.of_space(machine.space),
    }
    there = {Scope.of_space(elsewhere.space), Scope.of_machine(elsewhere)}
    broad = {NETWORK, Scope.of_category(machine.category)}
    own = {Scope.of_company(company)}
    everything = here | there | broad | own
    allowed = {
        staff: here | broad,
        delegate: own,
        maker: set(),
        MemberFactory(is_superuser=True): everything,
        MemberFactory(is_superuser=True, is_active=False): set(),
        AnonymousUser(): set(),
    }
    for person, scopes in allowed.items():
        assert {scope for scope in everything if may_see(person, scope)} == scopes
    assert {scope for scope in everything if may_see_sessions(staff, scope)} == here
    assert {scope for scope in everything if may_see_sessions(delegate, scope)} == own
