"""Reports and the rollup behind them: 500 machines, a year, up to ten million usage sessions.

    python -m config.stack run -- python -m bench.reports [SESSIONS ...]

Without numbers it runs with 1,000,000 and 10,000,000 sessions, one after the other. Prints a table
and ends with an exit code of 1 where a bound is missed.

Times are those by the clock on the wall, and those that the processor worked: this process and the
one of PostgreSQL that answers it (not its helpers). A busy machine stretches the first, so the
bounds hold for the lesser of both. Beside the full rebuild stands what it costs PostgreSQL alone to
take in the hours that were written: no rebuild can be quicker than that.
"""

import gc
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"

import django

django.setup()

from django.db import connection
from django.test import Client

from bench._processor import ticks
from bench._year import DAYS, FIRST, MACHINES, NOW, Network, make_network, scratch_database
from machines.models import DirtyDay, Machine
from members.models import Member
from reports.filters import Filters, Period, Scope
from reports.models import UsageHour
from reports.queries.usage import report_of
from reports.services.rollup import rebuild_all, rebuild_dirty_days
from spaces.intervals import DAY

DATABASE = "etabli_bench_reports"
SIZES = (1_000_000, 10_000_000)
MONTH = Period.month_of(date(2026, 6, 1))
YEAR = Period(FIRST, FIRST + (DAYS - 1) * DAY)

MONTH_BOUND, YEAR_BOUND, DAY_BOUND, SCANS = 100, 300, 50, 10
"""Milliseconds of a space and month, the network and year, a dirty day; scans of the log."""

FLAT = 3
"""How many times as long a report of ten times as many sessions may take, whatever the bound."""


class Spent(NamedTuple):
    """Milliseconds by the clock on the wall, and of work of the processor."""

    wall: float
    work: float

    @property
    def least(self) -> float:
        """What a quiet machine would have taken at most."""
        return min(self)


@dataclass(frozen=True, slots=True)
class Measured:
    """What was spent on what."""

    sessions: int
    month: Spent
    month_page: Spent
    year: Spent
    year_page: Spent
    day: Spent
    full: Spent
    scan: Spent
    hours: Spent

    @property
    def scans(self) -> float:
        """A full rebuild, in readings of the log."""
        return self.full.least / self.scan.least


def main(sizes: list[int]) -> int:
    """Measure, print, and answer 1 where a bound is missed."""
    told = [measured(size) for size in sizes]
    missed = [text for each in told for text in _missed(each)]
    if told[-1].scans > SCANS:
        missed.append(f"full rebuild within {SCANS} scans")
    if len(told) > 1:
        few, many = told[0], told[-1]
        missed += [
            f"{name} is not flat"
            for name in ("month", "year")
            if getattr(many, name).least > FLAT * getattr(few, name).least
            and getattr(many, name).least > MONTH_BOUND / 2
        ]
    last = told[-1]
    print(
        f"reports: {last.sessions:,} sessions,"
        f" {last.month_page.least:.0f} ms for a space and month,"
        f" {last.year_page.least:.0f} ms for the network and year,"
        f" {last.day.least:.0f} ms for a dirty day,"
        f" full rebuild in {last.scans:.1f} scans of the log"
        f" (its hours alone {last.hours.least / last.scan.least:.1f});"
        f" {'missed: ' + ', '.join(missed) if missed else 'all bounds kept'}"
    )
    return 1 if missed else 0


def _missed(told: Measured) -> list[str]:
    return [
        f"{text} with {told.sessions:,} sessions"
        for text, is_kept in (
            (f"{MONTH_BOUND} ms for a space and month", told.month_page.least <= MONTH_BOUND),
            (f"{YEAR_BOUND} ms for the network and year", told.year_page.least <= YEAR_BOUND),
            (f"{DAY_BOUND} ms for a dirty day", told.day.least <= DAY_BOUND),
        )
        if not is_kept
    ]


