"""What is tried in vain is counted until the window is over, and by all alike."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from members.rates import note_try, tries

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 6, 8, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def test_tries_are_counted_until_the_window_is_over() -> None:
    for minutes in (0, 1):
        with time_machine.travel(NOW + minutes * MINUTE, tick=False):
            note_try("badges:1", over=HOUR, now=NOW + minutes * MINUTE)
    # The cache keeps what nobody says otherwise of for five minutes.
    with time_machine.travel(NOW + 50 * MINUTE, tick=False):
        assert tries("badges:1", over=HOUR, now=NOW + 50 * MINUTE) == 2
        assert tries("badges:2", over=HOUR, now=NOW + 50 * MINUTE) == 0
        assert tries("badges:1", over=HOUR, now=NOW + HOUR) == 0
