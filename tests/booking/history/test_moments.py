"""Dates, times and lengths as people write them come to the span that they meant."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking.history.moments import (
    Told,
    Unclear,
    date_from,
    is_other_weekday,
    length_of,
    span_from,
    told_of,
)

ZURICH = ZoneInfo("Europe/Zurich")
DAY = date(2025, 3, 4)


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("2025-03-04 09:05", DAY, time(9, 5)),
        ("4.3.2025 9:05", DAY, time(9, 5)),
        ("Di, 04.03.25, 9.05", DAY, time(9, 5)),
        ("4. März 2025 9h05", DAY, time(9, 5)),
        ("4 mars 2025", DAY, None),
        ("March 4, 2025 9:05 pm", DAY, time(21, 5)),
        ("2025/3/4", DAY, None),
        ("9:00", None, time(9)),
        ("21:0", None, time(21)),
        ("9 Uhr", None, time(9)),
        ("14:05:33", None, time(14, 5, 33)),
    ],
)
def test_cells_are_read(text: str, day: date | None, clock: time | None) -> None:
    assert told_of(text) == Told(day=day, clock=clock)


def test_midnight_at_the_end_of_a_day() -> None:
    assert told_of("24:00") == Told(clock=time.min, is_next_day=True)


def test_months_first_where_that_is_said() -> None:
    assert told_of("3/4/2025", month_first=True).day == DAY


@pytest.mark.parametrize(
    "text", ["soon", "25:00", "31.2.2025", "4. Foo 2025", "4.3.1870", "9", "2025-13-01 10:00"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(Unclear):
        told_of(text)


@pytest.mark.parametrize("month", ["3", "MÄR", "mars", "Marzo", "mrz."])
def test_months_are_words_or_numbers(month: str) -> None:
    assert date_from("25", month, "04") == DAY


@pytest.mark.parametrize(("month", "number"), [("DEZ", 12), ("DEC", 12), ("MAI", 5), ("OKT", 10)])
def test_months_of_two_languages(month: str, number: int) -> None:
    assert date_from("2022", month, "5").month == number


def test_a_date_needs_its_parts() -> None:
    with pytest.raises(Unclear):
        date_from("", "3", "4")


def test_weekdays_of_several_languages() -> None:
    assert not any(is_other_weekday(word, DAY) for word in ("Di", "Tuesday", "mardi", "martedì"))
    assert is_other_weekday("Mo", DAY)
    assert not is_other_weekday("?", DAY)


@pytest.mark.parametrize(
    ("text", "units", "minutes"),
    [
        ("0,67", ("duration(in h)",), 40.2),
        ("90 min", ("hours",), 90),
        ("3", ("30 minutes",), 90),
        ("1:30", (), 90),
        ("-0.5", ("min",), -0.5),
    ],
)
def test_lengths_in_the_nearest_unit(text: str, units: tuple[str, ...], minutes: float) -> None:
    assert length_of(text, *units) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "long", "3"])
def test_lengths_without_a_unit_tell_nothing(text: str) -> None:
    assert length_of(text) is None


def hours(start: str, end: str, length: timedelta | None = None) -> float:
    found = span_from(told_of(start), told_of(end), length, ZURICH)
    return found.span.duration / timedelta(hours=1)


def test_an_end_without_a_day_may_lie_in_the_next() -> None:
    assert hours("2025-03-04 23:00", "1:30") == 2.5
    assert hours("2025-03-04 22:00", "24:00") == 2
    assert span_from(told_of("4.3.2025 9:00"), told_of("8:00"), None, ZURICH).doubt


def test_offsets_count_over_the_change_to_winter_time() -> None:
    assert hours("2016-10-30T01:00:00+02:00", "2016-10-30T03:00:00+01:00") == 3


def test_an_hour_that_came_twice_is_told_by_its_length() -> None:
    start, end = "26.10.2025 01:30", "26.10.2025 02:30"
    assert hours(start, end) == 1
    assert hours(start, end, timedelta(hours=2)) == 2
    # From the first pass into the second: the clock seems to run back.
    assert hours("26.10.2025 02:45", "26.10.2025 02:15") == 0.5
    assert span_from(told_of(start), told_of(end), None, ZURICH).doubt


def test_a_time_before_the_start_is_in_the_same_night_where_the_clock_was_put_back() -> None:
    start, forty = "26.10.2025 02:40", timedelta(minutes=40)
    assert hours(start, "02:20", forty) == pytest.approx(2 / 3)
    assert hours(start, "02:20") == pytest.approx(2 / 3)
    assert hours(start, "02:20", timedelta(hours=24) - 2 * forty) == pytest.approx(71 / 3)
    assert hours("25.10.2025 02:40", "02:20") == pytest.approx(71 / 3)
    assert hours("26.10.2025 23:00", "02:20") == pytest.approx(10 / 3)
    assert hours("30.3.2025 23:00", "02:20") == pytest.approx(10 / 3)


def test_an_hour_that_never_came_is_refused() -> None:
    with pytest.raises(Unclear, match="put forward"):
        hours("30.3.2025 02:30", "30.3.2025 04:00")


def test_times_win_over_a_length_that_says_otherwise() -> None:
    found = span_from(told_of("4.3.2025 9:00"), told_of("10:00"), timedelta(hours=3), ZURICH)
    assert found.span.duration == timedelta(hours=1)
    assert found.doubt
    rounded = span_from(told_of("4.3.2025 9:00"), told_of("9:40"), timedelta(hours=0.67), ZURICH)
    assert not rounded.doubt


def test_a_length_stands_for_a_missing_end() -> None:
    found = span_from(told_of("4.3.2025 9:00"), None, timedelta(hours=3), ZURICH)
    assert found.span.duration == timedelta(hours=3)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("4.3.2025 9:00", "4.3.2025 8:00"),
        ("4.3.2025 9:00", "9:00"),
        ("4.3.2025", "10:00"),
        ("9:00", "10:00"),
    ],
)
def test_what_has_no_length_is_refused(start: str, end: str) -> None:
    with pytest.raises(Unclear):
        hours(start, end)


def test_neither_end_nor_length() -> None:
    with pytest.raises(Unclear):
        span_from(told_of("4.3.2025 9:00"), None, None, ZURICH)
