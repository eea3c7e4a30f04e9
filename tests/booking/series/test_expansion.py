"""The dates of random patterns over both clock changes equal an expansion that shares no code."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule
from dateutil.tz import UTC, datetime_ambiguous, datetime_exists, gettz
from hypothesis import example, given
from hypothesis import strategies as st

from booking.recurring import MOST_DATES, Pattern, PatternInvalid, pattern_from, plan
from booking.states import Frequency
from spaces.intervals import DAY

ZONES = ("Europe/Zurich", "Pacific/Auckland", "America/St_Johns", "America/Havana")
"""Clocks that change in spring and autumn, on either side of the world, at odd hours too.

None whose summer time is the lesser one, as in Casablanca: dateutil takes the moment at which the
hour that came twice is over for one that does not exist.
"""

LAST_YEAR = 2037

DAYS = (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU)
FREQUENCIES = {
    Frequency.DAILY: rrule.DAILY,
    Frequency.WEEKLY: rrule.WEEKLY,
    Frequency.MONTHLY: rrule.MONTHLY,
}


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    """Any pattern that people can ask for, with an end."""
    frequency = draw(st.sampled_from(Frequency))
    more: dict[str, object] = {}
    if frequency == Frequency.WEEKLY:
        more["weekdays"] = tuple(draw(st.sets(st.integers(0, 6), max_size=4)))
    elif frequency == Frequency.MONTHLY and draw(st.booleans()):
        more |= {"nth": draw(st.sampled_from([1, 2, 3, 4, 5, -1])), "weekday": draw(days())}
    elif frequency == Frequency.MONTHLY and draw(st.booleans()):
        more["day"] = draw(st.sampled_from([1, 15, 28, 29, 30, 31, -1]))
    if draw(st.booleans()):
        more["count"] = draw(st.integers(1, 40))
    else:
        more["until"] = draw(st.dates(date(2026, 2, 1), date(2027, 3, 1)))
    return Pattern(frequency=frequency, every=draw(st.integers(1, 4)), **more)  # type: ignore[arg-type]


def days() -> st.SearchStrategy[int]:
    return st.integers(0, 6)


def expected(pattern: Pattern, start: datetime, length: timedelta, zone: str) -> list[datetime]:
    """The starts of the same rule by dateutil: what the clock does not show is no date."""
    told: dict[str, object] = {"interval": pattern.every, "wkst": rrule.MO}
    if pattern.frequency == Frequency.WEEKLY:
        told["byweekday"] = [DAYS[day] for day in pattern.weekdays or (start.weekday(),)]
    elif pattern.frequency == Frequency.MONTHLY and pattern.nth and pattern.weekday is not None:
        told["byweekday"] = DAYS[pattern.weekday](pattern.nth)
    elif pattern.frequency == Frequency.MONTHLY:
        told["bymonthday"] = pattern.day or start.day
    walls = rrule.rrule(FREQUENCIES[pattern.frequency], dtstart=start, **told)  # type: ignore[arg-type]
    return list(_shown(walls, pattern, length, zone))


def known_to_both(starts: list[datetime]) -> list[datetime]:
    """Those before 2037, with which the table ends in which dateutil looks clock changes up."""
    return [each for each in starts if each.year < LAST_YEAR]


def _shown(
    walls: rrule.rrule, pattern: Pattern, length: timedelta, zone: str
) -> Iterator[datetime]:
    clock, count = gettz(zone), 0
    for wall in walls:
        if count == pattern.count or (pattern.until and wall.date() > pattern.until):
            return
        ends = wall + length
        if datetime_exists(wall, clock) and datetime_exists(ends, clock):
            start, end = (
                each.replace(tzinfo=clock, fold=0).astimezone(UTC) for each in (wall, ends)
            )
            if start < end:
                count += 1
                yield start


@given(
    pattern=patterns(),
    day=st.dates(date(2026, 1, 1), date(2026, 11, 30)),
    minutes=st.integers(0, 95).map(lambda quarter: quarter * 15),
    length=st.integers(1, 96).map(lambda quarter: quarter * timedelta(minutes=15)),
    zone=st.sampled_from(ZONES),
)
@example(
    pattern=Pattern(frequency=Frequency.WEEKLY, count=3),
    day=date(2026, 3, 22), minutes=150, length=timedelta(hours=2), zone="Europe/Zurich",
)  # fmt: skip
@example(
    pattern=Pattern(frequency=Frequency.DAILY, count=5),
    day=date(2026, 10, 23), minutes=150, length=timedelta(hours=2), zone="Europe/Zurich",
)  # fmt: skip
@example(
    pattern=Pattern(frequency=Frequency.MONTHLY, every=4, nth=5, weekday=0, count=10),
    day=date(2026, 2, 1), minutes=0, length=timedelta(minutes=15), zone="Pacific/Auckland",
)  # fmt: skip
def test_dates_are_those_of_an_independent_expansion(
    pattern: Pattern, day: date, minutes: int, length: timedelta, zone: str
) -> None:
    start = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes)
    wanted = expected(pattern, start, length, zone)
    here = ZoneInfo(zone)
    if not wanted:
        with pytest.raises(PatternInvalid):
            plan(pattern, start, start + length, here)
        return
    planned = plan(pattern, start, start + length, here)
    found = planned.dates(here, until=wanted[-1] + DAY)
    starts = [dated.interval.start for dated in found]
    ends = planned.event.end_recurring_period
    starts = [each for each in starts if each <= ends][:MOST_DATES]
    assert known_to_both(starts) == known_to_both(wanted[:MOST_DATES])
    # 18:00 stays 18:00, and the hour that comes twice is the first one.
    assert {each.astimezone(here).time() for each in starts} == {start.time()}
    assert all(
        each.astimezone(here).fold == 0
        for each in starts
        if datetime_ambiguous(each.astimezone(here).replace(tzinfo=None), gettz(zone))
    )


@given(pattern=patterns(), day=st.dates(date(2026, 1, 1), date(2026, 11, 30)))
def test_a_rule_that_is_told_is_read_again(pattern: Pattern, day: date) -> None:
    again = pattern_from(pattern.rrule(day))
    assert again.params(day) == pattern.params(day)
    assert (again.until, again.count) == (pattern.until, pattern.count)
