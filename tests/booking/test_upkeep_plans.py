"""Upkeep that comes again: what is due, the free time that is put aside, what was done."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from booking.models import ReminderRule, Reservation
from booking.notices import MAINTENANCE_DUE
from booking.queries.wear import Standing, jobs_of, standings_in, standings_of
from booking.services.reminders import remind
from booking.services.upkeep import end_upkeep
from booking.services.upkeep_plans import (
    Done,
    best_near,
    end_plan,
    place,
    place_due,
    record_job,
)
from booking.states import ReminderEvent, ReminderTo, ReservationKind, UpkeepState
from booking.upkeep_time import days_around, first_fitting, longest_stretch
from machines.models import Machine, MaintenanceJob, MaintenancePlan
from machines.services.calendars import set_weekly_hours
from machines.services.events import WeeklySpan
from machines.services.maintenance import ReadingTooLow, read_counter
from machines.states import CalendarKind, UpkeepBasis
from notifications.models import Message
from spaces.intervals import Interval
from spaces.models import Space
from tests.factories.booking import PolicyFactory, ReservationFactory, UsageSessionFactory
from tests.factories.machines import CounterFactory, MachineFactory, MaintenancePlanFactory
from tests.factories.members import MemberFactory, RoleFactory

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
"""A Monday, ten o'clock in the space."""

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def machine() -> Machine:
    """A machine that is open from ten to six, and staffed from two on."""
    found: Machine = MachineFactory()
    week = tuple(range(7))
    for kind, start in ((CalendarKind.OPEN, 10), (CalendarKind.STAFFED, 14)):
        set_weekly_hours(
            owner=found.space,
            kind=kind,
            week=[WeeklySpan(week, time(start), time(18))],
            from_date=datetime(2026, 1, 1, tzinfo=UTC).date(),
            now=datetime(2026, 1, 1, tzinfo=UTC),
        )
    return found


def plan(machine: Machine, days_ago: float = 0, **more: Any) -> MaintenancePlan:
    row: MaintenancePlan = MaintenancePlanFactory(
        machine=machine, counted_from=NOW - days_ago * DAY, **more
    )
    return row


def standing(row: MaintenancePlan, now: datetime = NOW) -> Standing:
    (found,) = standings_of(MaintenancePlan.objects.filter(pk=row.pk), now=now)
    return found


def blocks(machine: Machine) -> list[Interval]:
    rows = Reservation.objects.maintenance().filter(machine=machine).order_by("starts_at")
    return [row.span for row in rows]


