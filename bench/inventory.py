"""An inventory of 5,000 machines: its page, its filters, and 5,000 rows that come in.

Run by `make bench NAME=inventory`, in a scratch database that is thrown away. The page and every
filter are asked through Django's client as somebody of the staff, so all of the server's time is
in it: session, permission, queries, template. The import is read, planned and written as the page
does it, and tells how far it is all the while. A busy machine stretches the clock: the quickest of
the rounds counts.
"""

import os
import sys
import threading
import time as clock
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
django.setup()

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils.timezone import now

from billing.services.inventory import export_workbook, import_draft, keep_draft
from machines.models import ImportDraft, Machine
from members.models import Member, Role
from members.states import RoleKind
from spaces.models import Space

MACHINES = 5_000
ROUNDS = 5
PAGE_MILLISECONDS = 200.0
IMPORT_SECONDS = 30.0
FILTERS = {
    "page 1": "",
    "page 50": "page=50",
    "a word": "text=laser",
    "a number": "text=N-04711",
    "a category and a room": "category=laser-cutter&room=Room+5",
    "an owner": "owner=own",
    "out of service": "state=down",
    "nothing": "text=nothing+of+the+kind",
}
HEADER = (
    "Name;Category;Room;Make;Model;Inventory number;Serial number;Purchase date;Purchase price;"
    "Useful life;Funder;Loaded now;Training;Price per hour;Fault;Description"
)
KINDS = ("Laser cutter", "3D printer", "CNC mill", "Sewing machine", "Lathe")


def listed(number: int) -> str:
    """A row of a list as a lab would write it."""
    kind = KINDS[number % len(KINDS)]
    return ";".join((
        f"{kind} {number}", kind, f"Room {number % 40}", "Trotec", f"Model {number % 90}",
        f"N-{number:05}", f"SN {number}", "5.3.2024", "12500.50", "8", "Innosuisse",
        "PETG, 0.4 mm" if number % 3 else "", "yes" if number % 2 else "no", "24.50",
        "Lid squeaks" if number % 50 == 0 else "", f"Stands at bench {number}",
    ))  # fmt: skip


def staff_of(slug: str) -> tuple[Space, Member]:
    """An empty space, and somebody who works there."""
    space = Space.objects.create(
        slug=slug, name=slug, timezone="Europe/Zurich", languages=["en"], country="CH", city="Bern"
    )
    member = Member.objects.create_user(email=f"{slug}@example.org", name=slug)
    Role.objects.create(member=member, space=space, kind=RoleKind.STAFF)
    return space, member


def import_all(space: Space, member: Member, name: str, content: bytes) -> tuple[float, int]:
    """Seconds from the upload to the last row, and how many steps of it another could see."""
    started = clock.perf_counter()
    draft = keep_draft(space=space, member=member, filename=name, content=content, now=now())
    seen: set[int] = set()
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(0.1):
            seen.update(ImportDraft.objects.values_list("done", flat=True))
        connection.close()

    watching = threading.Thread(target=watch)
    watching.start()
    done = import_draft(draft, good_rows_only=False, by=member, now=now())
    seconds = clock.perf_counter() - started
    is_over.set()
    watching.join()
    assert done.is_written
    return seconds, len(seen)


def milliseconds(ask: Callable[[], object]) -> float:
    """The quickest of some rounds."""
    spent = []
    for _round in range(ROUNDS):
        started = clock.perf_counter()
        ask()
        spent.append((clock.perf_counter() - started) * 1000)
    return min(spent)


def counted(asked: Counter[str], execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    """Count what the database is asked."""
    asked[sql] += 1
    return execute(sql, *rest)


def pages(space: Space, member: Member) -> list[str]:
    """Each filter with its time and its queries, and what is over its bound."""
    client = Client()
    client.force_login(member)
    failures, queries = [], set()
    for name, query in FILTERS.items():
        address = f"/spaces/{space.slug}/inventory/?{query}"
        assert client.get(address).status_code == 200
        asked = Counter[str]()
        with connection.execute_wrapper(partial(counted, asked)):
            client.get(address)
        spent = milliseconds(partial(client.get, address))
        print(f"  {name:24} {spent:7.1f} ms   {asked.total():3} queries")
        if name != "nothing":
            queries.add(asked.total())
        if spent > PAGE_MILLISECONDS:
            failures.append(f"{name}: {spent:.0f} ms")
    if len(queries) > 1:
        failures.append(f"the number of queries differs: {sorted(queries)}")
    return failures


def main() -> int:
    """Measure; 1 where a bound is missed."""
    call_command("migrate", verbosity=0)
    failures = []
    content = "\n".join([HEADER, *(listed(number) for number in range(MACHINES))]).encode()
    space, member = staff_of("lab")
    seconds, told = import_all(space, member, "list.csv", content)
    print(f"import of {MACHINES:,} new rows: {seconds:.1f} s, {told} steps of which were seen")
    again, _told = import_all(space, member, "list.csv", content)
    print(f"the same rows once more:   {again:.1f} s")
    other, person = staff_of("copy")
    workbook = export_workbook(space)
    copied, _told = import_all(other, person, "list.xlsx", workbook)
    print(f"its export as a workbook:  {copied:.1f} s")
    for name, spent in (("new", seconds), ("again", again), ("workbook", copied)):
        if spent > IMPORT_SECONDS:
            failures.append(f"import, {name}: {spent:.1f} s")
    assert Machine.objects.count() == 2 * MACHINES
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"the page of {MACHINES:,} machines, best of {ROUNDS}:")
    failures += pages(space, member)
    for failure in failures:
        print(f"FAILED: {failure}")
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
