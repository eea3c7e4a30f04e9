"""Requests that staff must approve: asked, decided, withdrawn, moved, expired; told to whom."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from booking import notices
from booking.facts import BookingRequest
from booking.models import Policy, Reservation
from booking.services.actions import possible_actions
from booking.services.approvals import approve, deny, expire_requests
from booking.services.reservations import BookingRefused, cancel, move, reserve
from booking.states import ReservationState
from machines.models import Machine
from members.models import Member
from members.states import Scope
from notifications.models import Message
from notifications.rendering import render
from tests.booking.api.conftest import client_of
from tests.factories.booking import PolicyFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOLD = 24 * HOUR


@pytest.fixture
def machine() -> Machine:
    """One that staff approves; whoever does not decide within a day gives it back."""
    policy: Policy = PolicyFactory(
        approval_needed=True, approval_hold=HOLD, cancellation_window=2 * DAY
    )
    assert policy.machine is not None
    return policy.machine


@pytest.fixture
def maker() -> Member:
    return MemberFactory(name="Mira Maker")


@pytest.fixture
def staff(machine: Machine) -> Member:
    return RoleFactory(space=machine.space, member__name="Sam Staff").member


def asked(start: datetime = NOW + 3 * DAY) -> BookingRequest:
    return BookingRequest(starts_at=start, ends_at=start + 2 * HOUR)


def ask(machine: Machine, member: Member, *, by: Member | None = None) -> Reservation:
    return reserve(machine=machine, member=member, request=asked(), by=by or member, now=NOW)


def told(kind: str, state: str = "pending") -> list[Member | None]:
    rows = Message.objects.filter(kind=kind, state=state).select_related("recipient")
    return [row.recipient for row in rows]  # type: ignore[misc]


def test_a_request_keeps_the_time_and_asks_the_staff(
    machine: Machine, maker: Member, staff: Member
) -> None:
    made = ask(machine, maker)
    assert (made.state, made.expires_at) == (ReservationState.PENDING, NOW + HOLD)
    assert told(notices.REQUESTED) == [maker]
    assert told(notices.TO_DECIDE) == [staff]
    assert told(notices.CONFIRMED) == told(notices.REMINDER) == []
    assert render(Message.objects.get(kind=notices.REQUESTED)).attachment == ""
    letter = render(Message.objects.get(kind=notices.TO_DECIDE))
    page = reverse("booking:request", args=[machine.space.slug, made.pk])
    for text in (letter.text, letter.html):
        assert page in text
        assert "Mira Maker asks for" in text
        assert "at most until Tuesday 5 May 2026, 10:00" in text


def test_what_staff_reserves_needs_nobody_else(
    machine: Machine, maker: Member, staff: Member
) -> None:
    assert ask(machine, maker, by=staff).state == ReservationState.CONFIRMED


def test_an_approval_confirms_reminds_and_calls_back_what_was_asked(
    machine: Machine, maker: Member, staff: Member
) -> None:
    made = approve(reservation=ask(machine, maker), by=staff, now=NOW + HOUR)
    assert (made.state, made.decided_by, made.expires_at) == ("confirmed", staff, None)
    assert told(notices.APPROVED) == told(notices.REMINDER) == [maker]
    assert told(notices.TO_DECIDE) == []
    assert "METHOD:REQUEST" in render(Message.objects.get(kind=notices.APPROVED)).attachment


def test_a_denial_says_why_and_frees_the_time(
    machine: Machine, maker: Member, staff: Member
) -> None:
    made = deny(reservation=ask(machine, maker), by=staff, now=NOW, reason="Open day")
    assert (made.state, made.decision) == (ReservationState.DENIED, "Open day")
    assert "The reason: Open day" in render(Message.objects.get(kind=notices.DENIED)).text
    assert ask(machine, MemberFactory()).state == ReservationState.PENDING


def test_nobody_but_staff_decides_and_nobody_twice(
    machine: Machine, maker: Member, staff: Member
) -> None:
    made = ask(machine, maker)
    for person in (maker, RoleFactory().member):
        with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
            approve(reservation=made, by=person, now=NOW)
    deny(reservation=made, by=staff, now=NOW, reason="No.")
    with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
        approve(reservation=made, by=staff, now=NOW)


def test_from_its_end_on_a_request_holds_nothing_whatever_the_job_has_done(
    machine: Machine, maker: Member, staff: Member
) -> None:
    made = ask(machine, maker)
    end = NOW + HOLD
    assert possible_actions(reservation=made, by=staff, now=end - HOUR).decide
    for act in (approve, deny):
        with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
            act(reservation=made, by=staff, now=end)
    with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
        cancel(reservation=made, by=maker, now=end)
    other = reserve(machine=machine, member=staff, request=asked(), by=staff, now=end)
    assert other.state == ReservationState.CONFIRMED
    made.refresh_from_db()
    assert made.state == ReservationState.EXPIRED
    assert told(notices.EXPIRED) == [maker]


def test_the_job_expires_what_is_due_once_and_tells_the_member(
    machine: Machine, maker: Member, staff: Member
) -> None:
    made = ask(machine, maker)
    runs = [expire_requests(NOW + HOLD + late * HOUR) for late in (-1, 5, 6)]
    assert runs == [0, 1, 0]
    made.refresh_from_db()
    assert made.state == ReservationState.EXPIRED
    assert (told(notices.EXPIRED), told(notices.TO_DECIDE)) == ([maker], [])


def test_a_request_is_withdrawn_until_its_start_whatever_the_window(
    machine: Machine, maker: Member
) -> None:
    machine.policies.update(approval_hold=30 * DAY)
    made = ask(machine, maker)
    late = made.starts_at - HOUR
    assert possible_actions(reservation=made, by=maker, now=late).cancel
    with pytest.raises(BookingRefused, match="CANCELLATION_TOO_LATE"):
        move(reservation=made, request=asked(NOW + 4 * DAY), by=maker, now=late)
    gone = cancel(reservation=made, by=maker, now=late)
    assert (gone.state, gone.cancelled_late) == (ReservationState.CANCELLED, False)


def test_a_confirmed_one_that_its_holder_moves_waits_again(
    machine: Machine, maker: Member, staff: Member
) -> None:
    made = approve(reservation=ask(machine, maker), by=staff, now=NOW)
    moved = move(reservation=made, request=asked(NOW + 4 * DAY), by=maker, now=NOW)
    assert (moved.state, moved.decided_by) == (ReservationState.PENDING, None)
    letter = Message.objects.filter(kind=notices.REQUESTED, state="pending").get()
    assert "METHOD:CANCEL" in render(letter).attachment
    assert told(notices.REMINDER) == []
    assert told(notices.TO_DECIDE) == [staff]
    # Staff may move a request; only saying yes makes it stand.
    again = move(reservation=moved, request=asked(NOW + 5 * DAY), by=staff, now=NOW)
    assert again.state == ReservationState.PENDING
    approved = approve(reservation=again, by=staff, now=NOW)
    last = move(reservation=approved, request=asked(NOW + 6 * DAY), by=staff, now=NOW)
    assert last.state == ReservationState.CONFIRMED


def test_a_request_for_a_machine_without_approval_stands_once_it_is_moved_there(
    machine: Machine, maker: Member
) -> None:
    made = ask(machine, maker)
    made.machine.policies.update(cancellation_window=HOUR)
    free = MachineFactory(space=machine.space, category=machine.category)
    moved = move(reservation=made, request=asked(), by=maker, now=NOW, machine=free)
    assert (moved.state, moved.expires_at) == (ReservationState.CONFIRMED, None)


@pytest.fixture
def web(staff: Member) -> Client:
    client = Client()
    client.force_login(staff)
    return client


@time_machine.travel(NOW, tick=False)
def test_the_queue_counts_and_one_click_from_the_mail_asks_once(
    machine: Machine, maker: Member, web: Client
) -> None:
    made = ask(machine, maker)
    queue = reverse("booking:requests", args=[machine.space.slug])
    page = reverse("booking:request", args=[machine.space.slug, made.pk])
    shown = web.get(queue).content.decode()
    assert "Mira Maker" in shown
    assert '<span class="badge warn">1' in shown
    assert web.get(page).status_code == 200
    made.refresh_from_db()
    assert made.state == ReservationState.PENDING
    assert web.post(page, {"decision": "deny"}).status_code == 422
    assert web.post(page, {"decision": "approve"})["Location"] == queue
    made.refresh_from_db()
    assert made.state == ReservationState.CONFIRMED
    late = web.post(page, {"decision": "deny", "reason": "No."}, follow=True)
    assert "has been decided on already" in late.content.decode()
    assert '<span class="badge warn">' not in web.get(queue).content.decode()


@time_machine.travel(NOW, tick=False)
def test_the_holder_reads_what_the_request_waits_for_and_why_it_was_denied(
    machine: Machine, maker: Member, staff: Member
) -> None:
    made = ask(machine, maker)
    client = Client()
    client.force_login(maker)
    page = reverse("booking:reservation", args=[made.pk])
    assert "at most until Tue 5 May 2026, 10:00" in client.get(page).content.decode()
    deny(reservation=made, by=staff, now=NOW, reason="The extractor is away")
    assert "The extractor is away" in client.get(page).content.decode()


@time_machine.travel(NOW, tick=False)
def test_programs_of_the_staff_approve_and_deny(
    machine: Machine, maker: Member, staff: Member
) -> None:
    made = ask(machine, maker)
    address = f"/api/v1/reservations/{made.pk}"
    for person, status in ((maker, 422), (staff, 200)):
        answer = client_of(person, Scope.STAFF).post(f"{address}/approve")
        assert answer.status_code == status
    assert answer.json()["state"] == "confirmed"
    again = client_of(staff, Scope.STAFF).post(
        f"{address}/deny", {"reason": "No."}, content_type="application/json"
    )
    assert [each["code"] for each in again.json()["refusals"]] == ["NOT_ALLOWED"]
