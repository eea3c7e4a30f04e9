"""The hours of the week that stand out: drawn hours in, a stretch of one weekday out."""

from reports.figures import HOUR, Share
from reports.peaks import Peak, fullest, quietest

FOUR_WEEKS = 4 * HOUR


def week(parts: dict[tuple[int, int], float], *, seen: int = FOUR_WEEKS) -> dict:
    return {hour: Share(int(part * seen), seen) for hour, part in parts.items()}


def test_full_hours_in_a_row_are_one_stretch() -> None:
    hours = week({(3, 16): 0.2, (3, 17): 0.5, (3, 18): 1, (3, 19): 0.75, (4, 9): 1})
    assert fullest(hours) == Peak(3, 17, 20, Share(9 * HOUR, 12 * HOUR))


def test_days_do_not_run_into_each_other() -> None:
    found = fullest(week({(0, 23): 1, (1, 0): 1, (1, 1): 1}))
    assert found == Peak(1, 0, 2, Share(8 * HOUR, 8 * HOUR))


def test_an_hour_that_came_round_twice_says_nothing() -> None:
    assert fullest(week({(3, 17): 1}, seen=2 * HOUR)) is None
    assert fullest(week({(3, 17): 1}, seen=4 * HOUR), units=2) is None
    assert fullest(week({(3, 17): 1}, seen=3 * HOUR)) is not None


def test_what_is_busy_for_less_than_half_is_not_full() -> None:
    assert fullest(week({(3, 17): 0.49})) is None
    assert fullest({}) is None


def test_the_quietest_stretch_is_the_one_with_most_time_unused() -> None:
    hours = week({(0, 9): 0, (1, 9): 0.1, (1, 10): 0.05, (1, 11): 0.2})
    found = quietest(hours)
    assert found is not None
    assert (found.weekday, found.start, found.end) == (1, 9, 11)
    assert quietest(week({(0, 9): 0.11})) is None
