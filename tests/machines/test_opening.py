"""What the calendars of a space and its machines say together."""

from datetime import date, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from schedule.models import Event

from machines.models import Machine
from machines.queries.opening import (
    Closure,
    maintenance_dates,
    opening_of_space,
    openings_of,
)
from machines.services.calendars import (
    WeeklySpan,
    add_closure,
    cancel_occurrence,
    follow_space,
    move_occurrence,
    plan_maintenance,
    set_weekly_hours,
)
from machines.states import CalendarKind, Repeat
from spaces.intervals import Interval, total_seconds, wall_time
from spaces.models import Space
from tests.factories.machines import MachineFactory
from tests.factories.spaces import SpaceFactory
from tests.machines.calendars import at, change, make_event, span

pytestmark = pytest.mark.django_db

NOW = at("2026-05-01T08:00")
WEEK = span("2026-05-04T00:00", "2026-05-11T00:00")
ALL_DAYS = tuple(range(7))


def hours(
    space: Space | Machine,
    *spans: tuple[str, str, tuple[int, ...]],
    kind: CalendarKind = CalendarKind.OPEN,
    from_date: date = date(2026, 1, 1),
) -> None:
    """Let a space or a machine be open on weekdays from a time until another."""
    week = [
        WeeklySpan(days, time.fromisoformat(start), time.fromisoformat(end))
        for start, end, days in spans
    ]
    set_weekly_hours(owner=space, kind=kind, week=week, from_date=from_date, now=NOW)


def test_a_space_without_hours_is_always_open() -> None:
    opening = opening_of_space(SpaceFactory.create(), WEEK)
    assert (opening.open, opening.staffed, opening.closures) == ((WEEK,), (), ())


def test_a_closure_cuts_the_night_opening_at_midnight() -> None:
    space = SpaceFactory.create()
    hours(space, ("18:00", "02:00", (4,)))
    saturday = span("2026-05-09T00:00", "2026-05-10T00:00")
    add_closure(owner=space, title="Moving", interval=saturday, now=NOW)
    opening = opening_of_space(space, WEEK)
    assert opening.open == (span("2026-05-08T18:00", "2026-05-09T00:00"),)
    assert opening.closures == (Closure(saturday, "Moving"),)


def test_touching_openings_are_one_and_round_the_clock_joins_at_midnight() -> None:
    space = SpaceFactory.create()
    hours(space, ("08:00", "12:00", (1,)), ("12:00", "17:00", (1,)))
    assert opening_of_space(space, WEEK).open == (span("2026-05-05T08:00", "2026-05-05T17:00"),)
    hours(space, ("00:00", "00:00", ALL_DAYS))
    assert opening_of_space(space, WEEK).open == (WEEK,)


def test_staffed_time_lies_within_open_time() -> None:
    space = SpaceFactory.create()
    hours(space, ("09:00", "18:00", (2,)))
    hours(space, ("08:00", "12:00", (2, 3)), kind=CalendarKind.STAFFED)
    assert opening_of_space(space, WEEK).staffed == (span("2026-05-06T09:00", "2026-05-06T12:00"),)


def test_a_machine_has_its_own_hours_and_adds_its_own_closures() -> None:
    space = SpaceFactory.create()
    plain, own, closed = MachineFactory.create_batch(3, space=space)
    hours(space, ("09:00", "18:00", ALL_DAYS))
    hours(own, ("20:00", "22:00", (0,)))
    monday = span("2026-05-04T00:00", "2026-05-05T00:00")
    add_closure(owner=closed, title="Lent out", interval=monday, now=NOW)
    openings = openings_of([plain, own, closed], WEEK)
    assert len(openings[plain.pk].open) == 7
    assert openings[own.pk].open == (span("2026-05-04T20:00", "2026-05-04T22:00"),)
    assert len(openings[closed.pk].open) == 6
    assert openings[closed.pk].closures == (Closure(monday, "Lent out"),)
    assert openings[plain.pk].closures == ()


def test_hours_of_its_own_hold_for_a_time_and_what_was_before_stays() -> None:
    space = SpaceFactory.create()
    machine = MachineFactory.create(space=space)
    hours(space, ("09:00", "18:00", ALL_DAYS))

    def days() -> list[str]:
        opened = openings_of([machine], WEEK)[machine.pk].open
        return [f"{wall_time(each.start, space.zone):%a %H}" for each in opened]

    hours(machine, ("20:00", "22:00", ALL_DAYS), from_date=date(2026, 5, 6))
    assert days() == ["Mon 09", "Tue 09", "Wed 20", "Thu 20", "Fri 20", "Sat 20", "Sun 20"]
    follow_space(machine=machine, from_date=date(2026, 5, 8), now=NOW)
    assert days() == ["Mon 09", "Tue 09", "Wed 20", "Thu 20", "Fri 09", "Sat 09", "Sun 09"]
    hours(machine, ("06:00", "07:00", ALL_DAYS), from_date=date(2026, 5, 10))
    assert days() == ["Mon 09", "Tue 09", "Wed 20", "Thu 20", "Fri 09", "Sat 09", "Sun 06"]
    hours(machine, ("12:00", "13:00", ALL_DAYS), from_date=date(2026, 5, 7))
    assert days() == ["Mon 09", "Tue 09", "Wed 20", "Thu 12", "Fri 12", "Sat 12", "Sun 12"]
    follow_space(machine=machine, from_date=date(2026, 5, 5), now=NOW)
    assert days() == ["Mon 09", "Tue 09", "Wed 09", "Thu 09", "Fri 09", "Sat 09", "Sun 09"]
    assert not machine.calendars.exists()


