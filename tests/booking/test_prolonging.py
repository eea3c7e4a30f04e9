"""A later end for a use that goes on: the print runs longer, and the time behind may be free."""

import json
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from billing.models import HourlyPrice
from booking.facts import BookingRequest
from booking.models import AllowedHours, Policy, RefusedTry, Reservation, UsageSession
from booking.queries.prolonging import latest_end
from booking.services.attendance import check_in, check_out
from booking.services.reservations import BookingRefused, TimeTaken, move, possible_actions
from booking.states import ReservationState
from members.models import Member
from members.states import Audience, Scope
from notifications.models import Message
from notifications.rendering import render
from tests.booking.api.conftest import client_of
from tests.factories.booking import PolicyFactory, ReservationFactory
from tests.factories.machines import FaultFactory, MachineFactory
from tests.factories.members import MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db

START = datetime(2026, 5, 6, 8, tzinfo=UTC)
"""Ten on a Wednesday morning in Zurich."""
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NOW = START + HOUR
END = START + 2 * HOUR


@pytest.fixture
def running() -> Reservation:
    """A reservation of two hours whose use has begun an hour ago; half an hour is for cleaning."""
    machine = MachineFactory()
    PolicyFactory(machine=machine, turnaround=30 * MINUTE, longest=6 * HOUR)
    row: Reservation = ReservationFactory(
        machine=machine, starts_at=START, ends_at=END, occupied_until=END + 30 * MINUTE
    )
    check_in(reservation=row, by=row.member, now=START)
    row.refresh_from_db()
    return row


def until(row: Reservation, end: datetime, **more: Any) -> Reservation:
    request = BookingRequest(starts_at=more.pop("starts_at", row.starts_at), ends_at=end)
    return move(**{"reservation": row, "request": request, "by": row.member, "now": NOW, **more})


def codes(row: Reservation, end: datetime, **more: Any) -> list[str]:
    with pytest.raises(BookingRefused) as refused:
        until(row, end, **more)
    return [each.code for each in refused.value.refusals]


def test_a_use_that_goes_on_gets_a_later_end_and_price(running: Reservation) -> None:
    HourlyPrice.objects.create(
        machine=running.machine, audience=Audience.MAKER, amount=Decimal("10.00")
    )
    until(running, END + HOUR)
    running.refresh_from_db()
    assert (running.starts_at, running.ends_at) == (START, END + HOUR)
    assert (running.occupied_from, running.occupied_until) == (START, END + 90 * MINUTE)
    assert (running.state, running.sequence) == (ReservationState.IN_USE, 1)
    assert running.amount == Decimal("30.00")
    assert UsageSession.objects.get().expected_end_at == END + HOUR


def test_the_holder_is_told_and_their_calendar_too(running: Reservation) -> None:
    until(running, END + HOUR)
    message = Message.objects.get(kind="reservation_moved")
    assert render(message).subject.startswith("Extended:")
    assert "has been extended" in render(message).text
    assert "has been extended" in render(message).html
    assert "SEQUENCE:1" in render(message).attachment


def test_a_neighbour_and_their_cleaning_time_stand_in_the_way(running: Reservation) -> None:
    ReservationFactory(machine=running.machine, starts_at=END + 2 * HOUR)
    with pytest.raises(TimeTaken):
        until(running, END + 2 * HOUR)
    assert RefusedTry.objects.get().codes == ["TAKEN"]
    assert until(running, END + 90 * MINUTE).ends_at == END + 90 * MINUTE


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (END, "TOO_SHORT"),
        (END - 30 * MINUTE, "TOO_SHORT"),
        (START + 7 * HOUR, "TOO_LONG"),
        (END + 5 * MINUTE, "OFF_GRID"),
    ],
)
def test_the_new_end_keeps_the_rules(running: Reservation, end: datetime, code: str) -> None:
    assert codes(running, end) == [code]


def test_past_and_lead_time_are_asked_of_the_new_end_only(running: Reservation) -> None:
    overrun = END + 40 * MINUTE
    assert codes(running, END + 30 * MINUTE, now=overrun) == ["IN_THE_PAST"]
    assert until(running, END + HOUR, now=overrun).ends_at == END + HOUR
    Policy.objects.update(lead_time=HOUR)
    assert codes(running, END + 75 * MINUTE, now=overrun) == ["LEAD_TIME"]
    assert until(running, END + 2 * HOUR, now=overrun).ends_at == END + 2 * HOUR


def test_a_machine_that_broke_meanwhile_is_not_kept_longer(running: Reservation) -> None:
    FaultFactory(machine=running.machine, starts_at=NOW)
    assert codes(running, END + HOUR) == ["MACHINE_OUT_OF_SERVICE"]


