"""The year that the demo tells: the same for a day, without overlaps, and as busy as a workshop."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

from booking.facts import Terms
from booking.queries.terms import DEFAULTS
from booking.states import ReservationState
from demo.history import Setting, Visit, visits
from spaces.intervals import DAY, Interval

NOW = datetime(2026, 11, 23, 17, tzinfo=UTC)
OPEN_HOURS = 13


def year(*, demand: float, seed: int = 7) -> list[Visit]:
    """The visits of a machine that is open from 8 to 21 UTC every day."""
    first = NOW.replace(hour=8) - 365 * DAY
    openings = [
        Interval(first + n * DAY, first + n * DAY + timedelta(hours=OPEN_HOURS)) for n in range(386)
    ]
    setting = Setting(
        open=openings,
        blocked=[Interval(NOW - 9 * DAY, NOW - 8 * DAY)],
        zone=ZoneInfo("Europe/Zurich"),
        terms=Terms(**DEFAULTS),
        demand=demand,
        now=NOW,
    )
    return visits(setting, Random(seed))


def test_the_same_seed_tells_the_same_year() -> None:
    assert year(demand=1.5) == year(demand=1.5)
    assert year(demand=1.5) != year(demand=1.5, seed=8)


def test_nobody_shares_a_machine_or_books_it_while_it_is_blocked() -> None:
    found = year(demand=2.5)
    assert all(one.occupied.end <= other.occupied.start for one, other in pairwise(found))
    assert not any(each.occupied.overlaps(Interval(NOW - 9 * DAY, NOW - 8 * DAY)) for each in found)


def test_the_figures_are_those_of_a_workshop() -> None:
    for demand in (0.9, 1.7, 2.8):
        found = year(demand=demand)
        used = sum(each.used.seconds for each in found if each.used)
        assert 0.12 < used / (365 * OPEN_HOURS * 3600) < 0.75
    past = [each for each in found if each.span.end < NOW]
    missed = [each for each in past if each.state == ReservationState.NO_SHOW]
    assert 0.03 < len(missed) / len(past) < 0.065


def test_what_is_to_come_is_confirmed_and_grows_rarer() -> None:
    found = year(demand=2.0)
    coming = [each for each in found if each.span.start >= NOW]
    assert {each.state for each in coming} == {ReservationState.CONFIRMED}
    assert all(each.used is None for each in coming)
    soon = [each for each in coming if each.span.start < NOW + 7 * DAY]
    assert len(soon) > len(coming) / 3
    assert len(coming) >= 14
    assert all(each.created_at < NOW for each in found)
