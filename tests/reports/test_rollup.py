"""The rollup is kept: days are marked, shared out between workers, and nothing is lost."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.models import UsageSession
from booking.states import ReservationState
from machines.models import DirtyDay, Machine, Stoppage
from machines.services.dirty import mark_dirty
from members.models import Delegate
from members.states import Audience
from reports.filters import Filters, Period, Scope
from reports.hours import BY_AUDIENCE, COLUMNS, UsedBy
from reports.models import CompanyHour, UsageDay, UsageHour
from reports.queries.columns import columns_of
from reports.queries.usage import report_of
from reports.services import rollup
from reports.services.groups import keep_membership
from reports.tasks import extend_rollup, rebuild_dirty_days
from spaces.intervals import Interval
from tests.factories.booking import ReservationFactory, UsageSessionFactory
from tests.factories.machines import FaultFactory, MachineFactory
from tests.factories.members import CompanyFactory, DelegateFactory, MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 20, 10, tzinfo=UTC)
DAY = date(2026, 5, 6)
START = datetime(2026, 5, 6, 8, tzinfo=UTC)


@pytest.fixture
def machine() -> Machine:
    return MachineFactory()


def seconds(machine: Machine, column: str, day: date = DAY) -> int:
    rows = UsageHour.objects.filter(machine=machine, date=day)
    return sum(rows.values_list(column, flat=True))


def table() -> list[tuple[object, ...]]:
    return list(
        UsageHour.objects.order_by("machine", "date", "hour").values_list(
            "machine", "date", "hour", *COLUMNS
        )
    )


def test_a_rebuild_gives_the_same_however_often_it_runs(machine: Machine) -> None:
    UsageSessionFactory(machine=machine, started_at=START, ended_at=START + timedelta(hours=2))
    assert rollup.rebuild_all(now=NOW) > 40
    first = table()
    assert rollup.rebuild_all(now=NOW + timedelta(hours=1)) > 40
    assert table() == first
    assert seconds(machine, "used") == 7200


def test_the_october_night_has_two_hours_at_two(machine: Machine) -> None:
    rollup.rebuild_days({(machine.pk, date(2026, 10, 25))}, now=NOW)
    assert UsageHour.objects.get(hour=2).calendar == 7200
    rollup.rebuild_days({(machine.pk, date(2026, 3, 29))}, now=NOW)
    hours = UsageHour.objects.filter(date=date(2026, 3, 29)).values_list("hour", flat=True)
    assert sorted(hours) == [0, 1, *range(3, 24)]


def test_marked_days_are_rebuilt_and_their_marks_taken_away(machine: Machine) -> None:
    UsageSessionFactory(machine=machine, started_at=START, ended_at=START + timedelta(hours=2))
    mark_dirty([machine], Interval(START, START + timedelta(hours=2)))
    rebuild_dirty_days()
    assert seconds(machine, "used") == 7200
    assert not DirtyDay.objects.exists()


def test_a_mark_set_again_meanwhile_is_kept(machine: Machine) -> None:
    span = Interval(START, START + timedelta(hours=2))
    mark_dirty([machine], span)

    def used_before_the_hours_are_written(execute: Any, sql: Any, *args: Any) -> object:
        if "DELETE FROM reports_usagehour" in str(sql):
            UsageSessionFactory(machine=machine, started_at=span.start, ended_at=span.end)
            mark_dirty([machine], span)
        return execute(sql, *args)

    with connection.execute_wrapper(used_before_the_hours_are_written):
        rollup.rebuild_dirty_days(now=NOW)
    assert seconds(machine, "used") == 0
    assert DirtyDay.objects.count() == 1
    rollup.rebuild_dirty_days(now=NOW)
    assert seconds(machine, "used") == 7200
    assert not DirtyDay.objects.exists()


def test_a_machine_that_breaks_does_not_hold_up_the_others(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = MachineFactory(space__timezone="Mars/Base")
    DirtyDay.objects.bulk_create(
        DirtyDay(machine=each, date=DAY, marked_at=NOW) for each in (nowhere, machine)
    )
    assert rollup.rebuild_dirty_days(now=NOW) == 1
    assert list(DirtyDay.objects.values_list("machine", flat=True)) == [nowhere.pk]
    record = caplog.records[-1]
    assert str(nowhere.pk) in record.getMessage()
    assert record.exc_info is not None


def test_what_still_runs_counts_up_to_now(machine: Machine) -> None:
    UsageSessionFactory(machine=machine, started_at=NOW - timedelta(hours=1))
    broken = MachineFactory(space=machine.space)
    FaultFactory(machine=broken, starts_at=NOW - timedelta(hours=3))
    rollup.extend_rollup(now=NOW)
    rollup.rebuild_dirty_days(now=NOW)
    assert seconds(machine, "used", NOW.date()) == 3600
    assert seconds(broken, "down", NOW.date()) == 3 * 3600
    assert seconds(broken, "down", NOW.date() + timedelta(days=1)) == 0


def test_the_rollup_reaches_to_the_end_of_next_month(machine: Machine) -> None:
    MachineFactory(space=machine.space, retired_at=NOW)
    assert rollup.extend_rollup(now=NOW) == 12 + 30 + 1
    rollup.rebuild_dirty_days(now=NOW)
    assert UsageHour.objects.latest("date").date == date(2026, 6, 30)
    assert rollup.extend_rollup(now=NOW) == 0
    # What stands further ahead does not hide the days before it, and goes.
    rollup.rebuild_days({(machine.pk, date(2026, 8, 1))}, now=NOW)
    assert rollup.extend_rollup(now=NOW + timedelta(days=31)) == 31 + 1


def test_days_during_which_something_lasts_are_marked_again(machine: Machine) -> None:
    FaultFactory(machine=machine, starts_at=NOW - timedelta(days=3))
    FaultFactory(machine=machine, starts_at=NOW - timedelta(days=9), stops_machine=False)
    rollup.extend_rollup(now=NOW)
    rollup.rebuild_dirty_days(now=NOW)
    later = NOW + timedelta(days=1)
    assert rollup.extend_rollup(now=later) == 5
    rollup.rebuild_dirty_days(now=later)
    assert seconds(machine, "down", NOW.date()) == 86400
    Stoppage.objects.update(ends_at=NOW)
    rollup.rebuild_all(now=later)
    assert rollup.extend_rollup(now=later) == 0


def test_a_retired_machine_has_no_hours_afterwards(machine: Machine) -> None:
    machine.retired_at = START
    machine.save()
    rollup.rebuild_days({(machine.pk, DAY)}, now=NOW)
    assert seconds(machine, "opening") == seconds(machine, "calendar") == 10 * 3600


def test_what_was_freed_early_stays_booked_as_booked(machine: Machine) -> None:
    ReservationFactory(
        machine=machine,
        starts_at=START,
        ends_at=START + timedelta(hours=2),
        occupied_until=START + timedelta(minutes=30),
        state=ReservationState.COMPLETED,
    )
    rollup.rebuild_days({(machine.pk, DAY)}, now=NOW)
    assert seconds(machine, "booked") == seconds(machine, "occupied") == 7200


def test_use_of_a_checked_in_reservation_stays_its_own_when_the_person_goes(
    machine: Machine,
) -> None:
    company = CompanyFactory()
    delegate = DelegateFactory(company=company)
    booked = ReservationFactory(machine=machine, starts_at=START, company=company)
    UsageSessionFactory(
        machine=machine,
        member=delegate.member,
        reservation=booked,
        started_at=START,
        ended_at=booked.ends_at,
    )
    for forget in (lambda: None, delegate.delete, _forget):
        forget()
        rollup.rebuild_days({(machine.pk, DAY)}, now=NOW)
        assert seconds(machine, "used_in_booking") == 3600
        assert seconds(machine, "walk_in") == 0


def _forget() -> None:
    UsageSession.objects.update(member=None)


def test_what_people_become_changes_no_figure_of_the_past(machine: Machine) -> None:
    maker, role = MemberFactory(), RoleFactory(space=machine.space)
    for hours, person in enumerate((maker, role.member)):
        start = START + timedelta(hours=2 * hours)
        ReservationFactory(machine=machine, member=person, starts_at=start)
        UsageSessionFactory(
            machine=machine, member=person, started_at=start, ended_at=start + timedelta(hours=1)
        )
    ReservationFactory(
        machine=machine, company=CompanyFactory(), starts_at=START + timedelta(hours=4)
    )
    filters = Filters(scope=Scope.of_space(machine.space), period=Period(DAY, DAY))

    def told() -> list[tuple[str, int, int, int | None]]:
        rollup.rebuild_all(now=NOW)
        return [
            (each.used_by, each.booked, each.used, each.people)
            for each in report_of(filters).audiences
        ]

    first = told()
    assert first == [
        (UsedBy.COMPANY, 3600, 0, 0),
        (UsedBy.MAKER, 3600, 3600, 1),
        (UsedBy.STAFF, 3600, 3600, 1),
        (UsedBy.NOBODY, 0, 0, None),
    ]
    role.delete()
    RoleFactory(member=maker, space=machine.space)
    assert told() == first
    _forget()
    assert [row[:3] for row in told()] == [row[:3] for row in first]


def test_who_joins_or_leaves_a_company_changes_no_figure_of_the_past(machine: Machine) -> None:
    first, second = CompanyFactory.create_batch(2)
    both, maker = MemberFactory.create_batch(2)
    for company in (first, second):
        DelegateFactory(company=company, member=both)
    for hours, person in enumerate((both, maker, both)):
        start = START + timedelta(hours=2 * hours)
        ReservationFactory(
            machine=machine, starts_at=start, company=second if hours == 2 else first
        )
        UsageSessionFactory(
            machine=machine, member=person, started_at=start, ended_at=start + timedelta(hours=1)
        )

    def told() -> list[tuple[object, ...]]:
        rollup.rebuild_all(now=NOW)
        days = UsageDay.objects.filter(date=DAY).values_list(*COLUMNS, *BY_AUDIENCE)
        return [*days, *CompanyHour.objects.order_by("pk").values_list()]

    before = told()
    used = CompanyHour.objects.filter(used=3600).order_by("hour")
    assert list(used.values_list("company", flat=True)) == [first.pk, second.pk]
    assert seconds(machine, "used_in_booking") == 7200
    Delegate.objects.all().delete()
    for company in (first, second):
        DelegateFactory(company=company, member=maker)
    assert told() == before
    _forget()
    assert told() == before


def test_what_is_signed_by_another_is_of_what_they_are(machine: Machine) -> None:
    session = UsageSessionFactory(machine=machine, started_at=START, ended_at=NOW)
    assert (session.audience, session.companies) == (Audience.MAKER, None)
    session.member = RoleFactory(space=machine.space).member
    company = DelegateFactory(member=session.member).company
    session.save()
    session.refresh_from_db()
    assert (session.audience, session.companies) == (Audience.STAFF, [company.pk])


def test_who_runs_every_space_is_staff_of_each(machine: Machine) -> None:
    chief = MemberFactory(is_superuser=True)
    session = UsageSessionFactory(machine=machine, member=chief, started_at=START, ended_at=NOW)
    assert session.audience == Audience.STAFF


def test_a_workshop_is_booked_but_never_due(machine: Machine) -> None:
    ReservationFactory(machine=machine, starts_at=START, kind="workshop", member=None)
    ReservationFactory(machine=machine, starts_at=START, state=ReservationState.NO_SHOW)
    ReservationFactory(
        machine=machine,
        starts_at=START,
        state=ReservationState.CANCELLED,
        member=MemberFactory(),
        company=CompanyFactory(),
        cancelled_late=True,
    )
    rollup.rebuild_days({(machine.pk, DAY)}, now=NOW)
    assert CompanyHour.objects.get().late_cancelled == 3600
    assert seconds(machine, "booked") == 3600
    assert (seconds(machine, "due_count"), seconds(machine, "no_show_count")) == (1, 1)
    assert seconds(machine, "late_cancelled") == 3600


def test_the_number_of_queries_does_not_grow_with_days_or_machines(machine: Machine) -> None:
    def queries_of(machines: list[Machine], days: int) -> int:
        for each in machines:
            ReservationFactory(machine=each, starts_at=START, company=CompanyFactory())
        keys = {(each.pk, DAY + timedelta(days=n)) for each in machines for n in range(days)}
        # The groups of new machines are written with their whole past.
        keep_membership()
        with CaptureQueriesContext(connection) as captured:
            assert rollup.rebuild_days(keys, now=NOW) == len(keys)
        return len(captured)

    few = queries_of([machine], 1)
    many = queries_of(MachineFactory.create_batch(8, space=machine.space), 20)
    assert few == many <= 36


def test_keys_of_unknown_machines_are_left_out() -> None:
    assert rollup.rebuild_days({(123456, DAY)}, now=NOW) == 0


def test_progress_is_told(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollup, "DAYS_AT_ONCE", 10)
    other = MachineFactory(space=machine.space)
    keys = {(each.pk, DAY + timedelta(days=n)) for each in (machine, other) for n in range(12)}
    said: list[tuple[int, int]] = []
    rollup.rebuild_days(keys, now=NOW, told=lambda done, of: said.append((done, of)))
    assert said == [(12, 24), (24, 24)]


def test_the_command_rebuilds_one_space_or_all(machine: Machine) -> None:
    other = MachineFactory()
    out = StringIO()
    call_command("rebuild_usage", "--space", machine.space.slug, stdout=out)
    assert "machine-days computed from the log" in out.getvalue()
    assert UsageHour.objects.filter(machine=machine).exists()
    assert not UsageHour.objects.filter(machine=other).exists()
    call_command("rebuild_usage", stdout=out)
    assert UsageHour.objects.filter(machine=other).exists()
    with pytest.raises(CommandError, match="no space"):
        call_command("rebuild_usage", "--space", "nowhere")


def test_the_hourly_task_marks_days(machine: Machine) -> None:
    extend_rollup()
    assert DirtyDay.objects.filter(machine=machine).count() > 28


@pytest.mark.django_db(transaction=True)
def test_a_busy_machine_is_left_to_the_worker_that_has_it() -> None:
    busy, free = MachineFactory.create_batch(2)
    for each in (busy, free):
        mark_dirty([each], Interval(NOW, NOW + timedelta(hours=1)))
    other_worker = connection.copy()
    try:
        other_worker.set_autocommit(False)
        with other_worker.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [rollup.ROLLUP_LOCK, busy.pk])
        assert rollup.rebuild_dirty_days(now=NOW) == 1
        assert [mark.machine_id for mark in DirtyDay.objects.all()] == [busy.pk]
        other_worker.rollback()
        assert rollup.rebuild_dirty_days(now=NOW) == 1
    finally:
        other_worker.close()
    assert UsageHour.objects.filter(date=NOW.date()).count() == 48


@pytest.mark.django_db(transaction=True)
def test_a_rebuild_does_not_wait_for_somebody_who_marks_its_day() -> None:
    machine = MachineFactory()
    mark_dirty([machine], Interval(START, START + timedelta(hours=1)))
    somebody = connection.copy()
    try:
        somebody.set_autocommit(False)
        with somebody.cursor() as cursor:
            cursor.execute("UPDATE machines_dirtyday SET marked_at = now()")
        assert rollup.rebuild_dirty_days(now=NOW) == 1
        somebody.commit()
    finally:
        somebody.close()
    assert DirtyDay.objects.count() == 1


def test_zones_with_half_hours_have_their_own_hours() -> None:
    machine = MachineFactory(space__timezone="Asia/Kathmandu")
    zone = ZoneInfo("Asia/Kathmandu")
    start = datetime(2026, 5, 6, 10, 30, tzinfo=zone)
    UsageSessionFactory(machine=machine, started_at=start, ended_at=start + timedelta(hours=1))
    rollup.rebuild_days({(machine.pk, DAY)}, now=NOW)
    used = UsageHour.objects.filter(used__gt=0).order_by("hour").values_list("hour", "used")
    assert list(used) == [(10, 1800), (11, 1800)]


def test_a_column_with_nulls_is_not_read_as_something_else() -> None:
    [numbers] = columns_of("SELECT unnest(array[3, 5]::int8[])", [], 1)
    assert numbers.tolist() == [3, 5]
    with pytest.raises(ValueError, match="nulls"):
        columns_of("SELECT unnest(array[3, null]::int8[])", [], 1)
