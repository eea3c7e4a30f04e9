"""Against dates that are counted day by day, with nothing that the readers use."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from machines.external.reading import read
from spaces.intervals import Interval
from tests.machines.followed.files import calendar, event

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
YEAR = Interval(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))
"""Both changes of every clock that changes."""

ZONES = ("Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo")


@st.composite
def rules(draw: st.DrawFn) -> tuple[str, set[date], time, int, str, list[date]]:
    """A rule as a calendar writes it, its dates counted by hand, and how each of them lies."""
    first = date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 200)))
    interval = draw(st.integers(1, 4))
    count = draw(st.integers(1, 60))
    start = time(draw(st.integers(0, 23)), draw(st.sampled_from([0, 30])))
    minutes = draw(st.integers(1, 30)) * 30
    zone = draw(st.sampled_from(ZONES))
    kind = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]))
    if kind == "WEEKLY":
        chosen = draw(st.sets(st.integers(0, 6), min_size=1)) | {first.weekday()}
        text = f"FREQ=WEEKLY;INTERVAL={interval};BYDAY={','.join(DAYS[each] for each in chosen)}"
        monday = first - timedelta(days=first.weekday())
        days = (
            day
            for day in _from(first)
            if day.weekday() in chosen and (day - monday).days // 7 % interval == 0
        )
    elif kind == "MONTHLY":
        text = f"FREQ=MONTHLY;INTERVAL={interval}"
        days = (
            day
            for day in _from(first)
            if day.day == first.day
            and ((day.year - first.year) * 12 + day.month - first.month) % interval == 0
        )
    else:
        text = f"FREQ=DAILY;INTERVAL={interval}"
        days = (day for day in _from(first) if (day - first).days % interval == 0)
    dates = [day for _number, day in zip(range(count), days, strict=False)]
    left_out = draw(st.lists(st.sampled_from(dates), max_size=5))
    return f"{text};COUNT={count}", set(dates) - set(left_out), start, minutes, zone, left_out


def _from(first: date) -> Iterator[date]:
    for number in range(8000):
        yield first + timedelta(days=number)


def _moment(wall: datetime, zone: str) -> datetime:
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@settings(max_examples=150)
@given(rules())
def test_the_dates_of_a_rule_are_those_that_a_person_counts(
    rule: tuple[str, set[date], time, int, str, list[date]],
) -> None:
    text, dates, start, minutes, zone, left_out = rule
    walls = {day: datetime.combine(day, start) for day in {*dates, *left_out}}
    first = min(walls.values())
    expected = set()
    for day in dates:
        begins = _moment(walls[day], zone)
        ends = _moment(walls[day] + timedelta(minutes=minutes), zone)
        if begins < ends and begins < YEAR.end and YEAR.start < ends:
            expected.add((max(begins, YEAR.start), min(ends, YEAR.end)))
    written = event(
        f";TZID={zone}:{first:%Y%m%dT%H%M%S}",
        f";TZID={zone}:{first + timedelta(minutes=minutes):%Y%m%dT%H%M%S}",
        f"RRULE:{text}",
        *(f"EXDATE;TZID={zone}:{walls[day]:%Y%m%dT%H%M%S}" for day in left_out),
    )
    found = read(calendar(written), ZoneInfo("Europe/Zurich"), YEAR)
    assert not [each for each in found.remarks if "length" not in each.flaw]
    if found.remarks:
        # Its very first date is one that spring skips.
        assert _moment(first, zone) >= _moment(first + timedelta(minutes=minutes), zone)
        return
    assert {(each.interval.start, each.interval.end) for each in found.dates} == expected
