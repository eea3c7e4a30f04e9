"""What a quota counts: by example, and against a count minute by minute for random histories."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.quotas import Account, Limit, Use, reach_of, too_much_at_once, window_is_full
from booking.states import HoursCounted, QuotaWindow
from spaces.intervals import DAY, Interval, week_start

ZURICH = ZoneInfo("Europe/Zurich")
NOW = datetime(2026, 5, 4, 7, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def span(start: str, end: str) -> Interval:
    return Interval(*(datetime.fromisoformat(each).replace(tzinfo=ZURICH) for each in (start, end)))


def used(*spans: Interval) -> tuple[Use, ...]:
    return tuple(Use(span=each, reserved_at=NOW - 30 * DAY) for each in spans)


def full(limit: Limit, asked: Interval, *spans: Interval) -> date | None:
    account = Account(limit=limit, name="laser", uses=used(*spans))
    return window_is_full(account, asked, now=NOW, zone=ZURICH)


FOUR_HOURS_A_DAY = Limit(window=QuotaWindow.DAY, duration=4 * HOUR)


def test_the_sum_may_reach_the_limit_but_not_pass_it() -> None:
    morning = span("2026-05-05T08:00", "2026-05-05T10:30")
    assert full(FOUR_HOURS_A_DAY, span("2026-05-05T14:00", "2026-05-05T15:30"), morning) is None
    over = full(FOUR_HOURS_A_DAY, span("2026-05-05T14:00", "2026-05-05T15:31"), morning)
    assert over == date(2026, 5, 5)


def test_a_night_is_charged_to_both_days() -> None:
    night = span("2026-05-05T22:00", "2026-05-06T02:00")
    assert full(FOUR_HOURS_A_DAY, night, span("2026-05-05T08:00", "2026-05-05T10:00")) is None
    late = full(FOUR_HOURS_A_DAY, night, span("2026-05-06T08:00", "2026-05-06T11:00"))
    assert late == date(2026, 5, 6)


def test_any_seven_days_in_a_row_reach_both_ways() -> None:
    limit = Limit(window=QuotaWindow.ROLLING, days=7, duration=10 * HOUR)
    eight = span("2026-05-12T08:00", "2026-05-12T16:00")
    assert full(limit, span("2026-05-06T08:00", "2026-05-06T11:00"), eight) == date(2026, 5, 6)
    assert full(limit, span("2026-05-05T08:00", "2026-05-05T11:00"), eight) is None


def test_months_are_those_of_the_calendar() -> None:
    limit = Limit(window=QuotaWindow.MONTH, count=1)
    assert full(limit, span("2026-05-31T08:00", "2026-05-31T09:00")) is None
    last = span("2026-05-31T08:00", "2026-05-31T09:00")
    assert full(limit, span("2026-06-01T08:00", "2026-06-01T09:00"), last) is None
    assert full(limit, span("2026-05-01T08:00", "2026-05-01T09:00"), last) == date(2026, 5, 1)


def test_only_the_hours_named_count() -> None:
    evening = Limit(
        window=QuotaWindow.DAY,
        duration=HOUR,
        hours_counted=HoursCounted.INSIDE,
        weekdays=(0, 1, 2, 3, 4),
        start_time=time(17),
        end_time=time(22),
    )
    assert full(evening, span("2026-05-05T08:00", "2026-05-05T18:00")) is None
    assert full(evening, span("2026-05-05T16:00", "2026-05-05T18:30")) == date(2026, 5, 5)
    # A Saturday is none of its days.
    assert full(evening, span("2026-05-09T16:00", "2026-05-09T20:00")) is None


def test_outside_the_hours_named_the_rest_counts() -> None:
    limit = Limit(
        window=QuotaWindow.WEEK,
        count=1,
        hours_counted=HoursCounted.OUTSIDE,
        start_time=time(8),
        end_time=time(18),
    )
    early = span("2026-05-05T06:00", "2026-05-05T09:00")
    assert full(limit, span("2026-05-06T09:00", "2026-05-06T10:00"), early) is None
    assert full(limit, span("2026-05-06T07:00", "2026-05-06T10:00"), early) == date(2026, 5, 4)


def test_the_last_minute_costs_nothing_and_what_was_booked_so_does_not_count() -> None:
    limit = Limit(window=QuotaWindow.DAY, count=1, last_minute=2 * HOUR)
    soon = Interval(NOW + 2 * HOUR, NOW + 3 * HOUR)
    later = Interval(NOW + 5 * HOUR, NOW + 6 * HOUR)
    ahead = Account(limit=limit, name="", uses=used(later))
    assert window_is_full(ahead, soon, now=NOW, zone=ZURICH) is None
    spontaneous = Use(span=soon, reserved_at=soon.start - HOUR)
    account = Account(limit=limit, name="", uses=(spontaneous,))
    assert window_is_full(account, later, now=NOW, zone=ZURICH) is None


@pytest.mark.parametrize(("held", "is_too_much"), [(1, False), (2, True)])
def test_open_reservations_are_those_that_have_not_ended(held: int, *, is_too_much: bool) -> None:
    limit = Limit(window=QuotaWindow.AT_ONCE, count=2)
    ended = Interval(NOW - 2 * HOUR, NOW)
    open_ones = [Interval(NOW + n * DAY, NOW + n * DAY + HOUR) for n in range(1, held + 1)]
    account = Account(limit=limit, name="", uses=used(ended, *open_ones))
    asked = Interval(NOW + 9 * DAY, NOW + 9 * DAY + HOUR)
    assert too_much_at_once(account, asked, now=NOW, zone=ZURICH) is is_too_much


WINDOWS = st.sampled_from(
    [
        Limit(window=QuotaWindow.DAY, duration=5 * HOUR),
        Limit(window=QuotaWindow.WEEK, duration=9 * HOUR),
        Limit(window=QuotaWindow.ROLLING, days=3, duration=7 * HOUR),
    ]
)
SPANS = st.builds(
    lambda start, length: Interval(
        datetime(2026, 3, 26, tzinfo=UTC) + start * HOUR,
        datetime(2026, 3, 26, tzinfo=UTC) + (start + length) * HOUR,
    ),
    st.integers(0, 200),
    st.integers(1, 12),
)


@given(WINDOWS, st.lists(SPANS, max_size=6), SPANS)
@settings(max_examples=200)
def test_the_sums_are_those_of_counting_every_hour(
    limit: Limit, spans: list[Interval], asked: Interval
) -> None:
    hours: dict[date, float] = {}
    for each in (*spans, asked):
        moment = each.start
        while moment < each.end:
            day = moment.astimezone(ZURICH).date()
            hours[day] = hours.get(day, 0) + 0.5
            moment += HOUR / 2
    most = (limit.duration or HOUR) / HOUR
    touched = {
        asked.start.astimezone(ZURICH).date(),
        (asked.end - MINUTE).astimezone(ZURICH).date(),
    }
    overfull = any(
        sum(amount for day, amount in hours.items() if first <= day <= last) > most
        for first, last in _windows(limit, touched)
    )
    assert (full(limit, asked, *spans) is not None) == overfull


def _windows(limit: Limit, touched: set[date]) -> list[tuple[date, date]]:
    if limit.window == QuotaWindow.DAY:
        return [(day, day) for day in touched]
    if limit.window == QuotaWindow.WEEK:
        return [(week_start(day), week_start(day) + 6 * DAY) for day in touched]
    return [(day - n * DAY, day + (2 - n) * DAY) for day in touched for n in range(3)]


def test_what_is_read_reaches_as_far_as_the_windows() -> None:
    asked = span("2026-05-06T10:00", "2026-05-06T12:00")
    whole_week = span("2026-05-04T00:00", "2026-05-11T00:00")
    assert reach_of(Limit(window=QuotaWindow.WEEK, count=1), asked, ZURICH) == whole_week
    rolling = Limit(window=QuotaWindow.ROLLING, days=3, count=1)
    assert reach_of(rolling, asked, ZURICH) == span("2026-05-04T00:00", "2026-05-09T00:00")
