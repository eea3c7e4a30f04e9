"""Searching free time over 1,000 machines, with 100,000 and with 1,000,000 reservations.

Run by `make bench NAME=search`, in a scratch database that is thrown away. "free 2 h at a time" is
that of the catalogue, "first free 2 h this week" that of the page and the API, "next free of one
machine" fills the form to reserve. Each is asked through the query that its pages ask, with the
raw SQL of the same question beside it, fetched without any model, in turns. A busy machine
stretches the clock more than the processor time of a process: what the service adds to its SQL is
told by both, and the bound holds for the lesser. Figures are those of the quickest runs.
"""

import os
import sys
import time as clock
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
django.setup()

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from booking.models import Policy, Reservation
from booking.queries.catalogue import listed_machines
from booking.queries.first_free import first_free
from booking.queries.slots import first_slots, free_machines
from machines.models import Category, Machine
from machines.services.calendars import set_weekly_hours
from machines.services.events import WeeklySpan
from machines.states import CalendarKind
from members.models import Member
from members.states import Audience
from spaces.intervals import DAY, Interval, local_days, moment_of, week_start
from spaces.models import Space

SPACES, CATEGORIES, PER_SPACE = 40, 10, 25
SIZES = (100_000, 1_000_000)
PER_DAY = 6
AHEAD = 10
"""Days ahead of today that are reserved; whatever else there is lies in the past."""
MOST_TIMES_RAW, AND_MILLISECONDS = 2, 20.0
FLAT = 1.5
"""How much longer ten times the rows may take: what a busy machine adds, not ten times."""
ROUNDS = 15
TWO_HOURS = timedelta(hours=2)
SHOWN = 24

RESERVATIONS = """
    COPY booking_reservation (
        uid, sequence, machine_id, kind, state, member_id, starts_at, ends_at, occupied_from,
        occupied_until, purpose, is_confidential, created_at, cancelled_late, decision
    ) FROM STDIN
"""


class Spent(NamedTuple):
    """Milliseconds of one run: by the clock on the wall, and of this process alone."""

    wall: float
    own: float


class Figures(NamedTuple):
    """The quickest runs of the query that pages ask, and of its raw SQL."""

    service: Spent
    raw: Spent
    queries: int

    @property
    def undisturbed(self) -> float:
        """How long the service takes where nothing else wants the processor."""
        return min(self.service.wall, self.raw.wall + self.service.own - self.raw.own)


def build() -> list[Machine]:
    """1,000 machines of 10 categories in 40 spaces that open from 8 to 20."""
    categories = [
        Category.objects.create(slug=f"category-{n}", name=f"Category {n}")
        for n in range(CATEGORIES)
    ]
    machines = []
    for number in range(SPACES):
        space = Space.objects.create(
            slug=f"space-{number}",
            name=f"Space {number}",
            timezone=("Europe/Zurich", "Europe/Paris", "Europe/London")[number % 3],
            languages=["en"],
            country="CH",
            city="Zürich",
        )
        set_weekly_hours(
            owner=space,
            kind=CalendarKind.OPEN,
            week=[WeeklySpan(tuple(range(7)), time(8), time(20))],
            from_date=date(2020, 1, 1),
            now=datetime(2020, 1, 1, tzinfo=UTC),
        )
        for category in categories[:5]:
            Policy.objects.create(
                space=space,
                category=category,
                grid=timedelta(minutes=30),
                turnaround=timedelta(minutes=15),
            )
        machines += Machine.objects.bulk_create(
            Machine(
                space=space,
                category=categories[n % CATEGORIES],
                slug=f"machine-{n}",
                name=f"Machine {n:02}",
            )
            for n in range(PER_SPACE)
        )
    return machines


def fill(machines: list[Machine], first: date, last: date, member: Member) -> None:
    """Reserve every machine six times a day on the days from `first` until before `last`.

    A machine has no two free hours on most days, and one gap of them on every fifth.
    """
    days = {
        zone: [
            moment_of(datetime.combine(first + n * DAY, time(8)), zone)
            for n in range((last - first).days)
        ]
        for zone in {machine.space.zone for machine in machines}
    }
    created = now().isoformat()
    serial = Reservation.objects.count()
    with connection.cursor() as cursor, cursor.copy(RESERVATIONS) as copy:
        for number, machine in enumerate(machines):
            for day, opens in enumerate(days[machine.space.zone]):
                for slot in range(PER_DAY):
                    start = opens + slot * TWO_HOURS
                    roomy = slot == number % PER_DAY and (day + number) % 5 == 0
                    length = timedelta(minutes=15 if roomy else 90)
                    if roomy:
                        start -= timedelta(minutes=15) * (slot > 0)
                    serial += 1
                    begins, ends = start.isoformat(), (start + length).isoformat()
                    copy.write_row(
                        (
                            f"{serial:032x}", 0, machine.pk, "booking", "confirmed", member.pk,
                            begins, ends, begins, ends, "Front panel", False, created, False, "",
                        )
                    )  # fmt: skip


