"""Each rule by itself, at its edges."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from booking.facts import BookingRequest, Facts, Held, HoursOfWeek, SkillNeeded, Stop, Terms
from booking.queries.terms import DEFAULTS
from booking.rules import PROLONGING, binding, cancellation_is_free, check
from booking.states import FARTHEST, MAX_SPAN, RefusalCode
from spaces.intervals import Interval

ZURICH = ZoneInfo("Europe/Zurich")
NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
START = NOW + DAY
TERMS = Terms(
    **{
        **DEFAULTS,
        "lead_time": 2 * HOUR,
        "horizon_days": 30,
        "shortest": 30 * MINUTE,
        "longest": 4 * HOUR,
        "grid": 15 * MINUTE,
        "setup": 10 * MINUTE,
        "turnaround": 20 * MINUTE,
        "cancellation_window": 24 * HOUR,
    }
)
ALWAYS = (Interval(NOW - 400 * DAY, NOW + 2000 * DAY),)
FACTS = Facts(
    now=NOW,
    zone=ZURICH,
    terms=TERMS,
    open=ALWAYS,
    staffed=(),
    next_opening=None,
    maintenance=(),
    down=(),
    is_retired=False,
    taken=(),
    skills=(),
    memberships=(),
    is_allowed=True,
    is_staff=False,
)
WHOLE = Interval(START, START + HOUR)


def codes(start: datetime = START, length: timedelta = HOUR, **facts: Any) -> list[RefusalCode]:
    request = BookingRequest(starts_at=start, ends_at=start + length)
    return [each.code for each in check(request, replace(FACTS, **facts))]


def terms(**changes: Any) -> Terms:
    return replace(TERMS, **changes)


def around(before: timedelta, after: timedelta) -> Interval:
    """From `before` ahead of the span to `after` behind it, measured from its ends."""
    return Interval(WHOLE.start - before, WHOLE.end + after)


def test_nothing_speaks_against_an_ordinary_hour() -> None:
    assert codes() == []


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (NOW - 15 * MINUTE, [RefusalCode.IN_THE_PAST]),
        (NOW, [RefusalCode.LEAD_TIME]),
        (NOW + 105 * MINUTE, [RefusalCode.LEAD_TIME]),
        (NOW + 120 * MINUTE, []),
        (NOW + 30 * DAY, []),
        (NOW + 30 * DAY + 15 * MINUTE, [RefusalCode.HORIZON]),
    ],
)
def test_the_start_is_neither_too_near_nor_too_far(
    start: datetime, expected: list[RefusalCode]
) -> None:
    assert codes(start) == expected


def test_the_horizon_is_measured_on_the_wall() -> None:
    """Thirty days over the change of October are an hour longer."""
    now = datetime(2026, 10, 10, 8, tzinfo=UTC)
    always = (Interval(now, now + 90 * DAY),)
    assert codes(now + 30 * DAY + HOUR, now=now, open=always) == []
    assert codes(now + 30 * DAY + 75 * MINUTE, now=now, open=always) == [RefusalCode.HORIZON]


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (-60, [RefusalCode.TOO_SHORT]),
        (0, [RefusalCode.TOO_SHORT]),
        (15, [RefusalCode.TOO_SHORT]),
        (30, []),
        (240, []),
        (255, [RefusalCode.TOO_LONG]),
    ],
)
def test_the_length_is_within_the_policy(minutes: int, expected: list[RefusalCode]) -> None:
    assert codes(length=minutes * MINUTE) == expected


def test_the_grid_counts_from_local_midnight() -> None:
    assert codes(START + MINUTE) == [RefusalCode.OFF_GRID]
    assert codes(length=HOUR + MINUTE) == [RefusalCode.OFF_GRID]
    # Eight in UTC is ten in Zürich: on a grid of five hours from midnight, not of four.
    assert codes(length=5 * HOUR, terms=terms(grid=5 * HOUR, longest=DAY)) == []
    assert codes(length=4 * HOUR, terms=terms(grid=4 * HOUR)) == [RefusalCode.OFF_GRID]


@pytest.mark.parametrize("end", [time(2, 45), time(3, 30), time(4), time(9)])
def test_a_time_that_the_clock_skips_is_off_grid_for_everybody(end: time) -> None:
    night = date(2026, 3, 29)
    request = BookingRequest.from_wall(
        datetime.combine(night, time(2, 30)), datetime.combine(night, end), ZURICH
    )
    facts = replace(FACTS, now=datetime(2026, 3, 20, tzinfo=UTC))
    refusals = check(request, facts)
    assert [each.code for each in refusals] == [RefusalCode.OFF_GRID]
    assert binding(refusals) == refusals


def test_the_whole_span_lies_in_the_hours() -> None:
    assert codes(open=(WHOLE,)) == []
    assert codes(open=(around(timedelta(0), -15 * MINUTE),)) == [RefusalCode.CLOSED]
    assert codes(open=()) == [RefusalCode.CLOSED]


def test_the_next_opening_is_told() -> None:
    request = BookingRequest(starts_at=WHOLE.start, ends_at=WHOLE.end)
    opening = Interval(START + 2 * HOUR, START + 3 * HOUR)
    (refusal,) = check(request, replace(FACTS, open=(), next_opening=opening))
    assert "12:00" in refusal.message


def test_staff_is_there_where_the_policy_asks_for_it() -> None:
    needed = terms(staff_needed=True)
    assert codes(terms=needed, staffed=(WHOLE,)) == []
    assert codes(terms=needed) == [RefusalCode.CLOSED]


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        (START + 9 * HOUR, 16 * HOUR, []),
        (START + 12 * HOUR, 12 * HOUR, [RefusalCode.CLOSED]),
        (START + 9 * HOUR, 10 * HOUR, [RefusalCode.CLOSED]),
        (START + 9 * HOUR, 34 * HOUR, [RefusalCode.CLOSED]),
        (START + 10 * HOUR, 12 * HOUR, [RefusalCode.CLOSED]),
    ],
)
def test_what_runs_on_unattended_starts_and_ends_while_it_is_open(
    start: datetime, length: timedelta, expected: list[RefusalCode]
) -> None:
    """Open for ten hours a day, the second of them to be met after the night."""
    days = tuple(Interval(START + day * DAY, START + day * DAY + 10 * HOUR) for day in (0, 1))
    may = terms(unattended_allowed=True, longest=3 * DAY)
    assert codes(start, length, terms=may, open=days) == expected
    assert RefusalCode.CLOSED in codes(start, length, terms=terms(longest=3 * DAY), open=days)


def test_a_use_that_goes_on_may_run_into_the_night() -> None:
    days = tuple(Interval(START + day * DAY, START + day * DAY + 10 * HOUR) for day in (0, 1))
    may = terms(unattended_allowed=True, longest=3 * DAY)
    use = Interval(START + 8 * HOUR, START + 10 * HOUR)
    longer = BookingRequest(starts_at=use.start, ends_at=START + 25 * HOUR).prolonging(use)
    facts = replace(FACTS, now=START + 9 * HOUR, open=days, terms=may)
    assert check(longer, facts, PROLONGING) == []


def test_makers_are_kept_to_the_hours_of_their_policy() -> None:
    """In the space it is ten o'clock at START, a Tuesday."""
    evenings = HoursOfWeek(weekdays=(1, 3), start_time=time(17), end_time=time(2))
    kept = terms(hours=(evenings,))
    assert codes(START + 7 * HOUR, terms=kept) == []
    assert codes(START + 15 * HOUR, terms=kept) == []
    assert codes(START + 16 * HOUR, terms=kept) == [RefusalCode.CLOSED]
    assert codes(START + 7 * HOUR - 15 * MINUTE, terms=kept) == [RefusalCode.CLOSED]
    assert codes(START + DAY + 7 * HOUR, terms=kept) == [RefusalCode.CLOSED]
    request = BookingRequest(starts_at=START, ends_at=START + HOUR)
    (refusal,) = check(request, replace(FACTS, terms=kept))
    assert "Tue, Thu 17:00–02:00" in refusal.message


