"""A year of a network made by PostgreSQL: spaces, machines, reservations and usage sessions.

The rows go in without indexes, checks and triggers, which are put back afterwards: what is measured
is reading. No two sessions overlap by how they are made; the constraint that says so is left out.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.core.management import call_command
from django.db import connection
from schedule.models import Calendar, Event, Rule

from booking.models import Reservation
from booking.states import SessionSource
from machines.models import AvailabilityCalendar, Category, Machine, Pool
from machines.states import CalendarKind
from members.models import Company, Delegate, Member, Role
from members.states import DelegateKind, RoleKind
from spaces.models import Space

MACHINES = 500
SPACES = 10
CATEGORIES = 8
MEMBERS = 5000
COMPANIES = 40
FIRST, DAYS = date(2025, 11, 1), 365
NOW = datetime(2026, 11, 1, 6, tzinfo=UTC)
RESERVED = 5
"""Reservations of each machine and day: every eleventh session or so is use of one."""

SOURCES = (SessionSource.KIOSK, SessionSource.METER, SessionSource.STAFF, SessionSource.API)

RESERVATIONS = """
    INSERT INTO booking_reservation (
        id, uid, sequence, machine_id, kind, state, member_id, company_id, starts_at, ends_at,
        occupied_from, occupied_until, purpose, is_confidential, decision, created_at,
        cancelled_late, released_at, audience
    )
    SELECT id, gen_random_uuid(), 0, machine, 'booking',
           CASE WHEN id %% 17 = 0 THEN 'no_show' ELSE 'completed' END,
           (%(members)s)[1 + (space * 500 + id * 7) %% {members}],
           CASE WHEN id %% 5 = 0 THEN (%(companies)s)[1 + id / 5 %% {companies}] END,
           start, start + interval '1 hour', start, start + interval '1 hour', '', false, '',
           start - id %% 1000 * interval '1 hour', false,
           CASE WHEN id %% 17 = 0 THEN start + interval '30 minutes' END,
           CASE WHEN id %% 5 = 0 THEN 'company' ELSE 'maker' END
    FROM (
        SELECT machine, space,
               ((%(day)s * {machines} + place) * {reserved} + nth)::bigint + 1 AS id,
               %(open)s + nth * {each} * %(slot)s * interval '1 second' AS start
        FROM unnest(%(machines)s, %(spaces)s) WITH ORDINALITY AS here(machine, space, ordinal),
             LATERAL (SELECT ordinal - 1 AS place) AS placed,
             generate_series(0, {reserved} - 1) AS nth
    ) AS made
"""

SESSIONS = """
    INSERT INTO booking_usagesession (
        machine_id, member_id, reservation_id, started_at, ended_at, source, end_is_assumed, note,
        audience
    )
    SELECT machine,
           (%(members)s)[1 + (space * 500 + CASE WHEN is_first THEN reserved * 7
                            ELSE (nth * 31 + place * 17 + %(day)s * 13) %% 500 END) %% {members}],
           CASE WHEN is_first THEN reserved END,
           start, start + %(slot)s * (0.5 + nth %% 5 * 0.1) * interval '1 second',
           (%(sources)s::text[])[1 + nth %% {sources}], nth %% 13 = 0, '', 'maker'
    FROM (
        SELECT machine, space, place, nth,
               nth %% {each} = 0 AND nth / {each} < {reserved} AS is_first,
               (%(day)s * {machines} + place) * {reserved} + nth / {each} + 1 AS reserved,
               %(open)s + nth * %(slot)s * interval '1 second' AS start
        FROM unnest(%(machines)s, %(spaces)s) WITH ORDINALITY AS here(machine, space, ordinal),
             LATERAL (SELECT ordinal - 1 AS place) AS placed,
             generate_series(0, %(count)s - 1) AS nth
    ) AS made
