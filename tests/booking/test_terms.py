"""Whose terms hold where, and which policy says so."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from booking.facts import HoursOfWeek
from booking.models import AllowedHours
from booking.queries.terms import (
    every_terms_of,
    resolved_for_many,
    terms_of,
    terms_of_many,
    terms_of_reservations,
)
from booking.states import DEFAULT_GRID
from machines.models import Machine
from members.states import Audience
from tests.factories.booking import PolicyFactory, ReservationFactory, UsageSessionFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import CompanyFactory, MemberFactory, RoleFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = datetime(2026, 5, 5, 8, tzinfo=UTC)


def of_category(machine: Machine, **said: Any) -> Any:
    return PolicyFactory(machine=None, space=machine.space, category=machine.category, **said)


def test_the_nearest_policy_that_says_something_holds() -> None:
    machine = MachineFactory()
    general = of_category(machine, lead_time=1 * HOUR, longest=1 * HOUR, grace_period=HOUR)
    theirs = of_category(machine, audience="maker", longest=2 * HOUR, shortest=HOUR / 2)
    own = PolicyFactory(machine=machine, shortest=HOUR, turnaround=HOUR)
    nearest = PolicyFactory(machine=machine, audience="maker", turnaround=2 * HOUR)
    PolicyFactory(machine=machine, audience="staff", turnaround=3 * HOUR)
    found = resolved_for_many([machine], audience=Audience.MAKER)[machine.pk]
    told = {name: (getattr(found.terms, name), found.said_by[name]) for name in found.said_by}
    for name, value, policy in (
        ("lead_time", HOUR, general),
        ("longest", 2 * HOUR, theirs),
        ("shortest", HOUR, own),
        ("turnaround", 2 * HOUR, nearest),
    ):
        said_by = told[name][1]
        assert told[name][0] == value
        assert said_by is not None
        assert said_by.pk == policy.pk
    assert told["grid"] == (DEFAULT_GRID, None)


def test_each_audience_has_its_own_terms() -> None:
    machine = MachineFactory()
    of_category(machine, longest=HOUR)
    of_category(machine, audience="company", longest=8 * HOUR)
    lengths = [each.longest / HOUR for each in every_terms_of([machine])[machine.pk]]
    assert dict(zip(Audience, lengths, strict=True)) == {"maker": 1, "company": 8, "staff": 1}


def test_the_audience_may_differ_by_space() -> None:
    here, there = MachineFactory(), MachineFactory(space=SpaceFactory())
    for machine in (here, there):
        of_category(machine, audience="staff", longest=9 * HOUR)
        of_category(machine, longest=HOUR)

    def audience_in(space: int) -> Audience:
        return Audience.STAFF if space == there.space_id else Audience.MAKER

    found = terms_of_many([here, there], audience=audience_in)
    assert [found[each.pk].longest / HOUR for each in (here, there)] == [1, 9]


def test_allowed_hours_are_taken_from_the_first_policy_that_has_any() -> None:
    machine = MachineFactory()
    general = of_category(machine)
    AllowedHours.objects.create(
        policy=general, weekdays=[0, 1], start_time=time(8), end_time=time(12)
    )
    makers = PolicyFactory(machine=machine, audience="maker")
    assert terms_of(machine, audience=Audience.MAKER).hours == (
        HoursOfWeek(weekdays=(0, 1), start_time=time(8), end_time=time(12)),
    )
    AllowedHours.objects.create(policy=makers, start_time=time(17), end_time=time(0))
    assert terms_of(machine, audience=Audience.MAKER).hours == (
        HoursOfWeek(weekdays=(), start_time=time(17), end_time=time(0)),
    )


def test_a_reservation_has_the_terms_of_who_holds_it() -> None:
    machine = MachineFactory()
    for hours, audience in enumerate(("", "maker", "company", "staff"), start=1):
        of_category(machine, audience=audience, grace_period=hours * HOUR)
    staff = RoleFactory(space=machine.space).member
    everywhere = MemberFactory(is_superuser=True)
    elsewhere = RoleFactory(space=SpaceFactory()).member
    company = CompanyFactory()
    rows = [
        ReservationFactory(machine=machine, starts_at=NOW + day * DAY, **who)
        for day, who in enumerate(
            [
                {"member": staff},
                {"member": everywhere},
                {"member": elsewhere},
                {"member": staff, "company": company},
            ]
        )
    ]
    found = terms_of_reservations(rows)
    assert [found[row.pk].grace_period / HOUR for row in rows] == [4, 4, 2, 3]
    session = UsageSessionFactory(
        machine=machine, member=staff, reservation=rows[3], started_at=NOW
    )
    assert terms_of_reservations([session])[session.pk].grace_period == 3 * HOUR


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_is_fixed(count: int, django_assert_num_queries: Any) -> None:
    machines = MachineFactory.create_batch(count)
    rows = [ReservationFactory(machine=each, starts_at=NOW) for each in machines]
    for machine in machines:
        policy = PolicyFactory(machine=machine, audience="maker")
        AllowedHours.objects.create(policy=policy, start_time=time(8), end_time=time(12))
    with django_assert_num_queries(1):
        terms_of_many(machines, audience=Audience.MAKER)
    with django_assert_num_queries(1):
        every_terms_of(machines)
    with django_assert_num_queries(1):
        terms_of_reservations(rows)
    PolicyFactory(machine=machines[0], audience="staff")
    with django_assert_num_queries(2):
        terms_of_reservations(rows)
