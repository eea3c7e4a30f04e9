"""From readings and jobs to runs: thresholds, hysteresis, delays, silence."""

from datetime import UTC, datetime, timedelta

import pytest

from machines.metering.runs import Edge, Limits, Reading, Worked, runs_of_jobs, runs_of_power

START = datetime(2026, 5, 4, 8, tzinfo=UTC)
LATER = START + timedelta(days=30)
LIMITS = Limits(
    start_watts=30,
    stop_watts=15,
    start_after=timedelta(seconds=10),
    stop_after=timedelta(seconds=60),
    silence=timedelta(minutes=5),
)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def power(*told: tuple[float, float], now: datetime = LATER) -> list[tuple[float, float, bool]]:
    """Runs in seconds: start, until when they are known, whether they are over."""
    runs = runs_of_power([Reading(at(s), watts) for s, watts in told], LIMITS, now=now)
    return [_in_seconds(each) for each in runs]


def jobs(*told: tuple[float, bool], now: datetime = LATER) -> list[tuple[float, float, bool]]:
    return [
        _in_seconds(each)
        for each in runs_of_jobs([Edge(at(s), is_start) for s, is_start in told], now=now)
    ]


def _in_seconds(run: Worked) -> tuple[float, float, bool]:
    begun, seen = run.started_at - START, run.seen_at - START
    return begun.total_seconds(), seen.total_seconds(), run.ended_at is not None


def test_a_run_begins_with_its_first_high_reading_and_ends_with_its_first_low_one() -> None:
    assert power((0, 2), (10, 200), (20, 210), (90, 205), (100, 3), (160, 2)) == [(10, 100, True)]


def test_what_does_not_last_is_no_run() -> None:
    assert power((0, 200), (5, 2), (20, 200), (29, 2), (60, 2)) == []


def test_a_short_pause_ends_nothing() -> None:
    told = [(0, 200), (10, 200), (20, 2), (70, 2), (75, 200), (200, 200), (210, 2), (270, 2)]
    assert power(*told) == [(0, 210, True)]


def test_between_the_thresholds_it_goes_on_as_it_was() -> None:
    assert power((0, 20), (100, 20), (200, 29)) == []
    told = [(0, 40), (10, 20), (100, 16), (200, 20), (210, 14), (220, 20), (270, 16)]
    assert power(*told) == [(0, 210, True)]


def test_who_falls_silent_worked_until_the_last_word() -> None:
    assert power((0, 200), (100, 200), (500, 200), (520, 200)) == [(0, 100, True), (500, 520, True)]
    assert power((0, 200), (100, 200), (130, 2)) == [(0, 130, True)]


def test_what_goes_on_is_known_until_the_last_reading() -> None:
    assert power((0, 200), (100, 200), now=at(350)) == [(0, 100, False)]
    assert power((0, 200), (100, 200), (110, 1), now=at(150)) == [(0, 110, False)]
    assert power((0, 200), now=at(5)) == []


def test_the_order_in_which_they_come_is_of_no_account() -> None:
    told = [(0, 200), (100, 200), (110, 1), (200, 1), (300, 90), (330, 90)]
    assert power(*reversed(told)) == power(*told) == [(0, 110, True), (300, 330, True)]


def test_a_job_lasts_from_its_start_to_its_stop() -> None:
    assert jobs((0, True), (3600, False), (4000, True), (5000, False)) == [
        (0, 3600, True),
        (4000, 5000, True),
    ]


def test_said_twice_is_said_once() -> None:
    assert jobs((0, True), (10, True), (3600, False), (3700, False)) == [(0, 3600, True)]


def test_a_job_that_ends_as_another_begins() -> None:
    assert jobs((0, True), (100, True), (100, False), (200, False)) == [
        (0, 100, True),
        (100, 200, True),
    ]


def test_a_stop_that_was_lost_invents_no_hours() -> None:
    day = 86400
    assert jobs((0, True), (4 * day, True), (4 * day + 60, False)) == [
        (4 * day, 4 * day + 60, True)
    ]
    assert jobs((0, True)) == []
    assert jobs((0, True), now=at(day)) == [(0, 0, False)]


@pytest.mark.parametrize("began", [None, START - timedelta(hours=1)])
def test_a_part_of_a_log_can_be_read_alone(began: datetime | None) -> None:
    readings = [Reading(at(0), 20), Reading(at(60), 2), Reading(at(120), 2)]
    runs = runs_of_power(readings, LIMITS, now=LATER, began=began)
    assert runs == ([Worked(began, at(60), at(60))] if began else [])
    assert runs_of_jobs([Edge(at(0), is_start=False)], now=LATER, began=began) == (
        [Worked(began, at(0), at(0))] if began else []
    )
