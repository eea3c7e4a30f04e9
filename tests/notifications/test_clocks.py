"""Times on two clocks: the space's with its zone, and the reader's where that differs."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.utils.translation import override

from notifications.rendering import render
from notifications.wording import clocks
from tests.factories.members import MemberFactory
from tests.factories.notifications import CONTEXT, MessageFactory

HOUR = timedelta(hours=1)
AUCKLAND, NEW_YORK = "Pacific/Auckland", "America/New_York"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with override("en"):
        yield


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def told(reader: str, moment: datetime, end: datetime | None = None) -> str:
    return clocks("Europe/Zurich", reader).told(moment, end)


def test_who_reads_the_same_clock_is_told_one_time() -> None:
    for reader in ("", "Europe/Zurich", "Europe/Paris"):
        assert told(reader, at(5, 3, 8)) == "Sunday 3 May 2026, 10:00"


def test_on_the_same_day_the_hours_are_enough() -> None:
    assert (
        told(NEW_YORK, at(5, 3, 16), at(5, 3, 18))
        == "Sunday 3 May 2026, 18:00–20:00 (on your clock 12:00–14:00)"
    )


def test_another_day_is_named() -> None:
    assert told(AUCKLAND, at(5, 3, 16)) == (
        "Sunday 3 May 2026, 18:00 (on your clock Monday 4 May 2026, 04:00)"
    )


def test_a_span_that_ends_on_another_day_there_is_told_whole() -> None:
    assert told(AUCKLAND, at(5, 3, 10), at(5, 3, 13)) == (
        "Sunday 3 May 2026, 12:00–15:00"
        " (on your clock Sunday 3 May 2026, 22:00 – Monday 4 May 2026, 01:00)"
    )


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        # New York's clock goes forward three weeks before Zurich's, and back a week after it.
        (at(3, 20, 17), "Friday 20 March 2026, 18:00 (on your clock 13:00)"),
        (at(3, 30, 16), "Monday 30 March 2026, 18:00 (on your clock 12:00)"),
        (at(10, 28, 17), "Wednesday 28 October 2026, 18:00 (on your clock 13:00)"),
        (at(11, 4, 17), "Wednesday 4 November 2026, 18:00 (on your clock 12:00)"),
    ],
)
def test_each_clock_changes_on_its_own_day(moment: datetime, words: str) -> None:
    assert told(NEW_YORK, moment) == words


def test_an_hour_that_comes_twice_says_which_it_is() -> None:
    first, second = at(10, 25, 0, 30), at(10, 25, 1, 30)
    assert told("", first) == "Sunday 25 October 2026, 02:30 (CEST)"
    assert told("", second) == "Sunday 25 October 2026, 02:30 (CET)"
    assert told(NEW_YORK, at(11, 1, 5, 30)).endswith("(on your clock 01:30 (EDT))")
    assert told(NEW_YORK, at(11, 1, 6, 30)).endswith("(on your clock 01:30 (EST))")


def test_a_clock_that_differs_at_the_end_alone_is_told() -> None:
    # Lagos has the time of Zurich in winter.
    start = at(3, 29, 0)
    assert "on your clock" in told("Africa/Lagos", start, start + 2 * HOUR)
    assert "on your clock" not in told("Africa/Lagos", start, start + HOUR / 2)


def test_a_subject_line_names_the_town_only() -> None:
    both = clocks("America/New_York", AUCKLAND)
    assert both.short(at(5, 3, 16), at(5, 3, 17)) == "Sunday 3 May 2026, 12:00–13:00 (New York)"
    assert clocks("Europe/Zurich", "").short(at(5, 3, 8)) == "Sunday 3 May 2026, 10:00"


def test_the_zone_is_named_where_nothing_else_says_it() -> None:
    both = clocks("Europe/Zurich", NEW_YORK)
    assert both.told(at(5, 3, 16), named=True) == (
        "Sunday 3 May 2026, 18:00 (Europe/Zurich, UTC+2 · on your clock 12:00)"
    )


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc/passwd", "Europe"])
def test_a_zone_that_nobody_knows_is_that_of_the_space(name: str) -> None:
    assert told(name, at(5, 3, 8)) == "Sunday 3 May 2026, 10:00"


@pytest.mark.django_db
def test_every_time_of_a_message_is_told_on_both_clocks() -> None:
    message = MessageFactory.create(
        kind="exchange_proposed",
        recipient=MemberFactory.create(timezone=NEW_YORK),
        context=CONTEXT
        | {
            "asked_by": "Bo",
            "return_machine": "Mill",
            "return_starts_at": "2026-05-06T16:00:00+00:00",
            "return_ends_at": "2026-05-06T17:00:00+00:00",
            "released_at": "2026-05-04T14:00:00+00:00",
        },
    )
    rendered = render(message)
    for text in (rendered.text, rendered.html):
        assert "Tuesday 5 May 2026, 10:00–12:00" in text
        assert "Europe/Zurich, UTC+2" in text
        assert "04:00–06:00 (America/New_York, UTC-4)" in text
        assert "Wednesday 6 May 2026, 18:00–19:00 (on your clock 12:00–13:00)" in text
        assert "Monday 4 May 2026, 16:00 (on your clock 10:00)" in text
    assert rendered.subject.endswith("Mill, Wednesday 6 May 2026, 18:00–19:00 (Zurich)")
