"""Who stays too long is told, and so is who is next; who forgot to leave is told as well."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from booking.models import Reservation, UsageSession
from booking.reminding import is_wanted
from booking.services.attendance import check_in, check_out
from booking.services.settling import close_forgotten, warn_of_overruns
from notifications.models import Message
from tests.factories.booking import ReservationFactory, UsageSessionFactory
from tests.factories.machines import MachineFactory

pytestmark = pytest.mark.django_db

END = datetime(2026, 5, 6, 14, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def staying(**more: Any) -> tuple[UsageSession, Reservation]:
    row = ReservationFactory(**({"starts_at": END - HOUR} | more))
    return check_in(reservation=row, by=row.member, now=END - HOUR), row


def told(kind: str) -> list[Message]:
    return list(Message.objects.filter(kind=kind).order_by("pk"))


def test_nobody_is_told_before_the_end_or_at_it() -> None:
    staying()
    assert warn_of_overruns(END + MINUTE) == 0
    assert not told("use_overruns")


def test_who_stays_is_told_once_and_again_when_somebody_waits() -> None:
    session, row = staying()
    for minutes in (2, 3, 30):
        warn_of_overruns(END + minutes * MINUTE)
    [first] = told("use_overruns")
    assert (first.recipient, first.context["is_awaited"]) == (row.member, False)
    assert not told("machine_still_in_use")
    following = ReservationFactory(machine=row.machine, starts_at=END + 40 * MINUTE)
    for minutes in (30, 31, 50):
        warn_of_overruns(END + minutes * MINUTE)
    assert [each.context["is_awaited"] for each in told("use_overruns")] == [False, True]
    [warning] = told("machine_still_in_use")
    assert warning.recipient == following.member
    assert str(row.member) not in str(warning.context)
    assert session.machine.name in warning.context["machine"]


def test_nobody_is_told_of_themselves() -> None:
    _session, row = staying()
    ReservationFactory(machine=row.machine, member=row.member, starts_at=END)
    warn_of_overruns(END + 2 * MINUTE)
    assert not told("machine_still_in_use")


def test_what_is_over_when_it_is_sent_is_not_said() -> None:
    session, row = staying()
    ReservationFactory(machine=row.machine, starts_at=END + 10 * MINUTE)
    warn_of_overruns(END + 2 * MINUTE)
    letters = [*told("use_overruns"), *told("machine_still_in_use")]
    assert [is_wanted(each) for each in letters] == [True, True]
    check_out(session=session, by=row.member, now=END + 3 * MINUTE)
    assert [is_wanted(each) for each in letters] == [False, False]


def test_a_longer_end_is_another_end() -> None:
    session, _row = staying()
    warn_of_overruns(END + 2 * MINUTE)
    UsageSession.objects.filter(pk=session.pk).update(expected_end_at=END + HOUR)
    assert not is_wanted(told("use_overruns")[0])
    warn_of_overruns(END + HOUR + 2 * MINUTE)
    assert len(told("use_overruns")) == 2


def test_who_forgot_to_check_out_is_told_what_was_written_down() -> None:
    session, row = staying()
    warn_of_overruns(END + 2 * MINUTE)
    assert close_forgotten(END + HOUR) == 1
    [letter] = told("check_out_assumed")
    assert letter.recipient == row.member
    assert letter.context["url"].endswith(f"/sessions/{session.pk}/")
    assert told("use_overruns")[0].state == "withdrawn"


def test_use_by_nobody_known_is_settled_in_silence() -> None:
    UsageSessionFactory(started_at=END - HOUR, expected_end_at=END, member=None)
    warn_of_overruns(END + 2 * MINUTE)
    assert close_forgotten(END + HOUR) == 1
    assert not Message.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_looking_costs_two_queries(count: int, django_assert_num_queries: Any) -> None:
    from booking.queries.overruns import overruns

    for _number in range(count):
        machine = MachineFactory()
        UsageSessionFactory(machine=machine, started_at=END - HOUR, expected_end_at=END)
        ReservationFactory(machine=machine, starts_at=END + MINUTE)
    with django_assert_num_queries(2):
        found = overruns(END + 5 * MINUTE)
    assert [each.held_up is not None for each in found] == [True] * count
