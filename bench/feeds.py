"""A calendar of 2,000 events to follow: the first reading, and asking whether anything is new.

Run by `make bench NAME=feeds`, in a scratch database that is thrown away. Times are those of whole
requests through the middleware, without the network, as in bench/board.py: by the clock on the
wall, and the processor time of the web process. Bounds are counts and ratios: a busy machine
stretches all of it alike.
"""

import os
import sys
from datetime import datetime, timedelta
from typing import NamedTuple

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
django.setup()

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils.timezone import now

from bench.board import Spent, best, queries, raw
from booking.models import Reservation
from booking.services.feeds import create_feed
from booking.states import FeedKind
from machines.models import Category, Machine
from members.models import Member, Role
from members.states import RoleKind
from spaces.models import Space

SIZES = (20, 2_000)
ASKED = 2_000
MACHINES = 40
MOST_QUERIES = 8
MOST_TIMES_SQL = 20
"""Fetching rows is cheap beside writing them; writing must not run away from it."""

LEAST_SAVED = 4
"""How many times less it takes to say that nothing is new."""

HOUR = timedelta(hours=1)


class Measured(NamedTuple):
    """One size of one kind: asking for all of it, and asking again."""

    first: Spent
    again: Spent
    sql: Spent
    queries: int
    kilobytes: float
    compressed: float


def build(size: int, member: Member) -> Space:
    """A space with `size` reservations of `member` around now, one after the other."""
    space = Space.objects.create(
        slug=f"feed-{size}",
        name=f"Atelier {size}",
        timezone="Europe/Zurich",
        languages=["en"],
        country="CH",
        city="Zürich",
        street="Werkstrasse 7",
    )
    Role.objects.create(member=member, space=space, kind=RoleKind.STAFF)
    category = Category.objects.get_or_create(slug="lasers", name="Lasers")[0]
    machines = Machine.objects.bulk_create(
        Machine(space=space, category=category, slug=f"laser-{n}", name=f"Laser {n:02}")
        for n in range(MACHINES)
    )
    first = now().replace(minute=0, second=0, microsecond=0) - size // MACHINES // 2 * 2 * HOUR
    Reservation.objects.bulk_create(
        reservation_of(machines[n % MACHINES], member, first + n // MACHINES * 2 * HOUR)
        for n in range(size)
    )
    return space


def reservation_of(machine: Machine, member: Member, start: datetime) -> Reservation:
    """An hour with a purpose."""
    return Reservation(
        machine=machine,
        member=member,
        starts_at=start,
        ends_at=start + HOUR,
        occupied_from=start,
        occupied_until=start + HOUR,
        purpose="Front panel, 3 mm acrylic; Größe XL",
    )


def measure(address: str, size: int) -> Measured:
    """All of a calendar, and whether it has changed."""
    client = Client()
    answer = client.get(address)
    assert answer.content.count(b"BEGIN:VEVENT") == size, answer.content[:300]
    asking = Client(headers={"If-None-Match": answer["ETag"]})
    assert asking.get(address).status_code == 304
    count, statements = queries(lambda: client.get(address))
    packed = Client(headers={"Accept-Encoding": "gzip"}).get(address)
    return Measured(
        first=best(lambda: client.get(address)),
        again=best(lambda: asking.get(address)),
        sql=best(raw([each for each in statements if each.startswith("SELECT")])),
        queries=count,
        kilobytes=len(answer.content) / 1024,
        compressed=len(packed.content) / 1024,
    )


def main() -> int:
    """Print the table and the closing line; 1 where a bound is missed."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    found: dict[tuple[FeedKind, int], Measured] = {}
    for size in SIZES:
        member = Member.objects.create_user(f"mira-{size}@example.org", name="Mira Maker")
        space = build(size, member)
        connection.cursor().execute("ANALYZE")
        for kind, about in ((FeedKind.MINE, None), (FeedKind.SPACE, space)):
            _feed, token = create_feed(member=member, kind=kind, space=about, now=now())
            found[kind, size] = measure(f"/api/v1/calendars/{token}.ics", size)
    show(found)
    faults = faults_of(found)
    asked = found[FeedKind.MINE, ASKED]
    print(
        f"feeds: {ASKED} events: {asked.first.own:.0f} ms of the processor, "
        f"{asked.first.wall:.0f} ms by the clock; nothing new: {asked.again.own:.0f} and "
        f"{asked.again.wall:.0f} ms; raw SQL {asked.sql.wall:.0f} ms, {asked.queries} queries "
        f"(bounds: {MOST_QUERIES} queries, the same for any number, {MOST_TIMES_SQL} times the "
        f"raw SQL, nothing new in a {LEAST_SAVED}th): {'; '.join(faults) or 'passed'}"
    )
    return 1 if faults else 0


def show(found: dict[tuple[FeedKind, int], Measured]) -> None:
    """The table."""
    heads = f"{'calendar':>9} {'events':>7} {'wall ms':>8} {'own ms':>7} {'304 wall':>9}"
    print(f"{heads} {'304 own':>8} {'raw SQL ms':>11} {'queries':>8} {'kB':>7} {'gzip kB':>8}")
    for (kind, size), each in found.items():
        print(
            f"{kind.value:>9} {size:>7} {each.first.wall:>8.1f} {each.first.own:>7.1f} "
            f"{each.again.wall:>9.1f} {each.again.own:>8.1f} {each.sql.wall:>11.1f} "
            f"{each.queries:>8} {each.kilobytes:>7.0f} {each.compressed:>8.0f}"
        )
    print()


def faults_of(found: dict[tuple[FeedKind, int], Measured]) -> list[str]:
    """The bounds that are missed."""
    faults = []
    if max(each.queries for each in found.values()) > MOST_QUERIES:
        faults.append(f"more than {MOST_QUERIES} queries")
    for kind in (FeedKind.MINE, FeedKind.SPACE):
        asked = found[kind, ASKED]
        if len({found[kind, size].queries for size in SIZES}) > 1:
            faults.append(f"{kind}: the queries grow with the events")
        if asked.first.own > MOST_TIMES_SQL * asked.sql.wall:
            faults.append(f"{kind}: more than {MOST_TIMES_SQL} times the raw SQL")
        if asked.again.wall * LEAST_SAVED > asked.first.wall:
            faults.append(f"{kind}: nothing new takes more than a {LEAST_SAVED}th")
    return faults


if __name__ == "__main__":
    sys.exit(main())