"""


@dataclass(frozen=True, slots=True)
class Network:
    """What was made."""

    spaces: Sequence[Space]
    sessions: int
    reservations: int


@contextmanager
def scratch_database(name: str) -> Iterator[None]:
    """A database of its own, dropped afterwards."""
    original = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
    _use(name)
    try:
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        yield
    finally:
        _use(original)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _use(name: str) -> None:
    """Turn the connection to another database."""
    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()
    connection.settings_dict["NAME"] = name


def make_network(sessions: int) -> Network:
    """500 machines in ten spaces, open from 8 to 22, and about `sessions` sessions over a year."""
    spaces = [_space(number) for number in range(SPACES)]
    machines = _machines(spaces)
    members = Member.objects.bulk_create(
        Member(email=f"maker-{n}@example.org", name=f"Maker {n}") for n in range(MEMBERS)
    )
    companies = Company.objects.bulk_create(
        Company(name=f"Company {n}", slug=f"company-{n}") for n in range(COMPANIES)
    )
    Delegate.objects.bulk_create(
        Delegate(company=company, member=members[n], kind=DelegateKind.BOOKER)
        for n, company in enumerate(companies)
    )
    count = max(RESERVED, round(sessions / (MACHINES * DAYS)))
    values: dict[str, Any] = {
        "machines": [machine.pk for machine in machines],
        "spaces": [number % SPACES for number in range(MACHINES)],
        "members": [member.pk for member in members],
        "companies": [company.pk for company in companies],
        "sources": [str(each) for each in SOURCES],
        "count": count,
        "slot": 14 * 3600 // count,
    }
    sizes = {
        "machines": MACHINES,
        "members": MEMBERS,
        "companies": COMPANIES,
        "reserved": RESERVED,
        "sources": len(SOURCES),
        "each": max(1, count // RESERVED),
    }
    for table, statement in (
        ("booking_reservation", RESERVATIONS),
        ("booking_usagesession", SESSIONS),
    ):
        with _bare(table), connection.cursor() as cursor:
            for day in range(DAYS):
                opens = datetime.combine(FIRST + timedelta(days=day), time(8), spaces[0].zone)
                cursor.execute(statement.format(**sizes), {**values, "day": day, "open": opens})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE booking_reservation, booking_usagesession")
    return Network(spaces, count * MACHINES * DAYS, Reservation.objects.count())


@contextmanager
def _bare(table: str) -> Iterator[None]:
    """The table without its indexes and checks; they come back, but for exclusions."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'x'",
            [table],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT IN"
            " (SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass)",
            [table, table],
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute("SET session_replication_role = replica")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = DEFAULT")
        for _, definition in indexes:
            cursor.execute(definition)


def _space(number: int) -> Space:
    """A space that is open every day from 8 to 22."""
    space = Space.objects.create(
        slug=f"space-{number}",
        name=f"Werkstatt {number}",
        timezone="Europe/Zurich",
        languages=["de"],
        country="CH",
        city="Zürich",
    )
    staff = Member.objects.create(email=f"staff-{number}@example.org", name="Staff")
    Role.objects.create(member=staff, space=space, kind=RoleKind.STAFF)
    calendar = Calendar.objects.create(name=space.name, slug=space.slug)
    AvailabilityCalendar.objects.create(calendar=calendar, space=space, kind=CalendarKind.OPEN)
    rule, _ = Rule.objects.get_or_create(name="daily", frequency="DAILY")
    day = FIRST - timedelta(days=7)
    Event.objects.create(
        calendar=calendar,
        rule=rule,
        title="Open",
        start=datetime.combine(day, time(8), space.zone),
        end=datetime.combine(day, time(22), space.zone),
    )
    return space


def _machines(spaces: Sequence[Space]) -> list[Machine]:
    """As many of each category everywhere, every second one in a pool."""
    categories = [
        Category.objects.create(slug=f"category-{n}", name=f"Category {n}")
        for n in range(CATEGORIES)
    ]
    pools = [Pool.objects.create(space=space, slug="pool", name="Pool") for space in spaces]
    return Machine.objects.bulk_create(
        Machine(
            space=spaces[n % SPACES],
            category=categories[n // SPACES % CATEGORIES],
            pool=pools[n % SPACES] if n // SPACES % CATEGORIES == 0 else None,
            slug=f"machine-{n}",
            name=f"Machine {n:03d}",
        )
        for n in range(MACHINES)
    )