@pytest.mark.django_db
class TestWear:
    """What tells that it is due."""

    def test_days(self, machine: Machine) -> None:
        assert standing(plan(machine, 10)).state == UpkeepState.LATER
        assert standing(plan(machine, 20)).state == UpkeepState.SOON
        late = standing(plan(machine, 40))
        assert (late.state, late.used, late.percent) == (UpkeepState.DUE, 40, 133)

    def test_hours_of_use_since_then_and_how_fast(self, machine: Machine) -> None:
        row = plan(machine, 10, basis=UpkeepBasis.HOURS, every=40)
        assert standing(row).state == UpkeepState.UNKNOWN
        UsageSessionFactory(
            machine=machine,
            started_at=NOW - 10 * DAY - 5 * HOUR,
            ended_at=NOW - 10 * DAY + 5 * HOUR,
        )
        UsageSessionFactory(machine=machine, started_at=NOW - 25 * HOUR, ended_at=NOW - HOUR)
        UsageSessionFactory(machine=machine, started_at=NOW - HOUR / 2)
        UsageSessionFactory(started_at=NOW - HOUR)
        found = standing(row)
        assert found.wear.used == Decimal("29.5")
        # 34.5 hours in sixty days: what is left takes 19 days.
        assert found.due_on == (NOW + 19 * DAY).date()

    def test_uses(self, machine: Machine) -> None:
        row = plan(machine, 10, basis=UpkeepBasis.CYCLES, every=3)
        for days in (11, 9, 2):
            UsageSessionFactory(
                machine=machine, started_at=NOW - days * DAY, ended_at=NOW - days * DAY + HOUR
            )
        assert standing(row).used == 2
        UsageSessionFactory(machine=machine, started_at=NOW - HOUR)
        assert standing(row).state == UpkeepState.DUE

    def test_a_counter(self, machine: Machine) -> None:
        counter = CounterFactory(machine=machine)
        row = plan(machine, 30, basis=UpkeepBasis.COUNTER, every=100, counter=counter)
        for days, shown in ((31, 1000), (1, 1060)):
            read_counter(counter=counter, value=Decimal(shown), by=None, now=NOW - days * DAY)
        found = standing(row)
        assert (found.used, found.due_on) == (60, (NOW + 40 * DAY).date())

    def test_the_number_of_queries_is_fixed(
        self, machine: Machine, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for number in range(3):
            counter = CounterFactory(machine=machine, name=f"Counter {number}")
            read_counter(counter=counter, value=Decimal(1), by=None, now=NOW)
            place(plan=plan(machine, 30), now=NOW)
            plan(machine, 1, basis=UpkeepBasis.COUNTER, counter=counter)
            with django_assert_num_queries(3):
                found = standings_in(machine.space, now=NOW)
            assert len(found) == 2 * (number + 1)


@pytest.mark.django_db
class TestPlacing:
    """Free time near the day, and nobody displaced."""

    def test_the_first_time_while_staff_is_there_on_the_day_itself(self, machine: Machine) -> None:
        row = plan(machine, 25)
        span = place(plan=row, now=NOW)
        due = NOW + 5 * DAY
        assert span == Interval(due.replace(hour=12), due.replace(hour=14))
        assert blocks(machine) == [span]
        assert standing(row).placed == span
        assert place(plan=row, now=NOW) == span
        assert blocks(machine) == [span]

    def test_who_has_reserved_stays_and_a_day_before_is_taken(self, machine: Machine) -> None:
        due = (NOW + 5 * DAY).replace(hour=13)
        kept = ReservationFactory(machine=machine, starts_at=due, ends_at=due + 2 * HOUR)
        span = place(plan=plan(machine, 25), now=NOW)
        assert span == Interval(due - DAY - HOUR, due - DAY + HOUR)
        kept.refresh_from_db()
        assert kept.starts_at == due

    def test_what_is_overdue_gets_the_next_time_there_is(self, machine: Machine) -> None:
        PolicyFactory(machine=machine, turnaround=HOUR / 2)
        ReservationFactory(
            machine=machine,
            starts_at=NOW + 4 * HOUR,
            ends_at=NOW + 6 * HOUR,
            occupied_until=NOW + 6.5 * HOUR,
        )
        span = place(plan=plan(machine, 90), now=NOW)
        assert span is not None
        assert span.start == (NOW + DAY).replace(hour=12)

    def test_where_there_is_no_time_nobody_is_displaced(self, machine: Machine) -> None:
        rows = [
            ReservationFactory(
                machine=machine, starts_at=NOW + day * DAY, ends_at=NOW + day * DAY + 8 * HOUR
            )
            for day in range(31)
        ]
        assert place(plan=plan(machine, 90), now=NOW) is None
        assert place_due(NOW) == 0
        assert Reservation.objects.filter(pk__in=[row.pk for row in rows]).count() == len(rows)
        assert blocks(machine) == []

    def test_where_no_day_has_enough_the_longest_stretch_is_told(self, machine: Machine) -> None:
        row = plan(machine, 30, duration=5 * HOUR)
        assert place(plan=row, now=NOW) is None
        best = best_near(standing(row), now=NOW)
        assert best is not None
        assert best.duration < row.duration

    def test_the_job_places_what_is_due_soon_once(self, machine: Machine) -> None:
        soon, later = plan(machine, 25), plan(machine, 1)
        retired = plan(MachineFactory(retired_at=NOW), 90)
        ended = plan(machine, 90, ended_at=NOW)
        assert place_due(NOW) == 1
        assert place_due(NOW) == 0
        assert standing(soon).placed is not None
        for row in (later, retired, ended):
            row.refresh_from_db()
            assert row.event is None

    def test_a_plan_that_breaks_does_not_hold_up_the_others(
        self, machine: Machine, caplog: pytest.LogCaptureFixture
    ) -> None:
        sound, dateless = plan(machine, 25), plan(MachineFactory(), 90)
        # Nobody can tell what day it is there, and nothing takes less than no time.
        Space.objects.filter(machines=dateless.machine_id).update(timezone="Mars/Olympus")
        impossible = plan(MachineFactory(), 90, duration=-HOUR)
        assert place_due(NOW) == 1
        assert standing(sound).placed is not None
        assert f"Where the maintenance plan {dateless.pk} stands cannot be told" in caplog.text
        assert f"MaintenancePlan {impossible.pk} could not be settled" in caplog.text

    def test_what_staff_took_back_is_not_put_aside_by_itself_again(self, machine: Machine) -> None:
        row = plan(machine, 25)
        place(plan=row, now=NOW)
        row.refresh_from_db()
        assert row.event is not None
        end_upkeep(machine=machine, event=row.event, now=NOW)
        assert (blocks(machine), standing(row).placed) == ([], None)
        assert place_due(NOW) == 0
        assert place(plan=row, now=NOW) is not None
        assert len(blocks(machine)) == 1

    def test_staff_is_reminded_of_it_as_of_any_maintenance(self, machine: Machine) -> None:
        staff = RoleFactory(space=machine.space).member
        ReminderRule.objects.create(
            space=machine.space,
            event=ReminderEvent.MAINTENANCE,
            to=ReminderTo.STAFF,
            offset=2 * DAY,
        )
        span = place(plan=plan(machine, 25), now=NOW)
        assert span is not None
        remind(span.start - DAY, [ReminderEvent.MAINTENANCE])
        message = Message.objects.get(kind=MAINTENANCE_DUE)
        assert (message.recipient, message.context["purpose"]) == (staff, "Clean the lens")

    def test_what_is_not_due_soon_needs_no_time(self, machine: Machine) -> None:
        assert place(plan=plan(machine, 1), now=NOW) is None
        assert blocks(machine) == []

    def test_time_that_has_passed_without_the_job_is_told(self, machine: Machine) -> None:
        row = plan(machine, 30)
        span = place(plan=row, now=NOW)
        assert span is not None
        found = standing(row, span.end)
        assert (found.placed, found.is_past) == (span, True)
        again = place(plan=row, now=span.end)
        assert again is not None
        assert again.start >= span.end


@pytest.mark.django_db
class TestDone:
    """What was done, and that it counts anew."""

    def test_it_is_kept_and_counts_anew(self, machine: Machine) -> None:
        row, by = plan(machine, 25, checklist="Unplug\n\n Clean \nTest"), MemberFactory()
        place(plan=row, now=NOW)
        done = Done(done_at=NOW, ticked=frozenset({0, 2}), parts="Wipes", cost=Decimal("12.50"))
        job = record_job(plan=row, done=done, by=by, now=NOW)
        assert (job.title, job.cost, job.used) == ("Clean the lens", done.cost, Decimal(25))
        assert job.done_by == by
        assert job.left_out == ["Clean"]
        found = standing(row)
        assert (found.used, found.state, found.placed) == (0, UpkeepState.LATER, None)
        assert blocks(machine) == []
        assert list(jobs_of(machine=machine)) == [job]

    def test_in_the_middle_of_the_time_put_aside_the_rest_is_free(self, machine: Machine) -> None:
        row, by = plan(machine, 30), MemberFactory()
        span = place(plan=row, now=NOW)
        assert span is not None
        now = span.start + HOUR
        record_job(plan=row, done=Done(done_at=now), by=by, now=now)
        assert [(each.start, each.end) for each in blocks(machine)] == [(span.start, now)]

    def test_after_the_time_put_aside_it_stays_what_it_was(self, machine: Machine) -> None:
        row, by = plan(machine, 30), MemberFactory()
        span = place(plan=row, now=NOW)
        assert span is not None
        now = span.end + DAY
        record_job(plan=row, done=Done(done_at=span.end), by=by, now=now)
        assert blocks(machine) == [span]
        assert standing(row, now).used == 1

    def test_with_a_new_lamp_the_counter_begins_anew(self, machine: Machine) -> None:
        counter, by = CounterFactory(machine=machine), MemberFactory()
        row = plan(machine, 30, basis=UpkeepBasis.COUNTER, every=100, counter=counter)
        read_counter(counter=counter, value=Decimal(900), by=by, now=NOW - 40 * DAY)
        with pytest.raises(ReadingTooLow):
            record_job(plan=row, done=Done(done_at=NOW, reading=Decimal(0)), by=by, now=NOW)
        assert not MaintenanceJob.objects.exists()
        done = Done(done_at=NOW, reading=Decimal(0), is_restart=True)
        record_job(plan=row, done=done, by=by, now=NOW)
        read_counter(counter=counter, value=Decimal(30), by=by, now=NOW + DAY)
        assert standing(row, NOW + 2 * DAY).used == 30

    def test_a_plan_that_ended_frees_its_time_and_keeps_its_history(self, machine: Machine) -> None:
        row, by = plan(machine, 25), MemberFactory()
        record_job(plan=row, done=Done(done_at=NOW - 25 * DAY), by=by, now=NOW - 25 * DAY)
        place(plan=row, now=NOW)
        end_plan(plan=row, now=NOW)
        assert blocks(machine) == []
        assert standings_in(machine.space, now=NOW) == []
        assert place(plan=row, now=NOW) is None
        assert jobs_of(machine=machine).count() == 1


def test_people_see_maintenance(db: None) -> None:
    machine = MachineFactory()
    place(plan=plan(machine, 30), now=NOW)
    assert Reservation.objects.get().kind == ReservationKind.MAINTENANCE


@given(due=st.integers(-5, 25), last=st.integers(0, 20))
def test_every_day_is_looked_at_once_and_the_nearest_first(due: int, last: int) -> None:
    first = NOW.date()
    days = list(days_around(first + due * DAY, first=first, last=first + last * DAY))
    assert sorted(days) == [first + number * DAY for number in range(last + 1)]
    assert days[0] == first + min(max(due, 0), last) * DAY


def test_a_job_may_go_on_after_midnight() -> None:
    zone = ZoneInfo("Europe/Zurich")
    evening = datetime(2026, 5, 4, 20, 5, tzinfo=zone).astimezone(UTC)
    free = [Interval(evening, evening + 9 * HOUR)]
    found = first_fitting(free, 8 * HOUR, [date(2026, 5, 4)], zone)
    assert found is not None
    assert found.start == evening + HOUR / 6
    assert first_fitting(free, 9 * HOUR, [date(2026, 5, 4)], zone) is None
    longest = longest_stretch(free, [date(2026, 5, 4), date(2026, 5, 5)], zone)
    assert longest == Interval(evening + HOUR / 6, evening + 9 * HOUR)
    assert longest_stretch(free, [date(2026, 5, 6)], zone) is None


@given(
    gaps=st.lists(st.tuples(st.integers(0, 1400), st.integers(1, 400)), max_size=6),
    length=st.integers(1, 20),
)
def test_what_is_put_aside_is_free_and_begins_on_the_quarter(
    gaps: list[tuple[int, int]], length: int
) -> None:
    zone = MachineFactory.build().space.zone
    midnight = datetime(2026, 5, 4, tzinfo=zone).astimezone(UTC)
    minute = timedelta(minutes=1)
    free = [
        Interval(midnight + start * minute, midnight + (start + long) * minute)
        for start, long in sorted(gaps)
    ]
    wanted = length * 15 * minute
    found = first_fitting(free, wanted, [NOW.date()], zone)
    if found is None:
        return
    assert found.duration == wanted
    assert not (found.start - midnight) % (15 * minute)
    assert any(gap.start <= found.start and found.end <= gap.end for gap in free)
