"""The figures for programs: those of the page, for those who may read them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from machines.models import Machine
from members.services.tokens import create_token
from members.states import Scope
from reports.services.rollup import rebuild_all
from tests.factories.booking import UsageSessionFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory, RoleFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
CALL = "/api/v1/reports/utilisation"
OCTOBER = {"from": "2026-10-01", "until": "2026-10-31"}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def machines() -> list[Machine]:
    """One machine here, used for two hours on a Thursday, and one elsewhere for one."""
    here = MachineFactory(space=SpaceFactory(slug="here"), slug="laser")
    there = MachineFactory(space=SpaceFactory(slug="there"), category=here.category)
    start = datetime(2026, 10, 8, 8, tzinfo=UTC)
    for machine, hours in ((here, 2), (there, 1)):
        end = start + timedelta(hours=hours)
        UsageSessionFactory(machine=machine, started_at=start, ended_at=end)
    rebuild_all(now=NOW)
    return [here, there]


@pytest.fixture
def staff(client: Client, machines: list[Machine]) -> Client:
    client.force_login(RoleFactory(space=machines[0].space).member)
    return client


def told(client: Client, **asked: object) -> list[tuple[dict[str, object], int]]:
    """The groups, and the seconds used."""
    answer = client.get(CALL, {**OCTOBER, "metric": "used_h", **asked})
    assert answer.status_code == 200, answer.text
    return [(each["group"], each["figures"][0]["numerator"]) for each in answer.json()["items"]]


def test_figures_come_with_what_they_are_made_of(staff: Client) -> None:
    answer = staff.get(CALL, {**OCTOBER, "scope": "space:here", "metric": "loading"}).json()
    (figure,) = answer["items"][0]["figures"]
    assert figure == {
        "metric": "loading",
        "definition": "loading v1",
        "unit": "rate",
        "value": 0.0035,
        "numerator": 7200,
        # From its first trace on; one day has 25 hours.
        "denominator": (24 * 24 + 1) * 3600,
        "unit_of_parts": "s",
    }
    assert (answer["from"], answer["until"], answer["zone"]) == (*OCTOBER.values(), "Europe/Zurich")


def test_they_are_grouped_as_asked(staff: Client, machines: list[Machine]) -> None:
    asked = {"scope": "space:here", "group_by": "month,weekday,hour"}
    used = [each for each in told(staff, **asked, limit=200) if each[1]]
    assert used == [
        ({"month": "2026-10", "weekday": 4, "hour": 10}, 3600),
        ({"month": "2026-10", "weekday": 4, "hour": 11}, 3600),
    ]
    assert told(staff, scope="space:here", group_by="machine") == [
        ({"machine": machines[0].pk}, 7200)
    ]


def test_of_the_network_staff_read_the_sums_and_the_parts_that_are_theirs(staff: Client) -> None:
    assert told(staff) == [({}, 10800)]
    assert told(staff, group_by="space") == [({"space": "here"}, 7200)]
    ((group, seconds),) = told(staff, group_by="category")
    assert (list(group), seconds) == (["category"], 10800)


def test_long_lists_are_paged(staff: Client) -> None:
    first = staff.get(CALL, {**OCTOBER, "group_by": "hour", "limit": 20}).json()
    rest = staff.get(
        CALL, {**OCTOBER, "group_by": "hour", "limit": 20, "cursor": first["next"]}
    ).json()
    hours = [each["group"]["hour"] for each in (*first["items"], *rest["items"])]
    assert hours == list(range(24))
    assert rest["next"] is None


@pytest.mark.parametrize(
    "asked",
    [
        {"scope": "space:nowhere"},
        {"group_by": "colour"},
        {"metric": "beauty"},
        {"from": "2026-11-01"},
        {"until": "2099-01-01", "from": "2001-01-01"},
        {"cursor": "x"},
        {"nonsense": "1"},
    ],
)
def test_what_makes_no_sense_is_said(staff: Client, asked: dict[str, str]) -> None:
    answer = staff.get(CALL, {**OCTOBER, **asked})
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"


def test_a_token_needs_the_scope_and_its_member_the_right(
    client: Client, machines: list[Machine]
) -> None:
    for member, status in (
        (RoleFactory(space=machines[0].space).member, 200),
        (RoleFactory(space=machines[1].space).member, 403),
        (MemberFactory(), 403),
    ):
        for scopes, expected in (([Scope.REPORTS], status), ([Scope.READ], 401)):
            _token, secret = create_token(
                member=member, scopes=scopes, name="t", expires_at=None, now=NOW
            )
            answer = client.get(
                CALL, {"scope": "space:here"}, headers={"Authorization": f"Bearer {secret}"}
            )
            assert answer.status_code == expected
