"""The utilisation page and the rollup behind it: 50 machines, a year of use.

    python -m config.stack run -- python -m bench.utilisation

Prints a table and ends with an exit code of 1 where a bound is missed. The bounds are counts
and ratios, so that they hold on slow and on busy machines alike.
"""

import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from booking.models import Reservation, UsageSession
from booking.states import ReservationState, SessionSource
from machines.models import Category, Machine
from members.models import Member, Role
from members.states import RoleKind
from reports.filters import Filters, Period, Scope
from reports.models import UsageHour
from reports.queries.usage import report_of
from reports.services.rollup import rebuild_all, rebuild_days
from spaces.models import Space

DATABASE = "etabli_bench_utilisation"
MACHINES = 50
FEW = 5
DAYS = 365
NOW = datetime(2026, 10, 31, 22, tzinfo=UTC)
MONTH = date(2026, 10, 1)
PAGE_QUERIES = 12
COPIES = 10
"""How many plain copies of its rows a full rebuild may last."""

SOURCES = (SessionSource.KIOSK, SessionSource.KIOSK, SessionSource.STAFF, SessionSource.METER)


def main() -> int:
    """Measure, print, and answer 1 where a bound is missed."""
    with scratch_database():
        spaces = {count: make_space(count) for count in (FEW, MACHINES)}
        started = time.perf_counter()
        machine_days = rebuild_all(now=NOW)
        full = time.perf_counter() - started
        connection.cursor().execute("ANALYZE")
        return report(spaces, machine_days=machine_days, full=full)


def report(spaces: dict[int, Space], *, machine_days: int, full: float) -> int:
    """Print the table and the closing line."""
    staff = Member.objects.get(email="staff@example.org")
    pages = {count: page(space, staff) for count, space in spaces.items()}
    month = Period.month_of(MONTH)
    of_few, of_many = (
        median(partial(report_of, Filters(scope=Scope.of_space(space), period=month)))
        for space in spaces.values()
    )
    machine = Machine.objects.filter(space=spaces[MACHINES]).first()
    assert machine is not None
    one_day = median(lambda: rebuild_days({(machine.pk, MONTH)}, now=NOW))
    scan = median(scan_the_log)
    copy = median(copy_the_rollup, times=3)
    rows = UsageHour.objects.count()
    log = Reservation.objects.count() + UsageSession.objects.count()
    lines = [
        ("page of 5 machines", f"{pages[FEW][1]:.0f} ms", f"{pages[FEW][0]} queries"),
        ("page of 50 machines", f"{pages[MACHINES][1]:.0f} ms", f"{pages[MACHINES][0]} queries"),
        ("its figures, 5 machines", f"{of_few:.0f} ms", "4 queries"),
        ("its figures, 50 machines", f"{of_many:.0f} ms", "4 queries"),
        ("rebuild of one marked day", f"{one_day:.0f} ms", "24 rows"),
        (
            f"full rebuild, {machine_days:,} machine-days",
            f"{full:.1f} s",
            f"{rows / full:,.0f} rows/s",
        ),
        (
            f"sequential scan of the log, {log:,} rows",
            f"{scan:.0f} ms",
            f"{log / scan * 1000:,.0f} rows/s",
        ),
        (
            f"plain COPY of the rollup, {rows:,} rows",
            f"{copy / 1000:.1f} s",
            f"{rows / copy * 1000:,.0f} rows/s",
        ),
    ]
    for name, figure, beside in lines:
        print(f"{name:<48}{figure:>12}{beside:>20}")
    missed = [
        text
        for text, is_kept in (
            ("as many queries for 50 machines as for 5", pages[FEW][0] == pages[MACHINES][0]),
            (f"at most {PAGE_QUERIES} queries a page", pages[MACHINES][0] <= PAGE_QUERIES),
            (f"full rebuild within {COPIES} plain copies", full * 1000 < COPIES * copy),
        )
        if not is_kept
    ]
    print(
        f"utilisation: {pages[MACHINES][0]} queries and {pages[MACHINES][1]:.0f} ms for 50 machines"
        f" and a month, {one_day:.0f} ms for a marked day, {rows / full:,.0f} rows/s in full,"
        f" {full * 1000 / copy:.0f} times a plain copy;"
        f" {'missed: ' + ', '.join(missed) if missed else 'all bounds kept'}"
    )
    return 1 if missed else 0


