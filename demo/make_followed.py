"""A calendar from elsewhere that closes a machine: the evening courses of a school."""

from datetime import date, datetime, timedelta

from demo.words import words_of
from machines.models import Machine, Settings
from machines.services.followed.choosing import draft, follow
from machines.services.followed.closures import read
from machines.states import Meaning
from spaces.intervals import DAY, wall_time, week_start

WEEK = timedelta(weeks=1)


def follow_evening_courses(category: str, *, at: str, now: datetime) -> None:
    """Let the first machine of a kind follow a file with courses, of which one says no time."""
    machine = (
        Machine.objects.filter(space__slug=at, category__slug=category)
        .select_related("space")
        .order_by("pk")[0]
    )
    words = words_of(machine.space)
    monday = week_start(wall_time(now, machine.space.zone).date()) + WEEK
    followed = draft(
        owner=machine,
        settings=Settings(name=words.courses, meaning=Meaning.CLOSURE, takes_free=False),
        by=None,
        now=now,
        filename="courses.ics",
        content=_courses(machine.space.timezone, words.course, words.exam, monday),
    )
    follow(followed=followed, reading=read(followed, now), settings=followed.settings, now=now)


def _courses(zone: str, course: str, exam: str, monday: date) -> bytes:
    """Wednesday evenings but for the third, and an exam whose time is not known yet."""
    wednesday, third = monday + 2 * DAY, monday + 2 * WEEK + 2 * DAY
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//School//Courses//EN",
        "BEGIN:VEVENT",
        "UID:course@school.example",
        "DTSTAMP:20260101T000000Z",
        f"SUMMARY:{course}",
        f"DTSTART;TZID={zone}:{wednesday:%Y%m%d}T180000",
        f"DTEND;TZID={zone}:{wednesday:%Y%m%d}T210000",
        "RRULE:FREQ=WEEKLY;COUNT=12",
        f"EXDATE;TZID={zone}:{third:%Y%m%d}T180000",
        "END:VEVENT",
        "BEGIN:VEVENT",
        "UID:exam@school.example",
        "DTSTAMP:20260101T000000Z",
        f"SUMMARY:{exam}",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    return "\r\n".join(lines).encode()
