"""Reservations per second over HTTP, with 1, 8 and 32 clients.

Run by `make bench NAME=create`, in a scratch database that is thrown away. Every client posts
free slots, spread over many machines and members, to the API behind gunicorn as it is deployed:
two processes of four threads. Beside it stands the raw limit: the same lock and the same insert
under the same constraint, sent by as many connections without anything around them. What a request
costs of the processor is told for the web processes, for PostgreSQL, and for the clients, which
share the machine with both.
"""

import json
import os
import subprocess
import sys
import threading
import time as clock
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
django.setup()

import psycopg
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils.timezone import now

from bench._processor import descendants, ticks
from bench._server import serving
from billing.models import HourlyPrice
from booking.models import Policy, Reservation
from booking.services.locking import MACHINE_LOCKS, NAMESPACE_SHIFT
from machines.models import Category, Machine
from machines.services.calendars import set_weekly_hours
from machines.services.events import WeeklySpan
from machines.states import CalendarKind
from members.models import Certification, Member, Membership, Skill
from members.services.tokens import create_token
from members.states import Audience, Scope
from notifications.models import Message
from spaces.models import Space

CREATED = 201
WORKERS, THREADS = 2, 4
"""As in deploy/gunicorn.conf.py."""

ROUNDS = {1: 200, 8: 60, 32: 40}
"""How many reservations each client makes, by the number of clients."""

WARM_UP = 12
AIM = 200
"""Reservations a second with 32 clients."""

LEAST_SHARE = 0.025
"""Of the raw limit, with 32 clients: both shrink on a busy machine, their ratio hardly."""

MOST_QUERIES = 15
MOST_MILLISECONDS = 30.0
"""Of the processor, in Python and in PostgreSQL together, for one request."""

MACHINES, MEMBERS, DAYS = 64, 32, 50
HOURS = range(7, 21)


class Slot(NamedTuple):
    """An hour of a machine that nobody has."""

    machine: int
    start: datetime
    end: datetime


class Figures(NamedTuple):
    """What one run gave: per second, and the milliseconds of the median and of the slowest 1 %.

    Then what one request took of the processor, in milliseconds.
    """

    rate: float
    median: float
    slow: float
    web: float = 0.0
    postgres: float = 0.0
    clients: float = 0.0


class House(NamedTuple):
    """What is measured on: slots that nobody has yet, and the tokens of those who want them."""

    slots: Iterator[Slot]
    tokens: list[str]


def build() -> House:
    """A space with hours, a policy, a price, a skill and a membership: every rule has to look."""
    space = Space.objects.create(
        slug="create", name="Create", timezone="Europe/Zurich", languages=["en"], country="CH",
        city="Zürich",
    )  # fmt: skip
    set_weekly_hours(
        owner=space,
        kind=CalendarKind.OPEN,
        week=[WeeklySpan(tuple(range(7)), time(6), time(23, 30))],
        from_date=now().date() - timedelta(days=365),
        now=now(),
    )
    category = Category.objects.create(slug="laser", name="Laser cutters")
    Policy.objects.create(
        space=space, category=category, membership_needed=True, horizon_days=DAYS + 10,
        turnaround=timedelta(minutes=10),
    )  # fmt: skip
    skill = Skill.objects.create(slug="laser", name="Laser cutting")
    machines = [
        Machine.objects.create(
            space=space, category=category, slug=f"laser-{n}", name=f"Laser cutter {n}"
        )
        for n in range(MACHINES)
    ]
    skill.machines.add(*machines)
    HourlyPrice.objects.bulk_create(
        HourlyPrice(machine=machine, audience=Audience.MAKER, amount=Decimal(24))
        for machine in machines
    )
    members = [
        Member.objects.create_user(f"maker-{n}@example.org", name=f"Maker {n}")
        for n in range(MEMBERS)
    ]
    began = now().date() - timedelta(days=100)
    for member in members:
        Membership.objects.create(member=member, space=space, start_date=began)
        Certification.objects.create(member=member, skill=skill, start_date=began)
    tokens = [
        create_token(member=member, scopes=[Scope.BOOK], name="", expires_at=None, now=now())[1]
        for member in members
    ]
    return House(slots_of([machine.pk for machine in machines]), tokens)


def slots_of(machines: list[int]) -> Iterator[Slot]:
    """The free slots, neighbours in this order on different machines, from the day after next."""
    first = now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)
    for day in range(DAYS):
        # Every second hour, so that the turnaround fits between; UTC is near enough to Zürich.
        for hour in HOURS[::2]:
            start = first + timedelta(days=day, hours=hour)
            for machine in machines:
                yield Slot(machine, start, start + timedelta(hours=1))


