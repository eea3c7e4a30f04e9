"""What check-out and the jobs that settle forgotten things have in common."""

from datetime import datetime, timedelta

from django.db.models import Q

from booking.facts import Terms
from booking.models import Reservation, UsageSession
from booking.queries.terms import terms_of_reservation
from booking.services.changing import touch_days
from booking.states import ReservationState

INSTANT = timedelta(microseconds=1)
"""What makes of a moment a span that has it inside."""


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


def grace_is_over(reservation: Reservation, terms: Terms, now: datetime) -> bool:
    """Whether nobody may check in any more: strictly after the grace period (RULES, C17)."""
    if now - reservation.starts_at <= terms.grace_period:
        return False
    begins = grace_starts_at(reservation)
    if begins is None or now - begins <= terms.grace_period:
        return False
    return not _was_used(reservation, until=begins + terms.grace_period)


def grace_starts_at(reservation: Reservation) -> datetime | None:
    """When the grace period of `reservation` begins; None while other use holds it up.

    That is its start, or the end of other use that ran at the start (C18).
    """
    start = reservation.starts_at
    running = (
        UsageSession.objects.filter(machine=reservation.machine_id, started_at__lt=start)
        .touching(start, start + INSTANT)
        .exclude(reservation=reservation)
    )
    begins = start
    for ended_at in running.values_list("ended_at", flat=True):
        if ended_at is None:
            return None
        begins = max(begins, ended_at)
    return begins


def _was_used(reservation: Reservation, *, until: datetime) -> bool:
    """Whether the holder or a colleague was at the machine in time, checked in or not (C31)."""
    theirs = Q(member=reservation.member_id)
    if reservation.company_id is not None:
        theirs |= Q(member__delegations__company=reservation.company_id)
    at_the_machine = UsageSession.objects.filter(theirs, machine=reservation.machine_id)
    return at_the_machine.touching(reservation.starts_at, until + INSTANT).exists()