def test_the_first_hours_of_a_space_hold_from_their_day_on() -> None:
    space = SpaceFactory.create()
    hours(space, ("09:00", "18:00", ALL_DAYS), from_date=date(2026, 5, 6))
    opened = opening_of_space(space, WEEK).open
    assert opened[0] == span("2026-05-04T00:00", "2026-05-06T00:00")
    assert len(opened) == 6


def test_the_zone_is_that_of_each_space() -> None:
    zurich = MachineFactory.create()
    auckland = MachineFactory.create(space__timezone="Pacific/Auckland")
    for machine in (zurich, auckland):
        hours(machine.space, ("09:00", "10:00", (0,)))
    openings = openings_of([zurich, auckland], WEEK)
    assert openings[zurich.pk].open == (span("2026-05-04T09:00", "2026-05-04T10:00"),)
    (morning,) = openings[auckland.pk].open
    assert morning.start == at("2026-05-11T09:00", auckland.space.zone)


def test_a_calendar_that_cannot_be_read_closes_its_space_and_no_other() -> None:
    broken, fine = MachineFactory.create(), MachineFactory.create()
    # Such a row is refused by the database today; one restored from elsewhere is not trusted.
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE schedule_rule DROP CONSTRAINT rule_is_understood")
    make_event(
        broken.space,
        CalendarKind.OPEN,
        span("2026-05-04T09:00", "2026-05-04T18:00"),
        frequency="WEEKLY",
        params="byweekday:0,1,2",
    )
    openings = openings_of([broken, fine], WEEK)
    assert openings[broken.pk].open == ()
    assert openings[broken.pk].closures[0].interval == WEEK
    assert openings[fine.pk].open == (WEEK,)


def test_any_number_of_machines_takes_one_query_while_no_date_was_changed() -> None:
    space = SpaceFactory.create()
    machines = MachineFactory.create_batch(50, space=space)
    hours(space, ("08:00", "12:00", (0, 1, 2, 3, 4)), ("13:00", "20:00", ALL_DAYS))
    hours(space, ("13:00", "18:00", ALL_DAYS), kind=CalendarKind.STAFFED)
    hours(machines[1], ("08:00", "22:00", (0, 1, 2, 3, 4)))
    for index in range(5):
        day = span(f"2026-05-0{index + 4}T12:00", f"2026-05-0{index + 4}T14:00")
        add_closure(owner=space, title="Visit", interval=day, now=NOW)
    counts = set()
    for count in (1, 3, 50):
        fetched = list(Machine.objects.filter(pk__in=[each.pk for each in machines[:count]]))
        with CaptureQueriesContext(connection) as queries:
            openings_of(fetched, WEEK)
        counts.add(len(queries))
    assert counts == {1}


def test_no_machine_needs_no_query() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert openings_of([], WEEK) == {}
    assert len(queries) == 0


class TestMaintenanceDates:
    """Planned dates, with what was cancelled and moved."""

    def test_dates_carry_their_event_and_original_start(self) -> None:
        machine = MachineFactory.create()
        first = span("2026-05-05T08:00", "2026-05-05T10:00")
        event = plan_maintenance(
            machine=machine, title="Lens", interval=first, repeat=Repeat.WEEKLY, now=NOW
        )
        month = span("2026-05-01T00:00", "2026-06-01T00:00")
        dates = maintenance_dates(machine, month)
        assert [each[0] for each in dates] == [event] * 4
        assert [each[1] for each in dates] == [
            at(f"2026-05-{day}T08:00") for day in ("05", "12", "19", "26")
        ]
        cancel_occurrence(event=event, original_start=dates[0][1], now=NOW)
        to = span("2026-05-20T08:00", "2026-05-20T09:00")
        move_occurrence(event=event, original_start=dates[2][1], to=to, now=NOW)
        assert [each[1:] for each in maintenance_dates(machine, month)] == [
            dates[1][1:],
            (dates[2][1], to),
            dates[3][1:],
        ]

    def test_a_moved_date_is_found_from_a_window_that_only_it_touches(self) -> None:
        machine = MachineFactory.create()
        once = span("2026-05-05T08:00", "2026-05-05T10:00")
        event = make_event(machine, CalendarKind.MAINTENANCE, once)
        to = span("2026-08-05T08:00", "2026-08-05T10:00")
        change(event, once, moved_to=to)
        august = span("2026-08-01T00:00", "2026-09-01T00:00")
        assert maintenance_dates(machine, august) == [(event, once.start, to)]
        assert maintenance_dates(machine, WEEK) == []


