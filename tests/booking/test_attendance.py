"""Check-in, check-out, walk-ins, and what the jobs settle."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from booking.models import AllowedHours, Reservation, UsageSession
from booking.services.actions import possible_actions
from booking.services.attendance import (
    CheckInRefused,
    check_in,
    check_out,
    close_forgotten,
    mark_no_shows,
    start_walk_in,
    stay_longer,
    stop_session,
)
from booking.services.reservations import TimeTaken
from booking.states import ReservationState, SessionSource
from machines.models import DirtyDay
from tests.factories.booking import PolicyFactory, ReservationFactory, UsageSessionFactory
from tests.factories.machines import FaultFactory, MachineFactory
from tests.factories.members import (
    CertificationFactory,
    CompanyFactory,
    DelegateFactory,
    MemberFactory,
    RoleFactory,
    SkillFactory,
)

pytestmark = pytest.mark.django_db

START = datetime(2026, 5, 6, 14, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def due(**more: Any) -> Reservation:
    """A reservation from START for two hours, with a turnaround of half an hour."""
    machine = MachineFactory()
    PolicyFactory(machine=machine, turnaround=30 * MINUTE)
    row: Reservation = ReservationFactory(
        **{
            "machine": machine,
            "starts_at": START,
            "ends_at": START + 2 * HOUR,
            "occupied_until": START + 2 * HOUR + 30 * MINUTE,
            **more,
        }
    )
    return row


def come(row: Reservation, now: datetime = START, by: Any = None) -> UsageSession:
    return check_in(reservation=row, by=by or row.member, now=now)


def codes(act: Callable[[], object]) -> list[str]:
    with pytest.raises(CheckInRefused) as refused:
        act()
    return [each.code for each in refused.value.refusals]


@pytest.mark.parametrize("minutes", [-15, 0, 30])
def test_check_in_is_open_from_early_to_the_end_of_the_grace(minutes: int) -> None:
    row = due()
    session = come(row, START + minutes * MINUTE)
    row.refresh_from_db()
    assert row.state == ReservationState.IN_USE
    assert session.started_at == START + minutes * MINUTE
    assert session.expected_end_at == row.ends_at


@pytest.mark.parametrize("minutes", [-16, 31, 121])
def test_check_in_is_closed_before_and_after(minutes: int) -> None:
    assert codes(lambda: come(due(), START + minutes * MINUTE)) == ["NOT_ALLOWED"]


def test_only_holder_colleagues_and_staff_check_in() -> None:
    delegate = DelegateFactory()
    row = due(company=delegate.company)
    assert codes(lambda: come(row, by=MemberFactory())) == ["NOT_ALLOWED"]
    assert come(row, by=delegate.member).member == delegate.member
    other = due()
    assert come(other, by=RoleFactory(space=other.machine.space).member).member == other.member


@pytest.mark.parametrize("who_has_learned", ["holder", "colleague"])
def test_whoever_stands_at_the_machine_must_have_learned_it(who_has_learned: str) -> None:
    colleague = DelegateFactory()
    row = due(company=colleague.company)
    DelegateFactory(company=colleague.company, member=row.member)
    skill = SkillFactory()
    row.machine.skills.add(skill)
    learned = row.member if who_has_learned == "holder" else colleague.member
    CertificationFactory(skill=skill, member=learned)
    other = colleague.member if who_has_learned == "holder" else row.member
    assert codes(lambda: come(row, by=other)) == ["NOT_CERTIFIED"]
    assert come(row, by=learned).member == learned


def test_it_is_recorded_who_says_that_the_machine_is_used() -> None:
    assert come(due()).source == SessionSource.KIOSK
    row = due()
    staff = RoleFactory(space=row.machine.space).member
    assert come(row, by=staff).source == SessionSource.STAFF
    for member, source in ((staff, SessionSource.KIOSK), (MemberFactory(), SessionSource.STAFF)):
        machine = MachineFactory(space=row.machine.space)
        session = start_walk_in(machine=machine, member=member, by=staff, now=START)
        assert session.source == source


def test_nobody_checks_in_twice_or_on_a_broken_machine() -> None:
    row = due()
    come(row)
    assert codes(lambda: come(row)) == ["NOT_ALLOWED"]
    broken = due()
    FaultFactory(machine=broken.machine, starts_at=START - HOUR)
    assert codes(lambda: come(broken)) == ["MACHINE_OUT_OF_SERVICE"]


def test_check_out_gives_the_rest_back_and_keeps_the_turnaround() -> None:
    row = due()
    session = come(row)
    check_out(session=session, by=row.member, now=START + HOUR)
    row.refresh_from_db()
    assert (row.state, row.ends_at) == (ReservationState.COMPLETED, START + 2 * HOUR)
    assert row.occupied_until == START + 90 * MINUTE
    assert codes(lambda: check_out(session=session, by=row.member, now=START)) == ["NOT_ALLOWED"]


def test_checking_out_before_the_start_occupies_nothing_but_is_kept() -> None:
    row = due()
    PolicyFactory._meta.model.objects.update(turnaround=timedelta(0))
    session = come(row, START - 10 * MINUTE)
    check_out(session=session, by=row.member, now=START - 5 * MINUTE)
    row.refresh_from_db()
    assert row.occupied_until == row.occupied_from == START


def test_others_do_not_check_out_for_somebody() -> None:
    session = come(due())
    assert codes(lambda: check_out(session=session, by=MemberFactory(), now=START)) == [
        "NOT_ALLOWED"
    ]


def test_a_walk_in_lasts_until_the_next_reservation() -> None:
    row = due()
    member = MemberFactory()
    session = start_walk_in(machine=row.machine, member=member, by=member, now=START - HOUR)
    assert session.expected_end_at == START
    ended = stop_session(machine=row.machine, by=member, now=START - MINUTE)
    assert ended.ended_at == START - MINUTE
    assert codes(lambda: stop_session(machine=row.machine, by=member, now=START)) == ["NOT_ALLOWED"]


@pytest.mark.parametrize(
    ("terms", "lasts"),
    [
        ({}, HOUR),
        ({"longest": 40 * MINUTE}, 40 * MINUTE),
        ({"shortest": 3 * HOUR, "longest": 5 * HOUR}, 3 * HOUR),
    ],
)
def test_a_walk_in_without_an_end_keeps_the_machine_for_a_while_only(
    terms: dict[str, timedelta], lasts: timedelta
) -> None:
    machine, member = MachineFactory(), MemberFactory()
    PolicyFactory(machine=machine, **terms)
    session = start_walk_in(machine=machine, member=member, by=member, now=START)
    assert session.expected_end_at == START + lasts


def test_a_walk_in_ends_when_it_says_and_not_later_than_a_reservation_may() -> None:
    machine, member = MachineFactory(), MemberFactory()
    PolicyFactory(machine=machine, longest=4 * HOUR)

    def start(ends_at: datetime) -> UsageSession:
        return start_walk_in(machine=machine, member=member, by=member, now=START, ends_at=ends_at)

    assert codes(lambda: start(START + 5 * HOUR)) == ["TOO_LONG"]
    assert start(START + 4 * HOUR).expected_end_at == START + 4 * HOUR


def test_who_walked_in_stays_longer_while_nobody_else_needs_the_machine() -> None:
    machine, member = MachineFactory(), MemberFactory()
    session = start_walk_in(machine=machine, member=member, by=member, now=START)
    later = START + 40 * MINUTE
    longer = stay_longer(session=session, by=member, now=later)
    assert longer.expected_end_at == later + HOUR
    following = ReservationFactory(machine=machine, starts_at=later + 90 * MINUTE)
    latest = stay_longer(session=session, by=member, now=later + HOUR)
    assert latest.expected_end_at == following.starts_at
    with pytest.raises(TimeTaken):
        stay_longer(session=session, by=member, now=later + HOUR + MINUTE)
    with pytest.raises(TimeTaken):
        stay_longer(session=session, by=member, now=following.starts_at + MINUTE)
    assert codes(lambda: stay_longer(session=session, by=MemberFactory(), now=later)) == [
        "NOT_ALLOWED"
    ]
    stop_session(machine=machine, by=member, now=later + HOUR)
    assert codes(lambda: stay_longer(session=session, by=member, now=later)) == ["NOT_ALLOWED"]


def test_in_the_minute_of_the_check_in_there_is_nothing_to_extend() -> None:
    """Nobody has taken the time; a walk-in just cannot last longer from now than from then."""
    machine, member = MachineFactory(), MemberFactory()
    session = start_walk_in(machine=machine, member=member, by=member, now=START)
    for seconds in (0, 59):
        moment = START + timedelta(seconds=seconds)
        with pytest.raises(CheckInRefused) as refused:
            stay_longer(session=session, by=member, now=moment)
        assert [each.code for each in refused.value.refusals] == ["NOT_ALLOWED"]
    longer = stay_longer(session=session, by=member, now=START + MINUTE)
    assert longer.expected_end_at == START + MINUTE + HOUR


def test_who_has_reserved_extends_the_reservation_instead() -> None:
    row = due()
    session = come(row)
    assert codes(lambda: stay_longer(session=session, by=row.member, now=START)) == ["NOT_ALLOWED"]


def test_a_walk_in_is_kept_to_the_hours_of_its_audience() -> None:
    """START is four o'clock in the afternoon in the space."""
    machine, member = MachineFactory(), MemberFactory()
    makers = PolicyFactory(machine=machine, audience="maker")
    AllowedHours.objects.create(policy=makers, start_time=time(15), end_time=time(16, 30))
    started = start_walk_in(machine=machine, member=member, by=member, now=START)
    assert started.expected_end_at == START + HOUR / 2
    stop_session(machine=machine, by=member, now=START + HOUR)
    late = START + HOUR
    assert codes(lambda: start_walk_in(machine=machine, member=member, by=member, now=late)) == [
        "CLOSED"
    ]


