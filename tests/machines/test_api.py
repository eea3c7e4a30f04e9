"""The directory of spaces over the API."""

from datetime import UTC, date, datetime, time

import pytest
import time_machine
from django.test import Client

from machines.services.calendars import WeeklySpan, add_closure, set_weekly_hours
from machines.states import CalendarKind
from spaces.intervals import local_day
from spaces.models import Space
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)


@pytest.fixture
def space() -> Space:
    """Open on weekdays from 9 to 17, staffed on Tuesday, closed on the fifth of May."""
    space = SpaceFactory(slug="lab", name="Lab")
    first = date(2026, 1, 1)
    week = [WeeklySpan(weekdays=(0, 1, 2, 3, 4), start=time(9), end=time(17))]
    staffed = [WeeklySpan(weekdays=(2,), start=time(9), end=time(12))]
    set_weekly_hours(owner=space, kind=CalendarKind.OPEN, week=week, from_date=first, now=NOW)
    set_weekly_hours(owner=space, kind=CalendarKind.STAFFED, week=staffed, from_date=first, now=NOW)
    interval = local_day(date(2026, 5, 5), space.zone)
    add_closure(owner=space, title="Spring cleaning", interval=interval, now=NOW)
    return space


def test_the_directory_lists_public_spaces(client: Client, space: Space) -> None:
    SpaceFactory(is_listed=False)
    answer = client.get("/api/v1/spaces").json()
    assert [item["slug"] for item in answer["items"]] == [space.slug]
    assert answer["items"][0]["timezone"] == "Europe/Zurich"


def test_opening_tells_hours_staff_and_closures_in_the_spaces_offset(
    client: Client, space: Space
) -> None:
    answer = client.get(
        f"/api/v1/spaces/{space.slug}/opening"
        "?from=2026-05-05T00:00:00%2B02:00&until=2026-05-07T00:00:00%2B02:00"
    ).json()
    assert [
        (item["kind"], item["starts_at"], item["ends_at"], item["reason"])
        for item in answer["items"]
    ] == [
        ("CLOSED", "2026-05-05T00:00:00+02:00", "2026-05-06T00:00:00+02:00", "Spring cleaning"),
        ("OPEN", "2026-05-06T09:00:00+02:00", "2026-05-06T17:00:00+02:00", None),
        ("STAFFED", "2026-05-06T09:00:00+02:00", "2026-05-06T12:00:00+02:00", None),
    ]


@time_machine.travel(NOW, tick=False)
def test_one_space_comes_with_the_hours_to_come(client: Client, space: Space) -> None:
    answer = client.get(f"/api/v1/spaces/{space.slug}").json()
    assert answer["name"] == "Lab"
    assert answer["hours"][0]["starts_at"] == "2026-05-04T10:00:00+02:00"
    assert client.get("/api/v1/spaces/elsewhere").status_code == 404
