"""Expansion against a second opinion, over both clock changes and in far zones."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil import tz
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from schedule.models import Event, Rule

from machines.recurrence import (
    GRAMMAR,
    _fast_forward,
    occurrences,
    planned_at,
    validate_event,
    validate_rule,
)
from machines.states import CalendarKind
from spaces.intervals import Interval
from tests.factories.spaces import SpaceFactory
from tests.machines.calendars import ZURICH, at, change, make_event, span

ZONES = ["Europe/Zurich", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland"]
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def unsaved(
    start: datetime,
    end: datetime,
    frequency: str = "",
    params: str = "",
    until: datetime | None = None,
) -> Event:
    """An event that was never saved: expansion needs no database for it."""
    rule = Rule(frequency=frequency, params=params) if frequency else None
    return Event(start=start, end=end, rule=rule, end_recurring_period=until)


def moment(wall: datetime, zone: str) -> datetime:
    """A wall time by dateutil's zones: late in a doubled hour, forward in a gap."""
    reading = tz.resolve_imaginary(wall.replace(tzinfo=tz.gettz(zone)))
    return tz.enfold(reading, fold=1).astimezone(UTC)


def by_days(
    first: date, days: set[str], opens: time, closes: time, step: int, window: Interval, zone: str
) -> list[Interval]:
    """The weekly hours of a window by looking at every single day: the second opinion."""
    found = []
    monday = first - timedelta(days=first.weekday())
    day = first
    while day <= window.end.date() + timedelta(days=2):
        in_step = ((day - monday).days // 7) % step == 0
        if in_step and DAYS[day.weekday()] in days:
            last = day if closes > opens else day + timedelta(days=1)
            start = moment(datetime.combine(day, opens), zone)
            end = moment(datetime.combine(last, closes), zone)
            if start < end and start < window.end and end > window.start:
                found.append(Interval(start, end))
        day += timedelta(days=1)
    return found


times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
near_a_change = st.sampled_from(
    [
        *(date(2026, 3, 8), date(2026, 3, 29), date(2026, 4, 5)),
        *(date(2026, 9, 27), date(2026, 10, 25), date(2026, 11, 1)),
    ]
)


@settings(max_examples=200)
@given(
    zone=st.sampled_from(ZONES),
    began=st.dates(date(2016, 1, 1), date(2026, 11, 1)),
    days=st.sets(st.sampled_from(DAYS), min_size=1),
    opens=times,
    closes=times,
    step=st.integers(1, 4),
    around=near_a_change,
    before=st.integers(-3, 10),
    hours=st.integers(1, 24 * 20),
)
def test_weekly_hours_agree_with_looking_at_every_day(
    zone: str,
    began: date,
    days: set[str],
    opens: time,
    closes: time,
    step: int,
    around: date,
    before: int,
    hours: int,
) -> None:
    clock = ZoneInfo(zone)
    start = datetime.combine(around - timedelta(days=before), time(3), tzinfo=UTC)
    window = Interval(start, start + timedelta(hours=hours))
    # The first date is put where no clock changes, as the services do not either.
    last = began if closes > opens else began + timedelta(days=1)
    first_start, first_end = datetime.combine(began, opens), datetime.combine(last, closes)
    if not all(tz.datetime_exists(each, tz.gettz(zone)) for each in (first_start, first_end)):
        return
    if any(tz.datetime_ambiguous(each, tz.gettz(zone)) for each in (first_start, first_end)):
        return
    names = ",".join(day for day in DAYS if day in days)
    params = f"interval:{step};byweekday:{names}" if step > 1 else f"byweekday:{names}"
    event = unsaved(
        first_start.replace(tzinfo=clock), first_end.replace(tzinfo=clock), "WEEKLY", params
    )
    expected = by_days(began, days, opens, closes, step, window, zone)
    assert occurrences(event, clock, window) == expected


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 9, 27)])
def test_every_minute_of_a_clock_change_is_open_or_closed_as_the_wall_clock_says(
    zone: str, day: date
) -> None:
    """09:00 to 18:00 every day means the minutes at which the clock shows 09:00 to 17:59."""
    clock = ZoneInfo(zone)
    event = unsaved(
        datetime(2016, 5, 2, 9, tzinfo=clock), datetime(2016, 5, 2, 18, tzinfo=clock), "DAILY"
    )
    start = datetime.combine(day, time(0), tzinfo=UTC) - timedelta(hours=12)
    window = Interval(start, start + timedelta(hours=48))
    found = occurrences(event, clock, window)
    for minute in range(48 * 60):
        now = start + timedelta(minutes=minute)
        is_open = any(each.start <= now < each.end for each in found)
        assert is_open == (9 <= now.astimezone(tz.gettz(zone)).hour < 18)


