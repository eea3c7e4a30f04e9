"""What is read of calendar files: every kind of date, and what is wrong with the rest."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest

from machines.external.parsing import NotACalendar
from machines.external.reading import MOST_DATES, Reading, read
from machines.states import Flaw
from spaces.intervals import Interval
from tests.machines.calendars import ZURICH as ZONE
from tests.machines.calendars import span
from tests.machines.followed.files import CANCELLED, MOVED, WEEKLY, ZURICH, calendar, event, zone

WINDOW = span("2026-10-01T00:00", "2026-12-01T00:00")


def reading(*components: str, window: Interval = WINDOW) -> Reading:
    return read(calendar(*components), ZONE, window)


def spans(read_of: Reading) -> list[Interval]:
    return [each.interval for each in read_of.dates]


def flaws(read_of: Reading) -> list[tuple[str, Flaw]]:
    return [(each.title, each.flaw) for each in read_of.remarks]


def test_a_time_with_its_zone() -> None:
    (only,) = reading(event()).dates
    assert only.interval == span("2026-10-28T09:00", "2026-10-28T11:00")
    assert (only.title, only.is_free) == ("Course", False)


def test_a_time_in_utc_and_one_of_another_zone() -> None:
    assert spans(reading(event(":20261028T080000Z", ":20261028T100000Z"))) == [
        span("2026-10-28T09:00", "2026-10-28T11:00")
    ]
    new_york = ";TZID=America/New_York"
    assert spans(reading(event(f"{new_york}:20261028T090000", f"{new_york}:20261028T100000"))) == [
        # Europe has set its clocks back by then, America has not.
        span("2026-10-28T14:00", "2026-10-28T15:00")
    ]


def test_a_floating_time_is_one_of_the_space() -> None:
    assert spans(reading(event(":20261028T090000", ":20261028T110000"))) == [
        span("2026-10-28T09:00", "2026-10-28T11:00")
    ]


def test_the_zone_that_a_calendar_names_for_itself() -> None:
    moscow = ZoneInfo("Europe/Moscow")
    components = ("X-WR-TIMEZONE:Europe/Moscow", event(":20261028T090000", ":20261028T110000"))
    assert spans(reading(*components)) == [span("2026-10-28T09:00", "2026-10-28T11:00", moscow)]
    unknown = ("X-WR-TIMEZONE:Nowhere/Town", *components[1:])
    assert spans(reading(*unknown)) == [span("2026-10-28T09:00", "2026-10-28T11:00")]


def test_whole_days_are_those_of_the_space() -> None:
    days = event(";VALUE=DATE:20261024", ";VALUE=DATE:20261027")
    (only,) = spans(reading(days))
    assert only == span("2026-10-24T00:00", "2026-10-27T00:00")
    assert only.duration.total_seconds() == 73 * 3600
    assert spans(reading(event(";VALUE=DATE:20261024", ""))) == [
        span("2026-10-24T00:00", "2026-10-25T00:00")
    ]


def test_a_length_instead_of_an_end() -> None:
    over_midnight = event(f"{ZURICH}:20261028T220000", "", "DURATION:PT4H")
    assert spans(reading(over_midnight)) == [span("2026-10-28T22:00", "2026-10-29T02:00")]


def test_over_both_changes_of_the_clock() -> None:
    year = span("2026-03-01T00:00", "2026-11-05T00:00")
    nights = event(
        f"{ZURICH}:20260328T220000", f"{ZURICH}:20260329T060000", "RRULE:FREQ=WEEKLY;INTERVAL=30"
    )
    first, second = spans(reading(nights, window=year))
    assert first == span("2026-03-28T22:00", "2026-03-29T06:00")
    assert second == span("2026-10-24T22:00", "2026-10-25T06:00")
    assert [each.duration.total_seconds() / 3600 for each in (first, second)] == [7, 9]


def test_the_hour_that_spring_skips_and_the_one_that_autumn_repeats() -> None:
    spring = event(f"{ZURICH}:20260329T023000", f"{ZURICH}:20260329T033000", summary="Skipped")
    autumn = event(f"{ZURICH}:20261025T023000", f"{ZURICH}:20261025T024500", uid="b")
    found = reading(spring, autumn, window=span("2026-03-01T00:00", "2026-11-01T00:00"))
    assert [each.start.isoformat() for each in spans(found)] == ["2026-10-25T00:30:00+00:00"]
    assert flaws(found) == [("Skipped", Flaw.NO_LENGTH)]


def test_a_rule_with_dates_taken_out_put_in_and_moved() -> None:
    rule = event(
        f"{ZURICH}:20261007T180000",
        f"{ZURICH}:20261007T210000",
        "RRULE:FREQ=WEEKLY;COUNT=5",
        f"EXDATE{ZURICH}:20261014T180000",
        f"RDATE{ZURICH}:20261030T180000",
    )
    assert spans(reading(rule, MOVED, CANCELLED)) == [
        span("2026-10-07T18:00", "2026-10-07T21:00"),
        span("2026-10-22T19:00", "2026-10-22T20:00"),
        span("2026-10-30T18:00", "2026-10-30T21:00"),
        span("2026-11-04T18:00", "2026-11-04T21:00"),
    ]


def test_a_moved_date_keeps_its_key() -> None:
    rule = event(f"{ZURICH}:20261007T180000", f"{ZURICH}:20261007T210000", "RRULE:FREQ=WEEKLY")
    moved = event(
        f"{ZURICH}:20261022T190000",
        f"{ZURICH}:20261022T200000",
        # Another way to write the same moment.
        "RECURRENCE-ID:20261021T160000Z",
    )
    before, after = reading(rule), reading(rule, moved)
    assert [each.key for each in before.dates] == [each.key for each in after.dates]
    assert spans(before) != spans(after)
    once = reading(event())
    later = reading(event(f"{ZURICH}:20261105T090000", f"{ZURICH}:20261105T110000"))
    assert once.dates[0].key == later.dates[0].key


def test_a_rule_without_an_end_is_read_as_far_as_asked() -> None:
    assert len(reading(WEEKLY).dates) == 8
    assert len(reading(WEEKLY, window=span("2026-10-01T00:00", "2027-10-01T00:00")).dates) == 52


def test_what_reaches_over_the_window_is_cut_at_its_ends() -> None:
    long = event(";VALUE=DATE:19700101", ";VALUE=DATE:20700101")
    assert spans(reading(long)) == [WINDOW]


def test_what_is_cancelled_or_private_or_free() -> None:
    found = reading(
        event(f"{ZURICH}:20261001T090000", f"{ZURICH}:20261001T100000", "STATUS:CANCELLED"),
        event(
            f"{ZURICH}:20261002T090000",
            f"{ZURICH}:20261002T100000",
            "CLASS:PRIVATE",
            uid="b",
            summary="Doctor",
        ),
        event(":20261003T090000", ":20261003T100000", "TRANSP:TRANSPARENT", uid="c"),
        event(":20261004T090000", ":20261004T100000", "STATUS:TENTATIVE", uid="d"),
    )
    told = [(each.interval.start.day, each.title, each.is_free) for each in found.dates]
    assert told == [(2, "", False), (3, "Course", True), (4, "Course", False)]


def test_the_same_event_twice_counts_once_and_the_latest_version_of_it() -> None:
    newer = event(f"{ZURICH}:20261029T090000", f"{ZURICH}:20261029T110000", "SEQUENCE:2")
    assert spans(reading(event(), event())) == [span("2026-10-28T09:00", "2026-10-28T11:00")]
    assert spans(reading(newer, event())) == [span("2026-10-29T09:00", "2026-10-29T11:00")]
    nameless = event(uid="")
    assert len(reading(nameless, nameless).dates) == 1


BROKEN = [
    (event("", ""), Flaw.NO_START),
    (event(f"{ZURICH}:20261028T090000", ""), Flaw.NO_LENGTH),
    (event(f"{ZURICH}:20261028T090000", f"{ZURICH}:20261028T090000"), Flaw.NO_LENGTH),
    (event(f"{ZURICH}:20261028T110000", f"{ZURICH}:20261028T090000"), Flaw.ENDS_FIRST),
    (event(f"{ZURICH}:20261028T110000", "", "DURATION:-PT1H"), Flaw.ENDS_FIRST),
    (event(f"{ZURICH}:20261028T110000", "", "DURATION:-PT1W1D2H3M4S"), Flaw.BROKEN),
    (event(":2026-10-28 09:00", ":2026-10-28 11:00"), Flaw.BROKEN),
    (event(":20261399T990000", ":20261399T990000"), Flaw.BROKEN),
    (event(":00010101T000000Z", ":00010101T010000Z", "RRULE:FREQ=DAILY"), Flaw.TOO_OFTEN),
    (event(more := ":20261028T090000Z", ":20261028T100000Z", "RRULE:FREQ=NEVER"), Flaw.BROKEN),
    (event(more, ":20261028T100000Z", "RRULE:FREQ=DAILY;BYDAY=XX"), Flaw.BROKEN),
    (event(more, ":20261028T100000Z", "EXDATE:yesterday"), Flaw.BROKEN),
    (event(more, ":20261028T100000Z", "RECURRENCE-ID:sometime"), Flaw.BROKEN),
    (event(more, ":20261028T100000Z", f"DTSTART{more}"), Flaw.BROKEN),
    (event(more, ":20261028T100000Z", "RRULE:FREQ=SECONDLY"), Flaw.TOO_OFTEN),
    (event(more, ":20261028T100000Z", "RRULE:FREQ=MINUTELY;COUNT=9"), Flaw.TOO_OFTEN),
]


@pytest.mark.parametrize(("broken", "flaw"), BROKEN)
def test_a_broken_event_is_named_and_takes_no_other_along(broken: str, flaw: Flaw) -> None:
    sound = event(uid="sound", summary="Sound")
    found = reading(broken, sound)
    assert flaws(found) == [("Course", flaw)]
    assert [each.title for each in found.dates] == ["Sound"]


NEVER = [
    "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "RRULE:FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
    "RRULE:FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9;BYMINUTE=0,5,10,15,20,25;BYSECOND=0,1,2,3,4,5,6,7",
]


@pytest.mark.parametrize("rule", NEVER)
def test_a_rule_that_would_be_searched_for_ever_is_given_up(rule: str) -> None:
    found = reading(
        event(":20160101T080000Z", ":20160101T080100Z", rule), event(uid="b", summary="Sound")
    )
    assert flaws(found) == [("Course", Flaw.TOO_OFTEN)]
    assert [each.title for each in found.dates] == ["Sound"]


def test_more_dates_than_are_taken() -> None:
    hourly = event(":20260901T000000Z", ":20260901T000100Z", "RRULE:FREQ=HOURLY")
    found = reading(hourly, window=span("2026-09-01T02:00", "2026-12-01T00:00"))
    assert len(found.dates) == MOST_DATES
    assert flaws(found) == [("", Flaw.TOO_MANY)]
    assert found.remarks[0].is_taken


def zones(tzid: str) -> tuple[str, str]:
    return event(f";TZID={tzid}:20261028T090000", f";TZID={tzid}:20261028T110000"), zone(tzid)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_zone_of_the_files_own_wherever_it_is_defined(order: Sequence[int]) -> None:
    parts = zones(f"Our own {order[0]}")
    found = reading(*(parts[each] for each in order))
    # Always two hours before UTC, also in winter.
    assert spans(found) == [span("2026-10-28T08:00", "2026-10-28T10:00")]
    assert not found.remarks


def test_a_zone_by_its_name_in_windows() -> None:
    name = "W. Europe Standard Time"
    found = reading(event(f";TZID={name}:20261028T090000", f";TZID={name}:20261028T110000"))
    assert spans(found) == [span("2026-10-28T09:00", "2026-10-28T11:00")]
    assert not found.remarks


def test_an_unknown_zone_is_told_once_and_read_as_that_of_the_space() -> None:
    first, _zone = zones("Middle Earth")
    second = event(
        ";TZID=Middle Earth:20261029T090000", ";TZID=Middle Earth:20261029T110000", uid="b"
    )
    found = reading(first, second)
    assert spans(found) == [
        span("2026-10-28T09:00", "2026-10-28T11:00"),
        span("2026-10-29T09:00", "2026-10-29T11:00"),
    ]
    assert [(each.flaw, each.detail, each.is_taken) for each in found.remarks] == [
        (Flaw.UNKNOWN_ZONE, "Middle Earth", True)
    ]


def test_a_broken_zone_does_not_make_the_file_unreadable() -> None:
    broken = zone("Europe/Somewhere").replace("TZOFFSETTO:+0200", "TZOFFSETTO:soon")
    assert spans(reading(broken, event())) == [span("2026-10-28T09:00", "2026-10-28T11:00")]


def test_texts_are_fit_to_be_kept() -> None:
    odd = event(summary="A\x00B\\nC " + "long " * 60)
    (only,) = reading(odd).dates
    assert only.title.startswith("A B C long")
    assert len(only.title) <= 120
    latin = calendar(event(summary="Cafe")).replace(b"Cafe", "Café".encode("latin-1"))
    assert read(latin, ZONE, WINDOW).dates[0].title.startswith("Caf")


def test_the_name_of_the_calendar_and_several_calendars_in_one_file() -> None:
    file = calendar("X-WR-CALNAME:Courses", event()) + calendar(event(uid="b"))
    found = read(file, ZONE, WINDOW)
    assert (found.name, found.events, len(found.dates)) == ("Courses", 2, 2)


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b"\x89PNG", b"BEGIN:VCARD\r\nEND:VCARD\r\n", b"\x1f\x8b" + b"x" * 99,
     b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", b"BEGIN:VCALENDAR", b"x" * 2000 + b"BEGIN:VCALENDAR",
     b"BEGIN:VCALENDAR\r\n\r\nfoo\r\nEND:VEVENT\r\nEND:VEVENT\r\n"],
)  # fmt: skip
def test_what_is_no_calendar(content: bytes) -> None:
    with pytest.raises(NotACalendar):
        read(content, ZONE, WINDOW)


def test_an_empty_calendar_has_no_dates() -> None:
    assert reading() == Reading(name="", events=0, dates=(), remarks=())