def test_a_walk_in_yields_to_reservations_and_running_use() -> None:
    row, member = due(), MemberFactory()
    with pytest.raises(TimeTaken):
        start_walk_in(machine=row.machine, member=member, by=member, now=START)
    with pytest.raises(TimeTaken):
        start_walk_in(
            machine=row.machine, member=member, by=member, now=START - HOUR, ends_at=START + MINUTE
        )
    used = UsageSessionFactory(started_at=START - HOUR, expected_end_at=START - MINUTE)
    with pytest.raises(TimeTaken):
        start_walk_in(machine=used.machine, member=member, by=member, now=START)


@pytest.mark.parametrize("late", [31 * MINUTE, 50 * MINUTE, timedelta(days=3)])
def test_no_shows_are_found_however_late_and_once(late: timedelta) -> None:
    row = due()
    assert mark_no_shows(START + 30 * MINUTE) == 0
    assert [mark_no_shows(START + late) for _ in range(2)] == [1, 0]
    row.refresh_from_db()
    assert (row.state, row.released_at) == (ReservationState.NO_SHOW, START + late)
    assert (row.starts_at, row.ends_at) == (START, START + 2 * HOUR)
    assert DirtyDay.objects.filter(machine=row.machine, date=START.date()).exists()


def test_workshops_and_maintenance_are_never_no_shows() -> None:
    due(kind="workshop", member=None)
    due(kind="maintenance", member=None)
    assert mark_no_shows(START + 5 * HOUR) == 0