def test_a_day_round_the_clock_has_23_or_25_hours_when_the_clock_changes() -> None:
    event = unsaved(at("2020-06-01T00:00"), at("2020-06-02T00:00"), "DAILY")
    spring = occurrences(event, ZURICH, span("2026-03-29T12:00", "2026-03-29T13:00"))
    autumn = occurrences(event, ZURICH, span("2026-10-25T12:00", "2026-10-25T13:00"))
    assert [each.seconds for each in spring] == [23 * 3600]
    assert [each.seconds for each in autumn] == [25 * 3600]


def test_an_opening_over_midnight_is_found_from_either_side() -> None:
    event = unsaved(at("2026-05-01T18:00"), at("2026-05-02T02:00"), "WEEKLY", "byweekday:FR")
    night = [span("2026-05-08T18:00", "2026-05-09T02:00")]
    assert occurrences(event, ZURICH, span("2026-05-08T20:00", "2026-05-08T21:00")) == night
    assert occurrences(event, ZURICH, span("2026-05-09T01:00", "2026-05-09T05:00")) == night
    assert occurrences(event, ZURICH, span("2026-05-09T02:00", "2026-05-09T05:00")) == []


def test_hours_in_the_skipped_hour_move_forward_and_a_skipped_opening_vanishes() -> None:
    spring = span("2026-03-29T00:00", "2026-03-30T00:00")
    half_past_two = unsaved(at("2026-03-01T02:30"), at("2026-03-01T06:00"), "DAILY")
    assert occurrences(half_past_two, ZURICH, spring) == [
        span("2026-03-29T03:30", "2026-03-29T06:00")
    ]
    inside = unsaved(at("2026-03-01T02:30"), at("2026-03-01T03:00"), "DAILY")
    assert occurrences(inside, ZURICH, spring) == []


def test_hours_in_the_doubled_hour_mean_its_second_pass() -> None:
    event = unsaved(at("2026-10-01T18:00"), at("2026-10-02T02:30"), "DAILY")
    (night,) = occurrences(event, ZURICH, span("2026-10-25T02:00", "2026-10-25T12:00"))
    assert night.end == at("2026-10-25T02:30", fold=1)


def test_a_rule_ends_with_its_period() -> None:
    event = unsaved(
        at("2026-05-04T09:00"),
        at("2026-05-04T12:00"),
        "WEEKLY",
        "byweekday:MO",
        until=at("2026-05-17T23:59:59"),
    )
    found = occurrences(event, ZURICH, span("2026-05-01T00:00", "2026-06-30T00:00"))
    assert [each.start for each in found] == [at("2026-05-04T09:00"), at("2026-05-11T09:00")]


@pytest.mark.parametrize(
    ("frequency", "params", "starts"),
    [
        ("DAILY", "interval:13", [date(2026, 1, 6), date(2026, 1, 19)]),
        ("WEEKLY", "interval:10;byweekday:TU", [date(2026, 1, 6)]),
        ("MONTHLY", "interval:11;bymonthday:6", [date(2026, 1, 6)]),
        ("DAILY", "interval:9", [date(2026, 1, 6), date(2026, 1, 15), date(2026, 1, 24)]),
        ("WEEKLY", "", [date(2026, 1, 6), date(2026, 1, 13), date(2026, 1, 20), date(2026, 1, 27)]),
        ("WEEKLY", "count:2", [date(2026, 1, 6), date(2026, 1, 13)]),
        ("MONTHLY", "bymonthday:15", [date(2026, 1, 15), date(2026, 2, 15)]),
        ("MONTHLY", "bymonthday:-1", [date(2026, 1, 31), date(2026, 2, 28)]),
        ("MONTHLY", "byweekday:TU;bysetpos:-1", [date(2026, 1, 27), date(2026, 2, 24)]),
        ("MONTHLY", "byweekday:MO;bysetpos:2", [date(2026, 1, 12), date(2026, 2, 9)]),
        ("YEARLY", "bymonth:1;bymonthday:31", [date(2026, 1, 31)]),
        ("YEARLY", "bymonth:2;byweekday:SU;bysetpos:3", [date(2026, 2, 15)]),
    ],
)
def test_each_shape_of_rule_means_what_it_says(
    frequency: str, params: str, starts: list[date]
) -> None:
    event = unsaved(at("2026-01-06T08:00"), at("2026-01-06T10:00"), frequency, params)
    until = "2026-03-01T00:00" if frequency in {"MONTHLY", "YEARLY"} else "2026-02-01T00:00"
    found = occurrences(event, ZURICH, span("2026-01-01T00:00", until))
    assert [each.start.astimezone(ZURICH).date() for each in found] == starts


