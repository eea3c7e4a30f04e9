"""Staff sets policies in a form that tells what would hold."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.test import Client

from booking.models import AllowedHours, Policy, ReminderRule
from booking.queries.policies import policies_in
from booking.queries.terms import terms_of
from booking.states import DEFAULT_LEAD_TIME
from machines.models import Machine
from members.states import Audience
from tests.factories.booking import PolicyFactory
from tests.factories.machines import CategoryFactory, MachineFactory
from tests.factories.members import RoleFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
NO_ROWS = {
    "hours-TOTAL_FORMS": "2",
    "hours-INITIAL_FORMS": "0",
    "hours-MIN_NUM_FORMS": "0",
    "hours-MAX_NUM_FORMS": "14",
}


@pytest.fixture
def machine() -> Machine:
    space = SpaceFactory(slug="atelier")
    category = CategoryFactory(name="3D printers", slug="printers")
    made: Machine = MachineFactory(space=space, category=category, name="Prusa", slug="prusa")
    return made


@pytest.fixture
def staff(client: Client, machine: Machine) -> Client:
    client.force_login(RoleFactory(space=machine.space).member)
    return client


def page_of(whom: str, machine: bool = False) -> str:
    about = "machines/prusa/policies" if machine else "policies/categories/printers"
    return f"/spaces/atelier/{about}/{whom}/"


def typed(**more: Any) -> dict[str, Any]:
    return {**NO_ROWS, "step": "save", **more}


def test_the_list_tells_what_holds_for_whom(staff: Client, machine: Machine) -> None:
    about = {"machine": None, "space": machine.space, "category": machine.category}
    PolicyFactory(**about, longest=3 * HOUR)
    PolicyFactory(**about, audience="company", longest=9 * HOUR)
    PolicyFactory(machine=machine, staff_needed=True)
    page = staff.get("/spaces/atelier/policies/").text
    assert "From 30 minutes to 3 hours at a time" in page
    assert "From 30 minutes to 9 hours at a time" in page
    assert "A reminder goes out 24 hours before the start." in page
    assert page_of("company") in page
    assert '"/spaces/atelier/machines/prusa/policies/"' in page
    of_machine = staff.get("/spaces/atelier/machines/prusa/policies/").text
    assert "Only while staff is there." in of_machine
    assert page_of("everybody", machine=True) in of_machine


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_a_fixed_number_of_queries(
    machine: Machine, count: int, django_assert_num_queries: Any
) -> None:
    for _number in range(count):
        other = MachineFactory(space=machine.space, category=CategoryFactory())
        PolicyFactory(machine=other, staff_needed=True)
    with django_assert_num_queries(3):
        policies_in(machine.space)


def test_the_form_says_what_an_empty_field_means_and_who_says_so(
    staff: Client, machine: Machine
) -> None:
    about = {"machine": None, "space": machine.space, "category": machine.category}
    PolicyFactory(**about, longest=3 * HOUR)
    PolicyFactory(**about, audience="maker", longest=2 * HOUR)
    page = staff.get(page_of("maker")).text
    assert "Empty: 3 hours (3D printers, everybody)." in page
    assert "Empty: 15 minutes (default of the house)." in page
    assert 'value="2 h"' in page
    assert "From 30 minutes to 2 hours at a time" in page
    own = staff.get(page_of("maker", machine=True)).text
    assert "Empty: 2 hours (3D printers, makers)." in own


def test_what_is_typed_is_told_before_it_is_saved(staff: Client, machine: Machine) -> None:
    page = staff.post(page_of("maker"), typed(step="preview", longest="90 min"))
    assert page.status_code == 200
    assert "From 30 minutes to 1 hour 30 minutes at a time" in page.text
    assert "Nothing is saved yet." in page.text
    assert not Policy.objects.exists()
    part = staff.post(page_of("maker"), typed(lead_time="2 h"), headers={"HX-Target": "words"})
    assert "Book from 2 hours to 60 days ahead." in part.text
    assert "<html" not in part.text
    assert not Policy.objects.exists()
    wrong = staff.post(page_of("maker"), typed(lead_time="soon"), headers={"HX-Target": "words"})
    assert "not understood" in wrong.text


def test_saving_removing_and_what_holds(staff: Client, machine: Machine) -> None:
    hours = {
        "hours-0-weekdays": ["0", "1"],
        "hours-0-start_time": "17:00",
        "hours-0-end_time": "24:00",
    }
    answer = staff.post(
        page_of("maker"),
        typed(lead_time="2 h", horizon_days="30", unattended_allowed="True", **hours),
    )
    assert answer.status_code == 302
    terms = terms_of(machine, audience=Audience.MAKER)
    assert (terms.lead_time, terms.horizon_days, terms.unattended_allowed) == (2 * HOUR, 30, True)
    (kept,) = terms.hours
    assert (kept.weekdays, kept.start_time, kept.end_time) == ((0, 1), time(17), time(0))
    assert terms_of(machine, audience=Audience.COMPANY).lead_time == DEFAULT_LEAD_TIME
    page = staff.get(page_of("maker")).text
    assert "Only at these hours: Mon, Tue 17:00–24:00." in page
    again = {
        **hours,
        "hours-TOTAL_FORMS": "3",
        "hours-INITIAL_FORMS": "1",
        "hours-0-DELETE": "on",
    }
    staff.post(page_of("maker"), typed(**again))
    assert not AllowedHours.objects.exists()
    assert Policy.objects.get().lead_time is None
    staff.post(page_of("maker"), {"step": "remove"})
    assert not Policy.objects.exists()


@pytest.mark.parametrize(
    ("offsets", "told"),
    [
        ([3 * HOUR], "A reminder goes out 3 hours before the start."),
        ([24 * HOUR, HOUR], "Reminders go out 24 hours and 1 hour before the start."),
        (
            [48 * HOUR, 24 * HOUR, HOUR],
            "Reminders go out 2 days, 24 hours and 1 hour before the start.",
        ),
    ],
)
def test_what_the_system_does_tells_of_the_reminders(
    staff: Client, machine: Machine, offsets: list[timedelta], told: str
) -> None:
    for offset in offsets:
        ReminderRule.objects.create(space=machine.space, offset=offset)
    assert told in staff.get("/spaces/atelier/policies/").text
    assert told in staff.get(page_of("everybody")).text
    ReminderRule.objects.update(is_active=False)
    assert "No reminder goes out before the start." in staff.get(page_of("everybody")).text


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"lead_time": "soon"}, "Write a length of time"),
        ({"grid": "7 min"}, "Whole steps must make a day"),
        ({"turnaround": "5 d"}, "three days at most"),
        ({"horizon_days": "5000"}, "less than or equal to 1000"),
        ({"shortest": "9 h"}, "Nothing could be booked: the shortest (9 hours)"),
        ({"longest": "10 min"}, "Nothing could be booked: the shortest (30 minutes)"),
        ({"hours-0-start_time": "17:00"}, "Give both times."),
        ({"hours-0-weekdays": ["1"]}, "Give both times."),
    ],
)
def test_what_is_wrong_is_said_beside_its_cause(
    staff: Client, machine: Machine, wrong: dict[str, Any], told: str
) -> None:
    page = staff.post(page_of("everybody"), typed(setup="20 min", **wrong))
    assert page.status_code == 422
    assert told in page.text
    assert 'value="20 min"' in page.text
    assert not Policy.objects.exists()


def test_what_is_not_here_has_no_page(staff: Client, machine: Machine) -> None:
    elsewhere = MachineFactory(space=SpaceFactory(), category=CategoryFactory(slug="looms"))
    for address in (
        "/spaces/atelier/policies/categories/looms/everybody/",
        "/spaces/atelier/policies/categories/printers/friends/",
        f"/spaces/atelier/machines/{elsewhere.slug}/policies/",
    ):
        assert staff.get(address).status_code == 404
