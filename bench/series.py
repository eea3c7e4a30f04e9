"""52 weekly dates checked and booked, on a machine with a year of other reservations.

Run by `make bench NAME=series`, in a scratch database that is thrown away. The year before the
dates is full, and every third of them has a neighbour on the same day. As many queries for 52
dates as for one is what counts; beside them stand 52 single reservations of the same times.
"""

import os
import sys
import time as clock
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
django.setup()

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from booking.facts import BookingRequest
from booking.models import Policy, Reservation
from booking.recurring import Pattern
from booking.services import reservations, series
from booking.services.placing import Claim
from booking.states import Frequency, OnConflict
from machines.models import Category, Machine
from machines.services.calendars import set_weekly_hours
from machines.services.events import WeeklySpan
from machines.states import CalendarKind
from members.models import Member
from spaces.intervals import DAY, Interval, moment_of, week_start
from spaces.models import Space

DATES = 52
MOST_QUERIES = 30
HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)


class Spent(NamedTuple):
    """The queries and the milliseconds of one run."""

    queries: int
    milliseconds: float


def build() -> Machine:
    """A space that is open every day, and a machine that may be booked far ahead."""
    space = Space.objects.create(
        slug="bench", name="Bench", timezone="Europe/Zurich", languages=["en"]
    )
    today = now().date()
    hours = datetime.min.time()
    week = [WeeklySpan(tuple(range(7)), hours, hours)]
    set_weekly_hours(
        owner=space, kind=CalendarKind.OPEN, week=week, from_date=today - 400 * DAY, now=now()
    )
    category = Category.objects.create(slug="lasers", name="Lasers")
    machine = Machine.objects.create(space=space, category=category, slug="laser", name="Laser")
    Policy.objects.create(space=space, machine=machine, horizon_days=800)
    return machine


def fill(machine: Machine, member: Member, start: datetime) -> None:
    """Reservations of two hours: six a day in the past, and one beside every third date."""
    starts = [start - day * DAY + 2 * each * HOUR for day in range(8, 373) for each in range(6)]
    starts += [start + week * WEEK + 4 * HOUR for week in range(0, DATES, 3)]
    rows = [
        Reservation(
            machine=machine,
            member=member,
            starts_at=each,
            ends_at=each + 2 * HOUR,
            occupied_from=each,
            occupied_until=each + 2 * HOUR,
        )
        for each in starts
    ]
    Reservation.objects.bulk_create(rows)


def measured(work: Callable[[], object]) -> Spent:
    """Do it once, counted."""
    began = clock.perf_counter()
    with CaptureQueriesContext(connection) as asked:
        work()
    return Spent(len(asked), (clock.perf_counter() - began) * 1000)


def main() -> int:
    """Print the table and the closing line; 1 where the bound is missed."""
    call_command("migrate", verbosity=0)
    machine = build()
    zone = machine.space.zone
    monday = week_start(now().astimezone(zone).date()) + 7 * DAY
    first = datetime.combine(monday, datetime.min.time()) + 9 * HOUR
    others, member, single = (
        Member.objects.create_user(f"{name}@example.org", name=name)
        for name in ("others", "course", "single")
    )
    fill(machine, others, moment_of(first, zone))

    def plan(count: int, hour: int) -> None:
        series.reserve_series(
            Claim(member=member, by=member),
            target=machine,
            pattern=Pattern(frequency=Frequency.WEEKLY, count=count),
            start=first + hour * HOUR,
            end=first + (hour + 2) * HOUR,
            on_conflict=OnConflict.ALL_OR_NOTHING,
            now=now(),
        )

    def one_by_one() -> None:
        for number in range(DATES):
            wall = first + number * WEEK + 8 * HOUR
            asked = Interval(moment_of(wall, zone), moment_of(wall + 2 * HOUR, zone))
            reservations.reserve(
                machine=machine,
                member=single,
                request=BookingRequest(starts_at=asked.start, ends_at=asked.end),
                by=single,
                now=now(),
            )

    plan(1, 11)  # What is compiled once is not to be counted.
    figures = {
        "one date": measured(lambda: plan(1, -3)),
        "52 dates as a series": measured(lambda: plan(DATES, 0)),
        "52 single reservations": measured(one_by_one),
    }
    print(f"{'what':<24} {'queries':>8} {'ms':>8}")
    for name, each in figures.items():
        print(f"{name:<24} {each.queries:>8} {each.milliseconds:>8.0f}")
    spent = figures["52 dates as a series"]
    kept = Reservation.objects.filter(member=member, series__isnull=False).count()
    faults = []
    if spent.queries > MOST_QUERIES:
        faults.append(f"{spent.queries} queries are more than {MOST_QUERIES}")
    if kept != DATES + 2:
        faults.append(f"{kept} dates were kept")
    print(
        f"series: {DATES} weekly dates checked and booked in {spent.queries} queries and "
        f"{spent.milliseconds:.0f} ms, one by one in "
        f"{figures['52 single reservations'].queries} and "
        f"{figures['52 single reservations'].milliseconds:.0f} ms "
        f"(bound: {MOST_QUERIES} queries): {'; '.join(faults) or 'passed'}"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
