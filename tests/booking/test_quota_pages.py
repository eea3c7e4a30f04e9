"""Staff sets quotas, each told in a sentence; members see what they have used."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from booking.models import Quota
from booking.queries.quotas import usage_of
from machines.models import Machine, Pool
from spaces.intervals import Interval
from tests.factories.booking import ReservationFactory
from tests.factories.machines import CategoryFactory, MachineFactory
from tests.factories.members import CompanyFactory, MemberFactory, RoleFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
"""A Monday."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LIST, NEW = "/spaces/atelier/quotas/", "/spaces/atelier/quotas/new/"
TYPED = {
    "step": "save",
    "duration": "10 h",
    "count": "",
    "window": "week",
    "days": "",
    "what": "space",
    "whose": "member",
    "hours_counted": "all",
    "start_time": "",
    "end_time": "",
    "last_minute": "",
}


@pytest.fixture
def laser() -> Machine:
    space = SpaceFactory(slug="atelier", name="Atelier")
    made: Machine = MachineFactory(
        space=space, category=CategoryFactory(name="Lasers"), name="Speedy", slug="speedy"
    )
    return made


@pytest.fixture
def staff(client: Client, laser: Machine) -> Client:
    client.force_login(RoleFactory(space=laser.space).member)
    return client


def test_each_quota_is_told_in_a_sentence(staff: Client, laser: Machine) -> None:
    assert "No quota" in staff.get(LIST).text
    company = CompanyFactory(name="Gear Ltd")
    pool = Pool.objects.create(space=laser.space, slug="lasers", name="The lasers")
    every = {"space": laser.space, "account": "member", "scope": "machine"}
    Quota.objects.create(**every, window="day", duration=4 * HOUR, last_minute=2 * HOUR)
    Quota.objects.create(**every | {"scope": "category"}, window="rolling", days=7, count=3)
    hours = {"weekdays": [0, 1, 2, 3, 4], "start_time": time(8), "end_time": time(18)}
    Quota.objects.create(
        **every | {"account": "company", "company": company, "scope": "pool", "pool": pool},
        window="month", duration=20 * HOUR, hours_counted="inside", **hours,
    )  # fmt: skip
    Quota.objects.create(
        **every | {"scope": "space"}, window="at_once", count=2, hours_counted="outside", **hours
    )
    page = staff.get(LIST).text
    for sentence in (
        "Each member: 4 hours a day, on each machine. What is reserved 2 hours before its start",
        "Each member: 3 reservations in any 7 days, on each category.",
        "Gear Ltd: 20 hours a month, The lasers. Only Mon–Fri 08:00–18:00 counts.",
        "2 reservations at once, on all machines together. Mon–Fri 08:00–18:00 does not count.",
    ):
        assert sentence in page


def test_a_quota_is_told_saved_counted_and_removed(staff: Client, laser: Machine) -> None:
    typed = TYPED | {"what": f"machine:{laser.pk}", "duration": "1 h 30 min"}
    told = staff.post(NEW, typed, headers={"HX-Target": "words"})
    assert "Each member: 1 hour 30 minutes a week, Speedy." in told.text
    assert "<html" not in told.text
    shown = staff.post(NEW, typed | {"step": "preview"})
    assert "Nothing is saved yet." in shown.text
    assert not Quota.objects.exists()
    assert staff.post(NEW, typed).status_code == 302
    quota = Quota.objects.get()
    assert (quota.machine, quota.scope, quota.duration) == (laser, "machine", 1.5 * HOUR)
    page = staff.get(f"{LIST}{quota.pk}/").text
    assert 'value="1 h 30 min"' in page
    assert f'<option value="machine:{laser.pk}" selected>' in page
    staff.post(f"{LIST}{quota.pk}/", typed | {"step": "remove"})
    assert not Quota.objects.exists()


