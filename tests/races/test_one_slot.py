"""Many clients want one slot at once: exactly one gets it, nobody sees a deadlock or a 500."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from booking.models import RefusedTry, Reservation
from booking.states import ReservationState
from machines.models import Machine
from members.models import Member
from members.states import Scope
from tests.factories.booking import PolicyFactory, ReservationFactory, UsageSessionFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory, RoleFactory
from tests.races.clients import CLIENTS, Call, race
from tests.races.conftest import token_of
from tests.races.looking import HOUR, deadlocks, first_slot, overlapping_pairs

SLOTS = 200
ONE_WINS = Counter({409: CLIENTS - 1})


def assert_one_won(answers: list[Counter[int]], won: int) -> None:
    assert set(map(frozenset, (each.items() for each in answers))) == {
        frozenset({won: 1, **ONE_WINS}.items())
    }
    assert overlapping_pairs() == 0
    assert deadlocks() == 0


def span(start: datetime, end: datetime) -> dict[str, object]:
    return {"starts_at": start.isoformat(), "ends_at": end.isoformat()}


def in_a_row(
    machine: Machine,
    member: Member,
    start: datetime,
    *,
    step: timedelta = HOUR,
    count: int = SLOTS,
    state: ReservationState = ReservationState.CONFIRMED,
) -> list[Reservation]:
    """Reservations of an hour, each beginning a `step` after the one before."""
    return Reservation.objects.bulk_create(
        ReservationFactory.build(
            machine=machine, member=member, starts_at=start + number * step, state=state
        )
        for number in range(count)
    )


@pytest.fixture
def machine(transactional_db: None) -> Machine:
    machine = MachineFactory()
    PolicyFactory(machine=machine, cancellation_window=timedelta(0))
    return machine


def test_of_32_who_reserve_one_slot_one_gets_it(
    port: int, crowd: list[Member], machine: Machine
) -> None:
    start = first_slot()

    def reserve(client: int, slot: int) -> Call:
        at = start + slot * HOUR
        return Call("POST", "/api/v1/reservations", {"machine": machine.pk, **span(at, at + HOUR)})

    assert_one_won(race(port, list(map(token_of, crowd)), SLOTS, reserve), 201)
    assert Reservation.objects.filter(machine=machine).count() == SLOTS
    assert RefusedTry.objects.filter(codes=["TAKEN"]).count() == SLOTS * (CLIENTS - 1)


def test_of_32_who_move_to_one_slot_one_gets_it(
    port: int, crowd: list[Member], machine: Machine
) -> None:
    start = first_slot()
    with transaction.atomic():
        mine = [
            in_a_row(MachineFactory(space=machine.space, category=machine.category), member, start)
            for member in crowd
        ]

    def move(client: int, slot: int) -> Call:
        at = start + slot * HOUR
        body = {"machine": machine.pk, **span(at, at + HOUR)}
        return Call("PATCH", f"/api/v1/reservations/{mine[client][slot].pk}", body)

    assert_one_won(race(port, list(map(token_of, crowd)), SLOTS, move), 200)
    assert Reservation.objects.filter(machine=machine).count() == SLOTS


def test_of_two_neighbours_who_extend_into_one_gap_one_gets_it(
    port: int, crowd: list[Member], machine: Machine
) -> None:
    """Rows with a free hour between two, every client pulling at one end: 16 gaps at once."""
    start, gaps = first_slot(), CLIENTS // 2
    rounds = -(-SLOTS // gaps)
    rows = [
        in_a_row(machine, member, start + 2 * number * HOUR, step=2 * CLIENTS * HOUR, count=rounds)
        for number, member in enumerate(crowd)
    ]

    def extend(client: int, turn: int) -> Call:
        row = rows[client][turn]
        # Even ones reach forward, odd ones back, into the gap between them.
        ahead = client % 2 == 0
        body = span(row.starts_at - (not ahead) * HOUR, row.ends_at + ahead * HOUR)
        return Call("PATCH", f"/api/v1/reservations/{row.pk}", body)

    answers = race(port, list(map(token_of, crowd)), rounds, extend)
    assert answers == [Counter({200: gaps, 409: gaps})] * rounds
    assert overlapping_pairs() == 0
    assert deadlocks() == 0


def test_of_32_cancellations_of_one_slot_one_is_undone(port: int, machine: Machine) -> None:
    with transaction.atomic():
        staff = [RoleFactory(space=machine.space).member for _ in range(CLIENTS)]
        rows = [
            in_a_row(machine, member, first_slot(), state=ReservationState.CANCELLED)
            for member in staff
        ]

    def restore(client: int, slot: int) -> Call:
        return Call("POST", f"/api/v1/reservations/{rows[client][slot].pk}/restore")

    tokens = [token_of(member, Scope.STAFF) for member in staff]
    assert_one_won(race(port, tokens, SLOTS, restore), 200)
    assert Reservation.objects.occupying().count() == SLOTS


def test_two_moves_that_cross_do_not_deadlock(port: int) -> None:
    """Each of two people moves to the other's machine, again and again."""
    start, rounds = first_slot(), 20
    machines = [MachineFactory() for _ in range(2)]
    people = [MemberFactory() for _ in range(2)]
    rows = [
        ReservationFactory(machine=machines[number], member=people[number], starts_at=start)
        for number in range(2)
    ]

    def cross(client: int, turn: int) -> Call:
        at = start + (2 * turn + client + 2) * HOUR
        body = {"machine": machines[(client + turn + 1) % 2].pk, **span(at, at + HOUR)}
        return Call("PATCH", f"/api/v1/reservations/{rows[client].pk}", body)

    answers = race(port, list(map(token_of, people)), rounds, cross)
    assert answers == [Counter({200: 2})] * rounds
    assert deadlocks() == 0


def test_of_31_who_reserve_and_one_whose_use_goes_on_one_gets_the_time(
    port: int, crowd: list[Member]
) -> None:
    """On each machine the first client is at work; everybody wants the hour behind it."""
    start = first_slot() - timedelta(days=2) + 2 * HOUR
    running = [
        UsageSessionFactory(
            machine=row.machine, member=crowd[0], reservation=row, started_at=row.starts_at
        ).reservation
        for row in ReservationFactory.create_batch(
            20,
            member=crowd[0],
            starts_at=start - 3 * HOUR,
            ends_at=start,
            state=ReservationState.IN_USE,
        )
    ]

    def want(client: int, turn: int) -> Call:
        row = running[turn]
        if client == 0:
            body: dict[str, object] = {"ends_at": (start + HOUR).isoformat()}
            return Call("PATCH", f"/api/v1/reservations/{row.pk}", body)
        body = {"machine": row.machine_id, **span(start, start + HOUR)}
        return Call("POST", "/api/v1/reservations", body)

    answers = race(port, list(map(token_of, crowd)), len(running), want)
    assert [each[200] + each[201] for each in answers] == [1] * len(running)
    assert [each[409] for each in answers] == [CLIENTS - 1] * len(running)
    assert overlapping_pairs() == 0
    assert deadlocks() == 0