def measured(size: int) -> Measured:
    """Make a network of this size, rebuild everything, and read its reports."""
    with scratch_database(DATABASE):
        began = time.perf_counter()
        network = make_network(size)
        print(
            f"{network.sessions:,} sessions, {network.reservations:,} reservations,"
            f" {MACHINES} machines made in {time.perf_counter() - began:.0f} s"
        )
        scan = spent(scan_the_log)
        full = spent(lambda: rebuild_all(now=NOW, told=_tell))
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        told = _read(network, full=full, scan=scan, hours=taking_in_the_hours())
    rows = [
        ("report of a space and month", told.month),
        ("its page", told.month_page),
        ("report of the network and year", told.year),
        ("its page", told.year_page),
        ("rebuild of one dirty day", told.day),
        ("the log read once", told.scan),
        ("full rebuild", told.full),
        ("its hours taken in by PostgreSQL alone", told.hours),
    ]
    print(f"{'':<40}{'clock':>12}   {'processor':>12}")
    for name, each in rows:
        print(f"{name:<40}{each.wall:>12,.0f}   {each.work:>12,.0f} ms")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:,} MB")
    return told


def _read(network: Network, *, full: Spent, scan: Spent, hours: Spent) -> Measured:
    space = network.spaces[0]
    of_month = Filters(scope=Scope.of_space(space), period=MONTH)
    of_year = Filters(scope=Scope.of_network(), period=YEAR)
    client = Client()
    client.force_login(Member.objects.get(email="staff-0@example.org"))
    assert UsageHour.objects.filter(used__gt=0).exists()
    # What making the network has left behind is nothing that a page has to look through.
    gc.collect()
    gc.freeze()
    return Measured(
        sessions=network.sessions,
        month=median(lambda: report_of(of_month)),
        month_page=median(lambda: page(client, of_month)),
        year=median(lambda: report_of(of_year)),
        year_page=median(lambda: page(client, of_year)),
        day=median(lambda: rebuild_a_day(space.pk)),
        full=full,
        scan=scan,
        hours=hours,
    )


def page(client: Client, filters: Filters) -> None:
    """The whole page, without its charts."""
    answer = client.get(f"/reports/utilisation/?{filters.query}")
    assert answer.status_code == 200, answer.status_code


def rebuild_a_day(space: int) -> None:
    """What the worker does once a change has marked a day of one machine."""
    machine = Machine.objects.filter(space=space).order_by("pk")[:1].get()
    DirtyDay.objects.all().delete()
    DirtyDay.objects.create(machine=machine, date=MONTH.first + 9 * DAY)
    assert rebuild_dirty_days(now=NOW) == 1


def taking_in_the_hours() -> Spent:
    """What PostgreSQL needs at least to keep the hours, with their key: the very same rows."""
    with tempfile.TemporaryFile() as file, connection.cursor() as cursor:
        with cursor.copy("COPY reports_usagehour TO STDOUT (FORMAT BINARY)") as source:
            for block in source:
                file.write(block)
        cursor.execute("CREATE TABLE again (LIKE reports_usagehour INCLUDING ALL)")
        file.seek(0)

        def take_in() -> None:
            with cursor.copy("COPY again FROM STDIN (FORMAT BINARY)") as copy:
                while block := file.read(1 << 20):
                    copy.write(block)

        told = spent(take_in)
        cursor.execute("DROP TABLE again")
    return told


def scan_the_log() -> None:
    """What any rebuild must do at least: read every row of the log once."""
    with connection.cursor() as cursor:
        for table in ("booking_usagesession", "booking_reservation"):
            with cursor.copy(f"COPY {table} TO STDOUT") as source:
                for _ in source:
                    pass


def _tell(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"{done:,} of {of:,} machine-days", end="\r", file=sys.stderr)


def spent(work: Callable[[], object], times: int = 1) -> Spent:
    """The median time by the clock of some runs, and their mean work."""
    walls = []
    began = _worked()
    for _ in range(times):
        started = time.perf_counter()
        work()
        walls.append(1000 * (time.perf_counter() - started))
    return Spent(statistics.median(walls), (_worked() - began) / times)


def _worked() -> float:
    """The milliseconds that this process and its PostgreSQL have worked."""
    connection.ensure_connection()
    return 1000 * time.process_time() + ticks(connection.connection.info.backend_pid)


def median(work: Callable[[], object], times: int = 7) -> Spent:
    """What `work` takes, after a first run."""
    work()
    return spent(work, times)


if __name__ == "__main__":
    sys.exit(main([int(each) for each in sys.argv[1:]] or list(SIZES)))
