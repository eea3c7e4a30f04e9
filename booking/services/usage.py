"""What check-out and the jobs that settle forgotten things have in common."""

from datetime import datetime

from booking.models import UsageSession
from booking.queries.terms import terms_of_reservation
from booking.services.changing import touch_days
from booking.states import ReservationState


def close(session: UsageSession, *, ended_at: datetime, is_assumed: bool) -> None:
    """End `session` under the lock of its machine, and complete its reservation."""
    session.ended_at = max(ended_at, session.started_at)
    session.end_is_assumed = is_assumed
    session.save(update_fields=["ended_at", "end_is_assumed"])
    moments = [session.started_at, session.ended_at]
    row = session.reservation
    if row is not None and row.state == ReservationState.IN_USE:
        moments += [row.occupied_from, row.occupied_until]
        turnaround = terms_of_reservation(row).turnaround
        freed_at = min(row.occupied_until, session.ended_at + turnaround)
        row.occupied_until = max(row.occupied_from, freed_at)
        row.state = ReservationState.COMPLETED
        row.save(update_fields=["occupied_until", "state"])
    touch_days(session.machine, *moments)
