"""What is offered first is what the rules allow first: the search against every start there is."""

import random
from datetime import UTC, datetime, time, timedelta

import pytest

from booking.facts import BookingRequest
from booking.queries.first_free import first_free
from booking.services.reservations import check
from booking.states import ReservationState
from machines.models import Machine
from machines.services.calendars import set_weekly_hours
from machines.services.events import WeeklySpan
from machines.states import CalendarKind
from members.states import Audience
from spaces.intervals import Interval
from tests.factories.booking import PolicyFactory, ReservationFactory, UsageSessionFactory
from tests.factories.machines import FaultFactory, MachineFactory
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 5, 10, tzinfo=UTC)
GRID = timedelta(minutes=30)
MINUTE = timedelta(minutes=1)
STARTS = 120


def busy_machine(chance: random.Random, *, runs_on: bool = False) -> Machine:
    """A machine with hours, a policy and all that can stand in the way."""
    machine = MachineFactory.create()
    set_weekly_hours(
        owner=machine.space,
        kind=CalendarKind.OPEN,
        week=[WeeklySpan(tuple(range(7)), time(8), time(chance.choice([17, 20])))],
        from_date=datetime(2026, 1, 1, tzinfo=UTC).date(),
        now=datetime(2026, 1, 1, tzinfo=UTC),
    )
    PolicyFactory.create(
        machine=machine,
        grid=GRID,
        shortest=GRID,
        lead_time=chance.choice([0, 45, 200]) * MINUTE,
        setup=chance.choice([0, 10]) * MINUTE,
        turnaround=chance.choice([0, 20]) * MINUTE,
        horizon_days=chance.choice([1, 30]),
        longest=timedelta(hours=20),
        unattended_allowed=runs_on,
        # Whom the time is kept for no more is written by a job each minute.
        grace_period=timedelta(days=1),
    )
    at = NOW - timedelta(hours=3)
    while at < NOW + timedelta(hours=40):
        at += chance.choice([0, 30, 60, 95]) * MINUTE
        ends = at + chance.choice([30, 60, 150, 300]) * MINUTE
        state = chance.choice([ReservationState.CONFIRMED] * 3 + [ReservationState.HELD])
        is_upkeep = chance.random() < 0.1
        ReservationFactory.create(
            machine=machine,
            starts_at=at,
            ends_at=ends,
            state=state,
            expires_at=NOW + chance.choice([-1, 1]) * MINUTE if state == "held" else None,
            **({"kind": "maintenance", "member": None} if is_upkeep else {}),
        )
        at = ends
    if chance.random() < 0.5:
        start = NOW + chance.randrange(30) * GRID
        FaultFactory.create(machine=machine, starts_at=start, ends_at=start + 3 * GRID)
    if chance.random() < 0.5:
        UsageSessionFactory.create(
            machine=machine, started_at=NOW - GRID, expected_end_at=NOW + 5 * GRID
        )
    return machine


@pytest.mark.parametrize("runs_on", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_nothing_earlier_is_allowed(seed: int, *, runs_on: bool) -> None:
    chance = random.Random(seed)
    machine, member = busy_machine(chance, runs_on=runs_on), MemberFactory.create()
    length = chance.choice([4, 16, 26, 30] if runs_on else [1, 2, 4]) * GRID
    first = NOW.replace(minute=30)
    allowed = (
        Interval(start, start + length)
        for start in (first + step * GRID for step in range(STARTS))
        if not check(
            machine=machine,
            member=member,
            request=BookingRequest(starts_at=start, ends_at=start + length),
            by=member,
            now=NOW,
        )[0]
    )
    found = first_free(machine, after=NOW, now=NOW, length=length, audience=Audience.MAKER)
    if found is None or found.start >= first + STARTS * GRID:
        assert next(allowed, None) is None
    else:
        assert found == next(allowed)
