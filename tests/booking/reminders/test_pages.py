"""Staff sets reminders in sentences, switches them, and sees what goes out next."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from booking.models import ReminderChange, ReminderRule
from booking.notices import REMINDERS
from booking.queries.reminders import next_reminders, rules_in
from booking.reminder_words import rule_in_words
from booking.services.reminders import follow_rules
from booking.states import REMINDED, ReminderEvent, ReminderTo
from machines.models import Machine
from spaces.models import Space
from tests.booking.reminders.conftest import DAY, HOUR, MINUTE, NOW, reserved, rule
from tests.factories.members import RoleFactory

pytestmark = pytest.mark.django_db

LIST, NEW = "/spaces/atelier/reminders/", "/spaces/atelier/reminders/new/"
TYPED = {
    "step": "save",
    "event": "start",
    "offset": "2 h",
    "to": "holder",
    "category": "",
    "audience": "",
    "ways": "",
    "is_active": "on",
}


@pytest.fixture
def staff(client: Client, laser: Machine) -> Any:
    client.force_login(RoleFactory(space=laser.space).member)
    with time_machine.travel(NOW, tick=False):
        yield client


def test_the_list_tells_every_rule_and_what_holds_without_one(
    staff: Client, laser: Machine
) -> None:
    page = staff.get(LIST).text
    assert page.count("default of the house") == 3
    assert "Tell staff as soon as something is low." in page
    assert "Remind everybody 24 hours before the start." in page
    rule(laser.space, 2 * HOUR, category=laser.category, audience="maker")
    assert staff.get(LIST).text.count("default of the house") == 3
    off = rule(laser.space, 2 * DAY, is_active=False)
    page = staff.get(LIST).text
    assert page.count("default of the house") == 2
    assert "Remind makers of Lasers 2 hours before the start." in page
    assert f"{LIST}{off.pk}/" in page
    assert "Switch on: Remind everybody 2 days before the start." in page


def test_a_rule_is_told_saved_and_followed(staff: Client, laser: Machine) -> None:
    reserved(laser, NOW + 3 * DAY, member__name="Mira")
    typed = TYPED | {"category": str(laser.category_id), "audience": "maker"}
    told = staff.post(NEW, typed, headers={"HX-Target": "words"})
    assert "Remind makers of Lasers 2 hours before the start." in told.text
    assert "<html" not in told.text
    assert "Nothing is saved yet." in staff.post(NEW, typed | {"step": "preview"}).text
    assert not ReminderRule.objects.exists()
    answer = staff.post(NEW, typed, follow=True)
    assert "The reminder is saved." in answer.text
    assert "being brought in line" in answer.text
    made = ReminderRule.objects.get()
    assert (made.category, made.offset, made.audience) == (laser.category, 2 * HOUR, "maker")
    follow_rules(NOW + MINUTE)
    page = staff.get(LIST).text
    assert "being brought in line" not in page
    assert "Mira" in page
    assert 'datetime="2026-05-07T08:00:00+02:00"' in page


def test_a_rule_is_changed_switched_and_removed(staff: Client, laser: Machine) -> None:
    made = rule(laser.space, 2 * HOUR)
    address = f"{LIST}{made.pk}/"
    page = staff.get(address).text
    assert 'value="2 h"' in page
    assert "Remind everybody 2 hours before the start." in page
    assert staff.post(address, TYPED | {"offset": "3 h"}).status_code == 302
    made.refresh_from_db()
    assert made.offset == 3 * HOUR
    for is_active, said in ((False, "The reminder is off."), (True, "The reminder is on.")):
        assert said in staff.post(address, {"step": "switch"}, follow=True).text
        made.refresh_from_db()
        assert made.is_active is is_active
    assert ReminderChange.objects.count() == 1
    assert "The reminder is gone." in staff.post(address, {"step": "remove"}, follow=True).text
    assert not ReminderRule.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"offset": "soon"}, "Write a length of time"),
        ({"offset": ""}, "This field is required"),
        ({"offset": "0 min"}, "Say how long before."),
        ({"offset": "61 d"}, "At most 60 days."),
        ({"event": "end", "offset": "2 d"}, "At most 24 hours."),
        ({"event": "end", "to": "staff"}, "Possible here: who it is about."),
        ({"event": "contract", "offset": "30 d"}, "who books for the company, staff of the space"),
        ({"event": "membership", "offset": "36 h"}, "Give whole days"),
        ({"event": "membership", "offset": "400 d"}, "At most 366 days."),
        (
            {"event": "membership", "offset": "30 d", "audience": "maker"},
            "Only reservations differ by whose they are",
        ),
    ],
)
def test_what_does_not_go_together_is_told_beside_it(
    staff: Client, laser: Machine, wrong: dict[str, str], told: str
) -> None:
    page = staff.post(NEW, TYPED | wrong)
    assert page.status_code == 422
    assert told in page.text
    assert "Something in the form is not understood yet." in page.text
    assert f'value="{(TYPED | wrong)["offset"]}"' in page.text or not wrong.get("offset", "x")
    assert not ReminderRule.objects.exists()


def test_a_rule_says_by_which_way(staff: Client, laser: Machine) -> None:
    page = staff.get(NEW).text
    for words in ("by every way", "by e-mail alone"):
        assert words in page
    told = staff.post(NEW, TYPED | {"ways": "mail"}, headers={"HX-Target": "words"}).text
    assert "Remind everybody 2 hours before the start. By e-mail alone." in told
    staff.post(NEW, TYPED | {"ways": "beside"})
    assert ReminderRule.objects.get().ways == "beside"
    assert "On their other channels; by e-mail to who has none." in staff.get(LIST).text


def test_a_membership_has_no_category(staff: Client, laser: Machine) -> None:
    typed = {"event": "membership", "offset": "30 d", "category": str(laser.category_id)}
    assert "nothing to do with a category" in staff.post(NEW, TYPED | typed).text


def test_the_same_is_said_once(staff: Client, laser: Machine) -> None:
    rule(laser.space, 2 * HOUR, is_active=False)
    assert "There is this reminder already." in staff.post(NEW, TYPED).text
    other = rule(laser.space, 3 * HOUR)
    again = staff.post(f"{LIST}{other.pk}/", TYPED | {"offset": "3 h", "is_active": ""})
    assert again.status_code == 302


def test_the_rule_of_another_space_is_not_found(staff: Client) -> None:
    from_elsewhere = rule(RoleFactory().space, HOUR)
    assert staff.get(f"{LIST}{from_elsewhere.pk}/").status_code == 404


def test_every_event_and_everybody_told_of_it_has_a_sentence(laser: Machine) -> None:
    sentences = [
        rule_in_words(ReminderRule(space=laser.space, event=event, to=to, offset=offset))
        for event in ReminderEvent
        for to in REMINDED[event]
        for offset in (timedelta(0), 30 * DAY)
    ]
    assert all(each.endswith(".") and "%(" not in each for each in sentences)
    assert len(set(sentences)) == len(sentences)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_a_fixed_number_of_queries(
    laser: Machine, count: int, django_assert_num_queries: Any
) -> None:
    space: Space = laser.space
    for number in range(count):
        rule(space, number * HOUR, category=laser.category, to=ReminderTo.HOLDER)
        reserved(laser, NOW + (3 + number) * DAY)
    with django_assert_num_queries(2):
        rules_in(space)
        next_reminders(space, REMINDERS, most=10)
