"""Reports and the rollup behind them: 500 machines, a year, up to ten million usage sessions.

    python -m config.stack run -- python -m bench.reports [SESSIONS ...]

Without numbers it runs with 1,000,000 and 10,000,000 sessions, one after the other. Prints a table
and ends with an exit code of 1 where a bound is missed.
"""

import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"

import django

django.setup()

from django.db import connection
from django.test import Client

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


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds, and what they are of."""

    sessions: int
    month: float
    month_page: float
    year: float
    year_page: float
    day: float
    full: float
    scan: float


def main(sizes: list[int]) -> int:
    """Measure, print, and answer 1 where a bound is missed."""
    told = [measured(size) for size in sizes]
    missed = [text for each in told for text in _missed(each)]
    if told[-1].full > SCANS * told[-1].scan:
        missed.append(f"full rebuild within {SCANS} scans")
    if len(told) > 1:
        few, many = told[0], told[-1]
        missed += [
            f"{name} is not flat"
            for name in ("month", "year")
            if getattr(many, name) > FLAT * getattr(few, name)
            and getattr(many, name) > MONTH_BOUND / 2
        ]
    last = told[-1]
    print(
        f"reports: {last.sessions:,} sessions, {last.month_page:.0f} ms for a space and month,"
        f" {last.year_page:.0f} ms for the network and year, {last.day:.0f} ms for a dirty day,"
        f" full rebuild in {last.full / last.scan:.1f} scans of the log;"
        f" {'missed: ' + ', '.join(missed) if missed else 'all bounds kept'}"
    )
    return 1 if missed else 0


def _missed(told: Measured) -> list[str]:
    return [
        f"{text} with {told.sessions:,} sessions"
        for text, is_kept in (
            (f"{MONTH_BOUND} ms for a space and month", told.month_page <= MONTH_BOUND),
            (f"{YEAR_BOUND} ms for the network and year", told.year_page <= YEAR_BOUND),
            (f"{DAY_BOUND} ms for a dirty day", told.day <= DAY_BOUND),
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
        scan = 1000 * taken(scan_the_log)
        full = 1000 * taken(lambda: rebuild_all(now=NOW, told=_tell))
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        told = _read(network, full=full, scan=scan)
    rows = [
        ("report of a space and month", told.month),
        ("its page", told.month_page),
        ("report of the network and year", told.year),
        ("its page", told.year_page),
        ("rebuild of one dirty day", told.day),
        ("the log read once", told.scan),
        ("full rebuild", told.full),
    ]
    for name, milliseconds in rows:
        print(f"{name:<40}{milliseconds:>12,.0f} ms")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:,} MB")
    return told


def _read(network: Network, *, full: float, scan: float) -> Measured:
    space = network.spaces[0]
    of_month = Filters(scope=Scope.of_space(space), period=MONTH)
    of_year = Filters(scope=Scope.of_network(), period=YEAR)
    client = Client()
    client.force_login(Member.objects.get(email="staff-0@example.org"))
    assert UsageHour.objects.filter(used__gt=0).exists()
    return Measured(
        sessions=network.sessions,
        month=median(lambda: report_of(of_month)),
        month_page=median(lambda: page(client, of_month)),
        year=median(lambda: report_of(of_year)),
        year_page=median(lambda: page(client, of_year)),
        day=median(lambda: rebuild_a_day(space.pk)),
        full=full,
        scan=scan,
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


def taken(work: Callable[[], object]) -> float:
    """The seconds that some work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def median(work: Callable[[], object], times: int = 7) -> float:
    """The median time of `work` in milliseconds, after a first run."""
    work()
    return statistics.median(1000 * taken(work) for _ in range(times))


if __name__ == "__main__":
    sys.exit(main([int(each) for each in sys.argv[1:]] or list(SIZES)))
