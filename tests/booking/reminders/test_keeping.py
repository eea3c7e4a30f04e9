"""The reminders of a reservation follow it: one of each, whatever happens to it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from booking import notices
from booking.facts import BookingRequest
from booking.models import Reservation
from booking.services.exchanges import Proposal, accept, propose
from booking.services.reservations import cancel, move, restore
from booking.states import ReminderEvent, ReservationState
from machines.models import Machine
from notifications.models import Message
from tests.booking.reminders.conftest import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    Deliver,
    reserved,
    rule,
    waiting,
)
from tests.factories.booking import ReservationFactory
from tests.factories.members import CompanyFactory, MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db

START = NOW + 3 * DAY
STARTS, ENDS = notices.REMINDER, notices.ENDING


@pytest.fixture(autouse=True)
def rules(laser: Machine) -> None:
    """A day and an hour before the start, and a quarter of an hour before the end."""
    rule(laser.space, DAY)
    rule(laser.space, HOUR)
    rule(laser.space, 15 * MINUTE, event=ReminderEvent.END)


def test_each_rule_writes_a_reminder_of_its_own(laser: Machine) -> None:
    reserved(laser, START)
    assert waiting() == [
        (STARTS, START - DAY),
        (STARTS, START - HOUR),
        (ENDS, START + 45 * MINUTE),
    ]
    uses = Message.objects.order_by("send_after").values_list("expires_at", flat=True)
    assert list(uses) == [START - HOUR, START, START + HOUR]


def test_booked_within_one_offset_the_nearer_ones_remain(laser: Machine) -> None:
    reserved(laser, NOW + 5 * HOUR)
    assert waiting(STARTS) == [(STARTS, NOW + 4 * HOUR)]
    reserved(laser, NOW + 30 * MINUTE)
    assert len(waiting(STARTS)) == 1


def test_whose_it_is_decides_which_rules_hold(laser: Machine) -> None:
    rule(laser.space, 2 * DAY, audience="company")
    rule(laser.space, 2 * HOUR, audience="staff")
    staff, boss = RoleFactory(space=laser.space).member, MemberFactory(is_superuser=True)
    for number, (whose, offsets) in enumerate(
        [
            ({"company": CompanyFactory()}, [2 * DAY]),
            ({"member": staff}, [2 * HOUR]),
            ({"member": boss}, [2 * HOUR]),
            ({}, [DAY, HOUR]),
        ]
    ):
        start = START + number * DAY
        row = reserved(laser, start, **whose)
        mine = Message.objects.filter(subject_key=row.subject_key, kind=STARTS)
        found = mine.order_by("send_after").values_list("send_after", flat=True)
        assert [start - each for each in found] == offsets


def test_a_move_takes_all_of_them_along(laser: Machine) -> None:
    row = reserved(laser, START)
    rows = set(Message.objects.values_list("pk", flat=True))
    row.starts_at, row.ends_at = START + DAY, START + DAY + 2 * HOUR
    notices.keep_reminders(row, now=NOW)
    assert set(Message.objects.values_list("pk", flat=True)) == rows
    assert waiting() == [
        (STARTS, START),
        (STARTS, START + DAY - HOUR),
        (ENDS, START + DAY + 105 * MINUTE),
    ]
    assert {each.context["starts_at"] for each in Message.objects.all()} == {
        row.starts_at.isoformat()
    }


def test_the_same_moment_in_another_zone_is_the_same_reminder(laser: Machine) -> None:
    row = reserved(laser, START)
    row.starts_at = START.astimezone(laser.space.zone)
    notices.keep_reminders(row, now=NOW)
    assert Message.objects.count() == len(waiting()) == 3


def test_a_longer_stay_is_reminded_of_its_new_end_only(laser: Machine, deliver: Deliver) -> None:
    row = reserved(laser, START)
    Message.objects.filter(kind=STARTS).update(state="sent")
    row.state = ReservationState.IN_USE
    row.save()
    deliver(START + 46 * MINUTE)
    row.ends_at += HOUR
    row.save()
    notices.keep_reminders(row, now=START + 50 * MINUTE)
    assert waiting() == [(ENDS, START + 105 * MINUTE)]


def test_what_was_late_is_not_lost_by_a_change_that_leaves_its_time(laser: Machine) -> None:
    """While nothing could be sent, the reminder fell due; then the reservation got longer."""
    row = reserved(laser, START)
    row.ends_at += HOUR
    notices.keep_reminders(row, now=START - 20 * HOUR)
    assert waiting(STARTS) == [(STARTS, START - DAY), (STARTS, START - HOUR)]


@pytest.mark.parametrize("state", ["cancelled", "no_show", "pending", "denied", "completed"])
def test_what_will_not_take_place_is_not_reminded_of(laser: Machine, state: str) -> None:
    row = reserved(laser, START)
    row.state = state
    notices.keep_reminders(row, now=NOW)
    assert waiting() == []
    row.state = ReservationState.CONFIRMED
    notices.keep_reminders(row, now=NOW)
    assert len(waiting()) == Message.objects.count() == 3


def test_one_reminder_at_a_time_after_an_outage(laser: Machine, deliver: Deliver) -> None:
    """A day and an hour before are both due: only the nearer one is of use."""
    reserved(laser, START)
    (sent,) = deliver(START - 30 * MINUTE)
    assert sent.send_after == START - HOUR
    assert Message.objects.get(send_after=START - DAY).state == "expired"


@pytest.mark.parametrize(("late", "is_sent"), [(20 * HOUR, True), (3 * DAY, False)])
def test_an_outage_is_caught_up_with_while_it_is_useful(
    laser: Machine, deliver: Deliver, late: timedelta, is_sent: bool
) -> None:
    reserved(laser, START)
    moment = START - DAY + late
    assert bool(deliver(moment)) == is_sent
    assert len(deliver(moment + MINUTE)) == is_sent
    if not is_sent:
        assert set(Message.objects.values_list("state", flat=True)) == {"expired"}


def test_moved_to_another_category_its_rules_hold(laser: Machine) -> None:
    row = reserved(laser, START)
    other = ReservationFactory(starts_at=START + 9 * DAY, machine__space=laser.space).machine
    rule(laser.space, 5 * HOUR, category=other.category)
    row.machine = other
    notices.keep_reminders(row, now=NOW)
    assert waiting(STARTS) == [(STARTS, START - 5 * HOUR)]


def test_the_services_move_withdraw_and_bring_them_back(laser: Machine) -> None:
    row = reserved(laser, START)
    holder, staff = row.member, RoleFactory(space=laser.space).member
    assert holder is not None
    wish = BookingRequest(starts_at=START + DAY, ends_at=START + DAY + HOUR)
    move(reservation=row, request=wish, by=holder, now=NOW)
    assert waiting(STARTS) == [(STARTS, START), (STARTS, START + DAY - HOUR)]
    cancel(reservation=row, by=holder, now=NOW)
    assert waiting() == []
    restore(reservation=row, by=staff, now=START + HOUR)
    # The day before has come meanwhile, and who gets it back knows of it.
    assert waiting(STARTS) == [(STARTS, START + DAY - HOUR)]


def test_who_takes_a_time_over_is_reminded_and_who_gave_it_is_not(laser: Machine) -> None:
    row, cleo = reserved(laser, START), MemberFactory()
    giver = row.member
    assert giver is not None
    made = propose(Proposal(reservation=row, address=cleo.email, by=giver), now=NOW)
    accept(exchange=made, by=cleo, now=NOW)
    rows = Message.objects.pending().filter(kind__in=notices.WITH_RESERVATION)
    assert {each.recipient for each in rows} == {cleo}
    assert len(waiting()) == 3


def test_two_who_swap_are_each_reminded_of_what_they_have_now(laser: Machine) -> None:
    mine, theirs = reserved(laser, START), reserved(laser, START + 2 * DAY)
    assert mine.member is not None
    assert theirs.member is not None
    made = propose(Proposal(reservation=mine, in_return=theirs, by=mine.member), now=NOW)
    accept(exchange=made, by=theirs.member, now=NOW)
    rows = Message.objects.pending().filter(kind=STARTS)
    assert {(each.recipient, each.send_after) for each in rows} == {
        (mine.member, START + DAY),
        (mine.member, START + 2 * DAY - HOUR),
        (theirs.member, START - DAY),
        (theirs.member, START - HOUR),
    }


def test_a_cart_is_reminded_of_once(laser: Machine) -> None:
    bundle, member = uuid4(), MemberFactory()
    rows = [
        reserved(machine, START, bundle_id=bundle, member=member)
        for machine in (laser, ReservationFactory(starts_at=START + 9 * DAY).machine)
    ]
    notices.keep_reminders_of_all(rows, now=NOW)
    assert len(waiting(STARTS)) == 2


@pytest.mark.parametrize("count", [1, 3])
def test_many_are_brought_in_line_in_a_fixed_number_of_queries(
    laser: Machine, count: int, django_assert_num_queries: Any
) -> None:
    made = [reserved(laser, START + number * DAY) for number in range(count)]
    rows = list(
        Reservation.objects.select_related(
            "machine__space", "machine__room", "pool", "member", "company"
        ).filter(pk__in=[row.pk for row in made])
    )
    rule(laser.space, 2 * HOUR, audience="maker")
    with django_assert_num_queries(7):
        notices.keep_reminders_of_all(rows, now=NOW)
    assert {START - each for _kind, each in waiting(STARTS)} >= {2 * HOUR}
