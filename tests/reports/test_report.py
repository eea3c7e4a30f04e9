"""What a report tells beside hours: demand, people, lead time, failures; and of which rows."""

from datetime import UTC, date, datetime, timedelta

import pytest

from booking.models import RefusedTry
from booking.states import ReservationState, SessionSource, WishState
from machines.models import Machine, MaintenanceJob, Pool
from members.models import Company, Member
from reports.figures import Share
from reports.filters import Compare, Filters, Period, Scope
from reports.hours import UsedBy
from reports.models import UsageGroup
from reports.page.drawing import drawn_from
from reports.queries.drilling import sessions_behind
from reports.queries.proofs import Asked, proof_of
from reports.queries.sessions import count_of_sessions
from reports.queries.usage import report_of
from reports.report import Contributions, Reach, Reached, Report, Tries
from reports.services.groups import keep_membership
from reports.services.rollup import rebuild_all, rebuild_days
from tests.factories.booking import ReservationFactory, UsageSessionFactory, WishFactory
from tests.factories.machines import FaultFactory, MachineFactory
from tests.factories.members import (
    CertificationFactory,
    CompanyFactory,
    DelegateFactory,
    MemberFactory,
    RoleFactory,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 20, 10, tzinfo=UTC)
MAY = Period.month_of(date(2026, 5, 1))
START = datetime(2026, 5, 6, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def machine() -> Machine:
    return MachineFactory(slug="laser", name="Laser")


def use(machine: Machine, member: Member | None, days: int, **fields: object) -> None:
    start = START + timedelta(days=days)
    UsageSessionFactory(
        machine=machine, member=member, started_at=start, ended_at=start + HOUR, **fields
    )


def report(scope: Scope, *, with_assumed: bool = True, period: Period = MAY) -> Report:
    return report_of(Filters(scope=scope, period=period, with_assumed=with_assumed))


def test_reach_counts_people_once_and_knows_who_is_new_and_who_came_back(machine: Machine) -> None:
    known, new, elsewhere = MemberFactory.create_batch(3)
    other = MachineFactory(space=machine.space)
    use(machine, known, -40)
    use(machine, known, 0)
    use(machine, new, 1)
    use(machine, new, 20)
    use(other, elsewhere, -10)
    use(machine, elsewhere, 2, source=SessionSource.ASSUMED)
    use(machine, None, 3)
    of_machine = report(Scope.of_machine(machine)).reach
    assert (of_machine.people, of_machine.first_timers) == (3, 2)
    assert (of_machine.came_back.numerator, of_machine.came_back.denominator) == (1, 3)
    for scope in (Scope.of_space(machine.space), Scope.of_network()):
        assert report(scope).reach.first_timers == 1
    told = report(Scope.of_machine(machine), with_assumed=False).reach
    assert (told.people, told.first_timers) == (2, 1)
    before = report_of(
        Filters(scope=Scope.of_machine(machine), period=Period.month_of(date(2026, 6, 1)))
    )
    assert before.reach == Reach()
    assert before.reach_before == Reached(people=3, companies=0, first_timers=2)
    alone = Filters(scope=Scope.of_machine(machine), period=MAY, compare=Compare.NONE)
    assert report_of(alone).reach_before is None


def test_a_person_back_on_the_same_date_has_not_come_back(machine: Machine) -> None:
    member = MemberFactory()
    use(machine, member, 0)
    UsageSessionFactory(
        machine=machine, member=member, started_at=START + 3 * HOUR, ended_at=START + 4 * HOUR
    )
    use(machine, member, 61)
    assert report(Scope.of_machine(machine)).reach.came_back.numerator == 0


@pytest.mark.parametrize(
    ("first", "back", "came_back"),
    [
        # The sixtieth day ends with its last hour, also where an hour was lost or won before.
        (datetime(2026, 2, 10, 9, tzinfo=UTC), datetime(2026, 4, 11, 21, 30, tzinfo=UTC), 1),
        (datetime(2026, 2, 10, 9, tzinfo=UTC), datetime(2026, 4, 11, 22, 30, tzinfo=UTC), 0),
        (datetime(2026, 9, 10, 9, tzinfo=UTC), datetime(2026, 11, 9, 22, 30, tzinfo=UTC), 1),
        (datetime(2026, 9, 10, 9, tzinfo=UTC), datetime(2026, 11, 9, 23, 30, tzinfo=UTC), 0),
    ],
)
def test_sixty_days_are_those_of_the_clock(
    machine: Machine, first: datetime, back: datetime, came_back: int
) -> None:
    member = MemberFactory()
    for start in (first, back):
        UsageSessionFactory(
            machine=machine, member=member, started_at=start, ended_at=start + HOUR / 2
        )
    month = Period.month_of(first.date())
    for scope in (Scope.of_machine(machine), Scope.of_network()):
        assert report(scope, period=month).reach.came_back.numerator == came_back


def test_over_a_long_period_nobody_has_come_back_by_their_last_use_alone(machine: Machine) -> None:
    often, seldom = MemberFactory.create_batch(2)
    other = MachineFactory(space=machine.space)
    for days in (-120, -90, 10):
        use(machine, often, days)
    for days in (-120, 10):
        use(other, seldom, days)
    half_a_year = Period(date(2026, 1, 1), date(2026, 6, 30))
    for scope in (Scope.of_space(machine.space), Scope.of_network()):
        told = report(scope, period=half_a_year).reach.came_back
        assert (told.numerator, told.denominator) == (1, 2)


def test_audiences_and_the_part_of_a_company(machine: Machine) -> None:
    company: Company = CompanyFactory()
    delegate, staff, maker = MemberFactory.create_batch(3)
    DelegateFactory(company=company, member=delegate)
    RoleFactory(member=staff, space=machine.space)
    reservation = ReservationFactory(
        machine=machine,
        member=delegate,
        company=company,
        starts_at=START,
        ends_at=START + 2 * HOUR,
        created_at=START - 30 * HOUR,
        state=ReservationState.COMPLETED,
    )
    use(machine, delegate, 0, reservation=reservation)
    use(machine, staff, 1)
    use(machine, maker, 2)
    use(machine, maker, 3, source=SessionSource.ASSUMED)
    rebuild_all(now=NOW)
    told = {each.used_by: each for each in report(Scope.of_space(machine.space)).audiences}
    assert {each: (row.used, row.people) for each, row in told.items()} == {
        UsedBy.COMPANY: (3600, 1),
        UsedBy.MAKER: (7200, 1),
        UsedBy.STAFF: (3600, 1),
        UsedBy.NOBODY: (0, None),
    }
    assert told[UsedBy.COMPANY].booked == 7200
    without = report(Scope.of_space(machine.space), with_assumed=False)
    assert [row.used for row in without.audiences] == [3600, 3600, 3600, 0]
    of_company = report(Scope.of_company(company))
    assert of_company.totals.seconds("used") == 3600
    assert of_company.totals.seconds("booked") == 7200
    assert of_company.totals.share("use_rate").rate is None
    assert of_company.totals.share("booking_efficiency").percent == 50
    assert (of_company.reach.people, of_company.reach.companies) == (1, 1)
    assert [part.name for part in of_company.parts] == ["Laser"]
    assert of_company.lead_time == 30 * 3600
    assert of_company.saturation == []


def test_use_that_nobody_linked_is_its_companys_wherever_it_is_told(machine: Machine) -> None:
    company: Company = CompanyFactory()
    booker, colleague, other = MemberFactory.create_batch(3)
    for member in (booker, colleague):
        DelegateFactory(company=company, member=member)
    ReservationFactory(
        machine=machine,
        member=booker,
        company=company,
        starts_at=START + HOUR / 2,
        ends_at=START + 2 * HOUR,
        state=ReservationState.COMPLETED,
    )
    # Half of the use lies in what the company had booked; the next day it had booked nothing.
    use(machine, colleague, 0)
    use(machine, colleague, 1)
    use(machine, other, 2)
    rebuild_all(now=NOW)
    filters = Filters(scope=Scope.of_company(company), period=MAY)
    told = report_of(filters)
    assert told.totals.seconds("used") == 1800
    assert (told.reach.people, told.reach.first_timers) == (1, 1)
    (session,) = sessions_behind(filters)
    assert session.member == colleague
    assert count_of_sessions(filters, now=NOW) == 1
    (line,) = proof_of(Asked(company, MAY), now=NOW)
    assert (line.sessions, line.used, line.assumed) == (1, 1800, 0)


def test_unmet_demand_counts_the_same_time_once_in_hours(machine: Machine) -> None:
    pool = Pool.objects.create(space=machine.space, slug="lasers", name="Lasers")
    Machine.objects.filter(pk=machine.pk).update(pool=pool)
    machine.refresh_from_db()
    one, two = MemberFactory.create_batch(2)

    def tried(member: Member, codes: list[str], days: int = 0, **target: object) -> None:
        start = START + timedelta(days=days)
        RefusedTry.objects.create(
            member=member, starts_at=start, ends_at=start + HOUR, codes=codes, **target
        )

    tried(one, ["TAKEN"], machine=machine)
    tried(one, ["TAKEN"], machine=machine)
    tried(two, ["TAKEN", "QUOTA"], pool=pool)
    tried(two, ["TAKEN"], 40, machine=machine)
    tried(two, ["CLOSED"], machine=MachineFactory())
    WishFactory(
        space=machine.space, machine=machine, state=WishState.EXPIRED, duration=2 * HOUR,
        earliest_at=START, latest_at=START + 5 * HOUR,
    )  # fmt: skip
    demand = report(Scope.of_pool(pool)).demand
    assert demand.refused == Tries(count=3, people=2, asked=7200)
    assert demand.full == Tries(count=2, people=1, asked=3600)
    assert demand.by_code == {
        "TAKEN": Tries(count=3, people=2, asked=7200),
        "QUOTA": Tries(count=1, people=1, asked=3600),
    }
    assert demand.by_weekday_and_hour == {(2, 10): 2}
    assert (demand.wishes, demand.wished) == (1, 7200)
    counts = {
        scope.key.partition(":")[0]: report(scope).demand.refused.count
        for scope in (
            Scope.of_machine(machine),
            Scope.of_category(machine.category, machine.space),
            Scope.of_space(machine.space),
            Scope.of_network(),
        )
    }
    assert counts == {"machine": 2, "category": 3, "space": 3, "network": 4}


def test_the_median_lead_time_is_exact_from_months_and_from_the_log(machine: Machine) -> None:
    for days, hours in ((0, 10), (1, 50), (2, 20), (40, 500)):
        start = START + timedelta(days=days)
        ReservationFactory(
            machine=machine, starts_at=start, ends_at=start + HOUR,
            created_at=start - hours * HOUR, state=ReservationState.COMPLETED,
        )  # fmt: skip
    rebuild_all(now=NOW)
    scope = Scope.of_machine(machine)
    assert report(scope).lead_time == 20 * 3600
    assert report(scope, period=Period(date(2026, 5, 7), date(2026, 6, 30))).lead_time == 50 * 3600
    assert report(scope, period=Period(date(2026, 5, 1), date(2026, 5, 7))).lead_time == 30 * 3600
    assert report(scope, period=Period.month_of(date(2026, 4, 1))).lead_time is None


def test_failures_and_contributions(machine: Machine) -> None:
    member = MemberFactory()
    FaultFactory.create(
        machine=machine, starts_at=START, ends_at=START + 3 * HOUR, reported_by=member
    )
    use(machine, member, 1)
    CertificationFactory(member=member, space=machine.space, created_at=START)
    rebuild_all(now=NOW)
    told = report(Scope.of_space(machine.space))
    assert str(told.totals.mean("mttr").hours) == "3.00"
    assert str(told.totals.mean("mtbf").hours) == "1.00"
    assert (told.contributions.skills_granted, told.contributions.faults_reported) == (1, 1)
    assert report(Scope.of_machine(machine)).contributions.skills_granted == 0


def test_many_spaces_are_told_by_space_and_categories_by_their_sums(machine: Machine) -> None:
    there = MachineFactory(category=machine.category)
    for each in (machine, there):
        use(each, None, 0)
    rebuild_all(now=NOW)
    category = report(Scope.of_category(machine.category))
    assert {part.scope.space for part in category.parts} == {machine.space, there.space}
    assert category.totals.seconds("used") == 7200
    (line,) = category.saturation
    assert line.scope == Scope.of_category(machine.category)
    assert (line.units, line.share.numerator) == (2, 7200)
    year = report(Scope.of_network(), period=Period(date(2026, 1, 1), date(2026, 12, 31)))
    assert [each.period.first.month for each in year.stretches] == [5, 6, 7]
    assert year.totals.seconds("used") == 7200
    assert sum(each.seconds("used") for each in year.by_weekday_and_hour.values()) == 7200


def test_a_machine_takes_its_past_into_its_new_pool(machine: Machine) -> None:
    alike = MachineFactory(space=machine.space, category=machine.category)
    use(machine, None, 0)
    rebuild_days({(each.pk, day) for each in (machine, alike) for day in MAY.dates}, now=NOW)
    (line,) = report(Scope.of_space(machine.space)).saturation
    assert line.share.numerator == 0
    pool = Pool.objects.create(space=machine.space, slug="one", name="One")
    Machine.objects.filter(pk=machine.pk).update(pool=pool)
    keep_membership()
    by_pool = report(Scope.of_pool(pool))
    assert by_pool.saturated.numerator == 3600
    assert by_pool.saturated_by_weekday_and_hour[2, 10].percent == 25
    Machine.objects.filter(pk=alike.pk).delete()
    Machine.objects.filter(pk=machine.pk).update(pool=None)
    keep_membership()
    assert [each.machines for each in UsageGroup.objects.all()] == [[machine.pk]]
    assert report(Scope.of_space(machine.space)).saturated.numerator == 3600


def test_every_space_counts_by_its_own_days(machine: Machine) -> None:
    far = MachineFactory(space__timezone="Asia/Singapore")
    # In Zurich it is still April, in Singapore already May; and the other way round a month later.
    begins, ends = datetime(2026, 4, 30, 18, tzinfo=UTC), datetime(2026, 5, 31, 18, tzinfo=UTC)
    for place in (machine, far):
        for start in (begins, ends):
            row = ReservationFactory(
                machine=place,
                company=CompanyFactory(),
                starts_at=start,
                ends_at=start + HOUR,
                created_at=start - HOUR,
                state=ReservationState.COMPLETED,
            )
            UsageSessionFactory(
                machine=place,
                member=row.member,
                reservation=row,
                started_at=start,
                ended_at=start + HOUR,
            )
            WishFactory(
                machine=place,
                space=place.space,
                state=WishState.EXPIRED,
                earliest_at=start,
                latest_at=start + HOUR,
                duration=HOUR,
            )
            FaultFactory.create(machine=place, starts_at=start, reported_by=row.member)
            MaintenanceJob.objects.create(machine=place, title="Cleaned", done_at=start)
            CertificationFactory(space=place.space, created_at=start)
    CertificationFactory(space=None, created_at=ends)
    whole = report(Scope.of_network())
    assert whole.contributions == Contributions(skills_granted=3, faults_reported=2, upkeep_done=2)
    assert (whole.reach.people, whole.reach.companies, whole.demand.wishes) == (2, 2, 2)
    assert whole.reach.people == sum(
        report(Scope.of_space(place.space)).reach.people for place in (machine, far)
    )
    for company in Company.objects.all():
        told = report(Scope.of_company(company)).reach
        assert told.people == told.companies
    may = Period(date(2026, 5, 1), date(2026, 5, 30))
    assert report(Scope.of_network(), period=may).lead_time == HOUR.total_seconds()
    nothing = Period(date(2026, 5, 2), date(2026, 5, 30))
    assert report(Scope.of_network(), period=nothing).lead_time is None


def test_a_machine_is_never_busy_for_more_than_the_time_in_which_it_could_be(machine) -> None:
    for days in (0, 7, 14):
        start = START + timedelta(days=days)
        ReservationFactory(machine=machine, starts_at=start, ends_at=start + HOUR)
    FaultFactory(machine=machine, starts_at=START - HOUR, ends_at=START + 2 * HOUR)
    rebuild_all(now=NOW)
    told = report(Scope.of_machine(machine), period=Period(date(2026, 5, 4), date(2026, 5, 24)))
    (drawn,) = drawn_from(told, now=NOW).groups
    at_ten_on_wednesdays = drawn.saturation[2, 10]
    assert at_ten_on_wednesdays == Share(2 * 3600, 2 * 3600)