def test_hours_that_meet_count_as_one() -> None:
    morning = HoursOfWeek(weekdays=(), start_time=time(8), end_time=time(11))
    rest = HoursOfWeek(weekdays=(1,), start_time=time(11), end_time=time(0))
    assert codes(length=2 * HOUR, terms=terms(hours=(morning, rest))) == []


def test_the_machine_works_for_the_whole_span() -> None:
    out = [RefusalCode.MACHINE_OUT_OF_SERVICE]
    assert codes(is_retired=True) == out
    assert codes(down=(Stop(Interval(WHOLE.end - MINUTE, WHOLE.end)),)) == out
    assert codes(down=(Stop(Interval(WHOLE.end, WHOLE.end + HOUR)),)) == []
    after = WHOLE.end + TERMS.turnaround
    assert codes(maintenance=(Interval(after, after + HOUR),)) == []
    assert codes(maintenance=(Interval(after - MINUTE, after + HOUR),)) == out


def test_setup_and_turnaround_do_not_share_time() -> None:
    before, after = WHOLE.start - TERMS.setup, WHOLE.end + TERMS.turnaround
    assert codes(taken=(Interval(before - HOUR, before), Interval(after, after + HOUR))) == []
    assert codes(taken=(Interval(before - HOUR, before + MINUTE),)) == [RefusalCode.TAKEN]
    assert codes(taken=(Interval(after - MINUTE, after + HOUR),)) == [RefusalCode.TAKEN]


