"""What is done at a tablet: once, in order, as of when it happened, and nothing is dropped."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError

from booking.kiosk_words import CLOCK_WRONG, FAILED, NO_SHOW_MEANWHILE, TOLD_TOO_LATE
from booking.models import Kiosk, KioskEntry, UsageSession
from booking.services.attendance import check_in, close_forgotten, mark_no_shows
from booking.services.kiosk_entries import (
    Deed,
    Outcome,
    enter,
    enter_all,
    settle,
)
from booking.services.leaving import leave
from booking.services.refusing import BookingRefused
from booking.states import LEFT_LATE, KioskAct, KioskOutcome, ReservationState, SessionSource
from machines.models import DirtyDay
from members.models import Member
from members.services.badges import NotIdentified
from members.states import IdentityProblem
from reports.models import UsageDay
from reports.services.rollup import rebuild_days
from tests.factories.booking import ReservationFactory, UsageSessionFactory
from tests.factories.kiosk import KioskFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory, RoleFactory, SkillFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 6, 14, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
IN, OUT = KioskAct.CHECK_IN, KioskAct.CHECK_OUT


@pytest.fixture
def kiosk() -> Kiosk:
    return KioskFactory.create()


def deed(kiosk: Kiosk, who: Member | Callable[[], Member], act: KioskAct = IN, **more: Any) -> Deed:
    known = who if callable(who) else lambda: who
    common = {"key": uuid.uuid4(), "act": act, "who": known}
    at = more.pop("machine", None) or machine_of(kiosk)
    return Deed(**(common | {"machine": at} | more))


def machine_of(kiosk: Kiosk) -> Any:
    return kiosk.space.machines.select_related("space").get()


def unknown() -> Member:
    raise NotIdentified(IdentityProblem.WRONG_PIN, "This is not your PIN.", MemberFactory())


def late(**more: Any) -> dict[str, Any]:
    return {"ago": 10 * MINUTE, "is_awaited": False} | more


def test_a_walk_in_begins_and_ends(kiosk: Kiosk) -> None:
    member = MemberFactory()
    begun = enter(kiosk=kiosk, deed=deed(kiosk, member), now=NOW)
    assert begun.is_done
    session = UsageSession.objects.get()
    assert (session.member, session.started_at) == (member, NOW)
    assert session.source == SessionSource.KIOSK
    ended = enter(kiosk=kiosk, deed=deed(kiosk, member, OUT), now=NOW + HOUR)
    session.refresh_from_db()
    assert ended.is_done
    assert session.ended_at == NOW + HOUR


def test_who_has_reserved_checks_in(kiosk: Kiosk) -> None:
    row = ReservationFactory(machine=machine_of(kiosk), starts_at=NOW)
    enter(kiosk=kiosk, deed=deed(kiosk, row.member), now=NOW + 2 * MINUTE)
    row.refresh_from_db()
    assert row.state == ReservationState.IN_USE


def test_the_same_entry_is_done_once_however_often_it_is_sent(kiosk: Kiosk) -> None:
    told = deed(kiosk, MemberFactory(), **late())
    first, again = (enter(kiosk=kiosk, deed=told, now=NOW + wait) for wait in (0 * HOUR, HOUR))
    assert first.entry.pk == again.entry.pk
    assert again.is_done
    assert UsageSession.objects.count() == KioskEntry.objects.count() == 1


def test_what_somebody_left_is_not_what_they_began_since(kiosk: Kiosk) -> None:
    member = MemberFactory()
    since = UsageSessionFactory(
        machine=machine_of(kiosk), member=member, started_at=NOW - 5 * MINUTE
    )
    told = deed(kiosk, member, OUT, **late(ago=60 * MINUTE))
    outcome = enter(kiosk=kiosk, deed=told, now=NOW)
    since.refresh_from_db()
    assert (outcome.entry.outcome, since.ended_at) == (KioskOutcome.TO_SETTLE, None)


def test_it_counts_from_when_it_happened_not_from_when_it_is_sent(kiosk: Kiosk) -> None:
    member = MemberFactory()
    came = deed(kiosk, member, **late(ago=9 * MINUTE))
    left = deed(kiosk, member, OUT, **late(ago=2 * MINUTE))
    outcomes = enter_all(kiosk=kiosk, deeds=[left, came], now=NOW)
    assert [each.entry.key for each in outcomes] == [came.key, left.key]
    assert all(each.is_done for each in outcomes)
    session = UsageSession.objects.get()
    assert (session.started_at, session.ended_at) == (NOW - 9 * MINUTE, NOW - 2 * MINUTE)
    assert DirtyDay.objects.filter(machine=session.machine, date=NOW.date()).exists()


def test_a_refusal_is_read_by_who_waits_and_by_nobody_else(kiosk: Kiosk) -> None:
    machine_of(kiosk).skills.add(SkillFactory(name="Laser"))
    outcome = enter(kiosk=kiosk, deed=deed(kiosk, MemberFactory()), now=NOW)
    assert not outcome.is_done
    assert "Laser" in outcome.reasons[0]
    assert outcome.entry.outcome == KioskOutcome.REFUSED
    assert not UsageSession.objects.exists()


@pytest.mark.parametrize("who", [MemberFactory, unknown])
def test_what_cannot_be_done_any_more_is_for_the_staff(kiosk: Kiosk, who: Any) -> None:
    UsageSessionFactory(machine=machine_of(kiosk), started_at=NOW - HOUR)
    told = deed(kiosk, who, **late(answers={"q1": "good"}))
    enter(kiosk=kiosk, deed=told, now=NOW)
    entry = KioskEntry.objects.to_settle().get()
    assert entry.happened_at == NOW - 10 * MINUTE
    assert entry.answers == {"q1": "good"}
    assert entry.reasons == (["TAKEN"] if who is MemberFactory else ["WRONG_PIN"])
    assert entry.member is not None
    staff = RoleFactory(space=kiosk.space).member
    settle(entry=entry, note="Asked them", by=staff, now=NOW)
    settle(entry=entry, note="Again", by=staff, now=NOW + HOUR)
    assert (entry.outcome, entry.note) == (KioskOutcome.SETTLED, "Asked them")


def test_a_refusal_whose_answer_was_lost_is_for_the_staff(kiosk: Kiosk) -> None:
    told = deed(kiosk, unknown)
    assert enter(kiosk=kiosk, deed=told, now=NOW).entry.outcome == KioskOutcome.REFUSED
    again = Deed(**{name: getattr(told, name) for name in Deed.__slots__} | late())
    outcome = enter(kiosk=kiosk, deed=again, now=NOW + MINUTE)
    assert outcome.entry.outcome == KioskOutcome.TO_SETTLE
    assert outcome.reasons == ("The PIN was wrong.",)


def test_who_came_in_time_is_no_no_show_unseen(kiosk: Kiosk) -> None:
    row = ReservationFactory(machine=machine_of(kiosk), starts_at=NOW)
    assert mark_no_shows(NOW + 31 * MINUTE) == 1
    told = deed(kiosk, row.member, **late(ago=22 * MINUTE))
    outcome = enter(kiosk=kiosk, deed=told, now=NOW + 32 * MINUTE)
    assert outcome.is_done
    assert outcome.entry.outcome == KioskOutcome.TO_SETTLE
    assert outcome.entry.reasons == [NO_SHOW_MEANWHILE]


def test_nobody_checks_out_of_an_empty_machine_or_for_somebody_else(kiosk: Kiosk) -> None:
    empty = enter(kiosk=kiosk, deed=deed(kiosk, MemberFactory(), OUT), now=NOW)
    assert empty.reasons == ("Nobody is using this machine.",)
    row = ReservationFactory(machine=machine_of(kiosk), starts_at=NOW)
    check_in(reservation=row, by=row.member, now=NOW)
    other = enter(kiosk=kiosk, deed=deed(kiosk, MemberFactory(), OUT), now=NOW)
    assert not other.is_done
    assert UsageSession.objects.open().exists()


def test_an_entry_of_a_mad_clock_is_bounded(kiosk: Kiosk) -> None:
    outcomes: list[Outcome] = [
        enter(kiosk=kiosk, deed=deed(kiosk, unknown, ago=ago), now=NOW)
        for ago in (timedelta(days=9000), timedelta(days=-3))
    ]
    assert [each.entry.happened_at for each in outcomes] == [NOW - timedelta(days=7), NOW]
    # What would be older than that is not done: nobody knows when it was.
    told = deed(kiosk, MemberFactory(), **late(ago=timedelta(days=9000)))
    outcome = enter(kiosk=kiosk, deed=told, now=NOW)
    assert (outcome.entry.reasons, outcome.is_done) == ([CLOCK_WRONG], False)


def test_one_that_fails_does_not_hold_up_the_others(
    kiosk: Kiosk, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> Member:
        raise RuntimeError

    def silent() -> Member:
        raise OperationalError

    fine, fails = deed(kiosk, MemberFactory(), **late()), deed(kiosk, broken, **late())
    waits = deed(kiosk, silent, **late())
    outcomes = enter_all(kiosk=kiosk, deeds=[waits, fails, fine], now=NOW)
    assert [each.entry.key for each in outcomes] == [fails.key, fine.key]
    assert KioskEntry.objects.to_settle().get().reasons == [FAILED]
    assert "could not be done" in caplog.text
    assert "has to wait" in caplog.text


def test_answers_that_no_table_keeps_are_left_and_the_rest_is_for_the_staff(kiosk: Kiosk) -> None:
    broken = deed(kiosk, unknown, answers={"q1": "\0"}, **late())
    fine = deed(kiosk, MemberFactory(), **late(ago=2 * MINUTE))
    outcomes = enter_all(kiosk=kiosk, deeds=[broken, fine], now=NOW)
    assert [each.entry.key for each in outcomes] == [broken.key, fine.key]
    kept = KioskEntry.objects.to_settle().get()
    assert (kept.key, kept.answers, kept.reasons) == (broken.key, {}, ["WRONG_PIN"])


def test_one_that_cannot_even_be_kept_is_put_aside_and_holds_up_nothing(
    kiosk: Kiosk, caplog: pytest.LogCaptureFixture
) -> None:
    here = machine_of(kiosk)
    gone = MachineFactory(space=kiosk.space)
    broken = deed(kiosk, MemberFactory(), machine=gone, **late())
    fine = deed(kiosk, MemberFactory(), machine=here, **late(ago=2 * MINUTE))
    gone.delete()
    outcomes = enter_all(kiosk=kiosk, deeds=[broken, fine], now=NOW)
    assert [(each.entry.key, each.is_put_aside, each.is_done) for each in outcomes] == [
        (broken.key, True, False), (fine.key, False, True),
    ]  # fmt: skip
    assert outcomes[0].reasons == ("It could not be done.",)
    assert "cannot be kept" in caplog.text


@pytest.mark.parametrize(
    ("ago", "reasons"), [(timedelta(days=1), []), (25 * HOUR, [TOLD_TOO_LATE])]
)
def test_what_a_tablet_alone_says_of_a_long_time_ago_is_for_the_staff(
    kiosk: Kiosk, ago: timedelta, reasons: list[str]
) -> None:
    outcome = enter(kiosk=kiosk, deed=deed(kiosk, MemberFactory(), **late(ago=ago)), now=NOW)
    assert (outcome.entry.reasons, outcome.is_done) == (reasons, not reasons)
    assert outcome.entry.happened_at == NOW - ago


class TestLeftLate:
    """A check-out that is told after a job has ended the use, at an end that it assumed."""

    @pytest.fixture
    def session(self, kiosk: Kiosk) -> UsageSession:
        row = UsageSessionFactory(
            machine=machine_of(kiosk),
            member=MemberFactory(),
            source=SessionSource.KIOSK,
            started_at=NOW - 4 * HOUR,
            expected_end_at=NOW - 2 * HOUR,
        )
        assert close_forgotten(NOW) == 1
        DirtyDay.objects.all().delete()
        return row

    def left(self, kiosk: Kiosk, who: Member, ago: timedelta) -> Outcome:
        return enter(kiosk=kiosk, deed=deed(kiosk, who, OUT, **late(ago=ago)), now=NOW)

    @pytest.mark.parametrize("hours", [3, 1])
    def test_it_puts_the_end_right_whether_before_or_after(
        self, kiosk: Kiosk, session: UsageSession, hours: int
    ) -> None:
        outcome = self.left(kiosk, session.member, hours * HOUR)
        assert outcome.is_done
        session.refresh_from_db()
        assert session.ended_at == NOW - hours * HOUR
        assert (session.is_assumed, session.source) == (False, SessionSource.KIOSK)
        before = session.versions.get()
        assert (before.ended_at, before.end_is_assumed) == (NOW - 2 * HOUR, True)
        assert before.correction.reason == "Checked out after the end had been assumed."
        assert DirtyDay.objects.filter(machine=session.machine, date=NOW.date()).exists()
        mark = self.left(kiosk, session.member, HOUR)
        assert not mark.is_done

    def test_nobody_does_it_for_somebody_else(self, kiosk: Kiosk, session: UsageSession) -> None:
        assert not self.left(kiosk, MemberFactory(), HOUR).is_done
        session.refresh_from_db()
        assert session.ended_at == NOW - 2 * HOUR
        with pytest.raises(BookingRefused):
            leave(session=session, by=MemberFactory(), now=NOW)

    def test_somebody_who_came_since_stands_against_it(
        self, kiosk: Kiosk, session: UsageSession
    ) -> None:
        UsageSessionFactory(
            machine=session.machine, started_at=NOW - 110 * MINUTE, ended_at=NOW - 100 * MINUTE
        )
        outcome = self.left(kiosk, session.member, HOUR)
        assert (outcome.entry.outcome, outcome.entry.reasons) == (
            KioskOutcome.TO_SETTLE, ["TAKEN"],
        )  # fmt: skip

    def test_the_next_day_nobody_remembers(self, kiosk: Kiosk, session: UsageSession) -> None:
        later = NOW + LEFT_LATE
        assert not enter(kiosk=kiosk, deed=deed(kiosk, session.member, OUT), now=later).is_done

    def test_the_figures_know_it(self, kiosk: Kiosk, session: UsageSession) -> None:
        assert self.assumed(session) == 2 * 3600
        self.left(kiosk, session.member, HOUR)
        assert self.assumed(session) == 0

    def assumed(self, session: UsageSession) -> int:
        """Seconds of the day of which nobody told, as the reports sum them."""
        rebuild_days({(session.machine_id, NOW.date())}, now=NOW)
        day = UsageDay.objects.get(machine=session.machine, date=NOW.date())
        return day.used_assumed + day.used_outside_assumed


def test_one_tablet_learns_nothing_of_the_entries_of_another(kiosk: Kiosk) -> None:
    told = deed(kiosk, unknown)
    first = enter(kiosk=kiosk, deed=told, now=NOW).entry
    other = KioskFactory.create(secret_digest="")
    theirs = Deed(**{name: getattr(told, name) for name in Deed.__slots__} | late())
    outcome = enter(kiosk=other, deed=theirs, now=NOW)
    assert not outcome.is_done
    assert outcome.entry.pk != first.pk
    assert outcome.reasons == ("This cannot be read.",)
    first.refresh_from_db()
    assert first.outcome == KioskOutcome.REFUSED
