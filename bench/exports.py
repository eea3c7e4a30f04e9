"""Files of a report: 100,000 and 1,000,000 sessions as CSV, workbooks, PDF, and their memory.

Run by `make bench NAME=exports`, in a scratch database that is thrown away. Files are asked for
through Django's client as somebody of the staff and read block by block, as a web server would.
A busy machine stretches the clock: the quickest of the rounds counts. Memory is what a file adds,
at its peak, to what the process holds before (some 200 MB once charts and workbooks are loaded).
Measured peers: 20 s and 236 s for 100,000 sessions.
"""

import os
import sys
import time as clock
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
django.setup()

from django.core.management import call_command
from django.db import connection
from django.test import Client

from booking.models import UsageSession
from machines.models import Category, Machine
from members.models import Member, Role
from members.states import RoleKind
from reports.services.making import make_exports
from reports.services.rollup import rebuild_days
from spaces.intervals import DAY
from spaces.models import Space

MACHINES = 500
SESSIONS = 1_000_000
ROUNDS = 3
CSV_SECONDS, CSV_MEGABYTES = 1.0, 30.0
MONTH, YEAR = "from=2026-01-01&until=2026-02-03", "from=2026-01-01&until=2026-12-31"
FILL = """
    INSERT INTO booking_usagesession
        (machine_id, member_id, started_at, ended_at, source, end_is_assumed, note)
    SELECT machine.id, (SELECT min(id) FROM members_member),
        timestamptz '2026-01-01 00:00+00' + number * interval '4 hours',
        timestamptz '2026-01-01 01:00+00' + number * interval '4 hours',
        (ARRAY['kiosk', 'staff', 'meter'])[1 + number %% 3], false, ''
    FROM generate_series(0, %s - 1) AS number, machines_machine AS machine
"""


def furnish() -> Client:
    """A space with machines that were used all year, and somebody who works there."""
    space = Space.objects.create(
        slug="lab",
        name="Lab",
        timezone="Europe/Zurich",
        languages=["en"],
        country="CH",
        city="Bern",
    )
    category = Category.objects.create(slug="laser", name="Laser")
    Machine.objects.bulk_create(
        Machine(space=space, category=category, slug=f"m{number}", name=f"Machine {number}")
        for number in range(MACHINES)
    )
    member = Member.objects.create_user(email="staff@example.org", name="Stella Staff")
    Role.objects.create(member=member, space=space, kind=RoleKind.STAFF)
    with connection.cursor() as cursor:
        cursor.execute(FILL, [SESSIONS // MACHINES])
    days = [datetime(2026, 1, 1, tzinfo=UTC).date() + number * DAY for number in range(7)]
    keys = {(pk, day) for pk in Machine.objects.values_list("pk", flat=True) for day in days}
    rebuild_days(keys, now=datetime(2027, 1, 1, tzinfo=UTC))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client()
    client.force_login(member)
    return client


def fetched(client: Client, path: str) -> tuple[float, float, int, int]:
    """Seconds to the first block and to the last, bytes and lines, of the quickest round."""
    best = (float("inf"), 0.0, 0, 0)
    for _round in range(ROUNDS):
        began = clock.perf_counter()
        response: Any = client.get(path)
        assert response.status_code == 200, response.status_code
        first, size, lines = 0.0, 0, 0
        for block in response.streaming_content:
            first = first or clock.perf_counter() - began
            size += len(block)
            lines += block.count(b"\n")
        response.close()
        best = min(best, (clock.perf_counter() - began, first, size, lines))
    return best[1], best[0], best[2], best[3]


def megabytes(line: str) -> float:
    """What the system says that this process holds (VmRSS), or has held at most (VmHWM)."""
    for each in Path("/proc/self/status").read_text().splitlines():
        if each.startswith(line):
            return int(each.split()[1]) / 1024
    raise LookupError(line)


def forget_peak() -> float:
    """Let the peak begin anew; how much is held now."""
    Path("/proc/self/clear_refs").write_text("5")
    return megabytes("VmRSS")


def main() -> int:
    """Measure; 1 where a bound is missed."""
    call_command("migrate", verbosity=0)
    client = furnish()
    assert UsageSession.objects.count() == SESSIONS
    failures = []
    print(f"{'':34}{'first block':>12}{'whole':>10}{'size':>10}{'lines':>11}{'memory added':>14}")
    for name, path in (
        ("sessions of a month as CSV", f"sessions.csv?scope=space:lab&{MONTH}"),
        ("sessions of a year as CSV", f"sessions.csv?scope=space:lab&{YEAR}"),
        (
            "figures of 500 machines as CSV",
            "utilisation.csv?scope=space:lab&from=2026-01-01&until=2026-01-07",
        ),
        (
            "figures of a machine as PDF",
            "utilisation.pdf?scope=machine:lab/m1&from=2026-01-01&until=2026-01-07",
        ),
    ):
        place = "/reports/utilisation/" if name.startswith("sessions") else "/reports/"
        before = forget_peak()
        first, whole, size, lines = fetched(client, place + path)
        peak = megabytes("VmHWM") - before
        print(
            f"{name:34}{first * 1000:9.0f} ms{whole:8.2f} s{size / 1e6:7.1f} MB{lines:11,}"
            f"{peak:10.0f} MB"
        )
        if "CSV" in name and peak > CSV_MEGABYTES:
            failures.append(f"{name}: {peak:.0f} MB")
        if name == "sessions of a month as CSV" and whole * 100_000 / lines > CSV_SECONDS:
            failures.append(f"{name}: {whole:.2f} s for {lines:,} lines")
    for name, path in (
        ("100,000 sessions as XLSX", f"utilisation/sessions.xlsx?scope=space:lab&{MONTH}"),
        ("500 machines as PDF", "utilisation.pdf?scope=space:lab&from=2026-01-01&until=2026-01-07"),
    ):
        client.post(f"/reports/{path}")
        before, began = forget_peak(), clock.perf_counter()
        assert make_exports(clock=lambda: datetime.now(UTC)) == 1
        spent, peak = clock.perf_counter() - began, megabytes("VmHWM") - before
        print(f"{name:34}{'':12}{spent:8.2f} s{'':21}{peak:10.0f} MB")
    print(
        f"exports: {SESSIONS:,} sessions (bounds: {CSV_SECONDS:.0f} s for 100,000 lines of CSV, "
        f"for which peers take 20 s and more; {CSV_MEGABYTES:.0f} MB added): "
        f"{'; '.join(failures) or 'passed'}"
    )
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
