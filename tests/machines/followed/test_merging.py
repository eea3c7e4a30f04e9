"""How kept dates follow those of a calendar, whatever has become of them."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from machines.external.merging import Entry, Merge, merge
from spaces.intervals import Interval

NOW = datetime(2026, 10, 20, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def entry(start: int, end: int, title: str = "Course") -> Entry:
    """A date by the hours from now at which it starts and ends."""
    interval = Interval(NOW + start * HOUR, NOW + end * HOUR)
    return Entry(interval=interval, title=title, summary=title)


def merged(kept: Entry | None, wanted: Entry | None) -> Merge:
    return merge(
        {"a": kept} if kept else {},
        {"a": wanted} if wanted else {},
        now=NOW,
    )


def test_new_dates_come_and_those_ahead_change_and_go() -> None:
    assert merged(None, entry(1, 2)) == Merge(add={"a": entry(1, 2)})
    assert merged(entry(1, 2), entry(1, 2)) == Merge()
    assert merged(entry(1, 2), entry(3, 4)) == Merge(change={"a": entry(3, 4)})
    assert merged(entry(1, 2), entry(1, 2, "Exam")) == Merge(change={"a": entry(1, 2, "Exam")})
    assert merged(entry(1, 2), None) == Merge(drop={"a"})


def test_what_is_over_stays_and_may_take_place_again() -> None:
    assert merged(entry(-2, -1), None) == Merge()
    assert merged(entry(-2, -1), entry(-5, -4)) == Merge()
    assert merged(entry(-2, 0), entry(2, 3)) == Merge(add={"a": entry(2, 3)}, let_go={"a"})


def test_what_goes_on_keeps_its_start() -> None:
    assert merged(entry(-2, 2), entry(-2, 5)) == Merge(change={"a": entry(-2, 5)})
    assert merged(entry(-2, 2), entry(-1, 2)) == Merge()
    ends_now = {"a": entry(-2, 0)}
    assert merged(entry(-2, 2), None) == Merge(change=ends_now)
    assert merged(entry(-2, 2), entry(-2, -1)) == Merge(change=ends_now)
    put_off = merged(entry(-2, 2), entry(4, 6))
    assert put_off == Merge(add={"a": entry(4, 6)}, change=ends_now, let_go={"a"})


ENTRIES = st.builds(
    lambda start, length, title: entry(start, start + length, title),
    st.integers(-50, 50),
    st.integers(1, 40),
    st.sampled_from(["Course", "Exam"]),
)
CALENDARS = st.dictionaries(st.sampled_from("abcdef"), ENTRIES)


def carried_out(kept: dict[str, Entry], done: Merge) -> tuple[dict[str, Entry], list[Entry]]:
    """What follows the calendar afterwards, and all closures that there are then."""
    rows = {key: entry for key, entry in (kept | done.change).items() if key not in done.drop}
    following = {key: entry for key, entry in rows.items() if key not in done.let_go} | done.add
    let_go = [entry for key, entry in rows.items() if key in done.let_go]
    return following, [*following.values(), *let_go]


@given(CALENDARS, CALENDARS)
def test_merged_once_more_nothing_is_to_be_written(
    kept: dict[str, Entry], wanted: dict[str, Entry]
) -> None:
    following, _closures = carried_out(kept, merge(kept, wanted, now=NOW))
    assert merge(following, wanted, now=NOW) == Merge()


@given(CALENDARS, CALENDARS)
def test_from_now_on_just_the_time_that_is_wanted_is_closed(
    kept: dict[str, Entry], wanted: dict[str, Entry]
) -> None:
    _following, closures = carried_out(kept, merge(kept, wanted, now=NOW))
    for hours in range(100):
        moment = Interval(NOW + hours * HOUR, NOW + (hours + 1) * HOUR)
        is_wanted = any(each.interval.overlaps(moment) for each in wanted.values())
        assert any(each.interval.overlaps(moment) for each in closures) == is_wanted


@given(CALENDARS, CALENDARS)
def test_what_was_closed_was_closed(kept: dict[str, Entry], wanted: dict[str, Entry]) -> None:
    _following, closures = carried_out(kept, merge(kept, wanted, now=NOW))
    for hours in range(-50, 0):
        moment = Interval(NOW + hours * HOUR, NOW + (hours + 1) * HOUR)
        if any(each.interval.overlaps(moment) for each in kept.values()):
            assert any(each.interval.overlaps(moment) for each in closures)
