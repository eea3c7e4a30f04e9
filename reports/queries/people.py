"""Whom the machines reached, by queries of the log that its indexes answer; nobody is named."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from booking.models.usage import IS_ASSUMED_SQL
from booking.states import BOOKED, ReservationKind, ReservationState
from members.states import Audience
from reports.figures import Share
from reports.filters import Period
from reports.hours import UsedBy
from reports.queries.clocks import clocks_of
from reports.queries.companies import IS_THEIRS, SESSIONS
from reports.queries.scopes import Chosen
from reports.report import Reach, Reached

BACK_WITHIN = 60
"""Days within which somebody who comes again has come back."""


@dataclass(frozen=True, slots=True)
class Visitors:
    """Whom the machines reached, and how many of them there are of each audience."""

    reach: Reach
    people_by_audience: Mapping[UsedBy, int]


OF_ALL = """
    SELECT person.id AS member_id, use.started_at, use.started_at AS last_at
    FROM members_member AS person
    CROSS JOIN LATERAL (
        SELECT started_at FROM booking_usagesession
        WHERE member_id = person.id AND started_at >= %(start)s AND started_at < %(end)s
              {counted}
        ORDER BY started_at LIMIT 1
    ) AS use
"""
"""Everybody who used anything, and when first: a look into the index for each person."""

OF_MACHINES = """
    SELECT member_id, min(started_at) AS started_at, max(started_at) AS last_at
    FROM booking_usagesession
    WHERE machine_id = ANY(%(machines)s::bigint[]) AND member_id IS NOT NULL
          AND started_at >= %(start)s AND started_at < %(end)s {counted}
    GROUP BY member_id
"""

OF_COMPANY = f"""
    SELECT member_id, min(started_at) AS started_at, max(started_at) AS last_at
    FROM booking_usagesession
    WHERE id IN ({SESSIONS.format(company="%(company)s", since="%(start)s", until="%(end)s")})
          AND started_at >= %(start)s AND started_at < %(end)s
          AND member_id IS NOT NULL {{counted}}
    GROUP BY member_id
"""  # noqa: S608

THERE = {
    "all": "TRUE",
    "machines": "use.machine_id = ANY(%(machines)s::bigint[])",
    "company": IS_THEIRS.format(session="use", company="%(company)s"),
}
"""Whether a use is one of the scope."""

BOOKED_HERE = "machine_id = ANY(%(machines)s::bigint[])"
"""Of all machines as well: an index answers by machine and time."""

WHERE_FIRST = """(
    SELECT timezone FROM booking_usagesession AS use
    JOIN machines_machine AS machine ON machine.id = use.machine_id
    JOIN spaces_space AS space ON space.id = machine.space_id
    WHERE use.member_id = visitor.member_id AND use.started_at = visitor.started_at
    ORDER BY timezone LIMIT 1
)"""
"""The clock of the space of a first use."""

IS_NEW = """(
    SELECT use.started_at FROM booking_usagesession AS use
    WHERE use.member_id = visitor.member_id AND use.started_at < %(start)s AND {there} {counted}
    ORDER BY use.started_at DESC LIMIT 1
) IS NULL"""
"""Whether a visitor was never there before the period."""

CAME_BACK = """(
    visitor.last_at >= day.end_at AND visitor.last_at < day.until_at
    OR (
        SELECT use.started_at FROM booking_usagesession AS use
        WHERE use.member_id = visitor.member_id AND use.started_at >= day.end_at
              AND use.started_at < day.until_at AND {there} {counted}
        ORDER BY use.started_at LIMIT 1
    ) IS NOT NULL
)"""
"""Whether a visitor came again after their first day, whose last use often tells already.

Days are those of the wall clock: over a change of the hour they are as many, and not as long.
"""

# Not EXISTS, for which PostgreSQL would look for the staff among all sessions first.
IS_STAFF = """(
    SELECT bool_or(use.audience = %(staff)s) FROM booking_usagesession AS use
    WHERE use.member_id = visitor.member_id AND use.started_at = visitor.started_at
          AND {there} {counted}
) IS TRUE"""

VISITORS = """
    WITH visitor AS ({visitors}),
    kept AS MATERIALIZED (
        SELECT company_id, member_id, bool_or(state = ANY(%(taken_up)s)) AS is_taken_up
        FROM (
            SELECT company_id, member_id, kind, state FROM booking_reservation
            WHERE company_id IS NOT NULL
                  AND starts_at >= %(start)s AND starts_at < %(end)s AND {kept_here}
            OFFSET 0 -- Words are compared for these only.
        ) AS theirs
        WHERE kind = %(booking)s AND state = ANY(%(booked)s)
        GROUP BY company_id, member_id
    )
