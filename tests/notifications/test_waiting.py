"""Until when a message can wait; no row and no clock."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifications.waiting import can_wait, first_zone, next_at, quiet_hours

ZURICH = ZoneInfo("Europe/Zurich")
HOUR = timedelta(hours=1)
NIGHT = time(22), time(7)


def at(text: str) -> datetime:
    """A wall time in Zürich."""
    return datetime.fromisoformat(text).replace(tzinfo=ZURICH)


@pytest.mark.parametrize(
    ("after", "told"),
    [
        ("2026-05-04T06:59", "2026-05-04T07:00"),
        ("2026-05-04T07:00", "2026-05-05T07:00"),
        ("2026-05-04T23:00", "2026-05-05T07:00"),
        ("2026-10-24T08:00", "2026-10-25T07:00"),
        ("2026-03-28T08:00", "2026-03-29T07:00"),
    ],
)
def test_the_next_time_a_clock_shows_an_hour(after: str, told: str) -> None:
    assert next_at(time(7), ZURICH, at(after)) == at(told)


def test_an_hour_that_the_clock_skips_comes_an_hour_later() -> None:
    assert next_at(time(2, 30), ZURICH, at("2026-03-29T00:00")) == at("2026-03-29T03:30")


@pytest.mark.parametrize(
    ("hours", "now", "start", "end"),
    [
        (NIGHT, "2026-05-04T23:00", "2026-05-04T22:00", "2026-05-05T07:00"),
        (NIGHT, "2026-05-04T06:59", "2026-05-03T22:00", "2026-05-04T07:00"),
        (NIGHT, "2026-05-04T07:00", "2026-05-04T22:00", "2026-05-05T07:00"),
        ((time(9), time(17)), "2026-05-04T08:00", "2026-05-04T09:00", "2026-05-04T17:00"),
        ((time(9), time(17)), "2026-05-04T17:00", "2026-05-05T09:00", "2026-05-05T17:00"),
        (NIGHT, "2026-10-25T01:00", "2026-10-24T22:00", "2026-10-25T07:00"),
    ],
)
def test_quiet_hours_run_or_come_next(
    hours: tuple[time, time], now: str, start: str, end: str
) -> None:
    quiet = quiet_hours(*hours, ZURICH, at(now))
    assert (quiet.start, quiet.end) == (at(start), at(end))


def test_quiet_hours_that_the_clock_skips_are_none() -> None:
    quiet = quiet_hours(time(2, 15), time(3), ZURICH, at("2026-03-29T00:00"))
    assert quiet.seconds == 0


@pytest.mark.parametrize(
    ("begins", "expires", "is_news", "waits"),
    [
        ("2026-05-06T10:00", None, True, True),
        # Told at seven it leaves an hour, or it does not.
        ("2026-05-05T08:00", None, True, True),
        ("2026-05-05T07:59", None, True, False),
        # What changes today is told today, also what has begun; what was yesterday can wait.
        ("2026-05-04T23:30", None, True, False),
        ("2026-05-04T09:00", None, True, False),
        ("2026-05-03T09:00", None, True, True),
        # A reminder is no news: it waits as long as it is of use.
        ("2026-05-05T08:00", "2026-05-05T08:00", False, True),
        ("2026-05-05T07:30", "2026-05-05T07:30", False, False),
        # A decision that is due is no matter of when its time begins.
        ("2026-05-09T08:00", "2026-05-05T06:00", True, False),
        (None, None, True, True),
    ],
)
def test_what_can_wait_for_the_morning(
    begins: str | None, expires: str | None, is_news: bool, waits: bool
) -> None:
    assert waits == can_wait(
        until=at("2026-05-05T07:00"),
        begins=[at(begins)] if begins else [],
        expires_at=at(expires) if expires else None,
        is_news=is_news,
        zone=ZURICH,
        now=at("2026-05-04T22:30"),
    )


def test_a_reminder_of_the_same_day_can_wait() -> None:
    later = at("2026-05-05T18:00")
    assert can_wait(
        until=at("2026-05-05T07:00"),
        begins=[later],
        expires_at=later,
        is_news=False,
        zone=ZURICH,
        now=at("2026-05-05T00:30"),
    )


def test_a_zone_that_nobody_knows_stops_nothing() -> None:
    assert first_zone("", "Mars/Olympus", "../etc/passwd", "Europe/Zurich") == ZURICH
    assert datetime.now(first_zone("Mars/Olympus")).utcoffset() == datetime.now(UTC).utcoffset()