def test_the_grace_begins_when_somebody_elses_use_ends() -> None:
    row = due()
    before = UsageSessionFactory(machine=row.machine, started_at=START - HOUR)
    assert mark_no_shows(START + HOUR) == 0
    check_out(session=before, by=before.member, now=START + HOUR)
    assert mark_no_shows(START + 90 * MINUTE) == 0
    come(row, START + 90 * MINUTE)


@pytest.mark.parametrize("who", ["holder", "colleague"])
def test_who_works_on_past_the_start_has_come(who: str) -> None:
    company = CompanyFactory() if who == "colleague" else None
    row = due(company=company)
    member = DelegateFactory(company=company).member if company else row.member
    own = UsageSessionFactory(machine=row.machine, member=member, started_at=START - HOUR)
    assert mark_no_shows(START + HOUR) == 0
    check_out(session=own, by=member, now=START + HOUR)
    assert mark_no_shows(START + 100 * MINUTE) == 0
    assert come(row, START + 100 * MINUTE, by=member)


def test_use_that_ended_at_the_start_does_not_count_as_coming() -> None:
    row = due()
    UsageSessionFactory(
        machine=row.machine, member=row.member, started_at=START - HOUR, ended_at=START
    )
    assert mark_no_shows(START + HOUR) == 1


def test_a_forgotten_check_out_is_closed_at_the_booked_end_once() -> None:
    row = due()
    session = come(row)
    assert close_forgotten(START + 3 * HOUR - MINUTE) == 0
    assert [close_forgotten(START + 9 * HOUR) for _ in range(2)] == [1, 0]
    session.refresh_from_db()
    row.refresh_from_db()
    assert (session.ended_at, session.end_is_assumed) == (row.ends_at, True)
    assert row.state == ReservationState.COMPLETED


def test_one_row_that_breaks_does_not_hold_up_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    nowhere = MachineFactory(space__timezone="Mars/Base")
    missed, forgotten = due(), due()
    come(forgotten)
    broken = ReservationFactory(machine=nowhere, starts_at=START - HOUR)
    session = UsageSessionFactory(
        machine=nowhere, started_at=START - HOUR, expected_end_at=START - HOUR / 2
    )
    assert close_forgotten(START + 9 * HOUR) == 1
    UsageSession.objects.filter(pk=session.pk).delete()
    assert mark_no_shows(START + 9 * HOUR) == 1
    missed.refresh_from_db()
    broken.refresh_from_db()
    assert (missed.state, broken.state) == (ReservationState.NO_SHOW, ReservationState.CONFIRMED)
    told = [(record.getMessage(), record.exc_info is not None) for record in caplog.records]
    assert told == [
        (f"UsageSession {session.pk} could not be settled", True),
        (f"Reservation {broken.pk} could not be settled", True),
    ]


def test_the_page_offers_check_in_as_long_as_the_service_allows_it() -> None:
    row = due()
    UsageSessionFactory(machine=row.machine, started_at=START - HOUR, ended_at=START + 40 * MINUTE)
    for late, offered in ((70, True), (71, False)):
        moment = START + late * MINUTE
        may = possible_actions(reservation=row, by=row.member, now=moment)
        assert may.check_in is offered
    assert come(row, START + 70 * MINUTE)
