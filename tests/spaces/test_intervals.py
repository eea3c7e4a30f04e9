"""Interval arithmetic against sets of minutes, and wall clocks against dateutil."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from dateutil import tz
from hypothesis import given, settings
from hypothesis import strategies as st

from spaces.intervals import (
    Interval,
    clip,
    covers,
    exists_on_clock,
    happens_twice,
    intersect,
    local_dates,
    local_day,
    local_days,
    merge,
    moment_of,
    moments_of,
    opening_moment_of,
    subtract,
    total_seconds,
    wall_time,
    week_start,
)

ZONES = ["Europe/Zurich", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland"]
ZURICH = ZoneInfo("Europe/Zurich")
START = datetime(2026, 3, 28, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

zones = st.sampled_from(ZONES)
minutes = st.integers(0, 120)
intervals = st.builds(
    lambda start, length: Interval(START + start * MINUTE, START + (start + length) * MINUTE),
    minutes,
    st.integers(0, 40),
)
lists = st.lists(intervals, max_size=8)
walls = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(
    lambda wall: wall.replace(minute=wall.minute // 15 * 15, second=0, microsecond=0)
)
# Half of all examples fall where a clock of one of the zones changes.
changes = st.builds(
    lambda day, quarters: datetime.combine(day, time(0)) + quarters * 15 * MINUTE,
    st.sampled_from(
        [
            *(date(2026, 3, 8), date(2026, 3, 29), date(2026, 4, 5)),
            *(date(2026, 9, 27), date(2026, 10, 25), date(2026, 11, 1)),
        ]
    ),
    st.integers(0, 24),
)
any_wall = st.one_of(walls, changes)


def marked(found: Sequence[Interval]) -> set[int]:
    """The minutes since START that the intervals cover."""
    return {
        int((each.start - START) / MINUTE) + index
        for each in found
        for index in range(int(each.duration / MINUTE))
    }


def is_tidy(found: Sequence[Interval]) -> bool:
    """Sorted, disjoint, not touching, none empty."""
    apart = all(one.end < other.start for one, other in pairwise(found))
    return apart and all(each.start < each.end for each in found)


class TestInterval:
    """One half-open span."""

    def test_it_is_kept_in_utc_and_knows_its_real_length(self) -> None:
        day = Interval(datetime(2026, 10, 25, tzinfo=ZURICH), datetime(2026, 10, 26, tzinfo=ZURICH))
        assert day.start.tzinfo is UTC
        assert (day.seconds, day.duration) == (25 * 3600, timedelta(hours=25))

    @pytest.mark.parametrize(
        ("start", "end"),
        [
            (datetime(2026, 1, 1), datetime(2026, 1, 2, tzinfo=UTC)),
            (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2)),
            (datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),
        ],
    )
    def test_naive_moments_and_an_end_before_the_start_are_refused(
        self, start: datetime, end: datetime
    ) -> None:
        with pytest.raises(ValueError, match="interval"):
            Interval(start, end)

    @given(one=intervals, other=intervals)
    def test_overlap_and_containment_mean_shared_minutes(
        self, one: Interval, other: Interval
    ) -> None:
        shared = marked([one]) & marked([other])
        if one.seconds and other.seconds:
            assert one.overlaps(other) == bool(shared)
            assert one.contains(other) == (shared == marked([other]))

    @given(one=intervals, before=st.integers(0, 60), after=st.integers(0, 60))
    def test_widening_adds_at_both_ends(self, one: Interval, before: int, after: int) -> None:
        wide = one.widened(before=before * MINUTE, after=after * MINUTE)
        assert (one.start - wide.start, wide.end - one.end) == (before * MINUTE, after * MINUTE)


class TestArithmetic:
    """Union, difference, intersection: the same as on sets of minutes."""

    @given(one=lists)
    def test_merging_keeps_the_time_and_tidies(self, one: list[Interval]) -> None:
        merged = merge(one)
        assert marked(merged) == marked(one)
        assert is_tidy(merged)
        assert merge(merged) == merged

    @given(one=lists, other=lists)
    def test_subtracting(self, one: list[Interval], other: list[Interval]) -> None:
        left = subtract(one, other)
        assert marked(left) == marked(one) - marked(other)
        assert all(each.start < each.end for each in left)

    @given(one=lists, other=lists)
    def test_intersecting(self, one: list[Interval], other: list[Interval]) -> None:
        shared = intersect(one, other)
        assert marked(shared) == marked(one) & marked(other)
        assert shared == intersect(other, one)
        assert all(each.start < each.end for each in shared)

    @given(one=lists, window=intervals)
    def test_clipping_keeps_what_lies_in_the_window(
        self, one: list[Interval], window: Interval
    ) -> None:
        assert marked(clip(one, window)) == marked(one) & marked([window])

    @given(one=lists)
    def test_total_seconds_counts_overlaps_once(self, one: list[Interval]) -> None:
        assert total_seconds(one) == 60 * len(marked(one))

    @given(one=lists, span=intervals)
    def test_covering(self, one: list[Interval], span: Interval) -> None:
        if span.seconds:
            assert covers(one, span) == (marked([span]) <= marked(one))


class TestWallClocks:
    """Reading and setting the clocks of places."""

    @settings(max_examples=300)
    @given(wall=any_wall, zone=zones)
    def test_existing_and_doubled_times_are_those_of_dateutil(
        self, wall: datetime, zone: str
    ) -> None:
        assert exists_on_clock(wall, ZoneInfo(zone)) == tz.datetime_exists(wall, tz.gettz(zone))
        assert happens_twice(wall, ZoneInfo(zone)) == tz.datetime_ambiguous(wall, tz.gettz(zone))
        found = moments_of(wall, ZoneInfo(zone))
        passes = happens_twice(wall, ZoneInfo(zone)) + exists_on_clock(wall, ZoneInfo(zone))
        assert [wall_time(each, ZoneInfo(zone)) for each in found] == passes * [wall]
        assert found == sorted(set(found))

    @settings(max_examples=300)
    @given(wall=any_wall, zone=zones)
    def test_a_doubled_time_is_the_first_and_for_hours_the_second(
        self, wall: datetime, zone: str
    ) -> None:
        reading = tz.resolve_imaginary(wall.replace(tzinfo=tz.gettz(zone)))
        assert moment_of(wall, ZoneInfo(zone)) == tz.enfold(reading, fold=0).astimezone(UTC)
        assert opening_moment_of(wall, ZoneInfo(zone)) == tz.enfold(reading, fold=1).astimezone(UTC)

    @given(wall=any_wall, zone=zones)
    def test_a_time_that_exists_is_read_back_as_it_was_set(self, wall: datetime, zone: str) -> None:
        clock = ZoneInfo(zone)
        if exists_on_clock(wall, clock):
            assert wall_time(moment_of(wall, clock), clock) == wall
            assert wall_time(opening_moment_of(wall, clock), clock) == wall
        else:
            assert wall_time(moment_of(wall, clock), clock) > wall

    def test_the_clock_of_zurich_in_2026(self) -> None:
        assert not exists_on_clock(datetime(2026, 3, 29, 2, 30), ZURICH)
        assert happens_twice(datetime(2026, 10, 25, 2, 30), ZURICH)
        assert not happens_twice(datetime(2026, 10, 25, 3), ZURICH)
        assert moment_of(datetime(2026, 3, 29, 2, 30), ZURICH) == datetime(
            2026, 3, 29, 1, 30, tzinfo=UTC
        )


class TestLocalDays:
    """Days and hours of a place."""

    @given(day=st.dates(date(2026, 1, 1), date(2026, 12, 31)), zone=zones)
    def test_the_days_of_a_year_join_without_gap_or_overlap(self, day: date, zone: str) -> None:
        clock = ZoneInfo(zone)
        today, tomorrow = local_day(day, clock), local_day(day + timedelta(days=1), clock)
        assert today.end == tomorrow.start
        assert today.seconds in {23 * 3600, 24 * 3600, 25 * 3600}
        assert local_dates(today, clock) == [day]
        assert local_days(day, day + timedelta(days=2), clock) == Interval(
            today.start, tomorrow.end
        )

    @given(start=any_wall, length=st.integers(0, 80), zone=zones)
    def test_the_dates_touched_are_those_of_its_hours(
        self, start: datetime, length: int, zone: str
    ) -> None:
        clock = ZoneInfo(zone)
        begin = moment_of(start, clock)
        span = Interval(begin, begin + length * 15 * MINUTE)
        steps = range(max(length, 1))
        expected = {(begin + step * 15 * MINUTE).astimezone(clock).date() for step in steps}
        assert local_dates(span, clock) == sorted(expected)

    @pytest.mark.parametrize("day", [date(2026, 5, 4), date(2026, 5, 7), date(2026, 5, 10)])
    def test_weeks_start_on_monday(self, day: date) -> None:
        assert week_start(day) == date(2026, 5, 4)
