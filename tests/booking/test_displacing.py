"""Where displaced reservations could go: by which rules, apart from each other, in few queries."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.displacing import Option
from booking.models import Reservation
from booking.queries.displacing import Displaced, plan_for
from booking.services.taking import block_taking
from booking.states import ReservationState, WayOut
from machines.models import Machine, Pool
from spaces.intervals import Interval
from tests.factories.booking import (
    OfferFactory,
    PolicyFactory,
    ReservationFactory,
    UsageSessionFactory,
)
from tests.factories.machines import FaultFactory, MachineFactory
from tests.factories.members import CertificationFactory, MemberFactory, SkillFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TEN = NOW + DAY + 2 * HOUR
BLOCK = Interval(TEN - HOUR, TEN + 3 * HOUR)


@pytest.fixture
def machine() -> Machine:
    return MachineFactory(name="Laser")


@pytest.fixture
def twin(machine: Machine) -> Machine:
    return MachineFactory(space=machine.space, category=machine.category, name="Twin")


def cases(machine: Machine, span: Interval = BLOCK) -> list[Displaced]:
    return list(plan_for(block_taking(machine, span), now=NOW).cases)


def told(case: Displaced) -> list[tuple[str, int, datetime]]:
    """Each way with the unit and the start of its first row."""
    return [
        (option.way, spot.unit, spot.span.start)
        for option in case.options
        for spot in list(option.spots.values())[:1]
    ]


def by_way(case: Displaced, way: WayOut) -> Option | None:
    return next((each for each in case.options if each.way == way), None)


def test_the_twin_at_the_same_time_then_the_next_time_then_another_space(
    machine: Machine, twin: Machine
) -> None:
    away = MachineFactory(category=machine.category)
    ReservationFactory(machine=machine, starts_at=TEN)
    (case,) = cases(machine)
    assert told(case) == [
        (WayOut.SAME_TIME, twin.pk, TEN),
        (WayOut.LATER, twin.pk, TEN + HOUR),
        (WayOut.ELSEWHERE, away.pk, TEN),
    ]
    assert case.options[-1].way == WayOut.CANCEL


def test_without_a_twin_the_next_time_is_behind_the_block_on_the_grid(machine: Machine) -> None:
    PolicyFactory(machine=machine, turnaround=timedelta(minutes=10))
    ReservationFactory(machine=machine, starts_at=TEN)
    span = Interval(BLOCK.start, BLOCK.end + timedelta(minutes=5))
    (case,) = cases(machine, span)
    assert told(case) == [(WayOut.LATER, machine.pk, BLOCK.end + timedelta(minutes=15))]


def test_two_of_one_run_are_never_sent_to_one_time(machine: Machine, twin: Machine) -> None:
    rows = [ReservationFactory(machine=machine, starts_at=TEN + n * HOUR) for n in (0, 1)]
    third = ReservationFactory(machine=twin, starts_at=TEN)
    ReservationFactory(machine=twin, starts_at=TEN + 2 * HOUR)
    found = {case.key: told(case) for case in cases(machine)}
    assert found[rows[0].pk][0] == (WayOut.LATER, machine.pk, BLOCK.end)
    assert found[rows[1].pk][0] == (WayOut.SAME_TIME, twin.pk, TEN + HOUR)
    spans = [(unit, start) for options in found.values() for _way, unit, start in options]
    assert len(spans) == len(set(spans))
    assert third.pk not in found


def test_only_where_the_holder_may_use_it(machine: Machine, twin: Machine) -> None:
    skill = SkillFactory()
    twin.skills.add(skill)
    row = ReservationFactory(machine=machine, starts_at=TEN)
    assert {unit for _way, unit, _start in told(cases(machine)[0])} == {machine.pk}
    CertificationFactory(
        member=row.member, skill=skill, start_date=date(2026, 1, 1), end_date=TEN.date()
    )
    assert told(cases(machine)[0])[0] == (WayOut.SAME_TIME, twin.pk, TEN)


def test_no_unit_that_is_down_in_use_or_retired(machine: Machine, twin: Machine) -> None:
    FaultFactory(machine=twin, starts_at=NOW)
    other = MachineFactory(space=machine.space, category=machine.category, retired_at=NOW)
    used = MachineFactory(space=machine.space, category=machine.category)
    UsageSessionFactory(machine=used, started_at=TEN - DAY, expected_end_at=TEN + HOUR / 2)
    ReservationFactory(machine=machine, starts_at=TEN)
    (case,) = cases(machine)
    assert by_way(case, WayOut.SAME_TIME) is None
    assert {unit for _way, unit, _start in told(case)} & {twin.pk, other.pk} == set()


def test_nobody_is_asked_to_be_in_two_places(machine: Machine) -> None:
    row = ReservationFactory(machine=machine, starts_at=TEN)
    ReservationFactory(member=row.member, starts_at=BLOCK.end)
    (case,) = cases(machine)
    assert told(case) == [(WayOut.LATER, machine.pk, BLOCK.end + HOUR)]


def test_what_was_reserved_together_stays_together(machine: Machine, twin: Machine) -> None:
    bench = MachineFactory(space=machine.space)
    bundle, member = uuid4(), MemberFactory()
    laser_row, bench_row = (
        ReservationFactory(machine=each, member=member, starts_at=TEN, bundle_id=bundle)
        for each in (machine, bench)
    )
    (case,) = cases(machine)
    same = by_way(case, WayOut.SAME_TIME)
    assert same is not None
    assert set(same.spots) == {laser_row.pk}
    ReservationFactory(machine=twin, starts_at=TEN, ends_at=TEN + 5 * HOUR)
    ReservationFactory(machine=bench, starts_at=BLOCK.end, ends_at=BLOCK.end + HOUR / 2)
    (case,) = cases(machine)
    later = by_way(case, WayOut.LATER)
    assert later is not None
    start = BLOCK.end + HOUR / 2
    assert {row: (spot.unit, spot.span.start) for row, spot in later.spots.items()} == {
        laser_row.pk: (machine.pk, start),
        bench_row.pk: (bench.pk, start),
    }
    assert by_way(case, WayOut.ELSEWHERE) is None


def test_units_of_the_pool_come_before_others_of_the_category(
    machine: Machine, twin: Machine
) -> None:
    pool = Pool.objects.create(space=machine.space, slug="lasers", name="Lasers")
    unit = MachineFactory(space=machine.space, category=machine.category, pool=pool, name="Z")
    Machine.objects.filter(pk=machine.pk).update(pool=pool)
    machine.refresh_from_db()
    ReservationFactory(machine=machine, starts_at=TEN)
    assert told(cases(machine)[0])[0] == (WayOut.SAME_TIME, unit.pk, TEN)


def test_an_offer_is_only_taken_back_and_what_is_over_or_in_use_stays(machine: Machine) -> None:
    offer = OfferFactory(entry__machine=machine, entry__earliest_at=TEN)
    ReservationFactory(machine=machine, starts_at=NOW - HOUR, state=ReservationState.IN_USE)
    ReservationFactory(machine=machine, starts_at=TEN + HOUR, state=ReservationState.CANCELLED)
    ReservationFactory(
        machine=machine,
        starts_at=TEN + 2 * HOUR,
        state=ReservationState.PENDING,
        expires_at=NOW - HOUR,
    )
    (case,) = cases(machine, Interval(NOW - HOUR, BLOCK.end))
    assert (case.key, case.is_offer) == (offer.reservation_id, True)
    assert [option.way for option in case.options] == [WayOut.CANCEL]


def test_setup_and_turnaround_count_against_a_block(machine: Machine) -> None:
    before: Reservation = ReservationFactory(machine=machine, starts_at=BLOCK.start - HOUR)
    assert cases(machine) == []
    Reservation.objects.filter(pk=before.pk).update(occupied_until=BLOCK.start + HOUR / 4)
    assert [case.key for case in cases(machine)] == [before.pk]


def test_the_queries_do_not_grow_with_the_reservations(machine: Machine, twin: Machine) -> None:
    counts = []
    for number in range(3):
        ReservationFactory(machine=machine, starts_at=TEN + number * HOUR)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(cases(machine)) == number + 1
        counts.append(len(queries))
    assert counts[0] == counts[2] <= 15
