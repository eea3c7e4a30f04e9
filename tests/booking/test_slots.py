"""The earliest offers over many machines."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from booking.models import AllowedHours, Policy, Reservation
from booking.queries.first_free import first_free
from booking.queries.slots import first_slots, free_machines
from booking.states import ReservationState
from machines.models import Machine
from machines.services.calendars import add_closure, set_weekly_hours
from machines.services.events import WeeklySpan
from machines.states import CalendarKind
from members.states import Audience
from spaces.intervals import Interval
from spaces.models import Space
from tests.factories.booking import PolicyFactory, ReservationFactory, UsageSessionFactory
from tests.factories.machines import FaultFactory, MachineFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)  # Monday, 10:00 in Zürich
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
WEEK = Interval(NOW, NOW + timedelta(days=7))


def offers(
    *, length: timedelta = HOUR, window: Interval = WEEK, now: datetime = NOW, limit: int = 50
) -> list[tuple[str, float, float]]:
    """Each machine found with the start and the end of its time, in hours from now."""
    found = first_slots(
        machines=Machine.objects.select_related("space"),
        length=length,
        window_in=lambda _zone: window,
        audience=Audience.MAKER,
        now=now,
        limit=limit,
    )
    return [
        (
            slot.machine.name,
            (slot.interval.start - NOW) / HOUR,
            (slot.interval.end - NOW) / HOUR,
        )
        for slot in found.slots
    ]


def reserved(machine: Machine, start: float, end: float, **more: Any) -> Reservation:
    """A reservation between two hours from now."""
    return ReservationFactory.create(
        machine=machine, starts_at=NOW + start * HOUR, ends_at=NOW + end * HOUR, **more
    )


def open_hours(owner: Space | Machine, start: int, end: int, kind: str = CalendarKind.OPEN) -> None:
    """Open every day between two hours of the clock."""
    set_weekly_hours(
        owner=owner,
        kind=CalendarKind(kind),
        week=[WeeklySpan(tuple(range(7)), time(start), time(end))],
        from_date=datetime(2026, 1, 1, tzinfo=UTC).date(),
        now=datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_the_earliest_comes_first_and_each_machine_once() -> None:
    later, sooner = MachineFactory.create(name="Later"), MachineFactory.create(name="Sooner")
    reserved(later, 0, 2)
    reserved(sooner, 0, 1)
    MachineFactory.create(name="Now")
    assert offers() == [("Now", 0, 1), ("Sooner", 1, 2), ("Later", 2, 3)]
    assert offers(limit=1) == [("Now", 0, 1)]


def test_a_gap_too_short_is_passed_over() -> None:
    machine = MachineFactory.create(name="A")
    reserved(machine, -1, 1)
    reserved(machine, 1.5, 3)
    reserved(machine, 4, 6)
    assert offers(length=HOUR / 2) == [("A", 1, 1.5)]
    assert offers(length=HOUR) == [("A", 3, 4)]
    assert offers(length=2 * HOUR) == [("A", 6, 8)]


def test_it_ends_within_the_window() -> None:
    MachineFactory.create(name="A")
    assert offers(length=2 * HOUR, window=Interval(NOW, NOW + 2 * HOUR)) == [("A", 0, 2)]
    assert offers(length=2 * HOUR, window=Interval(NOW, NOW + 1.5 * HOUR)) == []
    assert offers(window=Interval(NOW - 5 * HOUR, NOW)) == []


def test_time_that_nobody_decided_in_time_is_free_again() -> None:
    machine = MachineFactory.create(name="A")
    reserved(machine, 0, 1, state=ReservationState.HELD, expires_at=NOW)
    reserved(machine, 1, 2, state=ReservationState.PENDING, expires_at=NOW + MINUTE)
    reserved(machine, 2, 3, state=ReservationState.CANCELLED)
    assert offers() == [("A", 0, 1)]
    assert offers(length=2 * HOUR) == [("A", 2, 4)]


def test_a_row_that_keeps_nothing_hides_no_longer_one() -> None:
    machine = MachineFactory.create(name="A")
    reserved(machine, -3, 1)
    reserved(
        machine,
        -1,
        0,
        occupied_until=NOW - HOUR,
        state=ReservationState.COMPLETED,
    )
    assert offers() == [("A", 1, 2)]


def test_setup_and_turnaround_find_room() -> None:
    machine = MachineFactory.create(name="A")
    PolicyFactory.create(machine=machine, setup=HOUR / 2, turnaround=HOUR)
    reserved(machine, -2, 1)
    reserved(machine, 3.5, 5)
    reserved(machine, 8, 9)
    assert offers() == [("A", 1.5, 2.5)]
    assert offers(length=1.25 * HOUR) == [("A", 5.5, 6.75)]


def test_starts_on_the_grid_and_lasts_whole_steps() -> None:
    machine = MachineFactory.create(name="A")
    PolicyFactory.create(machine=machine, grid=HOUR / 2, shortest=HOUR, longest=2 * HOUR)
    reserved(machine, -1, 0.6)
    assert offers(length=10 * MINUTE) == [("A", 1, 2)]
    assert offers(length=80 * MINUTE) == [("A", 1, 2.5)]
    assert offers(length=3 * HOUR) == []


def test_lead_time_and_horizon_are_kept() -> None:
    machine = MachineFactory.create(name="A")
    PolicyFactory.create(machine=machine, lead_time=3 * HOUR, horizon_days=1)
    assert offers() == [("A", 3, 4)]
    reserved(machine, 3, 24)
    assert offers() == [("A", 24, 25)]
    reserved(machine, 24, 24.25)
    assert offers() == []


def test_only_while_open_and_where_asked_while_staff_is_there() -> None:
    space = SpaceFactory.create()
    open_hours(space, 9, 20)
    open_hours(space, 14, 17, CalendarKind.STAFFED)
    MachineFactory.create(name="Open", space=space)
    alone = MachineFactory.create(name="With staff", space=space)
    PolicyFactory.create(machine=alone, staff_needed=True)
    own = MachineFactory.create(name="Own hours", space=space)
    open_hours(own, 18, 20)
    assert offers(length=2 * HOUR) == [("Open", 0, 2), ("With staff", 4, 6), ("Own hours", 8, 10)]
    assert offers(length=3 * HOUR, window=Interval(NOW + 8 * HOUR, WEEK.end)) == [
        ("Open", 23, 26),
        ("With staff", 28, 31),
    ]
    add_closure(
        owner=space, title="Feast", interval=Interval(NOW + 12 * HOUR, NOW + 36 * HOUR), now=NOW
    )
    assert offers(length=3 * HOUR, window=Interval(NOW + 8 * HOUR, WEEK.end))[0] == ("Open", 47, 50)


def test_faults_maintenance_and_use_stand_in_the_way() -> None:
    names = ("Broken", "Used", "Overdue", "Upkeep", "Down for good")
    broken, used, overdue, upkeep, gone = (MachineFactory.create(name=name) for name in names)
    MachineFactory.create(name="Retired", retired_at=NOW)
    FaultFactory.create(machine=broken, starts_at=NOW + HOUR / 2, ends_at=NOW + 1.75 * HOUR)
    FaultFactory.create(machine=broken, starts_at=NOW - HOUR, stops_machine=False)
    FaultFactory.create(machine=gone, starts_at=NOW - HOUR)
    UsageSessionFactory.create(
        machine=used, started_at=NOW - HOUR, expected_end_at=NOW + 1.25 * HOUR
    )
    UsageSessionFactory.create(
        machine=overdue, started_at=NOW - 2 * HOUR, expected_end_at=NOW - HOUR
    )
    reserved(upkeep, 0, 2, kind="maintenance", member=None)
    assert offers() == [
        ("Overdue", 0, 1),
        ("Used", 1.25, 2.25),
        ("Broken", 1.75, 2.75),
        ("Upkeep", 2, 3),
    ]


def test_the_clock_change_moves_no_machine_off_its_grid() -> None:
    """On 25 October 2026 the hour from 2 to 3 comes twice in Zürich."""
    machine = MachineFactory.create(name="A")
    PolicyFactory.create(machine=machine, grid=4 * HOUR, shortest=4 * HOUR, longest=8 * HOUR)
    saturday = datetime(2026, 10, 24, 21, 30, tzinfo=UTC)  # 23:30
    found = first_slots(
        machines=Machine.objects.select_related("space"),
        length=4 * HOUR,
        window_in=lambda _zone: Interval(saturday, saturday + timedelta(days=3)),
        audience=Audience.MAKER,
        now=saturday,
        limit=1,
    )
    (slot,) = found.slots
    # From 00:00 it would end at 03:00 on the clock.
    assert slot.interval.start.astimezone(machine.space.zone).isoformat()[:16] == "2026-10-25T04:00"


def test_what_is_free_much_later_comes_after_what_is_free_soon() -> None:
    late, soon = MachineFactory.create(name="Late"), MachineFactory.create(name="Soon")
    reserved(late, 0, 10 * 24)
    reserved(soon, 0, 6 * 24)
    month = Interval(NOW, NOW + timedelta(days=30))
    assert offers(window=month, limit=1) == [("Soon", 144, 145)]
    assert offers(window=month) == [("Soon", 144, 145), ("Late", 240, 241)]
    later = Interval(NOW + timedelta(days=8), NOW + timedelta(days=30))
    assert offers(window=later, limit=1) == [("Soon", 192, 193)]


def test_going_on_from_a_place() -> None:
    for name in "ABC":
        MachineFactory.create(name=name)
    search = {
        "machines": Machine.objects.select_related("space"),
        "length": HOUR,
        "window_in": lambda _zone: WEEK,
        "audience": Audience.MAKER,
        "now": NOW,
    }
    first = first_slots(**search, limit=2)  # type: ignore[arg-type]
    second = first_slots(**search, limit=2, after=first.next)  # type: ignore[arg-type]
    assert [slot.machine.name for slot in first.slots + second.slots] == ["A", "B", "C"]
    assert second.next is None


def test_each_audience_finds_the_hours_of_its_own(django_assert_max_num_queries: Any) -> None:
    """NOW is a Monday morning in the space; both machines are of one category."""
    first = MachineFactory.create()
    machines = [first, MachineFactory.create(space=first.space, category=first.category)]
    for audience, start, end in (("maker", 17, 20), ("company", 8, 12)):
        policy = PolicyFactory.create(
            machine=None,
            space=machines[0].space,
            category=machines[0].category,
            audience=audience,
        )
        AllowedHours.objects.create(policy=policy, start_time=time(start), end_time=time(end))

    def first_hours(audience: Audience) -> set[int]:
        with django_assert_max_num_queries(6):
            found = first_slots(
                machines=Machine.objects.select_related("space"),
                length=HOUR,
                window_in=lambda _zone: WEEK,
                audience=audience,
                now=NOW,
                limit=5,
            )
        zone = machines[0].space.zone
        return {slot.interval.start.astimezone(zone).hour for slot in found.slots}

    assert first_hours(Audience.MAKER) == {17}
    assert first_hours(Audience.COMPANY) == {NOW.astimezone(machines[0].space.zone).hour}


def test_one_machine_takes_the_longest_that_it_may() -> None:
    machine = MachineFactory.create()
    PolicyFactory.create(machine=machine, longest=HOUR)
    reserved(machine, 0, 1)
    assert first_free(
        machine, after=NOW, now=NOW, length=3 * HOUR, audience=Audience.MAKER
    ) == Interval(NOW + HOUR, NOW + 2 * HOUR)


def test_free_at_a_time_on_each_clock() -> None:
    here, taken, down = MachineFactory.create_batch(3)
    away = MachineFactory.create(space=SpaceFactory.create(timezone="Pacific/Auckland"))
    reserved(taken, 2, 3)
    FaultFactory.create(machine=down, starts_at=NOW)
    span = Interval(NOW + HOUR, NOW + 2.5 * HOUR)
    machines = Machine.objects.all()

    def everywhere(_zone: object) -> Interval:
        return span

    asked = {"machines": machines, "span_in": everywhere, "audience": Audience.MAKER}
    assert sorted(free_machines(**asked, now=NOW)) == [here.pk, away.pk]
    assert free_machines(**asked, now=NOW + 2 * HOUR) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_is_fixed(count: int, django_assert_max_num_queries: Any) -> None:
    for machine in MachineFactory.create_batch(count):
        reserved(machine, 0, 1)
        open_hours(machine, 9, 17)
    with django_assert_max_num_queries(7):
        assert len(offers()) == count
    with django_assert_max_num_queries(6):
        free_machines(
            machines=Machine.objects.all(),
            span_in=lambda _zone: WEEK,
            audience=Audience.MAKER,
            now=NOW,
        )


def test_what_may_run_on_is_offered_over_night() -> None:
    machine = MachineFactory.create(name="Printer")
    open_hours(machine.space, 8, 18)
    PolicyFactory.create(machine=machine, longest=24 * HOUR, unattended_allowed=True)
    # Ten o'clock: what lasts sixteen hours begins at four in the afternoon at the earliest.
    assert offers(length=16 * HOUR) == [("Printer", 6.25, 22.25)]
    reserved(machine, 7, 8)
    assert offers(length=16 * HOUR) == [("Printer", 30.25, 46.25)]
    night = Interval(NOW + 8 * HOUR - MINUTE, NOW + 22 * HOUR + MINUTE)
    free = {
        "machines": Machine.objects.all(), "audience": Audience.MAKER, "now": NOW
    }  # fmt: skip
    assert free_machines(span_in=lambda _zone: night, **free) == []
    Reservation.objects.all().delete()
    assert free_machines(span_in=lambda _zone: night, **free) == [machine.pk]
    later = Interval(night.start + MINUTE, night.end)
    assert free_machines(span_in=lambda _zone: later, **free) == []
    Policy.objects.update(unattended_allowed=False)
    assert offers(length=16 * HOUR) == []