"""
"""Who used a machine, when first and last, and for which companies one was booked by whom."""

REACHED = f"""
    {VISITORS}
    SELECT (SELECT count(DISTINCT company_id) FROM kept),
           count(*), count(*) FILTER (WHERE {IS_NEW})
    FROM visitor
"""  # noqa: S608

TOLD_APART = f"""
    {VISITORS},
    told AS MATERIALIZED (
        SELECT member_id, {IS_NEW} AS is_new, {CAME_BACK} AS came_back, {IS_STAFF} AS is_staff
        FROM visitor
        CROSS JOIN LATERAL (SELECT {{zone}} AS zone OFFSET 0) AS place
        CROSS JOIN LATERAL (
            SELECT date_trunc('day', visitor.started_at AT TIME ZONE zone) + interval '1 day'
                   AS next_day
        ) AS wall
        CROSS JOIN LATERAL (
            SELECT wall.next_day AT TIME ZONE zone AS end_at,
                   (wall.next_day + %(within)s) AT TIME ZONE zone AS until_at
        ) AS day
    )
    SELECT (SELECT count(DISTINCT company_id) FROM kept),
           count(*), count(*) FILTER (WHERE is_new),
           count(*) FILTER (WHERE came_back),
           count(*) FILTER (WHERE is_staff),
           count(*) FILTER (WHERE NOT is_staff AND member_id IN (
               SELECT member_id FROM kept WHERE is_taken_up
           ))
    FROM told
"""  # noqa: S608


def reached_of(chosen: Chosen, period: Period, *, with_assumed: bool) -> Reached:
    """Whom the machines of a scope reached over a period, as they stand beside a later one."""
    companies, people, new = _asked(REACHED, chosen, period, with_assumed=with_assumed)
    return Reached(people=people, companies=companies, first_timers=new)


def visitors_of(chosen: Chosen, period: Period, *, with_assumed: bool) -> Visitors:
    """Who used the machines of a scope over a period, on the clock of each space.

    Where there are several clocks, it begins for first-timers when it begins on the first of them.
    """
    companies, people, new, back, staff, acting = _asked(
        TOLD_APART, chosen, period, with_assumed=with_assumed
    )
    return Visitors(
        Reach(people=people, companies=companies, first_timers=new, came_back=Share(back, people)),
        {
            UsedBy.STAFF: staff,
            UsedBy.COMPANY: acting,
            UsedBy.MAKER: people - staff - acting,
        },
    )


def _asked(
    statement: str, chosen: Chosen, period: Period, *, with_assumed: bool
) -> tuple[int, ...]:
    """The only row of one of the statements above."""
    clocks = clocks_of(chosen.scope, period)
    kind, visitors, kept_here = _told_apart(chosen)
    counted, counted_use = (
        "" if with_assumed else f"AND NOT {IS_ASSUMED_SQL.format(session=session)}"
        for session in ("booking_usagesession", "use")
    )
    session = "booking_usagesession"
    used_within = clocks.hold(f"{session}.started_at", of=f"{session}.machine_id")
    filled = statement.format(
        visitors=visitors.format(counted=f"AND {used_within} {counted}"),
        there=THERE[kind],
        counted=counted_use,
        kept_here=f"{kept_here} AND {clocks.hold('starts_at')}",
        zone="%(zone)s" if len(clocks.zones) == 1 else WHERE_FIRST,
    )
    values = {
        "machines": chosen.pks,
        "company": chosen.company.pk if chosen.company else None,
        "staff": Audience.STAFF,
        "start": clocks.window.start,
        "end": clocks.window.end,
        "zone": clocks.zones[0].key,
        **clocks.dates,
        "within": f"{BACK_WITHIN} days",
        "booking": ReservationKind.BOOKING,
        "booked": list(BOOKED),
        "taken_up": [ReservationState.IN_USE, ReservationState.COMPLETED],
    }
    with connection.cursor() as cursor:
        cursor.execute(filled, values)
        row: tuple[int, ...] = cursor.fetchone()
    return row


def _told_apart(chosen: Chosen) -> tuple[str, str, str]:
    """How a scope is asked for: its kind, its visitors, and its reservations."""
    if chosen.company is not None:
        return "company", OF_COMPANY, "company_id = %(company)s"
    if chosen.is_everything:
        return "all", OF_ALL, BOOKED_HERE
    return "machines", OF_MACHINES, BOOKED_HERE
