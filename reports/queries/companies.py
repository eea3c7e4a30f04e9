"""Which sessions tell of the use of a company (METRICS, groups, failures and people).

Those that were checked in on one of its reservations, and those without any reservation during
which it had the machine booked, of who acted for it then or had made that reservation.
"""

from booking.states import BOOKED, LONG_USE, MAX_SPAN, ReservationKind

_IS_BOOKED = f"""
    theirs.kind <> '{ReservationKind.MAINTENANCE.value}'
    AND theirs.state IN ({", ".join(f"'{state.value}'" for state in BOOKED)})
"""
WITHIN = f"""
    {{session}}.reservation_id IS NULL AND EXISTS (
        SELECT FROM booking_reservation AS theirs
        WHERE theirs.company_id = {{company}} AND theirs.machine_id = {{session}}.machine_id
              AND theirs.starts_at > {{session}}.started_at - interval '{MAX_SPAN.days} days'
              AND theirs.starts_at < coalesce({{session}}.ended_at, now())
              AND theirs.ends_at > {{session}}.started_at
              AND (theirs.company_id = ANY({{session}}.companies)
                  OR theirs.member_id = {{session}}.member_id)
              AND {_IS_BOOKED}
    )
"""
"""Whether a session, which nobody linked to it, falls into the booked time of a company."""

IS_THEIRS = f"""(
    {{session}}.reservation_id IN (
        SELECT id FROM booking_reservation WHERE company_id = {{company}}
    ) OR {WITHIN}
)"""  # noqa: S608
"""Whether a session that was found already is one of a company."""

_LOOSE = f"""
    SELECT session.id FROM booking_reservation AS theirs
    JOIN booking_usagesession AS session ON session.machine_id = theirs.machine_id
        AND session.reservation_id IS NULL
        AND session.started_at < theirs.ends_at
        AND coalesce(session.ended_at, now()) > theirs.starts_at
        AND (theirs.company_id = ANY(session.companies) OR theirs.member_id = session.member_id)
    WHERE theirs.company_id = {{company}} AND {_IS_BOOKED}
          AND theirs.starts_at > {{since}} - interval '{MAX_SPAN.days} days'
          AND theirs.starts_at < {{until}} AND theirs.ends_at > {{since}}
"""  # noqa: S608
SESSIONS = f"""
    SELECT session.id FROM booking_usagesession AS session
    JOIN booking_reservation AS theirs ON theirs.id = session.reservation_id
    WHERE theirs.company_id = {{company}}
    UNION ALL
    {_LOOSE}
          AND session.started_at >= theirs.starts_at - interval '{LONG_USE.days} days'
    UNION ALL
    {_LOOSE}
          AND session.started_at < theirs.starts_at - interval '{LONG_USE.days} days'
          AND (session.ended_at IS NULL
               OR session.ended_at - session.started_at > interval '{LONG_USE.days} days')
"""  # noqa: S608
"""The sessions of a company by their ids; of those without a link, what it had booked by then.

Looked for around each reservation between `since` and `until`: few are longer than LONG_USE.
"""
