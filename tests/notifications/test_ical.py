"""The calendar texts, read back by a parser that shares no code with the one that wrote them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject
from icalendar import Calendar

from notifications.ical import event_text

ZURICH = ZoneInfo("Europe/Zurich")
HOUR = timedelta(hours=1)


def text(start: datetime, end: datetime, **changes: Any) -> str:
    return event_text(
        **{
            "uid": "abc@etabli",
            "sequence": 3,
            "method": "REQUEST",
            "starts_at": start,
            "ends_at": end,
            "zone": ZURICH,
            "summary": "Laser, Größe XL; “Ada”",
            "location": "Hall, Zürich",
            "description": "First line\nsecond line",
            "organizer": "noreply@etabli.example",
            "attendee": "ada@example.org",
            "now": datetime(2026, 1, 1, tzinfo=UTC),
            **changes,
        }
    )


def read(start: datetime, end: datetime, **changes: Any) -> Any:
    return vobject.readOne(text(start, end, **changes))


def test_another_parser_reads_what_was_meant() -> None:
    start = datetime(2026, 5, 5, 8, tzinfo=UTC)
    calendar = read(start, start + HOUR)
    event = calendar.vevent
    assert calendar.method.value == "REQUEST"
    assert (event.uid.value, event.sequence.value) == ("abc@etabli", "3")
    assert event.summary.value == "Laser, Größe XL; “Ada”"
    assert event.description.value == "First line\nsecond line"
    assert event.status.value == "CONFIRMED"
    assert event.attendee.value == "mailto:ada@example.org"
    assert event.organizer.value == "mailto:noreply@etabli.example"
    assert event.dtstart.params["X-VOBJ-ORIGINAL-TZID"] == ["Europe/Zurich"]


def test_a_cancellation_says_so_twice() -> None:
    start = datetime(2026, 5, 5, 8, tzinfo=UTC)
    calendar = read(start, start + HOUR, method="CANCEL")
    assert (calendar.method.value, calendar.vevent.status.value) == ("CANCEL", "CANCELLED")


@pytest.mark.parametrize(
    "day", [datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)]
)
@pytest.mark.parametrize("name", ["Europe/Zurich", "Pacific/Auckland", "America/New_York"])
def test_every_quarter_hour_around_a_clock_change_is_read_back_exactly(
    day: datetime, name: str
) -> None:
    for quarter in range(48 * 4):
        start = day + quarter * timedelta(minutes=15)
        end = start + timedelta(minutes=90)
        event = read(start, end, zone=ZoneInfo(name)).vevent
        assert event.dtstart.value.astimezone(UTC) == start
        assert event.dtend.value.astimezone(UTC) == end


@pytest.mark.parametrize("name", ["Europe/Zurich", "Pacific/Auckland", "America/New_York"])
def test_the_zone_changes_when_its_clocks_do(name: str) -> None:
    """RFC 5545, 3.6.5: an onset is told in the offset from before it."""
    zone = ZoneInfo(name)
    start = datetime(2026, 5, 5, 8, tzinfo=UTC)
    (told,) = Calendar.from_ical(text(start, start + HOUR, zone=zone)).walk("VTIMEZONE")
    for change in told.walk("STANDARD") + told.walk("DAYLIGHT"):
        if change.TZOFFSETFROM == change.TZOFFSETTO:
            continue
        again = [each.dt for each in change["RDATE"].dts] if "RDATE" in change else []
        for wall in (change.DTSTART, *again):
            onset = (wall - change.TZOFFSETFROM).replace(tzinfo=UTC)
            before = onset - timedelta(seconds=1)
            assert before.astimezone(zone).utcoffset() == change.TZOFFSETFROM
            assert onset.astimezone(zone).utcoffset() == change.TZOFFSETTO
