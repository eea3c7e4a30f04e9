"""The sessions behind the figures, any number of them, without keeping them in memory.

PostgreSQL writes the CSV itself: a million lines pass through as blocks of text. Everything that
looks like a formula is made harmless there, as `spaces.tables.guarded` does.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from booking.models.usage import IS_ASSUMED_SQL
from reports.filters import Filters, ScopeKind
from reports.queries.companies import SESSIONS
from spaces.intervals import DAY
from spaces.tables import BYTE_ORDER_MARK, FORMULA, guarded_sql

ROWS_AT_ONCE = 2000

COLUMNS = (
    "session",
    "space",
    "machine",
    "category",
    "member",
    "company",
    "reservation",
    "kind",
    "source",
    "started_at",
    "ended_at",
    "zone",
    "hours",
    "seconds",
    "seconds_in_period",
    "assumed_use",
)

_ROWS = """
    SELECT session.id, space.name AS space, machine.name AS machine, category.slug AS category,
        member.name AS member, company.name AS company, session.reservation_id AS reservation,
        CASE WHEN session.reservation_id IS NULL THEN 'walk-in' ELSE 'reserved' END AS kind,
        session.source, space.timezone AS zone,
        session.started_at AT TIME ZONE space.timezone AS started_at,
        session.ended_at AT TIME ZONE space.timezone AS ended_at,
        session.started_at AT TIME ZONE 'UTC' AS started_utc,
        session.ended_at AT TIME ZONE 'UTC' AS ended_utc,
        date_trunc('second', session.started_at) AS began,
        date_trunc('second', coalesce(session.ended_at, {now})) AS stopped,
        {first}::timestamp AT TIME ZONE space.timezone AS opens,
        {after}::timestamp AT TIME ZONE space.timezone AS closes,
        {is_assumed} AS is_assumed
    FROM booking_usagesession AS session
    JOIN machines_machine AS machine ON machine.id = session.machine_id
    JOIN machines_category AS category ON category.id = machine.category_id
    JOIN spaces_space AS space ON space.id = machine.space_id
    LEFT JOIN members_member AS member ON member.id = session.member_id
    LEFT JOIN booking_reservation AS reservation ON reservation.id = session.reservation_id
    LEFT JOIN members_company AS company ON company.id = reservation.company_id
    WHERE {condition}
        AND session.started_at < {after}::timestamp AT TIME ZONE space.timezone
        AND (session.ended_at IS NULL
            OR session.ended_at > {first}::timestamp AT TIME ZONE space.timezone)
        AND session.started_at < {after}::timestamptz + interval '1 day'
        AND ({with_assumed} OR NOT {is_assumed})
"""
_SECONDS = "extract(epoch FROM stopped - began)::bigint"
_WITHIN = "extract(epoch FROM least(stopped, closes) - greatest(began, opens))::bigint"
_ORDER = "ORDER BY began, id"


def _offset(moment: str) -> str:
    """A wall time with its distance from UTC, as ISO 8601 writes it."""
    wall, utc = f"{moment}_at", f"{moment}_utc"
    return (
        f"to_char({wall}, 'YYYY-MM-DD\"T\"HH24:MI:SS')"
        f" || CASE WHEN {wall} < {utc} THEN '-' ELSE '+' END"
        f" || to_char(greatest({wall} - {utc}, {utc} - {wall}), 'HH24:MI')"
    )


_WRITTEN = f"""
    SELECT id, {guarded_sql("space")}, {guarded_sql("machine")}, category, {guarded_sql("member")},
        {guarded_sql("company")}, reservation, kind, source,
        {_offset("started")}, {_offset("ended")}, zone,
        round({_SECONDS} / 3600.0, 2), {_SECONDS}, greatest({_WITHIN}, 0),
        CASE WHEN is_assumed THEN 'yes' ELSE 'no' END
    FROM ({_ROWS}) AS row {_ORDER}
"""  # noqa: S608 - nothing but constants
_READ = f"""
    SELECT id, space, machine, category, member, company, reservation, kind, source,
        started_at, ended_at, zone, round({_SECONDS} / 3600.0, 2), {_SECONDS},
        greatest({_WITHIN}, 0), is_assumed
    FROM ({_ROWS}) AS row {_ORDER}
"""  # noqa: S608 - nothing but constants
_COUNTED = f"SELECT count(*) FROM ({_ROWS}) AS row"  # noqa: S608 - nothing but constants

CONDITIONS = {
    ScopeKind.MACHINE: "machine.id = {pk}",
    ScopeKind.POOL: "machine.pool_id = {pk}",
    ScopeKind.CATEGORY: "machine.category_id = {pk} AND ({space} IS NULL OR space.id = {space})",
    ScopeKind.SPACE: "space.id = {pk}",
    ScopeKind.COMPANY: "session.id IN ("
    + SESSIONS.format(
        company="{pk}",
        since="({first}::timestamptz - interval '1 day')",
        until="({after}::timestamptz + interval '1 day')",
    )
    + ")",
    ScopeKind.NETWORK: "TRUE",
}


def count_of_sessions(filters: Filters, *, now: datetime) -> int:
    """How many sessions touch the period."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(_COUNTED, filters, now))
        return int(cursor.fetchone()[0])


def sessions_csv(filters: Filters, *, now: datetime) -> Iterator[bytes]:
    """The sessions as CSV in blocks of bytes, the header first; what still runs lasts to `now`.

    Moments are those of the wall clock of the space, with its offset.
    """
    copy = sql.SQL("COPY ({}) TO STDOUT (FORMAT CSV)").format(_statement(_WRITTEN, filters, now))
    yield (BYTE_ORDER_MARK + ",".join(COLUMNS) + "\n").encode()
    with connection.cursor() as cursor, cursor.copy(copy) as blocks:
        for block in blocks:
            yield bytes(block)


@contextmanager
def session_rows(filters: Filters, *, now: datetime) -> Iterator[Iterator[Sequence[Any]]]:
    """The same as values, in the order of COLUMNS, fetched some thousands at a time.

    Moments are those of the wall clock, without an offset, because a workbook knows none.
    """
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_statement(_READ, filters, now))
        yield _fetched(cursor)


def _fetched(cursor: Any) -> Iterator[Sequence[Any]]:
    while rows := cursor.fetchmany(ROWS_AT_ONCE):
        yield from rows


def _statement(text: str, filters: Filters, now: datetime) -> sql.Composed:
    """`text` with its values written into it, because COPY takes no parameters."""
    scope, period = filters.scope, filters.period
    subject = scope.machine or scope.pool or scope.category or scope.company or scope.space
    values = {
        "pk": subject.pk if subject else None,
        "space": scope.space.pk if scope.space else None,
        "first": period.first.isoformat(),
        "after": (period.last + DAY).isoformat(),
    }
    condition = sql.SQL(CONDITIONS[scope.kind]).format(
        **{name: sql.Literal(value) for name, value in values.items()}
    )
    return sql.SQL(text).format(
        condition=condition,
        now=sql.Literal(now),
        first=sql.Literal(values["first"]),
        after=sql.Literal(values["after"]),
        with_assumed=sql.Literal(filters.with_assumed),
        is_assumed=sql.SQL(IS_ASSUMED_SQL.format(session="session")),
        formula=sql.Literal(FORMULA),
    )