@pytest.mark.parametrize("frequency", ["DAILY", "WEEKLY"])
def test_the_age_of_an_event_costs_nothing(frequency: str) -> None:
    event = unsaved(at("2006-01-05T09:00"), at("2006-01-05T10:00"), frequency)
    window = datetime(2026, 5, 4)
    rule = _fast_forward(event, datetime(2006, 1, 5, 9), window, ZURICH)
    assert 0 < len(rule.between(datetime(2006, 1, 1), window)) <= 2


REFUSED = [
    ("WEEKLY", "byweekday:0,1,2"),
    ("WEEKLY", "byweekday:MON"),
    ("WEEKLY", "byweekday: MO"),
    ("WEEKLY", "byweekday:mo"),
    ("WEEKLY", "byweekday=MO"),
    ("WEEKLY", "BYDAY:MO"),
    ("WEEKLY", "byweekday:"),
    ("WEEKLY", "byweekday:MO,"),
    ("WEEKLY", "byweekday:MO;"),
    ("WEEKLY", "byweekday:MO\n"),
    ("WEEKLY", "byweekday:MO;byweekday:TU"),
    ("WEEKLY", "byweekday:MO;bysetpos:2"),
    ("WEEKLY", "interval:100"),
    ("WEEKLY", "interval:012"),
    ("WEEKLY", "interval:0"),
    ("MONTHLY", "interval:12"),
    ("YEARLY", "interval:10"),
    ("WEEKLY", "count:10"),
    ("WEEKLY", "count:2;interval:2"),
    ("WEEKLY", "byhour:9"),
    ("DAILY", "bymonthday:1"),
    ("MONTHLY", "bymonthday:32"),
    ("MONTHLY", "bymonthday:1,2"),
    ("MONTHLY", "byweekday:TU"),
    ("MONTHLY", "byweekday:TU;bysetpos:0"),
    ("YEARLY", "bymonth:2"),
    ("YEARLY", "bymonth:2;bymonthday:30"),
    ("YEARLY", "bymonth:4;bymonthday:31"),
    ("YEARLY", "byeaster:1"),
    ("YEARLY", "bymonth:13;bymonthday:1"),
    ("HOURLY", ""),
    ("SECONDLY", ""),
    ("", ""),
    ("weekly", ""),
]


@pytest.mark.parametrize(("frequency", "params"), REFUSED)
def test_a_rule_that_might_be_misread_is_refused_also_when_it_is_expanded(
    frequency: str, params: str
) -> None:
    with pytest.raises(ValidationError):
        validate_rule(Rule(frequency=frequency, params=params))
    event = unsaved(at("2026-05-04T09:00"), at("2026-05-04T10:00"), "DAILY")
    event.rule = Rule(frequency=frequency, params=params)
    with pytest.raises(ValidationError):
        occurrences(event, ZURICH, span("2026-05-04T00:00", "2026-05-11T00:00"))


@pytest.mark.django_db
@pytest.mark.parametrize(("frequency", "params"), REFUSED)
def test_the_database_refuses_what_the_grammar_refuses(frequency: str, params: str) -> None:
    with pytest.raises(IntegrityError, match="rule_is_understood"):
        Rule.objects.create(name="typo", frequency=frequency, params=params)


pieces = st.sampled_from(
    [
        *("interval:2", "interval:11", "interval:12", "interval:99", "count:3"),
        *("bymonth:2", "bymonth:12", "bymonthday:28", "bymonthday:31"),
        *("byweekday:MO", "byweekday:MO,SU", "bysetpos:-1", "bysetpos:5", "bymonthday:-1", "x"),
    ]
)


