"""What a member sees of the reservations of their own."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from booking.queries.mine import PAST_SHOWN, next_on_machine, reservations_of
from booking.states import ReservationState
from tests.factories.booking import ReservationFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_to_come_soonest_first_and_past_latest_first(django_assert_num_queries: Any) -> None:
    member, machine = MemberFactory.create(), MachineFactory.create()
    made = {
        hours: ReservationFactory.create(
            member=member, machine=machine, starts_at=NOW + hours * HOUR
        )
        for hours in (5, -3, 2, -6)
    }
    given_up = ReservationFactory.create(
        member=member, machine=machine, starts_at=NOW + HOUR, state=ReservationState.CANCELLED
    )
    ReservationFactory.create(starts_at=NOW + HOUR)
    with django_assert_num_queries(2):
        mine = reservations_of(member, now=NOW)
        assert [each.first.machine.space.name for each in mine.upcoming] == [machine.space.name] * 2
    assert [each.rows for each in mine.upcoming] == [(made[2],), (made[5],)]
    assert [each.rows for each in mine.past] == [(given_up,), (made[-3],), (made[-6],)]


def test_use_that_overruns_is_not_past() -> None:
    row = ReservationFactory.create(starts_at=NOW - 3 * HOUR, state=ReservationState.IN_USE)
    (entry,) = reservations_of(row.member, now=NOW).upcoming
    assert entry.rows == (row,)
    assert next_on_machine(row.machine, row.member, now=NOW) == row


def test_the_past_is_cut_at_its_latest() -> None:
    member, machine = MemberFactory.create(), MachineFactory.create()
    for number in range(PAST_SHOWN + 2):
        ReservationFactory.create(
            member=member, machine=machine, starts_at=NOW - (number + 2) * HOUR
        )
    past = reservations_of(member, now=NOW).past
    assert len(past) == PAST_SHOWN
    assert past[0].first.starts_at == NOW - 2 * HOUR


def test_the_next_on_a_machine() -> None:
    later = ReservationFactory.create(starts_at=NOW + 5 * HOUR)
    assert next_on_machine(later.machine, later.member, now=NOW) == later
    assert next_on_machine(later.machine, later.member, now=NOW + 6 * HOUR) is None
    assert next_on_machine(later.machine, MemberFactory.create(), now=NOW) is None