class Bare:
    """The table without the indexes and the constraints that slow a great COPY down."""

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
                "WHERE conrelid = 'booking_reservation'::regclass AND contype IN ('x', 'f')"
            )
            self._constraints = cursor.fetchall()
            for name, _definition in self._constraints:
                cursor.execute(f'ALTER TABLE booking_reservation DROP CONSTRAINT "{name}"')
            cursor.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = "
                "'booking_reservation' AND indexname NOT IN (SELECT conname FROM pg_constraint)"
            )
            self._indexes = cursor.fetchall()
            for name, _definition in self._indexes:
                cursor.execute(f'DROP INDEX "{name}"')

    def __exit__(self, *_error: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET maintenance_work_mem = '256MB'")
            for _name, definition in self._indexes:
                cursor.execute(definition)
            for name, definition in self._constraints:
                cursor.execute(
                    f'ALTER TABLE booking_reservation ADD CONSTRAINT "{name}" {definition}'
                )
            cursor.execute("VACUUM ANALYZE")


def measure(ask: Callable[[], object]) -> Figures:
    """The quickest runs of a question, in turns with the SQL that it asked."""
    ask()
    with CaptureQueriesContext(connection) as captured:
        ask()
    statements = [query["sql"] for query in captured.captured_queries]

    def raw() -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                cursor.fetchall()

    spent = [(elapsed(ask), elapsed(raw)) for _ in range(ROUNDS)]
    return Figures(
        quickest([own for own, _ in spent]), quickest([sql for _, sql in spent]), len(statements)
    )


def elapsed(action: Callable[[], object]) -> Spent:
    """How long it took."""
    wall, own = clock.perf_counter(), clock.process_time()
    action()
    return Spent((clock.perf_counter() - wall) * 1000, (clock.process_time() - own) * 1000)


def quickest(runs: list[Spent]) -> Spent:
    """The least of each."""
    return Spent(min(each.wall for each in runs), min(each.own for each in runs))


def questions(machine: Machine, monday: date) -> dict[str, Callable[[], Any]]:
    """What people look for, as the pages ask it."""
    moment = moment_of(datetime.combine(monday, time(7)), machine.space.zone)
    tuesday = datetime.combine(monday + DAY, time(14))
    return {
        "free 2 h at a time": lambda: free_machines(
            machines=listed_machines(),
            span_in=lambda zone: Interval(
                moment_of(tuesday, zone), moment_of(tuesday, zone) + TWO_HOURS
            ),
            audience=Audience.MAKER,
            now=moment,
        ),
        "first free 2 h this week": lambda: (
            first_slots(
                machines=listed_machines(),
                length=TWO_HOURS,
                window_in=lambda zone: local_days(monday, monday + 7 * DAY, zone),
                audience=Audience.MAKER,
                now=moment,
                limit=SHOWN,
            ).slots
        ),
        "next free of one machine": lambda: first_free(
            machine, after=moment, now=moment, length=TWO_HOURS, audience=Audience.MAKER
        ),
    }


def main() -> int:
    """Print the table and the closing line; 1 where a bound is missed."""
    began = clock.monotonic()
    call_command("migrate", verbosity=0)
    machines = build()
    member = Member.objects.create_user("maker@example.org", name="Max Maker")
    monday = week_start(now().date()) + 7 * DAY
    ends = monday + AHEAD * DAY
    asked = questions(machines[7], monday)
    figures: dict[tuple[int, str], Figures] = {}
    heads = f"{'reservations':>12}  {'question':<25} {'ms':>7} {'own ms':>7} {'raw ms':>7}"
    print(f"{heads} {'own ms':>7} {'queries':>8}  found")
    until = ends
    for size in SIZES:
        days = (size - Reservation.objects.count()) // (PER_DAY * len(machines))
        with Bare():
            fill(machines, until - days * DAY, until, member)
        until -= days * DAY
        rows = Reservation.objects.count()
        for name, ask in asked.items():
            found = ask()
            figures[size, name] = each = measure(ask)
            count = len(found) if isinstance(found, list) else found is not None
            print(
                f"{rows:>12,}  {name:<25} {each.service.wall:>7.1f} "
                f"{each.service.own:>7.1f} {each.raw.wall:>7.1f} {each.raw.own:>7.1f} "
                f"{each.queries:>8}  {count:d}"
            )
    faults = [
        f"{name} at {size:,} takes more than {MOST_TIMES_RAW} times the raw SQL "
        f"and {AND_MILLISECONDS:.0f} ms"
        for (size, name), each in figures.items()
        if each.undisturbed > MOST_TIMES_RAW * each.raw.wall + AND_MILLISECONDS
    ]
    few, many = SIZES
    faults += [
        f"{name} grows with the rows"
        for name in asked
        if figures[many, name].undisturbed
        > FLAT * figures[few, name].undisturbed + AND_MILLISECONDS / 2
    ]
    told = ", ".join(
        f"{name} {figures[many, name].undisturbed:.0f} ms "
        f"(raw SQL {figures[many, name].raw.wall:.0f}, "
        f"{figures[few, name].undisturbed:.0f} with {few:,})"
        for name in asked
    )
    print(
        f"search: {len(machines):,} machines, {rows:,} reservations: {told}; "
        f"{clock.monotonic() - began:.0f} s in all (bounds: {MOST_TIMES_RAW} × raw SQL + "
        f"{AND_MILLISECONDS:.0f} ms, flat): {'; '.join(faults) or 'passed'}"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