DAY_OF = START.date()


@pytest.mark.parametrize(
    ("first", "last", "is_in_force"),
    [
        (DAY_OF, DAY_OF, True),
        (DAY_OF, None, True),
        (DAY_OF + DAY, None, False),
        (DAY_OF - DAY, DAY_OF - DAY, False),
    ],
)
def test_papers_cover_every_date_of_the_span(
    first: date, last: date | None, is_in_force: bool
) -> None:
    papers = (Held(start_date=first, end_date=last),)
    skill = SkillNeeded(name="Laser", held=papers)
    expected = [] if is_in_force else [RefusalCode.CERTIFICATION_EXPIRED]
    assert codes(skills=(skill,)) == expected
    expected = [] if is_in_force else [RefusalCode.MEMBERSHIP_INACTIVE]
    assert codes(terms=terms(membership_needed=True), memberships=papers) == expected


def test_a_skill_never_learned_is_named() -> None:
    assert codes(skills=(SkillNeeded(name="Laser", held=()),)) == [RefusalCode.NOT_CERTIFIED]


def test_an_end_at_midnight_needs_nothing_of_the_next_day() -> None:
    midnight = datetime(2026, 5, 5, 22, tzinfo=UTC)
    papers = (Held(start_date=DAY_OF, end_date=date(2026, 5, 5)),)
    skills = (SkillNeeded(name="Laser", held=papers),)
    assert codes(midnight - HOUR, skills=skills) == []
    assert codes(midnight - HOUR, 75 * MINUTE, skills=skills) == [RefusalCode.CERTIFICATION_EXPIRED]


def test_the_person_may_do_this() -> None:
    assert codes(is_allowed=False) == [RefusalCode.NOT_ALLOWED]


def test_every_refusal_is_told_in_the_order_of_the_rules() -> None:
    found = codes(
        NOW - HOUR + MINUTE,
        5 * HOUR,
        open=(),
        is_retired=True,
        taken=ALWAYS,
        is_allowed=False,
        skills=(SkillNeeded(name="Laser", held=()),),
    )
    order = list(RefusalCode)
    assert found == sorted(found, key=order.index)
    assert len(found) == 8


def test_staff_is_let_off_only_what_may_be_waived() -> None:
    request = BookingRequest(starts_at=NOW, ends_at=NOW + 5 * MINUTE)
    refusals = check(request, replace(FACTS, open=(), taken=ALWAYS))
    assert [each.code for each in binding(refusals)] == [RefusalCode.TAKEN]


@pytest.mark.parametrize(
    ("start", "length"),
    [(START, MAX_SPAN), (START, timedelta(0)), (NOW + FARTHEST + HOUR, HOUR)],
)
def test_what_no_search_would_find_again_is_firm(start: datetime, length: timedelta) -> None:
    request = BookingRequest(starts_at=start, ends_at=start + length)
    assert binding(check(request, FACTS))


def test_years_far_away_overflow_nothing() -> None:
    request = BookingRequest(
        starts_at=datetime.min.replace(tzinfo=UTC), ends_at=datetime.max.replace(tzinfo=UTC)
    )
    assert RefusalCode.TOO_LONG in [each.code for each in check(request, FACTS)]


@pytest.mark.parametrize(
    ("ahead", "is_free"), [(24 * HOUR, True), (24 * HOUR - MINUTE, False), (-HOUR, False)]
)
def test_the_edge_of_the_cancellation_window_is_free(ahead: timedelta, is_free: bool) -> None:
    assert cancellation_is_free(NOW + ahead, NOW, TERMS) is is_free
