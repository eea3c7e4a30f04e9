"""Reservations of one person in a row are one stay: one reminder of its start, one of its end."""

from datetime import timedelta

import pytest

from booking import notices
from booking.models import Reservation
from booking.states import ReminderEvent, ReservationState
from machines.models import Machine, Pool
from members.models import Member
from notifications.models import Message
from tests.booking.reminders.conftest import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    Deliver,
    about,
    reserved,
    rule,
)
from tests.factories.machines import MachineFactory

pytestmark = pytest.mark.django_db

START = NOW + 3 * DAY


@pytest.fixture
def pool(laser: Machine) -> Pool:
    """Of the laser and one like it."""
    made = Pool.objects.create(space=laser.space, slug="lasers", name="Lasers")
    laser.pool = made
    laser.save()
    return made


def in_a_row(laser: Machine, mira: Member, count: int = 3) -> list[Reservation]:
    return [reserved(laser, START + number * HOUR, member=mira) for number in range(count)]


def test_every_rule_reminds_once_of_a_stay(laser: Machine, mira: Member, deliver: Deliver) -> None:
    rule(laser.space, DAY)
    rule(laser.space, 2 * HOUR)
    first, *_rest = in_a_row(laser, mira)
    for hours in (24, 23, 22, 2, 1, 0):
        sent = deliver(START - hours * HOUR)
    assert about(sent) == [first.subject_key] * 2
    assert Message.objects.filter(state="digested", digest__in=sent).count() == 4


@pytest.mark.parametrize("gap", [MINUTE, -MINUTE])
def test_what_does_not_meet_is_reminded_of_by_itself(
    laser: Machine, printer: Machine, mira: Member, deliver: Deliver, gap: timedelta
) -> None:
    reserved(laser, START, member=mira)
    reserved(laser if gap > timedelta(0) else printer, START + HOUR + gap, member=mira)
    assert len(deliver(START - 22 * HOUR)) == 2


def test_nor_are_other_people_and_other_spaces_of_the_stay(
    laser: Machine, printer: Machine, mira: Member, deliver: Deliver
) -> None:
    reserved(laser, START, member=mira)
    reserved(printer, START + HOUR)
    reserved(MachineFactory(), START + HOUR, member=mira)
    assert len(deliver(START - 22 * HOUR)) == 3


def test_the_last_of_a_stay_is_the_one_that_ends(
    laser: Machine, mira: Member, deliver: Deliver
) -> None:
    rule(laser.space, 15 * MINUTE, event=ReminderEvent.END)
    Message.objects.all().delete()
    rows = in_a_row(laser, mira)
    Message.objects.filter(kind=notices.REMINDER).delete()
    Reservation.objects.filter(pk=rows[0].pk).update(state=ReservationState.IN_USE)
    for number in range(1, 4):
        sent = deliver(START + number * HOUR - 15 * MINUTE)
    assert about(sent) == [rows[2].subject_key]
    assert sent[0].kind == notices.ENDING
    assert "Your time on Speedy ends soon." in sent[0].text


def test_who_has_left_is_not_told_that_it_ends(
    laser: Machine, mira: Member, deliver: Deliver
) -> None:
    rule(laser.space, 15 * MINUTE, event=ReminderEvent.END)
    row = reserved(laser, START, member=mira)
    Reservation.objects.filter(pk=row.pk).update(state=ReservationState.COMPLETED)
    assert deliver(START + 50 * MINUTE) == []


def test_units_of_a_pool_are_one_stay(
    laser: Machine, mira: Member, pool: Pool, deliver: Deliver
) -> None:
    twin = MachineFactory(space=laser.space, category=laser.category, pool=pool)
    first = reserved(laser, START, member=mira, pool=pool)
    reserved(twin, START + HOUR, member=mira, pool=pool)
    assert about(deliver(START - 22 * HOUR)) == [first.subject_key]


def test_what_was_reminded_of_at_another_time_does_not_count(
    laser: Machine, mira: Member, deliver: Deliver
) -> None:
    """The first of a row stood elsewhere when its reminder left."""
    before = reserved(laser, NOW + 25 * HOUR, member=mira)
    after = reserved(laser, START, member=mira)
    assert about(deliver(NOW + HOUR)) == [before.subject_key]
    now = NOW + 2 * HOUR
    before.starts_at, before.ends_at = START - HOUR, START
    before.occupied_from, before.occupied_until = before.starts_at, before.ends_at
    before.save()
    notices.keep_reminders(before, now=now)
    assert about(deliver(START - DAY)) == [before.subject_key] * 2
    assert Message.objects.get(subject_key=after.subject_key).state == "digested"


def test_a_first_one_made_late_leaves_the_second_its_reminder(
    laser: Machine, mira: Member, deliver: Deliver
) -> None:
    second = reserved(laser, START, member=mira)
    reserved(laser, START - HOUR, member=mira, made=START - 24.5 * HOUR)
    assert about(deliver(START - DAY)) == [second.subject_key]


def test_a_reminder_of_another_start_is_not_sent(
    laser: Machine, mira: Member, deliver: Deliver
) -> None:
    """Whatever went wrong between the row and its message: the wrong hour is never told."""
    row = reserved(laser, START, member=mira)
    Reservation.objects.filter(pk=row.pk).update(starts_at=START + MINUTE)
    assert deliver(START - DAY) == []
    assert Message.objects.get().state == "withdrawn"
