"""Spaces, their hours and rules, and their machines from the inventories."""

from datetime import datetime, timedelta
from pathlib import Path

from django.core.files.base import ContentFile

from billing.models import HourlyPrice
from demo.places import Hours, Place
from demo.words import language_of, words_of
from machines.models import Document, Machine
from machines.services.calendars import (
    WeeklySpan,
    add_closure,
    load_holidays,
    plan_maintenance,
    set_weekly_hours,
)
from machines.states import CalendarKind, Repeat
from members.states import Audience
from spaces.intervals import Interval, local_day, moment_of
from spaces.models import Space

INVENTORIES = Path(__file__).parent / "inventories"
YEAR = timedelta(days=365)
COMPANY_FACTOR, STAFF_FACTOR = 2, 0
"""What companies and staff pay for each franc that a maker pays."""

HOUR = timedelta(hours=1)


def make_space(place: Place, *, now: datetime) -> Space:
    """A space with a year of hours behind it and its holidays."""
    fields = ("slug", "name", "city", "street", "country", "canton", "timezone", "currency")
    space = Space.objects.create(
        **{name: getattr(place, name) for name in fields},
        languages=list(place.languages),
        email=f"{place.slug}@etabli.example",
        latitude=place.latitude,
        longitude=place.longitude,
        **{f"description_{code}": text for code, text in place.description.items()},
    )
    first = (now - YEAR - timedelta(days=10)).astimezone(space.zone).date()
    for kind, hours in ((CalendarKind.OPEN, place.open), (CalendarKind.STAFFED, place.staffed)):
        set_weekly_hours(
            owner=space, kind=kind, week=[_weekly(each) for each in hours], from_date=first, now=now
        )
    for year in (now.year - 1, now.year, now.year + 1):
        load_holidays(space=space, year=year, now=now)
    pause = (now - timedelta(days=118)).astimezone(space.zone).date()
    add_closure(
        owner=space,
        title=words_of(space).pause,
        interval=Interval(
            local_day(pause, space.zone).start,
            local_day(pause + timedelta(days=5), space.zone).start,
        ),
        now=now,
    )
    return space


def add_prices(space: Space) -> None:
    """Prices for companies and staff beside those for makers."""
    for price in HourlyPrice.objects.filter(machine__space=space, audience=Audience.MAKER):
        for audience, factor in (
            (Audience.COMPANY, COMPANY_FACTOR),
            (Audience.STAFF, STAFF_FACTOR),
        ):
            HourlyPrice.objects.create(
                machine=price.machine, audience=audience, amount=price.amount * factor
            )


def add_documents(space: Space) -> None:
    """A care sheet under a free licence for every machine."""
    words = words_of(space)
    for machine in space.machines.all():
        document = Document(
            machine=machine,
            title=words.sheet,
            language=language_of(space),
            version="1",
            licence="CC BY-SA 4.0",
        )
        text = words.care.format(name=machine.name)
        document.file.save(
            f"{space.slug}-{machine.slug}.txt", ContentFile(text.encode("utf-8-sig"))
        )


def plan_upkeep(machine: Machine, weekday: int, *, now: datetime) -> None:
    """Two hours of maintenance on the same weekday of every second week, since a year."""
    zone = machine.space.zone
    first = (now - YEAR).astimezone(zone).replace(hour=12, minute=0, second=0, microsecond=0)
    first += timedelta(days=(weekday - first.weekday()) % 7)
    start = moment_of(first.replace(tzinfo=None), zone)
    plan_maintenance(
        machine=machine,
        title=words_of(machine.space).upkeep,
        interval=Interval(start, start + 2 * HOUR),
        now=now,
        repeat=Repeat.FORTNIGHTLY,
    )


def _weekly(hours: Hours) -> WeeklySpan:
    return WeeklySpan(weekdays=hours.weekdays, start=hours.start, end=hours.end)
