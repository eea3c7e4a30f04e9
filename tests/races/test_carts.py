"""Carts that cross: many want machines of each other at once, in every order."""

from collections import Counter
from itertools import permutations

import pytest
from django.db import connection

from booking.models import RefusedTry, Reservation
from machines.models import Machine
from members.models import Member
from tests.factories.machines import MachineFactory
from tests.factories.spaces import SpaceFactory
from tests.races.clients import CLIENTS, Call, race
from tests.races.conftest import token_of
from tests.races.test_one_slot import HOUR, deadlocks, first_slot, overlapping_pairs, span

ROUNDS = 30


@pytest.fixture
def machines(transactional_db: None) -> list[Machine]:
    return MachineFactory.create_batch(4, space=SpaceFactory())


def sizes_of_carts() -> Counter[int]:
    """How many carts there are of each size."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM booking_reservation GROUP BY bundle_id, starts_at, member_id"
        )
        return Counter(int(size) for (size,) in cursor.fetchall())


def test_carts_that_cross_are_whole_or_not_at_all(
    port: int, crowd: list[Member], machines: list[Machine]
) -> None:
    """Three of four machines each, in every order: any two carts want a machine in common."""
    start, orders = first_slot(), list(permutations(machines, 3))

    def reserve(client: int, turn: int) -> Call:
        at = start + turn * HOUR
        chosen = orders[(client + 7 * turn) % len(orders)]
        body = {"machines": [each.pk for each in chosen], **span(at, at + HOUR)}
        return Call("POST", "/api/v1/carts", body)

    answers = race(port, list(map(token_of, crowd)), ROUNDS, reserve)
    assert answers == [Counter({201: 1, 409: CLIENTS - 1})] * ROUNDS
    assert sizes_of_carts() == Counter({3: ROUNDS})
    assert overlapping_pairs() == 0
    assert deadlocks() == 0
    refused = RefusedTry.objects.values_list("codes", flat=True)
    assert {tuple(codes) for codes in refused} == {("TAKEN",)}


def test_carts_and_single_reservations_do_not_deadlock(
    port: int, crowd: list[Member], machines: list[Machine]
) -> None:
    """Pairs in opposite order beside people who want one of the two."""
    start, (left, right) = first_slot(), machines[:2]

    def reserve(client: int, turn: int) -> Call:
        at = start + turn * HOUR
        kind = (client + turn) % 4
        if kind < 2:
            pair = [left.pk, right.pk] if kind else [right.pk, left.pk]
            return Call("POST", "/api/v1/carts", {"machines": pair, **span(at, at + HOUR)})
        machine = left if kind == 2 else right
        body = {"machine": machine.pk, **span(at, at + HOUR)}
        return Call("POST", "/api/v1/reservations", body)

    answers = race(port, list(map(token_of, crowd)), ROUNDS, reserve)
    assert all(set(each) <= {201, 409} and 1 <= each[201] <= 2 for each in answers)
    # Each hour both machines are taken, by a pair or by two who came alone.
    assert Reservation.objects.count() == 2 * ROUNDS
    assert set(sizes_of_carts()) <= {1, 2}
    assert overlapping_pairs() == 0
    assert deadlocks() == 0
