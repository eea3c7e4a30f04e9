"""Changes of hours: history is kept, nothing doubles, the figures' days are marked."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from schedule.models import Event, Rule

from machines.models import DirtyDay, Machine
from machines.queries.holidays import holidays_of
from machines.queries.opening import opening_of_space, planned_dates
from machines.queries.weeks import span_text, weekly_hours, weeks_of, weeks_window
from machines.services.calendars import (
    AlreadyOver,
    HoursMissing,
    NotADate,
    WeeklySpan,
    add_closure,
    cancel_occurrence,
    load_holidays,
    move_occurrence,
    plan_maintenance,
    previewed,
    remove_event,
    set_weekly_hours,
)
from machines.services.dirty import mark_dirty
from machines.services.faults import report_fault, resolve_fault
from machines.states import CalendarKind, Repeat
from spaces.intervals import Interval, local_days
from spaces.models import Space
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory
from tests.factories.spaces import SpaceFactory
from tests.machines.calendars import at, span

pytestmark = pytest.mark.django_db

NOW = at("2026-05-06T08:00")
WEEKDAYS = (0, 1, 2, 3, 4)


def week(start: str, end: str, days: tuple[int, ...] = WEEKDAYS) -> list[WeeklySpan]:
    return [WeeklySpan(days, time.fromisoformat(start), time.fromisoformat(end))]


def open_from(
    space: Space, spans: list[WeeklySpan], first: date, kind: CalendarKind = CalendarKind.OPEN
) -> list[Event]:
    return set_weekly_hours(owner=space, kind=kind, week=spans, from_date=first, now=NOW)


def opens(space: Space, start: str, end: str) -> list[str]:
    """When the space is open in a window, as texts on its own clock."""
    window = span(f"{start}T00:00", f"{end}T00:00", space.zone)
    return [
        f"{each.start.astimezone(space.zone):%m-%d %H:%M}-{each.end.astimezone(space.zone):%H:%M}"
        for each in opening_of_space(space, window).open
    ]


class TestWeeklyHours:
    """New hours begin, old ones end, and both stay in the calendar."""

    def test_the_hours_before_stay_as_they_were(self) -> None:
        space = SpaceFactory.create()
        open_from(space, week("09:00", "17:00"), date(2026, 1, 1))
        open_from(space, week("10:00", "20:00", (2,)), date(2026, 5, 13))
        assert opens(space, "2026-05-11", "2026-05-25") == [
            "05-11 09:00-17:00",
            "05-12 09:00-17:00",
            "05-13 10:00-20:00",
            "05-20 10:00-20:00",
        ]
        assert weekly_hours(space, CalendarKind.OPEN) == [(2, time(10), time(20))]

    def test_a_later_plan_that_never_began_is_replaced(self) -> None:
        space = SpaceFactory.create()
        open_from(space, week("09:00", "17:00"), date(2026, 1, 1))
        open_from(space, week("10:00", "11:00"), date(2026, 6, 1))
        open_from(space, week("12:00", "13:00", (0,)), date(2026, 5, 18))
        assert opens(space, "2026-06-01", "2026-06-09") == [
            "06-01 12:00-13:00",
            "06-08 12:00-13:00",
        ]
        assert Event.objects.count() == 2

    def test_the_same_hours_twice_are_the_same_hours(self) -> None:
        space = SpaceFactory.create()
        for _ in range(2):
            open_from(space, week("09:00", "17:00"), date(2026, 1, 1))
        assert Event.objects.count() == 1
        assert Rule.objects.count() == 1

    def test_a_night_that_began_before_runs_to_its_end(self) -> None:
        space = SpaceFactory.create()
        open_from(space, week("18:00", "02:00", (4,)), date(2026, 1, 1))
        open_from(space, week("10:00", "12:00", (5,)), date(2026, 5, 9))
        assert opens(space, "2026-05-08", "2026-05-10") == [
            "05-08 18:00-02:00",
            "05-09 10:00-12:00",
        ]

    @pytest.mark.parametrize("first", [date(2026, 3, 29), date(2026, 10, 25)])
    def test_hours_that_begin_on_a_clock_change_are_right_the_week_after(self, first: date) -> None:
        space = SpaceFactory.create()
        open_from(space, week("02:30", "06:00", (6,)), first)
        after = first + timedelta(days=7)
        assert opens(space, str(after), str(after + timedelta(days=1))) == [
            f"{after:%m-%d} 02:30-06:00"
        ]
        # Without hours a space is always open, up to the day on which the first ones hold.
        before = first - timedelta(days=7)
        whole = local_days(before, first, space.zone)
        assert opening_of_space(space, whole).open == (whole,)
        assert len(opens(space, str(first), str(first + timedelta(days=1)))) == 1

    def test_opening_hours_need_a_span_and_staffed_hours_do_not(self) -> None:
        space = SpaceFactory.create()
        with pytest.raises(HoursMissing):
            open_from(space, [], date(2026, 5, 6))
        open_from(space, week("09:00", "12:00"), date(2026, 1, 1), CalendarKind.STAFFED)
        open_from(space, [], date(2026, 5, 6), CalendarKind.STAFFED)
        assert weekly_hours(space, CalendarKind.STAFFED) == []

    def test_the_days_of_every_machine_are_marked_as_far_ahead_as_any_has_rows(self) -> None:
        machine, other = MachineFactory.create(), MachineFactory.create()
        open_from(machine.space, week("09:00", "12:00"), date(2026, 5, 4))
        days = DirtyDay.objects.filter(machine=machine).values_list("date", flat=True)
        assert min(days) == date(2026, 5, 4)
        assert max(days) == date(2026, 7, 8)
        assert not DirtyDay.objects.filter(machine=other).exists()

    def test_a_preview_shows_what_saving_would_do_and_writes_nothing(self) -> None:
        machine = MachineFactory.create()
        space = machine.space
        seen = previewed(
            lambda: open_from(space, week("09:00", "12:00", (0,)), date(2026, 5, 4)),
            lambda: opens(space, "2026-05-04", "2026-05-11"),
        )
        assert seen == ["05-04 09:00-12:00"]
        assert not Event.objects.exists()
        assert not DirtyDay.objects.exists()


class TestClosures:
    """What is closed, and what happens when it is taken back."""

    def test_a_yearly_closure_comes_back(self) -> None:
        space = SpaceFactory.create()
        august = span("2026-08-01T00:00", "2026-09-01T00:00")
        add_closure(owner=space, title="Summer", interval=august, repeat=Repeat.YEARLY, now=NOW)
        later = span("2029-08-10T00:00", "2029-08-11T00:00")
        assert opening_of_space(space, later).open == ()

    def test_a_closure_without_length_is_refused(self) -> None:
        with pytest.raises(ValidationError):
            add_closure(
                owner=SpaceFactory.create(), title="Nothing", interval=Interval(NOW, NOW), now=NOW
            )

    def test_one_that_lies_ahead_is_deleted(self) -> None:
        space = SpaceFactory.create()
        ahead = span("2026-06-01T00:00", "2026-06-02T00:00")
        remove_event(event=add_closure(owner=space, title="x", interval=ahead, now=NOW), now=NOW)
        assert not Event.objects.exists()

    def test_one_under_way_ends_now(self) -> None:
        space = SpaceFactory.create()
        running = span("2026-05-04T00:00", "2026-06-02T00:00")
        event = add_closure(owner=space, title="x", interval=running, now=NOW)
        remove_event(event=event, now=NOW)
        assert Event.objects.get().end == NOW

    def test_one_that_recurs_keeps_its_past(self) -> None:
        space = SpaceFactory.create()
        monday = span("2026-04-06T00:00", "2026-04-07T00:00")
        event = add_closure(owner=space, title="x", interval=monday, repeat=Repeat.WEEKLY, now=NOW)
        remove_event(event=event, now=NOW)
        dates = planned_dates(
            space, CalendarKind.CLOSED, span("2026-01-01T00:00", "2027-01-01T00:00")
        )
        assert [each[2].start.astimezone(space.zone).day for each in dates] == [6, 13, 20, 27, 4]

    def test_of_one_that_recurs_the_date_under_way_ends_now(self) -> None:
        space = SpaceFactory.create()
        week = span("2026-04-27T00:00", "2026-05-01T00:00")
        event = add_closure(owner=space, title="x", interval=week, repeat=Repeat.WEEKLY, now=NOW)
        remove_event(event=event, now=NOW)
        window = span("2026-01-01T00:00", "2027-01-01T00:00")
        dates = [date[2] for date in planned_dates(space, CalendarKind.CLOSED, window)]
        assert dates == [week, Interval(at("2026-05-04T00:00"), NOW)]

    @pytest.mark.parametrize("repeat", [Repeat.ONCE, Repeat.WEEKLY])
    def test_what_is_over_stays(self, repeat: Repeat) -> None:
        space = SpaceFactory.create()
        past = span("2026-02-02T00:00", "2026-02-03T00:00")
        until = None if repeat == Repeat.ONCE else date(2026, 2, 20)
        event = add_closure(
            owner=space, title="x", interval=past, repeat=repeat, until=until, now=NOW
        )
        window = span("2026-01-01T00:00", "2027-01-01T00:00")
        before = planned_dates(space, CalendarKind.CLOSED, window)
        with pytest.raises(AlreadyOver):
            remove_event(event=event, now=NOW)
        assert planned_dates(space, CalendarKind.CLOSED, window) == before


class TestHolidays:
    """The holidays of a canton, in the language of the space."""

    def test_each_canton_has_its_own_in_its_own_words(self) -> None:
        geneva = SpaceFactory.create(canton="GE", languages=["fr", "en"])
        lugano = SpaceFactory.create(canton="TI", languages=["it"])
        with translation.override("de"):
            assert date(2026, 9, 10) in {
                each.date for each in holidays_of(geneva, 2026) if each.name == "Jeûne genevois"
            }
            assert "San Giuseppe" in {each.name for each in holidays_of(lugano, 2026)}

    def test_a_second_load_adds_nothing(self) -> None:
        space = SpaceFactory.create(canton="GE", languages=["fr"])
        loaded = load_holidays(space=space, year=2026, now=NOW)
        assert len(loaded) == 9
        assert load_holidays(space=space, year=2026, now=NOW) == []
        assert Event.objects.count() == 9
        assert opens(space, "2026-12-24", "2026-12-27") == [
            "12-24 00:00-00:00",
            "12-26 00:00-00:00",
        ]

    def test_only_the_chosen_dates_are_closed(self) -> None:
        space = SpaceFactory.create()
        chosen = {date(2026, 5, 1), date(2026, 5, 2)}
        loaded = load_holidays(space=space, year=2026, dates=chosen, now=NOW)
        assert [each.start for each in loaded] == [at("2026-05-01T00:00")]

    def test_a_place_without_known_holidays_has_none(self) -> None:
        assert holidays_of(SpaceFactory.create(country="XX", canton=""), 2026) == []

    def test_a_country_without_cantons_has_its_own(self) -> None:
        auckland = SpaceFactory.create(
            country="NZ", canton="", languages=["en"], timezone="Pacific/Auckland"
        )
        assert date(2026, 2, 6) in {each.date for each in holidays_of(auckland, 2026)}


class TestMaintenance:
    """Jobs that come back, and single dates of them."""

    @pytest.mark.parametrize(
        ("repeat", "expected"),
        [
            (Repeat.ONCE, ["05-12"]),
            (
                Repeat.WEEKLY,
                ["05-12", "05-19", "05-26", "06-02", "06-09", "06-16", "06-23", "06-30"],
            ),
            (Repeat.FORTNIGHTLY, ["05-12", "05-26", "06-09", "06-23"]),
            (Repeat.MONTHLY_DATE, ["05-12", "06-12"]),
            (Repeat.MONTHLY_WEEKDAY, ["05-12", "06-09"]),
            (Repeat.YEARLY, ["05-12"]),
        ],
    )
    def test_it_comes_back_as_often_as_was_said(self, repeat: Repeat, expected: list[str]) -> None:
        machine = MachineFactory.create()
        first = span("2026-05-12T08:00", "2026-05-12T10:00")
        plan_maintenance(machine=machine, title="Lens", interval=first, repeat=repeat, now=NOW)
        assert self.dates(machine) == expected

    def test_it_stops_after_its_last_day(self) -> None:
        machine = MachineFactory.create()
        first = span("2026-05-12T08:00", "2026-05-12T10:00")
        plan_maintenance(
            machine=machine,
            title="Lens",
            interval=first,
            repeat=Repeat.WEEKLY,
            until=date(2026, 5, 26),
            now=NOW,
        )
        assert self.dates(machine) == ["05-12", "05-19", "05-26"]

    def test_the_fifth_weekday_means_the_last_and_the_31st_the_last_day(self) -> None:
        for day, repeat, expected in [
            (29, Repeat.MONTHLY_WEEKDAY, ["05-29", "06-26"]),
            (31, Repeat.MONTHLY_DATE, ["05-31", "06-30"]),
        ]:
            machine = MachineFactory.create()
            first = span(f"2026-05-{day}T08:00", f"2026-05-{day}T10:00")
            plan_maintenance(machine=machine, title="x", interval=first, repeat=repeat, now=NOW)
            assert self.dates(machine) == expected

    def test_one_date_is_cancelled_moved_and_brought_back(self) -> None:
        machine = MachineFactory.create()
        first = span("2026-05-12T08:00", "2026-05-12T10:00")
        event = plan_maintenance(
            machine=machine, title="Lens", interval=first, repeat=Repeat.FORTNIGHTLY, now=NOW
        )
        second = at("2026-05-26T08:00")
        cancel_occurrence(event=event, original_start=second, now=NOW)
        assert self.dates(machine) == ["05-12", "06-09", "06-23"]
        to = span("2026-05-27T08:00", "2026-05-27T10:00")
        move_occurrence(event=event, original_start=second, to=to, now=NOW)
        assert self.dates(machine) == ["05-12", "05-27", "06-09", "06-23"]
        marked = DirtyDay.objects.filter(machine=machine, date=date(2026, 5, 27))
        assert marked.exists()

    def test_a_date_that_the_rule_does_not_have_cannot_be_cancelled(self) -> None:
        machine = MachineFactory.create()
        first = span("2026-05-12T08:00", "2026-05-12T10:00")
        event = plan_maintenance(machine=machine, title="Lens", interval=first, now=NOW)
        with pytest.raises(NotADate):
            cancel_occurrence(event=event, original_start=at("2026-05-13T08:00"), now=NOW)

    @staticmethod
    def dates(machine: Machine) -> list[str]:
        window = span("2026-05-01T00:00", "2026-07-01T00:00")
        found = planned_dates(machine, CalendarKind.MAINTENANCE, window)
        return [f"{each[2].start.astimezone(machine.space.zone):%m-%d}" for each in found]


class TestFaults:
    """Down time begins with the report and ends when it is mended."""

    def test_a_fault_is_reported_and_resolved_once(self) -> None:
        machine, member = MachineFactory.create(), MemberFactory.create()
        fault = report_fault(
            machine=machine, summary="Belt torn", stops_machine=True, by=member, now=NOW
        )
        later = NOW + timedelta(days=2)
        done = resolve_fault(fault=fault, by=member, now=later)
        again = resolve_fault(fault=fault, by=None, now=later + timedelta(days=1))
        assert (done.ends_at, again.ends_at, again.resolved_by) == (later, later, member)
        days = DirtyDay.objects.filter(machine=machine).values_list("date", flat=True)
        assert sorted(days) == [date(2026, 5, 6), date(2026, 5, 7), date(2026, 5, 8)]

    def test_one_that_stops_nothing_changes_no_figure(self) -> None:
        fault = report_fault(
            machine=MachineFactory.create(),
            summary="Scratch",
            stops_machine=False,
            by=None,
            now=NOW,
        )
        resolve_fault(fault=fault, by=None, now=NOW)
        assert not DirtyDay.objects.exists()


class TestDirtyDays:
    """The local dates of each machine."""

    def test_each_machine_has_the_dates_of_its_own_clock(self) -> None:
        zurich = MachineFactory.create()
        auckland = MachineFactory.create(space__timezone="Pacific/Auckland")
        mark_dirty([zurich, auckland.pk], span("2026-05-06T20:00", "2026-05-06T21:00"))
        rows = dict(DirtyDay.objects.values_list("machine", "date"))
        assert rows == {zurich.pk: date(2026, 5, 6), auckland.pk: date(2026, 5, 7)}

    def test_a_second_mark_is_newer_and_not_another_row(self) -> None:
        machine = MachineFactory.create()
        hour = span("2026-05-06T20:00", "2026-05-06T21:00")
        mark_dirty([machine], hour)
        before = DirtyDay.objects.get().marked_at
        mark_dirty([machine], hour)
        assert DirtyDay.objects.get().marked_at > before


def test_weeks_are_read_on_the_clock_of_the_space() -> None:
    space = SpaceFactory.create()
    open_from(space, week("18:00", "02:00", (4,)), date(2026, 5, 4))
    window = weeks_window(space, date(2026, 5, 6))
    weeks = weeks_of(opening_of_space(space, window), space, window)
    assert [len(each) for each in weeks] == [7, 7, 7]
    assert weeks[0][4].open == ("18:00–24:00",)
    assert weeks[0][5].open == ("00:00–02:00",)
    whole = span("2026-05-06T00:00", "2026-05-07T00:00")
    assert span_text(whole, space, date(2026, 5, 6)) == "00:00–24:00"
