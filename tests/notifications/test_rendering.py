from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from notifications.rendering import language_of, render
from notifications.wording import show_the_same, span_in_words, zone_in_words
from tests.factories.members import MemberFactory
from tests.factories.notifications import CONTEXT, MessageFactory

ZURICH = ZoneInfo("Europe/Zurich")
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with override("en"):
        yield


def test_a_span_of_one_day_names_the_day_once() -> None:
    start = datetime(2026, 5, 5, 8, tzinfo=UTC)
    assert span_in_words(start, start + 2 * HOUR, ZURICH) == "Tuesday 5 May 2026, 10:00–12:00"


def test_a_span_over_midnight_names_both_days() -> None:
    start = datetime(2026, 5, 5, 20, tzinfo=UTC)
    assert (
        span_in_words(start, start + 4 * HOUR, ZURICH)
        == "Tuesday 5 May 2026, 22:00 – Wednesday 6 May 2026, 02:00"
    )


def test_where_the_clock_changes_each_hour_says_which_it_is() -> None:
    start = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert (
        span_in_words(start, start + HOUR, ZURICH)
        == "Sunday 25 October 2026, 02:30 (CEST)–02:30 (CET)"
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Europe/Zurich", "Europe/Zurich, UTC+2"),
        ("America/New_York", "America/New_York, UTC-4"),
        ("Asia/Kolkata", "Asia/Kolkata, UTC+5:30"),
    ],
)
def test_a_clock_is_named_with_its_distance(name: str, words: str) -> None:
    assert zone_in_words(datetime(2026, 5, 5, tzinfo=UTC), ZoneInfo(name)) == words


def test_clocks_differ_only_where_they_read_differently() -> None:
    winter, summer = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 7, 5, tzinfo=UTC)
    assert show_the_same(ZURICH, ZoneInfo("Europe/Paris"), winter, summer)
    assert show_the_same(ZURICH, ZoneInfo("Africa/Lagos"), winter)
    assert not show_the_same(ZURICH, ZoneInfo("Africa/Lagos"), winter, summer)


@pytest.mark.django_db
def test_the_reader_chooses_the_language_where_we_speak_it() -> None:
    french = MessageFactory.create(recipient=MemberFactory.create(language="fr"))
    finnish = MessageFactory.create(recipient=MemberFactory.create(language="fi"))
    assert (language_of(french), language_of(finnish)) == ("fr", "en")
    assert 'lang="fr"' in render(french).html


@pytest.mark.django_db
def test_names_are_escaped_in_html_and_nowhere_else() -> None:
    message = MessageFactory.create(context={**CONTEXT, "machine": "<b>R&D</b>"})
    rendered = render(message)
    assert "<b>R&D</b>" in rendered.subject
    assert "<b>R&D</b>" in rendered.text
    assert "<b>" not in rendered.html
    assert "&lt;b&gt;R&amp;D&lt;/b&gt;" in rendered.html


@pytest.mark.django_db
def test_a_line_break_in_a_name_cannot_add_a_header() -> None:
    message = MessageFactory.create(context={**CONTEXT, "machine": "x\r\nBcc: all@example.org"})
    assert "\n" not in render(message).subject


@pytest.mark.django_db
def test_a_subject_keeps_the_narrow_spaces_of_french() -> None:
    message = MessageFactory.create(recipient=MemberFactory.create(language="fr"))
    assert "Réservation\u202f: Laser cutter" in render(message).subject
