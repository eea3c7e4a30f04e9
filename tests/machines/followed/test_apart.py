"""Reading in a process of its own: the same as here, and an end to whatever a file does."""

import time

import pytest

from machines.external import apart
from machines.external.apart import CannotRead, read_apart
from machines.external.reading import read
from machines.states import Flaw, Trouble
from tests.machines.calendars import ZURICH as ZONE
from tests.machines.calendars import span
from tests.machines.followed.files import WEEKLY, calendar, event, zone

WINDOW = span("2026-10-01T00:00", "2026-12-01T00:00")


def test_it_says_the_same_as_reading_here() -> None:
    content = calendar(
        "X-WR-CALNAME:Kurse für alle",
        WEEKLY,
        event("", "", uid="b", summary="Ohne Anfang"),
        event(":20261003T090000", ":20261003T100000", "TRANSP:TRANSPARENT", uid="c"),
    )
    assert read_apart(content, ZONE, WINDOW) == read(content, ZONE, WINDOW)


@pytest.mark.parametrize("content", [b"", b"<html></html>", b"\x1f\x8b\x08\x00"])
def test_what_is_no_calendar(content: bytes) -> None:
    with pytest.raises(CannotRead) as refused:
        read_apart(content, ZONE, WINDOW)
    assert refused.value.trouble == Trouble.NOT_A_CALENDAR


def test_one_file_does_not_tell_another_what_a_zone_is() -> None:
    first = event(";TZID=Ours:20261028T090000", ";TZID=Ours:20261028T110000")
    assert not read_apart(calendar(zone("Ours"), first), ZONE, WINDOW).remarks
    (remark,) = read_apart(calendar(first), ZONE, WINDOW).remarks
    assert remark.flaw == Flaw.UNKNOWN_ZONE


def test_a_file_that_takes_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "CLOCK_SECONDS", 2)
    # Each is given up by itself; there are too many of them.
    rule = "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
    bombs = (
        event(":20160101T080000Z", ":20160101T080100Z", rule, uid=f"{number}")
        for number in range(100)
    )
    began = time.monotonic()
    with pytest.raises(CannotRead) as refused:
        read_apart(calendar(*bombs), ZONE, WINDOW)
    assert refused.value.trouble == Trouble.TOO_MUCH
    assert time.monotonic() - began < 20


def test_a_process_that_dies_is_told_as_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart.sys, "executable", "/bin/false")
    with pytest.raises(CannotRead) as refused:
        read_apart(calendar(WEEKLY), ZONE, WINDOW)
    assert str(refused.value) == "too_much"


def test_nested_without_end() -> None:
    deep = "\r\n".join(["BEGIN:VEVENT"] * 200 + ["END:VEVENT"] * 200)
    found = read_apart(calendar(deep, event(uid="sound")), ZONE, WINDOW)
    assert len(found.dates) == 1
