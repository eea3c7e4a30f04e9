"""The calendar texts, read back by parsers that share no code with what wrote them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from notifications.ical import LONGEST_LINE, Event, calendar_text, event_text, events_text
from notifications.vtimezone import vtimezone
from tests.calendars import READER, READERS, Read

ZURICH = ZoneInfo("Europe/Zurich")
ZONES = ["Europe/Zurich", "Pacific/Auckland", "America/New_York", "Asia/Kolkata", "UTC"]
HOUR = timedelta(hours=1)
MAY = datetime(2026, 5, 5, 8, tzinfo=UTC)
NASTY = "Größe XL; “Ada”, 3\\4 N\\n: " + "é" * 120 + "\nsecond line"


def told(start: datetime = MAY, end: datetime | None = None, **changes: Any) -> dict[str, Any]:
    return {
        "uid": "abc@etabli",
        "sequence": 3,
        "method": "REQUEST",
        "starts_at": start,
        "ends_at": end or start + HOUR,
        "zone": ZURICH,
        "summary": "Laser",
        "location": "Hall, Zürich",
        "description": "First line\nsecond line",
        "organizer": "noreply@etabli.example",
        "attendee": "ada@example.org",
        "now": datetime(2026, 1, 1, tzinfo=UTC),
        **changes,
    }


def event(**changes: Any) -> Event:
    return Event(
        **{
            "uid": "abc@etabli",
            "starts_at": MAY,
            "ends_at": MAY + HOUR,
            "zone": ZURICH,
            "summary": "Laser",
            "stamp": MAY,
            **changes,
        }
    )


def the_line(text: str, name: str) -> list[str]:
    unfolded = text.replace("\r\n ", "")
    return [line for line in unfolded.split("\r\n") if line.startswith(name)]


@READER
def test_another_parser_reads_what_was_meant(reader: str) -> None:
    text = event_text(**told(summary=NASTY))
    assert READERS[reader](text) == [
        Read(
            "abc@etabli", 3, MAY, MAY + HOUR, NASTY, "CONFIRMED", "Hall, Zürich",
            "First line\nsecond line",
        )
    ]  # fmt: skip


def test_a_mail_asks_to_be_taken_over_by_who_comes() -> None:
    text = event_text(**told())
    assert the_line(text, "METHOD") == ["METHOD:REQUEST"]
    assert the_line(text, "ORGANIZER") == ["ORGANIZER:mailto:noreply@etabli.example"]
    (coming,) = the_line(text, "ATTENDEE")
    assert coming.endswith("PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:ada@example.org")


def test_a_cancellation_says_so_twice() -> None:
    text = event_text(**told(method="CANCEL"))
    assert the_line(text, "METHOD") == ["METHOD:CANCEL"]
    assert the_line(text, "STATUS") == ["STATUS:CANCELLED"]


def test_what_is_published_comes_to_nobody_in_particular() -> None:
    assert not the_line(event_text(**told(method="PUBLISH")), "ATTENDEE")


def test_a_calendar_to_follow_has_a_name_and_asks_for_nothing() -> None:
    text = calendar_text([event(is_private=True, is_free=True)], name="Laser, Hall")
    assert not the_line(text, "METHOD")
    assert the_line(text, "X-WR-CALNAME") == ["X-WR-CALNAME:Laser\\, Hall"]
    assert the_line(text, "REFRESH-INTERVAL") == ["REFRESH-INTERVAL;VALUE=DURATION:PT1H"]
    assert the_line(text, "CLASS") == ["CLASS:CONFIDENTIAL"]
    assert the_line(text, "TRANSP") == ["TRANSP:TRANSPARENT"]


def test_an_empty_calendar_is_one() -> None:
    assert not Calendar.from_ical(calendar_text([], name="Nothing")).walk("VEVENT")


@READER
@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Europe/Zurich", date(2026, 3, 28)),
        ("Europe/Zurich", date(2026, 10, 24)),
        ("Pacific/Auckland", date(2026, 4, 4)),
        ("Pacific/Auckland", date(2026, 9, 26)),
        ("America/New_York", date(2026, 3, 7)),
        ("America/New_York", date(2026, 10, 31)),
        ("Australia/Lord_Howe", date(2026, 4, 4)),
        ("Asia/Kolkata", date(2026, 3, 28)),
        ("UTC", date(2026, 3, 28)),
    ],
)
def test_every_quarter_hour_around_a_clock_change_is_read_back_exactly(
    name: str, day: date, reader: str
) -> None:
    first = datetime.combine(day, time(), UTC)
    starts = [first + quarter * timedelta(minutes=15) for quarter in range(48 * 4)]
    length = timedelta(minutes=90)
    text = events_text(
        [
            told(start, start + length, uid=f"{number}@etabli", zone=ZoneInfo(name))
            for number, start in enumerate(starts)
        ]
    )
    read = {each.uid: (each.starts_at, each.ends_at) for each in READERS[reader](text)}
    assert read == {
        f"{number}@etabli": (start, start + length) for number, start in enumerate(starts)
    }


@READER
def test_the_clocks_of_several_places_stand_in_one_calendar(reader: str) -> None:
    summer, winter = MAY, MAY + timedelta(days=200)
    events = [
        event(uid=f"{zone}{start}", starts_at=start, ends_at=start + HOUR, zone=ZoneInfo(zone))
        for zone in ZONES
        for start in (summer, winter)
    ]
    read = READERS[reader](calendar_text(events, name="Mine"))
    assert {(each.uid, each.starts_at) for each in read} == {
        (each.uid, each.starts_at) for each in events
    }


@pytest.mark.parametrize("name", [*ZONES, "Africa/Casablanca", "Europe/Dublin"])
def test_the_zone_changes_when_its_clocks_do(name: str) -> None:
    """RFC 5545, 3.6.5: an onset is told in the offset from before it."""
    zone = ZoneInfo(name)
    (described,) = Calendar.from_ical(
        f"BEGIN:VCALENDAR\r\n{vtimezone(name, 2026, 2027)}END:VCALENDAR\r\n"
    ).walk("VTIMEZONE")
    changes = described.walk("STANDARD") + described.walk("DAYLIGHT")
    onsets = {
        (change.DTSTART - change.TZOFFSETFROM).replace(tzinfo=UTC): change for change in changes
    }
    for onset, change in onsets.items():
        before = onset - timedelta(seconds=1)
        assert before.astimezone(zone).utcoffset() == change.TZOFFSETFROM
        assert onset.astimezone(zone).utcoffset() == change.TZOFFSETTO
    # Nor does it change at any other time.
    hour = min(onsets)
    assert hour == datetime(2025, 1, 1, tzinfo=UTC)
    while hour < datetime(2029, 1, 1, tzinfo=UTC):
        holding = onsets[max(each for each in onsets if each <= hour)]
        assert hour.astimezone(zone).utcoffset() == holding.TZOFFSETTO
        hour += HOUR


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]) | st.just("\n"))


@given(text=TEXTS)
def test_whatever_is_written_is_read(text: str) -> None:
    written = event_text(**told(summary=text))
    (read,) = Calendar.from_ical(written).walk("VEVENT")
    assert str(read["SUMMARY"]) == text


@given(text=TEXTS)
def test_no_line_is_longer_than_it_may_be(text: str) -> None:
    written = event_text(**told(description=text))
    assert all(len(line.encode()) <= LONGEST_LINE for line in written.split("\r\n"))


def test_what_no_text_may_hold_is_left_out() -> None:
    assert the_line(event_text(**told(summary="a\0b\rc\x1bd\te")), "SUMMARY") == ["SUMMARY:abcd\te"]
