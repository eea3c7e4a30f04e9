"""A block that sends somebody to the twin, while others reserve the twin: one of them has it."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

from django.db import connections
from django.utils.timezone import now

from booking.models import Displacement, Reservation
from booking.queries.displacing import value_of
from booking.services.displacing import Outdated, plan_ahead
from booking.services.taking import block_taking, take_out
from booking.states import ReservationKind, ReservationState, WayOut
from machines.models import Machine
from members.models import Member
from spaces.intervals import Interval
from tests.factories.booking import ReservationFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import RoleFactory
from tests.races.clients import CLIENTS, TIMEOUT, Call, race
from tests.races.conftest import token_of
from tests.races.test_one_slot import deadlocks, first_slot, overlapping_pairs, span

HOUR = timedelta(hours=1)
ROUNDS = 12


def twins() -> list[Machine]:
    first = MachineFactory()
    return [first, MachineFactory(space=first.space, category=first.category)]


@contextmanager
def own_connection() -> Iterator[None]:
    """What a thread opens it closes, or the test database could not be dropped."""
    try:
        yield
    finally:
        connections.close_all()


def block(machine: Machine, staff: Member, hour: Interval, seen: threading.Barrier | None) -> bool:
    """Send whoever has `hour` to the twin at the same time; whether nobody was faster."""
    with own_connection():
        moment = now()
        plan = plan_ahead(block_taking(machine, hour), now=moment)
        (case,) = plan.cases
        way = next((each for each in case.options if each.way == WayOut.SAME_TIME), None)
        if seen is not None:
            seen.wait()
        if way is None:
            return False
        try:
            take_out(
                machine=machine,
                span=hour,
                purpose="New lens",
                choices={case.key: value_of(way)},
                by=staff,
                now=moment,
            )
        except Outdated:
            return False
        return True


def test_of_32_who_reserve_the_twin_and_one_who_is_sent_there_one_has_it(
    port: int, crowd: list[Member]
) -> None:
    machine, twin = twins()
    staff = RoleFactory(space=machine.space).member
    hours = [Interval(at, at + HOUR) for at in (first_slot() + n * HOUR for n in range(ROUNDS))]
    rows = [ReservationFactory(machine=machine, starts_at=each.start) for each in hours]
    blocks: list[Future[bool]] = []
    with ThreadPoolExecutor(1) as pool:

        def want(client: int, turn: int) -> Call:
            if client == 0:
                blocks.append(pool.submit(block, machine, staff, hours[turn], None))
                if turn % 2:
                    # Or the clients, who look once, would nearly always be faster.
                    blocks[turn].result()
            body = {"machine": twin.pk, **span(hours[turn].start, hours[turn].end)}
            return Call("POST", "/api/v1/reservations", body)

        answers = race(port, list(map(token_of, crowd)), ROUNDS, want)
        moved = [each.result() for each in blocks]
    for turn, (answer, was_moved) in enumerate(zip(answers, moved, strict=True)):
        assert answer == Counter({201: 1 - was_moved, 409: CLIENTS - 1 + was_moved}) - Counter()
        rows[turn].refresh_from_db()
        there = twin if was_moved else machine
        assert (rows[turn].machine, rows[turn].state) == (there, ReservationState.CONFIRMED)
    held = Reservation.objects.filter(kind=ReservationKind.MAINTENANCE)
    assert held.count() == Displacement.objects.count() == sum(moved) >= ROUNDS // 2
    assert overlapping_pairs() == 0
    assert deadlocks() == 0


def test_two_blocks_that_send_people_to_each_other_do_not_deadlock(transactional_db: None) -> None:
    """Each machine is the other’s twin; who comes second finds the twin taken out of use."""
    machines = twins()
    staff = RoleFactory(space=machines[0].space).member
    for turn in range(10):
        hour = Interval(first_slot() + turn * HOUR, first_slot() + (turn + 1) * HOUR)
        far = [hour, Interval(hour.start + 20 * HOUR, hour.end + 20 * HOUR)]
        for machine, each in zip(machines, far, strict=True):
            ReservationFactory(machine=machine, starts_at=each.start)
        ready = threading.Barrier(2, timeout=TIMEOUT)
        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(lambda n: block(machines[n], staff, far[n], ready), range(2)))  # noqa: B023
        assert done == [True, True]
    assert overlapping_pairs() == 0
    assert deadlocks() == 0
