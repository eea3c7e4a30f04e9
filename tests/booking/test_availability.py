"""What calendars and the catalogue are told, with a fixed number of queries."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from booking.facts import Terms
from booking.models import AllowedHours
from booking.queries.availability import machine_times, state_now
from booking.queries.terms import terms_of_many
from booking.states import MachineState
from machines.models import Machine
from machines.services.calendars import WeeklySpan, set_weekly_hours
from machines.states import CalendarKind
from members.states import Audience
from spaces.intervals import Interval
from tests.factories.booking import PolicyFactory, ReservationFactory, UsageSessionFactory
from tests.factories.machines import FaultFactory, MachineFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = Interval(NOW, NOW + 10 * HOUR)


def hours(intervals: Any) -> list[tuple[float, float]]:
    return [((each.start - NOW) / HOUR, (each.end - NOW) / HOUR) for each in intervals]


def terms(machines: list[Machine]) -> dict[int, Terms]:
    return terms_of_many(machines, audience=Audience.MAKER)


def test_free_leaves_room_for_setup_and_turnaround() -> None:
    machine = MachineFactory()
    PolicyFactory(machine=machine, setup=HOUR / 2, turnaround=HOUR)
    ReservationFactory(
        machine=machine,
        starts_at=NOW + 4 * HOUR,
        occupied_from=NOW + 3.5 * HOUR,
        occupied_until=NOW + 6 * HOUR,
    )
    time = machine_times([machine], DAY, terms=terms([machine]), now=NOW)[machine.pk]
    assert hours(time.free) == [(0, 2.5), (6.5, 10)]
    assert hours(each.interval for each in time.busy) == [(3.5, 6)]
    assert time.busy[0].reservation.holder.startswith("Member")


def test_past_faults_and_walk_ins_are_not_free() -> None:
    machine = MachineFactory()
    FaultFactory(machine=machine, starts_at=NOW + 5 * HOUR, ends_at=NOW + 6 * HOUR)
    UsageSessionFactory(machine=machine, started_at=NOW, expected_end_at=NOW + 2 * HOUR)
    time = machine_times([machine], DAY, terms=terms([machine]), now=NOW + HOUR)[machine.pk]
    assert hours(time.free) == [(2, 5), (6, 10)]
    assert hours(time.down) == [(5, 6)]
    assert time.busy[0].reservation.pk == 0


def test_states() -> None:
    machines = MachineFactory.create_batch(5)
    free, down, used, reserved, upkeep = machines
    FaultFactory(machine=down, starts_at=NOW - HOUR)
    UsageSessionFactory(machine=used, started_at=NOW - HOUR, expected_end_at=NOW + HOUR)
    ReservationFactory(machine=reserved, starts_at=NOW)
    ReservationFactory(machine=upkeep, starts_at=NOW, kind="maintenance", member=None)
    ReservationFactory(machine=free, starts_at=NOW + 2 * HOUR)
    states = state_now(machines, terms=terms(machines), now=NOW)
    assert states[free.pk] == (MachineState.FREE, NOW + 2 * HOUR)
    assert states[down.pk] == (MachineState.DOWN, None)
    assert states[used.pk] == (MachineState.IN_USE, NOW + HOUR)
    assert states[reserved.pk] == (MachineState.RESERVED, NOW + HOUR)
    assert states[upkeep.pk] == (MachineState.MAINTENANCE, NOW + HOUR)


def test_where_staff_is_needed_nothing_is_free_without_it() -> None:
    machine, plain = MachineFactory.create_batch(2, space=SpaceFactory())
    PolicyFactory(machine=machine, staff_needed=True)
    noon = WeeklySpan(tuple(range(7)), time(13), time(15))
    set_weekly_hours(
        owner=machine.space,
        kind=CalendarKind.STAFFED,
        week=[noon],
        from_date=NOW.date(),
        now=NOW,
    )
    times = machine_times([machine, plain], DAY, terms=terms([machine, plain]), now=NOW)
    assert hours(times[machine.pk].free) == [(3, 5)]
    assert hours(times[plain.pk].free) == [(0, 10)]
    for after, state, until in ((0, "closed", 3), (3, "free", 5), (5, "closed", 27)):
        states = state_now([machine], terms=terms([machine]), now=NOW + after * HOUR)
        assert states[machine.pk] == (state, NOW + until * HOUR)


def test_nothing_is_free_outside_the_hours_of_the_audience() -> None:
    """NOW is ten o'clock in the space, which closes at eight."""
    machine = MachineFactory()
    makers = PolicyFactory(machine=machine, audience="maker")
    AllowedHours.objects.create(policy=makers, start_time=time(17), end_time=time(0))
    time_of = machine_times([machine], DAY, terms=terms([machine]), now=NOW)
    assert hours(time_of[machine.pk].free) == [(7, 10)]
    everybody = terms_of_many([machine], audience=Audience.COMPANY)
    time_of = machine_times([machine], DAY, terms=everybody, now=NOW)
    assert hours(time_of[machine.pk].free) == [(0, 10)]
    states = state_now([machine], terms=terms([machine]), now=NOW)
    assert states[machine.pk] == (MachineState.CLOSED, NOW + 7 * HOUR)


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_is_fixed(count: int, django_assert_num_queries: Any) -> None:
    machines = MachineFactory.create_batch(count)
    for machine in machines:
        ReservationFactory(machine=machine, starts_at=NOW)
    rows = list(Machine.objects.select_related("space"))
    with django_assert_num_queries(3):
        machine_times(rows, DAY, terms=terms(rows), now=NOW)
    with django_assert_num_queries(3):
        state_now(rows, terms=terms(rows), now=NOW)
