"""Who is judged by disclosure control: those who made the figures of the rollup."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from booking.models import UsageSession
from machines.models import Machine
from reports.filters import Filters, Period, Scope
from reports.hours import UsedBy
from reports.models import UsageMonth
from reports.queries.contributions import made_by_person
from reports.queries.drilling import sessions_behind
from reports.queries.people import visitors_of
from reports.queries.scopes import Chosen
from reports.services.rollup import rebuild_all
from tests.factories.booking import ReservationFactory, UsageSessionFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import DelegateFactory, MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 20, 10, tzinfo=UTC)
START = datetime(2026, 5, 4, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
MAY = Period(date(2026, 5, 1), date(2026, 5, 31))


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def used(machine: Machine, hours: int, *, after: int = 0, **more: object) -> UsageSession:
    start = START + after * HOUR
    return UsageSessionFactory(
        machine=machine, started_at=start, ended_at=start + hours * HOUR, **more
    )


def test_the_same_people_are_judged_who_made_the_rollup() -> None:
    machine: Machine = MachineFactory()
    delegate = DelegateFactory()
    row = ReservationFactory(
        machine=machine,
        member=delegate.member,
        company=delegate.company,
        starts_at=START,
        ends_at=START + 2 * HOUR,
        state="completed",
    )
    # Without a link: two hours in the booking of the company, and one after it.
    used(machine, 3, member=delegate.member, reservation=None)
    used(machine, 1, after=4, member=delegate.member, reservation=row)
    used(machine, 1, after=6, member=RoleFactory(space=machine.space).member, reservation=None)
    used(machine, 1, after=8, member=MemberFactory(), reservation=None)
    rebuild_all(now=NOW)
    made = made_by_person(machine.space, MAY, now=NOW)
    kept = UsageMonth.objects.get(machine=machine, month=MAY.first)
    for name, uses in (("used", made.used), ("booked", made.booked)):
        sums: dict[object, int] = defaultdict(int)
        for use in uses:
            assert use.row == machine.pk
            sums[use.column] += use.amount
        for each in UsedBy:
            assert sums[each.value] == getattr(kept, f"{name}_by_{each.value}"), (name, each)
    by_person = {(use.column, use.person, use.party): use.amount for use in made.used}
    member, party = delegate.member.pk, ("company", delegate.company.pk)
    assert by_person["company", member, party] == 3 * 3600
    assert by_person["maker", member, ("person", member)] == 3600
    assert made.acting == {member: {party}}


def test_every_second_is_of_one_person_as_it_counts_once() -> None:
    machine: Machine = MachineFactory()
    longest = MemberFactory()
    # Lists from elsewhere may overlap: four others had the machine within her hours.
    used(machine, 100, member=longest, source="import")
    for n in range(4):
        used(machine, 20, after=20 * n, member=MemberFactory(), source="import")
    # Who did not come gave the machine back: another had half of the time that was booked.
    late, early = MemberFactory(), MemberFactory()
    for member, start, hours in ((early, 0, 4), (late, 2, 3)):
        ReservationFactory(
            machine=machine,
            member=member,
            starts_at=START + start * HOUR,
            ends_at=START + (start + hours) * HOUR,
            state="no_show" if member is early else "completed",
            released_at=START + HOUR if member is early else None,
        )
    rebuild_all(now=NOW)
    kept = UsageMonth.objects.get(machine=machine, month=MAY.first)
    made = made_by_person(machine.space, MAY, now=NOW)
    assert [(use.person, use.amount) for use in made.used] == [(longest.pk, kept.used)]
    assert kept.used == 100 * 3600
    booked = {use.person: use.amount for use in made.booked}
    assert booked == {early.pk: 4 * 3600, late.pk: 3600}
    assert kept.booked == 5 * 3600


def test_by_month_each_session_counts_in_its_months() -> None:
    machine: Machine = MachineFactory()
    # Zurich is two hours ahead: one hour lies in April, and two in May.
    start = datetime(2026, 4, 30, 21, tzinfo=UTC)
    member = MemberFactory()
    UsageSessionFactory(machine=machine, member=member, started_at=start, ended_at=start + 3 * HOUR)
    period = Period(date(2026, 4, 1), date(2026, 5, 20))
    made = made_by_person(machine.space, period, now=NOW, by_month=True)
    assert {use.row: use.amount for use in made.used} == {
        date(2026, 4, 1): 3600,
        date(2026, 5, 1): 2 * 3600,
    }


def test_of_no_machine_nothing_is_judged() -> None:
    space = MachineFactory().space
    space.machines.all().delete()
    made = made_by_person(space, MAY, now=NOW)
    assert (made.used, made.booked) == ([], [])


def test_assumed_means_the_same_everywhere() -> None:
    machine: Machine = MachineFactory()
    told = used(machine, 1, member=MemberFactory(), source="kiosk")
    end = used(machine, 1, after=2, member=MemberFactory(), source="kiosk", end_is_assumed=True)
    whole = used(machine, 1, after=4, member=MemberFactory(), source="assumed")
    assert [each.is_assumed for each in (told, end, whole)] == [False, True, True]
    scope = Scope.of_space(machine.space)
    behind = sessions_behind(Filters(scope=scope, period=MAY, with_assumed=False))
    assert list(behind) == [told]
    for each in (scope, Scope.of_network()):
        reached = visitors_of(Chosen(each), MAY, with_assumed=False)
        assert reached.reach.people == 1
