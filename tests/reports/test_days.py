"""Which days of a machine have rows, however they came to be: those of a full rebuild."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.models import UsageSession
from booking.services.blocking import block
from booking.services.entering import enter_session
from booking.services.history.importing import import_history
from booking.services.history.sources import open_source
from booking.services.history.undoing import undo_import
from booking.services.retiring import bring_back, retire
from booking.states import ReservationKind
from machines.models import DirtyDay, Machine
from machines.services.calendars import WeeklySpan, add_closure, set_weekly_hours
from machines.services.dirty import mark_dirty
from machines.services.events import DIRTY_AHEAD, mark_days
from machines.services.faults import report_fault
from machines.states import CalendarKind
from members.models import Member
from reports.filters import Filters, Period, Scope
from reports.models import UsageDay
from reports.queries.days import Clock
from reports.queries.usage import report_of
from reports.services import rollup
from spaces.intervals import DAY, Interval, moment_of
from tests.factories.booking import UsageSessionFactory
from tests.factories.machines import FaultFactory, MachineFactory
from tests.factories.members import RoleFactory
from tests.reports.test_oracle import KEPT, everything_kept

NOW = datetime(2026, 5, 20, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
APRIL = Period(date(2026, 4, 1), date(2026, 4, 30))

PAST = """\
machine,start,end,user,kind
Saw,2026-03-04 09:00,2026-03-04 10:00,Zoë Muster,booking
Saw,2026-03-04 09:05,2026-03-04 09:50,Zoë Muster,activation
Saw,2026-03-07 07:00,2026-03-09 10:00,,stoppage
"""


@pytest.fixture
def saw() -> Machine:
    return MachineFactory(name="Saw", space__timezone="Europe/Zurich")


@pytest.fixture
def staff(saw: Machine) -> Member:
    member: Member = RoleFactory(space=saw.space).member
    return member


def at(day: date, hour: int = 8) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=UTC)


def hours_on(day: date, length: int = 1) -> Interval:
    return Interval(at(day), at(day) + length * HOUR)


def work(now: datetime) -> None:
    """What the jobs do, once each."""
    rollup.fill_gaps(now=now)
    rollup.rebuild_dirty_days(now=now)
    rollup.extend_rollup(now=now)
    rollup.rebuild_dirty_days(now=now)
    assert not DirtyDay.objects.exists()


def settle(now: datetime) -> None:
    """Let the jobs work, and find every row as if there had been none before."""
    work(now)
    kept = everything_kept()
    for rows in KEPT:
        rows.objects.all().delete()
    rollup.rebuild_all(now=now)
    assert everything_kept() == kept


def opened(machine: Machine) -> dict[date, int]:
    rows = UsageDay.objects.filter(machine=machine)
    return dict(rows.values_list("date", "opening"))


@pytest.mark.django_db
def test_the_idle_days_since_a_use_of_long_ago_are_counted_at_once(
    saw: Machine, staff: Member
) -> None:
    work(NOW)
    used = hours_on(APRIL.first, 2)
    enter_session(machine=saw, member=None, span=used, by=staff, now=NOW)
    rollup.fill_gaps(now=NOW)
    rollup.rebuild_dirty_days(now=NOW)
    told = report_of(Filters(scope=Scope.of_space(saw.space), period=APRIL)).totals
    share = told.share("use_rate")
    assert (share.numerator, share.denominator) == (2 * 3600, 30 * 86400)
    assert rollup.extend_rollup(now=NOW) == 0


@pytest.mark.django_db
def test_what_is_taken_back_leaves_no_days(saw: Machine) -> None:
    work(NOW)
    before = opened(saw)
    assert (min(before), max(before)) == (NOW.date(), date(2026, 6, 30))
    used = hours_on(date(2026, 3, 5))
    row = UsageSessionFactory(machine=saw, started_at=used.start, ended_at=used.end)
    mark_dirty([saw], used)
    work(NOW)
    assert len(opened(saw)) == len(before) + 76
    row.delete()
    mark_dirty([saw], used)
    work(NOW)
    assert opened(saw) == before


@pytest.mark.django_db
def test_days_far_ahead_wait_until_they_come_nearer(saw: Machine, staff: Member) -> None:
    day = date(2026, 9, 15)
    work(NOW)
    block(machines=[saw], kind=ReservationKind.WORKSHOP, span=hours_on(day), by=staff, now=NOW)
    work(NOW)
    assert day not in opened(saw)
    set_weekly_hours(
        owner=saw.space,
        kind=CalendarKind.OPEN,
        week=[WeeklySpan(weekdays=range(7), start=time(9), end=time(13))],
        from_date=date(2026, 9, 1),
        now=NOW,
    )
    work(NOW + 90 * DAY)
    row = UsageDay.objects.get(machine=saw, date=day)
    assert (row.opening, row.booked) == (4 * 3600, 3600)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Asuncion"])
def test_a_change_of_the_calendar_marks_all_days_that_have_rows(zone: str) -> None:
    clock = ZoneInfo(zone)
    for days in range(2 * 366):
        for hour in (0, 12, 23):
            now = datetime(2027, 1, 1, hour, tzinfo=clock) + days * DAY
            last = Clock(clock, now.date()).last
            end = moment_of(datetime.combine(last + DAY, time.min), clock)
            assert end <= now.astimezone(UTC) + DIRTY_AHEAD


@pytest.mark.django_db
def test_who_retires_a_machine_while_it_is_rebuilt_is_heard(saw: Machine) -> None:
    work(NOW)
    mark_dirty([saw], hours_on(date(2026, 6, 10)))

    def retired_just_before(execute: Any, sql: Any, *args: Any) -> object:
        if "pg_try_advisory_xact_lock" in str(sql):
            Machine.objects.filter(pk=saw.pk).update(retired_at=NOW)
            mark_days(saw, NOW, None, NOW)
        return execute(sql, *args)

    with connection.execute_wrapper(retired_just_before):
        rollup.rebuild_dirty_days(now=NOW)
    work(NOW)
    assert max(opened(saw)) == NOW.date()


@pytest.mark.django_db
def test_who_left_service_has_rows_of_days_on_which_something_happened(saw: Machine) -> None:
    left = date(2026, 4, 1)
    Machine.objects.filter(pk=saw.pk).update(retired_at=datetime(2026, 4, 1, tzinfo=saw.space.zone))
    for day in (date(2026, 3, 28), date(2026, 4, 20)):
        used = hours_on(day)
        UsageSessionFactory(machine=saw, started_at=used.start, ended_at=used.end)
        mark_dirty([saw], used)
    work(NOW)
    before = [left - n * DAY for n in range(4, 0, -1)]
    assert sorted(opened(saw)) == [*before, date(2026, 4, 20)]
    assert rollup.extend_rollup(now=NOW) == 0
    settle(NOW)


@pytest.mark.django_db
def test_what_lasted_while_no_job_ran_is_counted_whole(saw: Machine) -> None:
    FaultFactory(machine=saw, starts_at=NOW)
    work(NOW)
    later = NOW + 100 * DAY
    work(later)
    days = UsageDay.objects.filter(machine=saw, date__gt=NOW.date(), date__lt=later.date())
    assert set(days.values_list("down", flat=True)) == {86400}
    assert days.count() == 99


@pytest.mark.django_db
def test_a_space_whose_clock_cannot_be_read_does_not_hold_up_the_others(
    saw: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = MachineFactory(space__timezone="Mars/Base")
    UsageSession.objects.create(machine=nowhere, started_at=NOW, source="kiosk")
    assert rollup.extend_rollup(now=NOW) == 12 + 30
    assert str(nowhere.space) in caplog.text


@pytest.mark.django_db
def test_looking_for_days_takes_as_many_queries_for_many_machines() -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert rollup.extend_rollup(now=NOW) > 0
            rollup.fill_gaps(now=NOW)
        return len(captured)

    MachineFactory()
    few = queries()
    MachineFactory.create_batch(3)
    assert queries() == few <= 14


@pytest.mark.django_db
def test_whatever_happens_the_rows_are_those_of_a_full_rebuild(saw: Machine, staff: Member) -> None:
    mill = MachineFactory(space=saw.space, category=saw.category)
    source = open_source(saw.space, PAST.encode(), filename="log.csv")
    past = import_history(space=saw.space, source=source, good_rows_only=True, by=staff, now=NOW)
    assert past.history is not None
    work(NOW)
    undo_import(history=past.history, by=staff, now=NOW)
    settle(NOW)
    enter_session(machine=saw, member=None, span=hours_on(date(2026, 5, 4)), by=staff, now=NOW)
    far = hours_on(date(2026, 9, 15))
    block(machines=[saw, mill], kind=ReservationKind.WORKSHOP, span=far, by=staff, now=NOW)
    work(NOW)
    week = [WeeklySpan(weekdays=range(5), start=time(9), end=time(13))]
    set_weekly_hours(
        owner=saw.space,
        kind=CalendarKind.OPEN,
        week=week,
        from_date=date(2026, 6, 15),
        now=NOW,
    )
    summer = datetime(2026, 7, 1, 10, tzinfo=UTC)
    report_fault(machine=saw, summary="Stuck", stops_machine=True, by=staff, now=summer)
    work(summer)
    last = Interval(at(date(2026, 8, 31), 0), at(date(2026, 8, 31), 20))
    add_closure(owner=saw.space, title="Stocktaking", interval=last, now=summer)
    work(summer)
    # Nobody works for months.
    autumn = datetime(2026, 9, 25, 10, tzinfo=UTC)
    retire(machines=[mill], reason="", choices={}, by=staff, now=autumn)
    settle(autumn)
    later = autumn + 10 * DAY
    bring_back(machine=Machine.objects.get(pk=mill.pk), by=staff, now=later)
    settle(later)