class TestRealHours:
    """Hours that real places publish."""

    def test_round_the_clock_for_members_has_168_hours_and_one_less_or_more_at_the_changes(
        self,
    ) -> None:
        """A members' workshop in Vienna: 24 hours on seven days."""
        space = SpaceFactory.create(timezone="Europe/Vienna")
        hours(space, ("00:00", "00:00", ALL_DAYS))
        for start, end, expected in [
            ("2026-05-04T00:00", "2026-05-11T00:00", 168),
            ("2026-03-23T00:00", "2026-03-30T00:00", 167),
            ("2026-10-19T00:00", "2026-10-26T00:00", 169),
        ]:
            opening = opening_of_space(space, span(start, end))
            assert total_seconds(opening.open) == expected * 3600
            assert len(opening.open) == 1

    def test_open_for_members_staffed_for_all(self) -> None:
        """Keys open the door day and night, staff are there on Wednesday evening."""
        space = SpaceFactory.create(timezone="Europe/Berlin")
        hours(space, ("00:00", "00:00", ALL_DAYS))
        hours(space, ("16:00", "20:00", (2,)), kind=CalendarKind.STAFFED)
        opening = opening_of_space(space, WEEK)
        assert total_seconds(opening.open) == 168 * 3600
        assert opening.staffed == (span("2026-05-06T16:00", "2026-05-06T20:00"),)

    def test_every_weekday_has_its_own_hours(self) -> None:
        """A leisure workshop in Basel."""
        space = SpaceFactory.create()
        evening = ("17:00", "21:00", (0, 4))
        hours(
            space,
            evening,
            ("09:00", "12:00", (1,)),
            ("17:00", "20:00", (2,)),
            ("14:00", "21:00", (3,)),
            ("10:00", "16:00", (5,)),
        )
        by_day = [each.seconds // 3600 for each in opening_of_space(space, WEEK).open]
        assert by_day == [4, 3, 3, 7, 4, 6]

    def test_a_season_is_a_plan_that_begins_and_closures_that_come_back_every_year(self) -> None:
        """A wood workshop in Zürich: closed in August and from mid-November to the year's end."""
        space = SpaceFactory.create()
        hours(space, ("14:00", "18:00", (5,)), from_date=date(2025, 1, 1))
        hours(
            space,
            ("14:00", "18:00", (5,)),
            ("16:00", "20:00", (4,)),
            from_date=date(2025, 9, 3),
        )
        for first, last in [("2025-08-01", "2025-09-01"), ("2025-11-15", "2026-01-01")]:
            add_closure(
                owner=space,
                title="Out of season",
                interval=span(f"{first}T00:00", f"{last}T00:00"),
                repeat=Repeat.YEARLY,
                now=NOW,
            )

        def opens(start: str, end: str) -> list[str]:
            found = opening_of_space(space, span(f"{start}T00:00", f"{end}T00:00")).open
            return [f"{each.start.astimezone(space.zone):%m-%d %H}" for each in found]

        assert opens("2025-07-21", "2025-07-28") == ["07-26 14"]
        assert opens("2025-08-01", "2025-09-01") == []
        assert opens("2025-09-01", "2025-09-08") == ["09-05 16", "09-06 14"]
        assert opens("2027-08-01", "2027-09-01") == []
        assert opens("2027-12-20", "2028-01-03") == ["01-01 14"]

    def test_a_closure_over_new_year_and_a_shortened_day(self) -> None:
        """A pottery studio in Colorado: two spans on Friday, closed from 23 December."""
        space = SpaceFactory.create(timezone="America/Denver", country="US", canton="CO")
        zone = space.zone
        hours(space, ("09:00", "15:30", (4,)), ("18:00", "21:00", (4,)), from_date=date(2017, 9, 1))
        add_closure(
            owner=space,
            title="Winter break",
            interval=span("2017-12-23T00:00", "2018-01-09T00:00", zone),
            now=NOW,
        )
        add_closure(
            owner=space,
            title="No evening",
            interval=span("2017-12-08T18:00", "2017-12-08T21:00", zone),
            now=NOW,
        )
        window = Interval(at("2017-12-04T00:00", zone), at("2018-01-15T00:00", zone))
        found = [
            f"{each.start.astimezone(zone):%m-%d %H}"
            for each in opening_of_space(space, window).open
        ]
        assert found == [
            "12-08 09",
            "12-15 09",
            "12-15 18",
            "12-22 09",
            "12-22 18",
            "01-12 09",
            "01-12 18",
        ]


def test_hours_that_are_over_leave_a_space_closed_and_not_always_open() -> None:
    space = SpaceFactory.create()
    add_closure(
        owner=space,
        title="Long ago",
        interval=span("2020-05-04T08:00", "2020-05-04T09:00"),
        now=NOW,
    )
    assert opening_of_space(space, WEEK).open == (WEEK,)
    assert opening_of_space(space, WEEK).closures == ()
    hours(space, ("08:00", "12:00", (0,)), from_date=date(2020, 1, 6))
    Event.objects.filter(calendar__availability__kind=CalendarKind.OPEN).update(
        end_recurring_period=span("2020-05-04T08:00", "2020-05-04T09:00").end
    )
    assert opening_of_space(space, WEEK).open == ()
