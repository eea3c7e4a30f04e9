"""Sessions that are set right: asked for, decided, and what stood before stays."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client

from booking.models import Correction, SessionVersion, UsageSession
from booking.services.corrections import Truth, ask, correct, decide, may_ask
from booking.services.refusing import BookingRefused
from booking.states import CorrectionState, ReservationState, SessionSource
from machines.models import DirtyDay
from members.states import Audience
from notifications.models import Message
from tests.factories.booking import ReservationFactory, UsageSessionFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import CompanyFactory, DelegateFactory, MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db

START = datetime(2026, 5, 6, 8, tzinfo=UTC)
NOW = datetime(2026, 5, 6, 14, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def used(**more: Any) -> UsageSession:
    row = UsageSessionFactory(**({"started_at": START, "ended_at": START + 2 * HOUR} | more))
    return UsageSession.objects.select_related("machine__space").get(pk=row.pk)


def truth(session: UsageSession, **more: Any) -> Truth:
    told = {name: getattr(session, name) for name in Truth.__slots__}
    return Truth(**(told | more))


def staff_of(session: UsageSession) -> Any:
    return RoleFactory(space=session.machine.space).member


def codes(act: Callable[[], object]) -> list[str]:
    with pytest.raises(BookingRefused) as refused:
        act()
    return [each.code for each in refused.value.refusals]


def test_a_member_asks_and_staff_decides() -> None:
    session, later = used(end_is_assumed=True), START + 3 * HOUR
    staff = staff_of(session)
    told = truth(session, ended_at=later)
    asked = ask(session=session, truth=told, reason="I stayed", by=session.member, now=NOW)
    session.refresh_from_db()
    assert session.ended_at == START + 2 * HOUR
    [letter] = Message.objects.filter(kind="correction_to_decide")
    assert letter.recipient == staff
    decide(correction=asked, is_yes=True, decision="Seen", by=staff, now=NOW)
    session.refresh_from_db()
    assert (session.ended_at, session.end_is_assumed) == (later, False)
    assert session.source == SessionSource.STAFF
    version = SessionVersion.objects.get()
    assert (version.ended_at, version.end_is_assumed) == (START + 2 * HOUR, True)
    assert version.source == SessionSource.KIOSK
    [answer] = Message.objects.filter(kind="correction_decided")
    assert (answer.recipient, answer.context["is_accepted"]) == (session.member, True)
    letter.refresh_from_db()
    assert letter.state == "withdrawn"


def test_a_denied_correction_changes_nothing() -> None:
    session = used()
    told = truth(session, member=None)
    asked = ask(session=session, truth=told, reason="Not me", by=session.member, now=NOW)
    decide(correction=asked, is_yes=False, decision="It was", by=staff_of(session), now=NOW)
    session.refresh_from_db()
    assert session.member == asked.asked_by
    assert not SessionVersion.objects.exists()
    assert codes(
        lambda: decide(correction=asked, is_yes=True, decision="", by=staff_of(session), now=NOW)
    ) == ["NOT_ALLOWED"]


def test_the_figures_of_both_machines_and_all_days_follow() -> None:
    session = used()
    other = MachineFactory(space=session.machine.space)
    told = truth(session, machine=other, started_at=START - DAY, ended_at=START - DAY + HOUR)
    DirtyDay.objects.all().delete()
    correct(session=session, truth=told, reason="", by=staff_of(session), now=NOW)
    marked = set(DirtyDay.objects.values_list("machine", "date"))
    assert marked == {
        (session.machine.pk, START.date()),
        (other.pk, (START - DAY).date()),
    }


def test_it_was_not_me_takes_the_use_off_the_reservation() -> None:
    row = ReservationFactory(starts_at=START, state=ReservationState.COMPLETED)
    company = DelegateFactory(member=row.member).company
    session = used(machine=row.machine, member=row.member, reservation=row)
    told = truth(session, member=None)
    assert (session.audience, session.companies) == (Audience.MAKER, [company.pk])
    correct(session=session, truth=told, reason="", by=staff_of(session), now=NOW)
    session.refresh_from_db()
    assert (session.member, session.reservation) == (None, None)
    assert (session.audience, session.companies) == ("", None)
    assert session.source == SessionSource.KIOSK
    assert SessionVersion.objects.get().reservation == row


def test_a_colleague_keeps_it_on_the_reservation_of_the_company() -> None:
    company = CompanyFactory()
    colleague = DelegateFactory(company=company).member
    row = ReservationFactory(starts_at=START, company=company, state=ReservationState.COMPLETED)
    session = used(machine=row.machine, member=row.member, reservation=row)
    told = truth(session, member=colleague)
    correct(session=session, truth=told, reason="", by=staff_of(session), now=NOW)
    session.refresh_from_db()
    assert (session.member, session.reservation) == (colleague, row)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ended_at": START}, "TOO_SHORT"),
        ({"ended_at": NOW + MINUTE}, "NOT_ALLOWED"),
        ({}, "NOT_ALLOWED"),
    ],
)
def test_what_cannot_be_true_is_refused(change: dict[str, Any], code: str) -> None:
    session = used()
    told = truth(session, **change)
    assert codes(
        lambda: correct(session=session, truth=told, reason="", by=staff_of(session), now=NOW)
    ) == [code]


def test_nobody_used_a_machine_while_somebody_else_did() -> None:
    session = used()
    used(machine=session.machine, started_at=START + 3 * HOUR, ended_at=START + 4 * HOUR)
    told = truth(session, ended_at=START + 200 * MINUTE)
    assert codes(
        lambda: correct(session=session, truth=told, reason="", by=staff_of(session), now=NOW)
    ) == ["TAKEN"]
    assert not Correction.objects.exists()


def test_a_use_that_goes_on_is_ended_first() -> None:
    session = used(ended_at=None)
    told = truth(session, ended_at=START + HOUR)
    assert not may_ask(session, session.member)
    assert codes(
        lambda: ask(session=session, truth=told, reason="", by=session.member, now=NOW)
    ) == ["NOT_ALLOWED"]


def test_a_use_does_not_leave_its_space() -> None:
    session = used()
    told = truth(session, machine=MachineFactory())
    assert codes(
        lambda: correct(session=session, truth=told, reason="", by=staff_of(session), now=NOW)
    ) == ["NOT_ALLOWED"]


def test_one_correction_at_a_time_and_only_of_ones_own() -> None:
    session = used()
    told = truth(session, ended_at=START + HOUR)
    for stranger in (MemberFactory(), RoleFactory().member):
        assert codes(
            partial(ask, session=session, truth=told, reason="", by=stranger, now=NOW)
        ) == ["NOT_ALLOWED"]
        assert codes(
            partial(correct, session=session, truth=told, reason="", by=stranger, now=NOW)
        ) == ["NOT_ALLOWED"]
    ask(session=session, truth=told, reason="", by=session.member, now=NOW)
    assert codes(
        lambda: ask(session=session, truth=told, reason="", by=session.member, now=NOW)
    ) == ["NOT_ALLOWED"]


@pytest.mark.parametrize("how", ["update", "delete"])
def test_the_database_keeps_what_stood_before(how: str) -> None:
    session = used()
    told = truth(session, ended_at=START + HOUR)
    correct(session=session, truth=told, reason="", by=staff_of(session), now=NOW)
    statement = {
        "update": "UPDATE booking_sessionversion SET ended_at = now()",
        "delete": "DELETE FROM booking_sessionversion",
    }[how]
    with (
        pytest.raises(DatabaseError, match="kept"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert SessionVersion.objects.get().ended_at == START + 2 * HOUR


def page(member: Any) -> Client:
    client = Client()
    client.force_login(member)
    return client


def form_of(session: UsageSession, **more: str) -> dict[str, str]:
    """What the page shows of 10:00–12:00 in the space."""
    return {
        "machine": str(session.machine_id),
        "who": "same",
        "start_date": "2026-05-06",
        "start": "10:00",
        "end_date": "2026-05-06",
        "end": "12:00",
        "reason": "",
        **more,
    }


def test_the_pages_ask_and_decide() -> None:
    session = used(started_at=START + timedelta(seconds=7))
    staff = staff_of(session)
    address = f"/sessions/{session.pk}/correct/"
    with time_machine.travel(NOW, tick=False):
        mine, theirs = page(session.member), page(staff)
        assert mine.post(address, form_of(session, end="11:00")).status_code == 422
        asked = form_of(session, end="11:00", reason="I left earlier")
        assert mine.post(address, asked | {"end": "never"}).status_code == 422
        assert mine.post(address, asked | {"end": "09:00"}).status_code == 422
        mine.post(address, asked)
        correction = Correction.objects.get()
        # The seconds of what nobody changed stay.
        assert correction.started_at == session.started_at
        log = f"/spaces/{session.machine.space.slug}/use/"
        assert "I left earlier" in theirs.get(log).text
        decided = f"{log}corrections/{correction.pk}/"
        theirs.post(decided, {"answer": "yes", "note": "Thank you"})
        told = mine.get(f"/sessions/{session.pk}/").text
        assert "Thank you" in told
        assert "What stood here before" in told
        assert theirs.post(decided, {"answer": "no"}, follow=True).status_code == 200
    correction.refresh_from_db()
    assert correction.state == CorrectionState.ACCEPTED


def test_staff_names_another_person_of_the_space() -> None:
    session = used()
    staff = staff_of(session)
    other = ReservationFactory(machine=session.machine, starts_at=NOW).member
    address = f"/sessions/{session.pk}/correct/"
    with time_machine.travel(NOW, tick=False):
        client = page(staff)
        nobody = form_of(session, who="other", email="nobody@example.org")
        assert client.post(address, nobody).status_code == 422
        client.post(address, nobody | {"email": other.email.upper()})
    session.refresh_from_db()
    assert session.member == other


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_cost_the_same_for_any_number(
    count: int, django_assert_max_num_queries: Any
) -> None:
    session = used()
    staff = staff_of(session)
    for number in range(count):
        before = START - (number + 1) * DAY
        used(
            machine=session.machine,
            member=session.member,
            started_at=before,
            ended_at=before + HOUR,
        )
    for person, address in (
        (session.member, "/sessions/"),
        (staff, f"/spaces/{session.machine.space.slug}/use/"),
    ):
        client = page(person)
        with django_assert_max_num_queries(12):
            assert session.machine.name in client.get(address).text