@contextmanager
def scratch_database() -> Iterator[None]:
    """A database of its own, dropped afterwards."""
    original = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        cursor.execute(f"CREATE DATABASE {DATABASE}")
    use(DATABASE)
    try:
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        yield
    finally:
        use(original)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def use(name: str) -> None:
    """Turn the connection to another database."""
    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()
    connection.settings_dict["NAME"] = name


def make_space(count: int) -> Space:
    """A space with `count` machines and a year of reservations and sessions."""
    space = Space.objects.create(
        slug=f"space-{count}",
        name=f"Werkstatt {count}",
        timezone="Europe/Zurich",
        languages=["de"],
        country="CH",
        city="Zürich",
    )
    staff, _ = Member.objects.get_or_create(email="staff@example.org", defaults={"name": "Staff"})
    Role.objects.create(member=staff, space=space, kind=RoleKind.STAFF)
    people = Member.objects.bulk_create(
        Member(email=f"maker-{count}-{n}@example.org", name=f"Maker {n}") for n in range(40)
    )
    category, _ = Category.objects.get_or_create(slug="laser", defaults={"name": "Laser"})
    machines = Machine.objects.bulk_create(
        Machine(space=space, category=category, slug=f"machine-{n}", name=f"Machine {n:02d}")
        for n in range(count)
    )
    dice = random.Random(count)
    rows = [row for machine in machines for row in year_of(machine, people, dice)]
    Reservation.objects.bulk_create((booked for booked, _ in rows), batch_size=2000)
    UsageSession.objects.bulk_create((session for _, session in rows if session), batch_size=2000)
    return space


def year_of(
    machine: Machine, people: list[Member], dice: random.Random
) -> Iterator[tuple[Reservation, UsageSession | None]]:
    """About two reservations a day, most of them used."""
    first = NOW - timedelta(days=DAYS)
    for day in range(DAYS):
        start = first.replace(hour=7, minute=0) + timedelta(days=day)
        for _ in range(dice.choice((1, 2, 2, 3))):
            start += timedelta(minutes=15 * dice.randrange(8))
            end = start + timedelta(minutes=15 * dice.randrange(3, 12))
            member = dice.choice(people)
            came = dice.random() > 0.06
            booked = Reservation(
                machine=machine,
                member=member,
                starts_at=start,
                ends_at=end,
                occupied_from=start,
                occupied_until=end,
                state=ReservationState.COMPLETED if came else ReservationState.NO_SHOW,
                released_at=None if came else start + timedelta(minutes=30),
            )
            used_from = start + timedelta(minutes=dice.randrange(12))
            session = UsageSession(
                machine=machine,
                member=member,
                started_at=used_from,
                ended_at=max(used_from, end + timedelta(minutes=dice.randrange(-25, 15))),
                source=dice.choice(SOURCES),
                end_is_assumed=dice.random() < 0.08,
            )
            yield booked, session if came else None
            start = end


def page(space: Space, staff: Member) -> tuple[int, float]:
    """The number of queries of the whole page, and its server time in milliseconds."""
    client = Client()
    client.force_login(staff)
    filters = Filters(scope=Scope.of_space(space), period=Period.month_of(MONTH))
    address = f"/reports/utilisation/?{filters.query}"
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured), median(lambda: client.get(address))


def median(work: Callable[[], object], times: int = 9) -> float:
    """The median time of `work` in milliseconds, after a first run."""
    work()
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(1000 * (time.perf_counter() - started))
    return statistics.median(taken)


def scan_the_log() -> None:
    """What any rebuild must do at least: read every row of the log once, in PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(extract(epoch FROM ended_at - started_at)) FROM booking_usagesession"
        )
        cursor.execute(
            "SELECT sum(extract(epoch FROM ends_at - starts_at)) FROM booking_reservation"
        )


def copy_the_rollup() -> None:
    """The least that writing the figures can cost: the same rows, through COPY, with its key."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE copied (LIKE reports_usagehour INCLUDING INDEXES)")
        with cursor.copy("COPY reports_usagehour TO STDOUT (FORMAT binary)") as source:
            blocks = list(source)
        with cursor.copy("COPY copied FROM STDIN (FORMAT binary)") as target:
            for block in blocks:
                target.write(block)
        cursor.execute("DROP TABLE copied")


if __name__ == "__main__":
    sys.exit(main())
