"""Which sessions tell of the use of a company (METRICS, groups, failures and people).

Those that were checked in on one of its reservations, and those without any reservation during
which it had the machine booked, of who acted for it then or had made that reservation.
"""

from booking.states import BOOKED, MAX_SPAN, ReservationKind

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

_LOOSE = WITHIN.format(session="session", company="{company}")
SESSIONS = f"""
    SELECT session.id FROM booking_usagesession AS session
    JOIN booking_reservation AS theirs ON theirs.id = session.reservation_id
    WHERE theirs.company_id = {{company}}
    UNION ALL
    SELECT session.id FROM booking_usagesession AS session
    WHERE session.machine_id IN (
              SELECT machine_id FROM booking_reservation WHERE company_id = {{company}}
          )
          AND session.started_at < {{until}} AND {_LOOSE}
"""  # noqa: S608
"""The sessions of a company that began before `until`, by their ids."""