def body_of(slot: Slot) -> bytes:
    """The reservation of `slot` as the API takes it."""
    return json.dumps(
        {
            "machine": slot.machine,
            "starts_at": slot.start.isoformat(),
            "ends_at": slot.end.isoformat(),
            "purpose": "Front panel, 3 mm acrylic",
        }
    ).encode()


def request_of(slot: Slot, token: str) -> str:
    """The bytes of the call, as text."""
    body = body_of(slot).decode()
    return (
        "POST /api/v1/reservations HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )


def ours(port: int, house: House, clients: int, rounds: int) -> Figures:
    """Let `clients` post `rounds` slots each; raises RuntimeError unless every one is made."""
    plan = {
        "port": port,
        "clients": [
            [request_of(next(house.slots), house.tokens[client % MEMBERS]) for _ in range(rounds)]
            for client in range(clients)
        ],
    }
    before, worked = Reservation.objects.count(), processor_times()
    done = subprocess.run(
        [sys.executable, "-m", "bench._load"],
        input=json.dumps(plan), capture_output=True, text=True, check=True,
    )  # fmt: skip
    result: dict[str, Any] = json.loads(done.stdout)
    wanted = clients * rounds
    if result["statuses"] != {str(CREATED): wanted}:
        raise RuntimeError(f"{clients} clients: answers {result['statuses']}")
    if Reservation.objects.count() - before != wanted:
        raise RuntimeError(f"{clients} clients: not one row for every success")
    web, postgres = (
        (now_spent - then_spent) / wanted
        for now_spent, then_spent in zip(processor_times(), worked, strict=True)
    )
    return figures(result["seconds"], result["milliseconds"])._replace(
        web=web, postgres=postgres, clients=result["processor"] * 1000 / wanted
    )


def processor_times() -> tuple[float, float]:
    """The milliseconds that the web processes and the processes of PostgreSQL have worked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity")
        backends = [pid for (pid,) in cursor.fetchall()]
    return sum(map(ticks, descendants(os.getpid()))), sum(map(ticks, backends))


def figures(seconds: float, spent: list[float]) -> Figures:
    """Sum up a run; `spent` is sorted."""
    return Figures(len(spent) / seconds, spent[len(spent) // 2], spent[len(spent) * 99 // 100])


def raw(house: House, clients: int, rounds: int) -> Figures:
    """The limit: lock, insert, commit, on as many connections, with nothing around."""
    of = connection.settings_dict
    member = Member.objects.values_list("pk", flat=True)[0]
    work = [[next(house.slots) for _ in range(rounds)] for _ in range(clients)]
    ready = threading.Barrier(clients + 1)

    def insert(slots: list[Slot]) -> list[float]:
        spent = []
        with psycopg.connect(
            host=of["HOST"], port=of["PORT"], dbname=of["NAME"], user=of["USER"],
            password=of["PASSWORD"],
        ) as database:  # fmt: skip
            ready.wait()
            for slot in slots:
                began = clock.perf_counter()
                insert_raw(database, slot, member)
                spent.append((clock.perf_counter() - began) * 1000)
        return spent

    with ThreadPoolExecutor(clients) as pool:
        running = [pool.submit(insert, slots) for slots in work]
        ready.wait()
        began = clock.perf_counter()
        spent = sorted(each for run in running for each in run.result())
        seconds = clock.perf_counter() - began
    return figures(seconds, spent)


def insert_raw(database: "psycopg.Connection[Any]", slot: Slot, member: int) -> None:
    """One transaction with the lock of the machine and the row under the constraint."""
    key = (MACHINE_LOCKS << NAMESPACE_SHIFT) + slot.machine
    with database.transaction():
        database.execute("SELECT pg_advisory_xact_lock(%s)", [key])
        database.execute(
            "INSERT INTO booking_reservation (uid, sequence, machine_id, kind, state, member_id,"
            " starts_at, ends_at, occupied_from, occupied_until, purpose, is_confidential,"
            " created_at, cancelled_late, decision)"
            " VALUES (%s, 0, %s, 'booking', 'confirmed', %s, %s, %s, %s, %s, '', false, %s, false,"
            " '')",
            [uuid.uuid4(), slot.machine, member, slot.start, slot.end, slot.start, slot.end,
             datetime.now(UTC)],
        )  # fmt: skip


class Statements:
    """Counts statements and the seconds spent in them, with those that frame a transaction."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.seconds = 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        """Run one statement."""
        began = clock.perf_counter()
        try:
            return execute(sql, *rest)
        finally:
            self.seconds += clock.perf_counter() - began
            self.texts.append(sql)


class Spent(NamedTuple):
    """What one request costs without the network: statements, and milliseconds of the processor."""

    queries: int
    python: float
    postgres: float


def backend_ticks() -> float:
    """The milliseconds that our own process of PostgreSQL has worked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return ticks(cursor.fetchone()[0])


def where_it_goes(house: House) -> Spent:
    """Print what one request spends on what."""
    client = Client()
    calls = 200
    statements = Statements()

    def post(number: int) -> None:
        answer = client.post(
            "/api/v1/reservations",
            body_of(next(house.slots)),
            content_type="application/json",
            headers={"Authorization": f"Bearer {house.tokens[number % MEMBERS]}"},
        )
        if answer.status_code != CREATED:
            raise RuntimeError(answer.content.decode())

    for number in range(MEMBERS):
        post(number)
    wall, own, there = clock.perf_counter(), clock.process_time(), backend_ticks()
    with connection.execute_wrapper(statements):
        for number in range(calls):
            post(number)
    wall, own = clock.perf_counter() - wall, clock.process_time() - own
    there = backend_ticks() - there
    spent = Spent(len(statements.texts) // calls, own / calls * 1000, there / calls)
    print(
        f"one request: {wall / calls * 1000:.1f} ms by the clock, "
        f"{statements.seconds / calls * 1000:.1f} ms of them waiting for {spent.queries} queries; "
        f"of the processor {spent.python:.1f} ms in Python, {spent.postgres:.1f} ms in PostgreSQL"
    )
    if "--queries" in sys.argv:
        print(*(text[:150] for text in statements.texts[: spent.queries]), sep="\n")
    return spent


def main() -> int:
    """Print the table and the closing line; 1 where a bound is missed."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    house = build()
    connection.cursor().execute("ANALYZE")
    found: dict[int, tuple[Figures, Figures]] = {}
    with serving(os.environ["DATABASE_URL"], workers=WORKERS, threads=THREADS) as port:
        ours(port, house, WORKERS * THREADS, WARM_UP)
        for clients, rounds in ROUNDS.items():
            found[clients] = ours(port, house, clients, rounds), raw(house, clients, rounds)
    print(
        f"{'clients':>8} {'ours/s':>7} {'median ms':>10} {'p99 ms':>7} {'raw/s':>7} {'share':>6}"
        "   of the processor, ms a request: web, PostgreSQL, clients"
    )
    for clients, (mine, limit) in found.items():
        print(
            f"{clients:>8} {mine.rate:>7.0f} {mine.median:>10.1f} {mine.slow:>7.1f} "
            f"{limit.rate:>7.0f} {mine.rate / limit.rate:>6.0%}"
            f"{mine.web:>8.1f} {mine.postgres:>6.1f} {mine.clients:>6.2f}"
        )
    print()
    spent = where_it_goes(house)
    work = spent.python + spent.postgres
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        deadlocks = cursor.fetchone()[0]
    untold = (
        Reservation.objects.exclude(purpose="").count()
        - Message.objects.filter(kind="reservation_confirmed").count()
    )
    mine, limit = found[32]
    faults = [
        text
        for text, is_missed in (
            (f"{deadlocks} deadlocks", deadlocks),
            (f"{untold} reservations without their message", untold),
            (f"less than {LEAST_SHARE:.0%} of the raw limit", mine.rate < LEAST_SHARE * limit.rate),
            (f"more than {MOST_QUERIES} queries", spent.queries > MOST_QUERIES),
            (f"more than {MOST_MILLISECONDS:.0f} ms of work", work > MOST_MILLISECONDS),
        )
        if is_missed
    ]
    rates = ", ".join(f"{each.rate:.0f}/s with {clients}" for clients, (each, _) in found.items())
    print(
        f"create: {rates} clients (aim {AIM}/s with 32), {mine.rate / limit.rate:.0%} of the raw "
        f"limit (bound {LEAST_SHARE:.0%}), {spent.queries} queries (bound {MOST_QUERIES}) and "
        f"{work:.0f} ms of work a request (bound {MOST_MILLISECONDS:.0f}), 0 duplicates, "
        f"{deadlocks} deadlocks: {'; '.join(faults) or 'passed'}"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