def test_neither_start_nor_machine_change_under_way(running: Reservation) -> None:
    assert codes(running, END + HOUR, starts_at=START + HOUR) == ["NOT_ALLOWED"]
    other = MachineFactory(space=running.machine.space, category=running.machine.category)
    assert "NOT_ALLOWED" in codes(running, END + HOUR, machine=other)


def test_others_do_not_extend_it_but_staff_do_beyond_the_longest(running: Reservation) -> None:
    assert codes(running, END + HOUR, by=MemberFactory()) == ["NOT_ALLOWED"]
    staff = RoleFactory(space=running.machine.space).member
    assert until(running, START + 8 * HOUR, by=staff).ends_at == START + 8 * HOUR


def test_after_check_out_nothing_is_left_to_extend(running: Reservation) -> None:
    check_out(session=UsageSession.objects.get(), by=running.member, now=NOW)
    assert "NOT_ALLOWED" in codes(running, END + HOUR)


def test_it_is_offered_while_it_goes_on(running: Reservation) -> None:
    assert possible_actions(reservation=running, by=running.member, now=NOW).prolong
    assert not possible_actions(reservation=running, by=MemberFactory(), now=NOW).prolong


def test_the_latest_end_leaves_room_for_cleaning(running: Reservation) -> None:
    assert latest_end(running, by=running.member, now=NOW) == START + 6 * HOUR
    ReservationFactory(machine=running.machine, starts_at=END + 2 * HOUR)
    assert latest_end(running, by=running.member, now=NOW) == END + 90 * MINUTE
    ReservationFactory(machine=running.machine, starts_at=END + 30 * MINUTE)
    assert latest_end(running, by=running.member, now=NOW) is None


def test_the_latest_end_lies_in_the_hours_of_the_holder(running: Reservation) -> None:
    """Twelve is when the reservation ends in the space."""
    makers = PolicyFactory(machine=running.machine, audience="maker")
    AllowedHours.objects.create(policy=makers, start_time=clock(8), end_time=clock(13))
    assert latest_end(running, by=running.member, now=NOW) == END + HOUR


def web(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


@time_machine.travel(NOW, tick=False)
def test_the_page_extends_and_goes_back_to_the_machine(running: Reservation) -> None:
    client, machine = web(running.member), running.machine
    at_machine = reverse("booking:at_machine", args=[machine.space.slug, machine.slug])
    address = reverse("booking:reservation_prolong", args=[running.pk])
    assert f"{address}?next={at_machine}" in client.get(at_machine).content.decode()
    page = client.get(address, {"next": at_machine}).content.decode()
    assert "until Wed 6 May 2026, 16:00" in page
    assert '<option value="13:00" selected>' in page
    answer = client.post(address, {"end_date": "2026-05-06", "end": "13:00", "next": at_machine})
    assert (answer.status_code, answer["Location"]) == (302, at_machine)
    running.refresh_from_db()
    assert running.ends_at == END + HOUR


@time_machine.travel(NOW, tick=False)
def test_the_page_tells_reasons_beside_the_end_and_loses_nothing(running: Reservation) -> None:
    ReservationFactory(machine=running.machine, starts_at=END + HOUR)
    address = reverse("booking:reservation_prolong", args=[running.pk])
    answer = web(running.member).post(address, {"end_date": "2026-05-06", "end": "13:30"})
    assert answer.status_code == 409
    assert "end" in answer.context["form"].errors
    assert '<option value="13:30" selected>' in answer.content.decode()
    typed = web(running.member).post(address, {"end_date": "2026-05-06", "end": "soon"})
    assert typed.status_code == 422


@time_machine.travel(NOW, tick=False)
def test_the_page_of_what_is_not_in_use_leads_back(running: Reservation) -> None:
    check_out(session=UsageSession.objects.get(), by=running.member, now=NOW)
    address = reverse("booking:reservation_prolong", args=[running.pk])
    answer = web(running.member).get(address, follow=True)
    assert "Only a use that goes on can be extended." in answer.content.decode()


@time_machine.travel(NOW, tick=False)
def test_programs_extend_by_naming_the_end_alone(running: Reservation) -> None:
    client = client_of(running.member, Scope.BOOK)

    def patch(end: datetime) -> Any:
        body = json.dumps({"ends_at": end.isoformat()})
        return client.patch(
            f"/api/v1/reservations/{running.pk}", body, content_type="application/json"
        )

    assert patch(END + HOUR).json()["ends_at"] == "2026-05-06T13:00:00+02:00"
    ReservationFactory(machine=running.machine, starts_at=END + 3 * HOUR)
    assert patch(END + 3 * HOUR).status_code == 409
    assert [each["code"] for each in patch(END).json()["refusals"]] == ["TOO_SHORT"]
