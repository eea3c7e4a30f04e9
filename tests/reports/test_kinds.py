"""What was wanted of each kind of machine and was taken."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from booking.models import RefusedTry
from booking.states import RefusalCode
from machines.models import Machine, Pool
from members.models import Member
from reports.filters import Filters, Period, Scope
from reports.queries.usage import report_of
from reports.report import Tries
from tests.factories.machines import MachineFactory
from tests.factories.members import CompanyFactory, MemberFactory

pytestmark = pytest.mark.django_db

START = datetime(2026, 5, 5, 16, tzinfo=UTC)
HOUR = timedelta(hours=1)
MAY = Period(date(2026, 5, 1), date(2026, 5, 31))


def full_by_kind(filters: Filters) -> Mapping[str, Tries]:
    return report_of(filters).demand.by_kind


def tried(
    member: Member | None,
    *codes: RefusalCode,
    machine: Machine | None = None,
    pool: Pool | None = None,
    start: datetime = START,
) -> None:
    RefusedTry.objects.create(
        member=member,
        machine=machine,
        pool=pool,
        starts_at=start,
        ends_at=start + 2 * HOUR,
        codes=list(codes) or [RefusalCode.TAKEN],
    )


def test_tries_are_counted_for_their_category_and_their_pool() -> None:
    laser: Machine = MachineFactory()
    pool = Pool.objects.create(space=laser.space, slug="printers", name="Printers")
    printer: Machine = MachineFactory(space=laser.space, pool=pool)
    one, other = MemberFactory.create_batch(2)
    tried(one, machine=laser)
    tried(one, machine=laser)  # the same wish again
    tried(one, machine=laser, start=START + HOUR)
    tried(one, RefusalCode.TAKEN, RefusalCode.QUOTA, machine=laser)
    tried(one, machine=laser, start=START + 30 * 24 * HOUR)  # in June
    tried(other, machine=printer)
    tried(other, pool=pool)
    tried(one, machine=MachineFactory(category=laser.category))  # elsewhere

    place = laser.space
    of_laser = f"category:{laser.category.slug}@{place.slug}"
    of_printer = f"category:{printer.category.slug}@{place.slug}"
    assert full_by_kind(Filters(scope=Scope.of_space(place), period=MAY)) == {
        of_laser: Tries(count=3, people=1, asked=4 * 3600),
        of_printer: Tries(count=2, people=1, asked=4 * 3600),
        f"pool:{pool.pk}": Tries(count=2, people=1, asked=4 * 3600),
    }
    everywhere = full_by_kind(Filters(scope=Scope.of_network(), period=MAY))
    assert everywhere[f"category:{laser.category.slug}"].count == 4


def test_tries_of_nobody_named_are_each_a_wish() -> None:
    laser: Machine = MachineFactory()
    tried(None, machine=laser)
    tried(None, machine=laser)
    found = full_by_kind(Filters(scope=Scope.of_space(laser.space), period=MAY))
    assert list(found.values()) == [Tries(count=2, people=0, asked=4 * 3600)]


def test_a_try_of_a_pool_is_for_a_machine_of_the_scope() -> None:
    saw: Machine = MachineFactory()
    pool = Pool.objects.create(space=saw.space, slug="mixed", name="Mixed")
    Machine.objects.filter(pk=saw.pk).update(pool=pool)
    laser: Machine = MachineFactory(space=saw.space, pool=pool)
    tried(MemberFactory(), pool=pool)
    scope = Scope.of_category(laser.category, laser.space)
    found = full_by_kind(Filters(scope=scope, period=MAY))
    assert f"category:{laser.category.slug}@{laser.space.slug}" in found


def test_of_a_company_no_try_is_known() -> None:
    scope = Scope.of_company(CompanyFactory())
    assert full_by_kind(Filters(scope=scope, period=MAY)) == {}
