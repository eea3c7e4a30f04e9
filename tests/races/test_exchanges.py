"""Two people decide about one proposal at once: one of the two is heard, never both."""

from collections import Counter

import pytest
from django.db import transaction
from django.utils.timezone import now

from booking.models import Exchange, Reservation
from booking.states import ExchangeState
from members.models import Member
from tests.factories.booking import ExchangeFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory
from tests.races.clients import Call, race
from tests.races.conftest import token_of
from tests.races.test_one_slot import deadlocks, first_slot, in_a_row, overlapping_pairs

ROUNDS = 30


@pytest.fixture
def people(transactional_db: None) -> list[Member]:
    return MemberFactory.create_batch(2)


@pytest.fixture
def proposals(people: list[Member]) -> list[Exchange]:
    """Swaps of the first person's hours on one machine for those of the second on another."""
    one, other = MachineFactory.create_batch(2)
    other.space, other.category = one.space, one.category
    other.save()
    with transaction.atomic():
        mine, theirs = (
            in_a_row(machine, person, first_slot(), count=ROUNDS)
            for machine, person in zip((one, other), people, strict=True)
        )
        return [
            ExchangeFactory.create(
                reservation=row, in_return=back, proposed_to=people[1], created_at=now()
            )
            for row, back in zip(mine, theirs, strict=True)
        ]


def test_of_an_acceptance_and_a_withdrawal_one_counts(
    port: int, people: list[Member], proposals: list[Exchange]
) -> None:
    acts = ("withdraw", "accept")

    def decide(client: int, turn: int) -> Call:
        return Call("POST", f"/api/v1/exchanges/{proposals[turn].pk}/{acts[client]}")

    answers = race(port, [token_of(person) for person in people], ROUNDS, decide)
    assert answers == [Counter({200: 1, 422: 1})] * ROUNDS
    for proposal in Exchange.objects.select_related("reservation__machine", "in_return__machine"):
        assert proposal.in_return is not None
        was_swapped = proposal.reservation.machine_id > proposal.in_return.machine_id
        assert was_swapped == (proposal.state == ExchangeState.ACCEPTED)
        assert proposal.state in {ExchangeState.ACCEPTED, ExchangeState.WITHDRAWN}
    assert overlapping_pairs() == 0
    assert deadlocks() == 0


def test_swaps_that_cross_do_not_deadlock(
    port: int, people: list[Member], proposals: list[Exchange]
) -> None:
    """Each accepts what the other proposed about the same two hours."""
    with transaction.atomic():
        back = [
            ExchangeFactory.create(
                reservation=each.in_return,
                in_return=each.reservation,
                proposed_to=people[0],
                created_at=now(),
            )
            for each in proposals
        ]

    def decide(client: int, turn: int) -> Call:
        mine = back[turn] if client == 0 else proposals[turn]
        return Call("POST", f"/api/v1/exchanges/{mine.pk}/accept")

    answers = race(port, [token_of(person) for person in people], ROUNDS, decide)
    assert answers == [Counter({200: 1, 422: 1})] * ROUNDS
    assert Reservation.objects.filter(sequence=1).count() == 2 * ROUNDS
    assert overlapping_pairs() == 0
    assert deadlocks() == 0
