"""Which rules hold, and when each reminder is due and useful: no database is asked."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking.reminders import (
    DEFAULTS,
    Rule,
    calls_after,
    calls_before,
    calls_before_day,
    due_call,
    offsets_of,
    ways_in,
)
from booking.states import ReminderEvent, ReminderTo
from notifications.states import Ways

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ZURICH = ZoneInfo("Europe/Zurich")
START, HOLDER = ReminderEvent.START, ReminderTo.HOLDER
LASERS, MILLS = 1, 2


def said(
    offset: timedelta,
    category: int | None = None,
    audience: str = "",
    *,
    event: str = START,
    to: str = HOLDER,
    is_active: bool = True,
    ways: str = "",
) -> Rule:
    return Rule(event, to, category, audience, offset, is_active, ways)


def test_without_a_rule_people_hear_of_the_start_a_day_before_and_of_low_stock_at_once() -> None:
    assert offsets_of([], START, HOLDER) == (DAY,)
    assert offsets_of([], ReminderEvent.STOCK, ReminderTo.STAFF) == (0 * DAY,)
    for event in ReminderEvent:
        for to in ReminderTo:
            if (event, to) not in DEFAULTS:
                assert offsets_of([], event, to) == ()


def test_what_is_said_of_something_else_leaves_the_default() -> None:
    rules = [said(HOUR, event=ReminderEvent.END), said(HOUR, to=ReminderTo.STAFF)]
    assert offsets_of(rules, START, HOLDER) == (DAY,)
    assert offsets_of(rules, START, ReminderTo.STAFF) == (HOUR,)


def test_a_category_goes_before_the_space_and_an_audience_before_everybody() -> None:
    rules = [
        said(24 * HOUR),
        said(HOUR),
        said(48 * HOUR, LASERS),
        said(3 * HOUR, audience="maker"),
        said(2 * HOUR, LASERS, "maker"),
    ]
    assert offsets_of(rules, START, HOLDER, category=MILLS) == (24 * HOUR, HOUR)
    assert offsets_of(rules, START, HOLDER, category=LASERS) == (48 * HOUR,)
    assert offsets_of(rules, START, HOLDER, category=MILLS, audience="maker") == (3 * HOUR,)
    assert offsets_of(rules, START, HOLDER, category=LASERS, audience="maker") == (2 * HOUR,)
    assert offsets_of(rules, START, HOLDER, category=LASERS, audience="company") == (48 * HOUR,)


def test_a_rule_that_is_switched_off_keeps_the_others_away_too() -> None:
    off = said(DAY, LASERS, is_active=False)
    assert offsets_of([said(HOUR), off], START, HOLDER, category=LASERS) == ()
    assert offsets_of([said(HOUR), off], START, HOLDER, category=MILLS) == (HOUR,)
    beside = [off, said(2 * HOUR, LASERS)]
    assert offsets_of(beside, START, HOLDER, category=LASERS) == (2 * HOUR,)
    assert offsets_of([said(DAY, is_active=False)], START, HOLDER) == ()


def test_each_reminder_is_useful_until_the_next_one_is_due() -> None:
    start = datetime(2026, 5, 6, 12, tzinfo=UTC)
    calls = calls_before(start, (DAY, HOUR))
    assert [(each.due_at, each.until) for each in calls] == [
        (start - DAY, start - HOUR),
        (start - HOUR, start),
    ]
    due = [due_call(calls, start - each) for each in (25 * HOUR, DAY, 2 * HOUR, HOUR, 0 * HOUR)]
    assert [each and each.offset for each in due] == [None, DAY, DAY, HOUR, None]


def test_what_is_due_at_the_moment_itself_is_never_due() -> None:
    assert calls_before(datetime(2026, 5, 6, 12, tzinfo=UTC), (0 * HOUR,)) == []


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-03-29T14:00", "2026-03-28T13:00"),
        ("2026-03-30T02:30", "2026-03-29T01:30"),
        ("2026-10-25T14:00", "2026-10-24T15:00"),
        ("2026-10-26T01:30", "2026-10-25T02:30"),
    ],
)
def test_a_day_before_is_24_real_hours_over_both_clock_changes(start: str, due: str) -> None:
    (call,) = calls_before(datetime.fromisoformat(start).replace(tzinfo=ZURICH), (DAY,))
    assert call.until - call.due_at == DAY
    assert call.due_at.astimezone(ZURICH).strftime("%Y-%m-%dT%H:%M") == due


def test_what_was_missed_can_be_made_up_for_until_it_is_too_late() -> None:
    start = datetime(2026, 5, 6, 12, tzinfo=UTC)
    calls = calls_after(start, (20 * MINUTE, 0 * MINUTE, 40 * MINUTE), until=start + 30 * MINUTE)
    assert [(each.offset, each.until - start) for each in calls] == [
        (0 * MINUTE, 20 * MINUTE),
        (20 * MINUTE, 30 * MINUTE),
    ]


@pytest.mark.parametrize(
    ("last", "hour"), [("2026-03-31", 6), ("2026-10-27", 7), ("2026-05-31", 6)]
)
def test_of_what_ends_with_a_day_people_hear_in_the_morning(last: str, hour: int) -> None:
    """At eight on the wall, whatever the clock did meanwhile, and until the day is over."""
    day = date.fromisoformat(last)
    far, near = calls_before_day(day, (30 * DAY, 0 * DAY), ZURICH)
    assert far.due_at.astimezone(ZURICH).replace(tzinfo=None) == datetime.combine(
        day - 30 * DAY, datetime.min.time()
    ) + timedelta(hours=8)
    assert (near.due_at.hour, far.until) == (hour, near.due_at)
    assert near.until.astimezone(ZURICH).replace(tzinfo=None) == datetime.combine(
        day + DAY, datetime.min.time()
    )


def test_a_reminder_goes_as_the_rule_says_that_asks_for_it_and_every_way_in_doubt() -> None:
    rules = [said(DAY, ways="mail"), said(HOUR, ways="beside"), said(3 * HOUR, is_active=False)]
    ways = [ways_in(rules, each) for each in (DAY, HOUR, 2 * HOUR, 3 * HOUR)]
    assert ways == [Ways.MAIL, Ways.BESIDE, Ways.EVERY, Ways.EVERY]
    assert ways_in([*rules, said(DAY, LASERS)], DAY) == Ways.EVERY
