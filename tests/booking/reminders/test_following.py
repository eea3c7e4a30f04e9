"""What is reserved follows the rules when they change: by a job that may be late or die."""

from datetime import timedelta
from typing import Any

import pytest

from booking import notices
from booking.models import ReminderChange, ReminderRule
from booking.services import reminders
from booking.services.reminders import follow_rules, remove_rule, save_rule
from booking.states import ReminderEvent
from machines.models import Machine
from notifications.models import Message
from tests.booking.reminders.conftest import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    Deliver,
    reserved,
    waiting,
)
from tests.factories.booking import ReservationFactory
from tests.factories.machines import MachineFactory

pytestmark = pytest.mark.django_db

START = NOW + 3 * DAY
STARTS = notices.REMINDER


def save(machine: Machine, offset: timedelta, **said: Any) -> ReminderRule:
    made = ReminderRule(space=machine.space, offset=offset, **said)
    return save_rule(rule=made, now=NOW)


def test_a_rule_that_is_added_changed_switched_off_and_removed(laser: Machine) -> None:
    reserved(laser, START)
    assert waiting() == [(STARTS, START - DAY)]
    (row,) = Message.objects.all()

    added = save(laser, 2 * HOUR)
    assert waiting() == [(STARTS, START - DAY)]
    assert follow_rules(NOW + MINUTE) == 1
    assert waiting() == [(STARTS, START - 2 * HOUR)]
    assert Message.objects.get().pk == row.pk

    also = save(laser, DAY)
    follow_rules(NOW + MINUTE)
    assert waiting() == [(STARTS, START - DAY), (STARTS, START - 2 * HOUR)]
    assert Message.objects.get(send_after=START - DAY).expires_at == START - 2 * HOUR

    added.is_active = False
    save_rule(rule=added, now=NOW)
    follow_rules(NOW + MINUTE)
    assert waiting() == [(STARTS, START - DAY)]

    remove_rule(rule=also, now=NOW)
    follow_rules(NOW + MINUTE)
    # The one that is off keeps the default away; without any rule it comes back.
    assert waiting() == []
    remove_rule(rule=added, now=NOW)
    follow_rules(NOW + MINUTE)
    assert waiting() == [(STARTS, START - DAY)]


def test_nobody_gets_the_same_reminder_twice_because_a_rule_was_edited(
    laser: Machine, deliver: Deliver
) -> None:
    made = save(laser, DAY)
    reserved(laser, START)
    assert len(deliver(START - DAY)) == 1
    for offset in (12 * HOUR, DAY, 2 * DAY, 20 * HOUR):
        made.offset = offset
        save_rule(rule=made, now=START - DAY)
        follow_rules(START - DAY + MINUTE)
    assert waiting() == [(STARTS, START - 20 * HOUR)]
    assert len(deliver(START - 20 * HOUR)) == 2


def test_a_rule_that_is_new_does_not_remind_of_what_it_would_have_before(laser: Machine) -> None:
    """What was said before stays then: better late than not at all."""
    row = reserved(laser, NOW + 30 * HOUR)
    save(laser, 2 * DAY)
    save(laser, 3 * DAY)
    follow_rules(NOW + MINUTE)
    assert waiting() == [(STARTS, row.starts_at - DAY)]
    assert Message.objects.count() == 1


def test_what_fell_due_while_nothing_could_be_sent_is_not_taken_back(laser: Machine) -> None:
    reserved(laser, START)
    late = START - 20 * HOUR
    save_rule(rule=ReminderRule(space=laser.space, offset=DAY), now=late)
    follow_rules(late + MINUTE)
    assert waiting() == [(STARTS, START - DAY)]


def test_only_the_space_is_touched_and_nothing_that_is_over(laser: Machine) -> None:
    elsewhere = reserved(MachineFactory(), START)
    over = reserved(laser, NOW - 3 * DAY, made=NOW - 9 * DAY)
    save(laser, HOUR, event=ReminderEvent.END)
    assert follow_rules(NOW + MINUTE) == 0
    keys = {each.subject_key for each in Message.objects.pending()}
    assert keys == {elsewhere.subject_key, over.subject_key}


def test_a_request_that_runs_while_the_rules_change_is_waited_for(laser: Machine) -> None:
    """It may have read the old rules and not be done; then the job comes by."""
    reserved(laser, START)
    save(laser, HOUR)
    assert follow_rules(NOW + timedelta(seconds=5)) == 0
    assert ReminderChange.objects.exists()
    assert follow_rules(NOW + timedelta(seconds=10)) == 1
    assert not ReminderChange.objects.exists()
    assert follow_rules(NOW + DAY) == 0


def test_a_job_that_stops_in_the_middle_is_gone_on_with(
    laser: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminders, "BATCH", 2)
    monkeypatch.setattr(reminders, "BATCHES_AT_ONCE", 1)
    for number in range(5):
        reserved(laser, START + number * DAY)
    save(laser, HOUR)
    assert [follow_rules(NOW + MINUTE) for _run in range(5)] == [2, 2, 1, 0, 0]
    assert [START + n * DAY - HOUR for n in range(5)] == [each for _kind, each in waiting()]
    assert not ReminderChange.objects.exists()


def test_a_change_in_the_middle_begins_anew(
    laser: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminders, "BATCH", 2)
    monkeypatch.setattr(reminders, "BATCHES_AT_ONCE", 1)
    for number in range(3):
        reserved(laser, START + number * DAY)
    made = save(laser, HOUR)
    follow_rules(NOW + MINUTE)
    made.offset = 2 * HOUR
    save_rule(rule=made, now=NOW)
    for _run in range(3):
        follow_rules(NOW + MINUTE)
    assert [START + n * DAY - 2 * HOUR for n in range(3)] == [each for _kind, each in waiting()]


def test_what_was_reserved_without_any_message_gets_its_reminders(laser: Machine) -> None:
    """Such as what was imported."""
    ReservationFactory(machine=laser, starts_at=START)
    save(laser, DAY)
    follow_rules(NOW + MINUTE)
    assert waiting() == [(STARTS, START - DAY)]
