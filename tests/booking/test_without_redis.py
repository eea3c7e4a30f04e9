"""A reservation and all that people are told about it needs no Redis, however it misbehaves."""

import socket
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from booking import notices
from booking.facts import BookingRequest
from booking.services.reservations import cancel, move, reserve, restore
from notifications.models import Message
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


class Dialled(list[object]):
    """The addresses that Python dials while a test looks on; hooks cannot be taken away again."""

    looks_on = False

    def hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.looks_on and event == "socket.connect":
            self.append(arguments[1])


HEARD = Dialled()
sys.addaudithook(HEARD.hear)


@pytest.fixture
def dialled() -> Iterator[Dialled]:
    """Whom this process calls; PostgreSQL is not among them, its library dials by itself."""
    HEARD.clear()
    HEARD.looks_on = True
    yield HEARD
    HEARD.looks_on = False


def request(day: int) -> BookingRequest:
    start = datetime(2026, 5, day, 10, tzinfo=UTC)
    return BookingRequest(starts_at=start, ends_at=start + timedelta(hours=1))


def test_reserving_moving_cancelling_and_restoring_dial_nobody(dialled: Dialled) -> None:
    machine, member = MachineFactory.create(), MemberFactory.create()
    made = reserve(machine=machine, member=member, request=request(6), by=member, now=NOW)
    made = move(reservation=made, request=request(7), by=member, now=NOW)
    made = cancel(reservation=made, by=member, now=NOW)
    restore(reservation=made, by=RoleFactory.create(space=machine.space).member, now=NOW)
    told = {*notices.CALENDAR_NEWS, notices.REMINDER}
    assert set(Message.objects.values_list("kind", flat=True)) == told
    assert dialled == []


def test_the_test_would_notice(dialled: Dialled) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    assert len(dialled) == 1
