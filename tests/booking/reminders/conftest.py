"""A laser of a space, and what its people do."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from booking import notices
from booking.models import ReminderRule, Reservation
from machines.models import Machine
from members.models import Member
from notifications.delivery import deliver_due
from notifications.models import Message
from spaces.models import Space
from tests.factories.booking import ReservationFactory
from tests.factories.machines import CategoryFactory, MachineFactory
from tests.factories.members import MemberFactory
from tests.factories.spaces import SpaceFactory
from tests.smtp import smtp_server

__all__ = ["smtp_server"]

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
"""A Monday, ten o'clock in Zürich."""
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

Deliver = Callable[[datetime], list[Message]]


@pytest.fixture
def space() -> Space:
    made: Space = SpaceFactory(slug="atelier", name="Atelier", timezone="Europe/Zurich")
    return made


@pytest.fixture
def laser(space: Space) -> Machine:
    made: Machine = MachineFactory(
        space=space,
        category=CategoryFactory(name="Lasers", slug="lasers"),
        name="Speedy",
        slug="speedy",
    )
    return made


@pytest.fixture
def mira() -> Member:
    made: Member = MemberFactory(name="Mira")
    return made


@pytest.fixture
def printer(laser: Machine) -> Machine:
    """Of another category, in the same space."""
    made: Machine = MachineFactory(space=laser.space, name="Prusa", slug="prusa")
    return made


@pytest.fixture
def deliver(smtp_server: object) -> Deliver:
    """Runs the relay at a moment; what has been sent by then, in its order."""

    def run(now: datetime) -> list[Message]:
        deliver_due(clock=lambda: now, lasting=MINUTE)
        return list(Message.objects.filter(state="sent").order_by("sent_at", "pk"))

    return run


def rule(space: Space, offset: timedelta, **said: Any) -> ReminderRule:
    """A rule of the space."""
    return ReminderRule.objects.create(space=space, offset=offset, **said)


def about(messages: list[Message]) -> list[str]:
    """What the messages are about, in their order."""
    return [each.subject_key for each in messages]


def reserved(
    machine: Machine, start: datetime, *, made: datetime = NOW, **more: Any
) -> Reservation:
    """A reservation, with what is told of it when it is made."""
    row: Reservation = ReservationFactory(machine=machine, starts_at=start, created_at=made, **more)
    notices.reservation_confirmed(row, by=row.member, now=made)
    Message.objects.filter(kind=notices.CONFIRMED).delete()
    return row


def waiting(*kinds: str) -> list[tuple[str, datetime]]:
    """The kinds and moments of the reminders that wait, the next one first."""
    rows = Message.objects.pending().filter(kind__in=kinds or notices.REMINDERS)
    return list(rows.order_by("send_after", "pk").values_list("kind", "send_after"))
