"""Whose grace is over keeps nothing from others, whatever the job has done (RULES, C17)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from booking.facts import BookingRequest
from booking.models import Reservation
from booking.queries.availability import MachineTime, machine_times
from booking.queries.displacing import affected_by
from booking.queries.holdings import holdings_of
from booking.queries.terms import Policies, terms_of_many
from booking.services.actions import possible_actions
from booking.services.attendance import CheckInRefused, check_in, check_out, start_walk_in
from booking.services.blocking import block
from booking.services.expiring import expire, give_up
from booking.services.reservations import BookingRefused, cancel, move, reserve
from booking.services.settling import mark_no_shows
from booking.services.taking import block_taking
from booking.states import ReservationKind, ReservationState, SessionSource
from machines.models import Machine
from members.states import Audience
from notifications.models import Message
from spaces.intervals import Interval
from tests.factories.booking import PolicyFactory, ReservationFactory, UsageSessionFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import CompanyFactory, DelegateFactory, MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db

START = datetime(2026, 5, 6, 8, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
GRACE = 15 * MINUTE
LATE = START + GRACE + MINUTE
REST = BookingRequest(starts_at=START + HOUR, ends_at=START + 2 * HOUR)


@pytest.fixture
def machine() -> Machine:
    found: Machine = MachineFactory()
    PolicyFactory(machine=found, grace_period=GRACE)
    return found


def due(machine: Machine, **more: Any) -> Reservation:
    row: Reservation = ReservationFactory(
        **{"machine": machine, "starts_at": START, "ends_at": START + 2 * HOUR, **more}
    )
    return row


def state_of(row: Reservation) -> tuple[str, datetime | None]:
    row.refresh_from_db()
    return row.state, row.released_at


def take(machine: Machine, now: datetime = LATE, **more: Any) -> Reservation:
    member = MemberFactory()
    return reserve(
        **{"machine": machine, "member": member, "request": REST, "by": member, "now": now, **more}
    )


def missed(row: Reservation, now: datetime = LATE) -> bool:
    held = holdings_of([row.machine_id], Interval(START, START + 2 * HOUR), now=now)
    return row.pk in held[row.machine_id].overdue


def test_who_takes_the_time_records_the_no_show_and_tells_the_holder(machine: Machine) -> None:
    row = due(machine)
    with pytest.raises(BookingRefused):
        take(machine, START + GRACE)
    take(machine)
    assert state_of(row) == (ReservationState.NO_SHOW, LATE)
    news = Message.objects.filter(subject_key=row.subject_key, kind="reservation_no_show")
    assert news.count() == 1


def test_a_calendar_shows_the_no_show_and_the_rest_as_free(machine: Machine) -> None:
    row, ahead = due(machine), Interval(START, START + 3 * HOUR)
    terms = terms_of_many([machine], audience=Audience.MAKER)

    def seen(now: datetime) -> MachineTime:
        return machine_times([machine], ahead, now=now, terms=terms, with_missed=True)[machine.pk]

    early = seen(START + GRACE)
    assert ([each.interval for each in early.busy], early.missed) == ([row.span], ())
    late = seen(LATE)
    assert [each.interval for each in late.missed] == [Interval(START, LATE)]
    assert (late.busy, late.free) == ((), (Interval(LATE, ahead.end),))
    mark_no_shows(LATE)
    assert seen(LATE).missed == late.missed


def test_what_is_not_taken_is_left_to_the_job(machine: Machine) -> None:
    row = due(machine)
    take(machine, request=BookingRequest(starts_at=START + 5 * HOUR, ends_at=START + 6 * HOUR))
    assert state_of(row) == (ReservationState.CONFIRMED, None)


def test_the_grace_waits_for_somebody_elses_use(machine: Machine) -> None:
    row = due(machine)
    before = UsageSessionFactory(machine=machine, started_at=START - HOUR)
    assert not missed(row)
    check_out(session=before, by=before.member, now=START + 10 * MINUTE)
    assert not missed(row, START + 25 * MINUTE)
    assert missed(row, START + 26 * MINUTE)


def test_what_only_a_meter_tells_of_is_nobodys_use(machine: Machine) -> None:
    """It is written when a job runs: whether somebody came must not hang on that."""
    UsageSessionFactory(
        machine=machine,
        member=None,
        started_at=START - 10 * MINUTE,
        ended_at=START + 40 * MINUTE,
        source=SessionSource.METER,
    )
    assert missed(due(machine))


@pytest.mark.parametrize("who", ["holder", "colleague", "stranger"])
def test_only_use_by_the_holder_or_a_colleague_keeps_it(machine: Machine, who: str) -> None:
    company = CompanyFactory()
    row = due(machine, company=company)
    people = {
        "holder": lambda: row.member,
        "colleague": lambda: DelegateFactory(company=company).member,
        "stranger": MemberFactory,
    }
    UsageSessionFactory(
        machine=machine,
        member=people[who](),
        started_at=START + MINUTE,
        ended_at=START + 5 * MINUTE,
    )
    assert missed(row) is (who == "stranger")


@pytest.mark.parametrize("more", [{"kind": "workshop"}, {"kind": "maintenance"}])
def test_blocks_need_no_check_in(machine: Machine, more: dict[str, str]) -> None:
    assert not missed(due(machine, member=None, **more))


def test_a_walk_in_takes_the_time(machine: Machine) -> None:
    row, member = due(machine), MemberFactory()
    session = start_walk_in(machine=machine, member=member, by=member, now=LATE)
    assert state_of(row) == (ReservationState.NO_SHOW, LATE)
    assert session.expected_end_at == LATE + HOUR


def test_who_comes_early_takes_the_time(machine: Machine) -> None:
    row = due(machine, ends_at=START + HOUR / 2, occupied_until=START + HOUR / 2)
    following = due(machine, starts_at=START + HOUR / 2, ends_at=START + HOUR)
    with pytest.raises(CheckInRefused):
        check_in(reservation=following, by=following.member, now=START + GRACE)
    check_in(reservation=following, by=following.member, now=LATE)
    assert state_of(row) == (ReservationState.NO_SHOW, LATE)


def test_a_block_takes_the_time_and_displaces_nobody(machine: Machine) -> None:
    row, span = due(machine), REST.span
    taking = block_taking(machine, span)
    assert affected_by(taking, now=START + GRACE) == [row]
    assert affected_by(taking, now=LATE) == []
    staff = RoleFactory(space=machine.space).member
    block(machines=[machine], kind=ReservationKind.MAINTENANCE, span=span, by=staff, now=LATE)
    assert state_of(row) == (ReservationState.NO_SHOW, LATE)


@pytest.mark.parametrize("is_staff", [True, False])
def test_nobody_erases_a_no_show(machine: Machine, *, is_staff: bool) -> None:
    row = due(machine)
    by = RoleFactory(space=machine.space).member if is_staff else row.member
    may = possible_actions(reservation=row, by=by, now=LATE)
    assert not any((may.cancel, may.move, may.check_in))
    with pytest.raises(BookingRefused):
        move(reservation=row, request=REST, by=by, now=LATE)
    with pytest.raises(BookingRefused):
        cancel(reservation=row, by=by, now=LATE)
    assert state_of(row) == (ReservationState.NO_SHOW, LATE)


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_is_fixed(count: int, django_assert_num_queries: Any) -> None:
    rows = [due(MachineFactory(), company=CompanyFactory()) for _ in range(count)]
    machines = [row.machine_id for row in rows]
    late = START + 90 * MINUTE
    with django_assert_num_queries(3):
        held = holdings_of(machines, REST.span, now=late)
    assert [each.overdue for each in held.values()] == [[row.pk] for row in rows]
    policies = Policies(row.machine for row in rows)
    with django_assert_num_queries(1):
        assert holdings_of(machines, REST.span, now=late, policies=policies) == held
    with django_assert_num_queries(1):
        holdings_of(machines, REST.span, now=START)


@pytest.mark.parametrize("count", [1, 3])
def test_who_takes_the_time_writes_all_no_shows_in_five_queries(
    machine: Machine, count: int, django_assert_num_queries: Any
) -> None:
    steps = [START + number * 20 * MINUTE for number in range(count)]
    rows = [due(machine, starts_at=each, ends_at=each + 20 * MINUTE) for each in steps]
    with django_assert_num_queries(5):
        assert give_up([row.pk for row in rows], now=LATE + HOUR) == count
    assert [state_of(row) for row in rows] == [(ReservationState.NO_SHOW, LATE + HOUR)] * count
    assert Message.objects.filter(kind="reservation_no_show").count() == count


def test_who_was_confirmed_in_the_last_moment_is_not_expired(machine: Machine) -> None:
    """A job that saw a request wait must not take what was decided before it had the machine."""
    row = due(machine)
    assert expire([row.pk], now=LATE) == 0
    assert state_of(row) == (ReservationState.CONFIRMED, None)