def test_hours_company_and_days_in_a_row(staff: Client, laser: Machine) -> None:
    company = CompanyFactory(name="Gear Ltd")
    typed = TYPED | {
        "duration": "", "count": "3", "window": "rolling", "days": "7",
        "what": f"category:{laser.category_id}", "whose": f"company:{company.pk}",
        "hours_counted": "inside", "weekdays": ["5", "6"],
        "start_time": "18:00", "end_time": "24:00", "last_minute": "2 h",
    }  # fmt: skip
    staff.post(NEW, typed)
    quota = Quota.objects.get()
    assert (quota.account, quota.company, quota.category) == ("company", company, laser.category)
    assert (quota.weekdays, quota.start_time, quota.end_time) == ([5, 6], time(18), time(0))
    page = staff.get(f"{LIST}{quota.pk}/").text
    assert f'<option value="company:{company.pk}" selected>' in page
    assert "24:00" in page
    staff.post(f"{LIST}{quota.pk}/", TYPED)
    quota.refresh_from_db()
    assert (quota.company, quota.category, quota.days) == (None, None, None)
    assert (quota.start_time, quota.weekdays, quota.last_minute) == (None, [], None)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"duration": ""}, "Give a time or a number, not both."),
        ({"count": "3"}, "Give a time or a number, not both."),
        ({"window": "rolling"}, "Say how many days."),
        ({"hours_counted": "inside", "start_time": "08:00"}, "Say which hours."),
        ({"duration": "much"}, "Write a length of time"),
        ({"what": "machine:0"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said(
    staff: Client, laser: Machine, wrong: dict[str, str], told: str
) -> None:
    page = staff.post(NEW, TYPED | {"last_minute": "45 min"} | wrong)
    assert page.status_code == 422
    assert told in page.text
    assert 'value="45 min"' in page.text
    assert not Quota.objects.exists()


def test_quotas_of_other_spaces_are_not_here(staff: Client, laser: Machine) -> None:
    other = Quota.objects.create(
        space=SpaceFactory(), account="member", scope="space", window="day", count=1
    )
    assert staff.get(f"{LIST}{other.pk}/").status_code == 404


@time_machine.travel(NOW, tick=False)
def test_members_see_what_they_have_used(client: Client, laser: Machine) -> None:
    member = MemberFactory()
    about = {"space": laser.space, "account": "member", "scope": "machine", "duration": 4 * HOUR}
    Quota.objects.create(**about, window="day")
    ReservationFactory(machine=laser, member=member, starts_at=NOW + DAY + 4 * HOUR)
    client.force_login(member)
    asked = {"date": "2026-05-05", "start": "10:00", "end": "12:00"}
    page = client.get("/machines/atelier/speedy/verdict/", asked).text
    assert "1 hour used of 4 hours a day, Speedy" in page
    assert 'max="14400"' in page
    assert 'value="3600"' in page
    whole = client.get("/machines/atelier/speedy/", asked).text
    assert "1 hour used of 4 hours a day, Speedy" in whole


@pytest.mark.parametrize(
    ("window", "more", "used", "most"),
    [
        ("day", {"count": 3}, 1, 3),
        ("week", {"duration": 9 * HOUR}, 2 * 3600, 9 * 3600),
        ("month", {"count": 9}, 2, 9),
        ("rolling", {"count": 9, "days": 2}, 2, 9),
        ("at_once", {"count": 4}, 3, 4),
    ],
)
def test_what_is_used_agrees_with_what_is_refused(
    laser: Machine, window: str, more: dict[str, Any], used: int, most: int
) -> None:
    """Two this week, on Tuesday and Wednesday, and one in June."""
    member = MemberFactory()
    Quota.objects.create(space=laser.space, account="member", scope="space", window=window, **more)
    for day in (1, 2, 30):
        ReservationFactory(machine=laser, member=member, starts_at=NOW + day * DAY + 5 * HOUR)
    span = Interval(NOW + DAY, NOW + DAY + HOUR)
    (usage,) = usage_of(machine=laser, member=member, company=None, span=span, now=NOW)
    assert (usage.used, usage.most, usage.is_full) == (used, most, False)
