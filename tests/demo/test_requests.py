"""The demo shows something of every kind of asking: any unit, discretion, approval, waiting."""

from datetime import UTC, datetime, timedelta

import pytest

from booking.models import Reservation, WaitlistEntry
from booking.states import ReservationState
from demo.make_requests import (
    ask_for_approval,
    book_any_unit,
    book_in_confidence,
    wait_for_taken,
)
from machines.models import Machine, Pool
from tests.factories.booking import ReservationFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import DelegateFactory, MemberFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)


@pytest.fixture
def pool() -> Pool:
    """Two alike machines that are always open."""
    machine = MachineFactory()
    made = Pool.objects.create(space=machine.space, slug="mk4", name="MK4")
    MachineFactory(space=machine.space, category=machine.category, pool=made)
    Machine.objects.filter(pk=machine.pk).update(pool=made)
    return made


def test_any_unit_is_reserved_also_in_confidence(pool: Pool):
    delegate = DelegateFactory()
    colleague = DelegateFactory(company=delegate.company).member
    book_any_unit(pool, member=MemberFactory(), now=NOW)
    book_in_confidence(
        pool, company=delegate.company, holder=colleague, by=delegate.member, now=NOW
    )
    kept = Reservation.objects.filter(pool=pool).order_by("is_confidential")
    assert [row.is_confidential for row in kept] == [False, True]
    assert (kept[1].member, kept[1].created_by) == (colleague, delegate.member)


def test_a_request_waits_for_the_staff(pool: Pool):
    ask_for_approval(Machine.objects.all()[0], member=MemberFactory(), now=NOW)
    assert Reservation.objects.get().state == ReservationState.PENDING


def test_somebody_waits_for_taken_time(pool: Pool):
    machines, member = Machine.objects.filter(pool=pool), MemberFactory()
    ReservationFactory(machine=machines[0], starts_at=NOW + timedelta(days=2))
    wait_for_taken(machines, member=member, now=NOW)
    assert WaitlistEntry.objects.get().member == member