@pytest.mark.django_db
@settings(max_examples=150)
@given(
    frequency=st.sampled_from(sorted(GRAMMAR)),
    params=st.lists(pieces, max_size=4).map(";".join),
)
def test_code_and_database_read_the_same_grammar(frequency: str, params: str) -> None:
    try:
        validate_rule(Rule(frequency=frequency, params=params))
    except ValidationError:
        understood = False
    else:
        understood = True
    try:
        with transaction.atomic():
            Rule.objects.create(name="any", frequency=frequency, params=params)
    except IntegrityError:
        assert not understood
    else:
        assert understood


def test_an_event_needs_a_length_and_what_recurs_lasts_a_year_at_most() -> None:
    with pytest.raises(ValidationError):
        validate_event(unsaved(at("2026-05-04T09:00"), at("2026-05-04T09:00")))
    with pytest.raises(ValidationError):
        validate_event(unsaved(at("2026-05-04T09:00"), at("2027-06-04T09:00"), "YEARLY"))
    validate_event(unsaved(at("2026-05-04T09:00"), at("2027-06-04T09:00")))


@pytest.mark.django_db
class TestChangedDates:
    """Cancelled and moved dates, found by their original start."""

    def event(self) -> Event:
        """Mondays from nine to twelve."""
        return make_event(
            SpaceFactory.create(),
            CalendarKind.OPEN,
            span("2026-05-04T09:00", "2026-05-04T12:00"),
            frequency="WEEKLY",
            params="byweekday:MO",
        )

    def starts(self, event: Event) -> list[datetime]:
        """When it starts in May."""
        fresh = Event.objects.get(pk=event.pk)
        window = span("2026-05-01T00:00", "2026-06-01T00:00")
        return [each.start for each in occurrences(fresh, ZURICH, window)]

    def test_a_cancelled_date_is_gone(self) -> None:
        event = self.event()
        change(event, span("2026-05-11T09:00", "2026-05-11T12:00"))
        assert self.starts(event) == [at(f"2026-05-{day}T09:00") for day in ("04", "18", "25")]

    def test_it_stays_gone_when_the_end_of_the_event_is_edited(self) -> None:
        event = self.event()
        change(event, span("2026-05-11T09:00", "2026-05-11T12:00"))
        event.end = at("2026-05-04T14:00")
        event.save()
        assert at("2026-05-11T09:00") not in self.starts(event)

    def test_a_moved_date_is_found_where_it_is_and_not_where_it_was(self) -> None:
        event = self.event()
        change(
            event,
            span("2026-06-01T09:00", "2026-06-01T12:00"),
            moved_to=span("2026-05-30T10:00", "2026-05-30T11:00"),
        )
        assert self.starts(event)[-1] == at("2026-05-30T10:00")
        change(
            event,
            span("2026-05-25T09:00", "2026-05-25T12:00"),
            moved_to=span("2026-06-02T10:00", "2026-06-02T11:00"),
        )
        assert at("2026-05-25T09:00") not in self.starts(event)

    def test_a_change_of_a_date_that_the_rule_no_longer_has_counts_nothing(self) -> None:
        event = self.event()
        change(
            event,
            span("2026-05-25T09:00", "2026-05-25T12:00"),
            moved_to=span("2026-05-26T09:00", "2026-05-26T12:00"),
        )
        event.end_recurring_period = at("2026-05-20T00:00")
        event.save()
        assert self.starts(event) == [at(f"2026-05-{day}T09:00") for day in ("04", "11", "18")]

    def test_a_single_event_can_be_moved_too(self) -> None:
        space = SpaceFactory.create()
        single = span("2026-05-04T09:00", "2026-05-04T12:00")
        event = make_event(space, CalendarKind.CLOSED, single)
        change(event, single, moved_to=span("2026-05-05T09:00", "2026-05-05T12:00"))
        assert self.starts(event) == [at("2026-05-05T09:00")]

    def test_what_the_rule_put_is_known_whatever_was_changed_since(self) -> None:
        event = self.event()
        original = span("2026-05-11T09:00", "2026-05-11T12:00")
        change(event, original)
        assert planned_at(event, ZURICH, original.start) == original
        assert planned_at(event, ZURICH, at("2026-05-12T09:00")) is None

    def test_with_everything_fetched_no_query_is_made(self) -> None:
        event = self.event()
        fetched = Event.objects.select_related("rule").prefetch_related("occurrence_set")
        event = fetched.get(pk=event.pk)
        before = len(connection.queries_log)
        connection.force_debug_cursor = True
        occurrences(event, ZURICH, span("2026-05-01T00:00", "2026-06-01T00:00"))
        connection.force_debug_cursor = False
        assert len(connection.queries_log) == before
