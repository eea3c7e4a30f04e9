"""Who was at a machine when a reservation was to begin (RULES, C18, C31)."""

from datetime import datetime, timedelta

from django.db.models import Q

from booking.models import Reservation, UsageSession

INSTANT = timedelta(microseconds=1)
"""What makes of a moment a span that has it inside."""


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


def was_used(reservation: Reservation, *, until: datetime) -> bool:
    """Whether the holder or a colleague was at the machine in time, checked in or not (C31)."""
    theirs = Q(member=reservation.member_id)
    if reservation.company_id is not None:
        theirs |= Q(member__delegations__company=reservation.company_id)
    at_the_machine = UsageSession.objects.filter(theirs, machine=reservation.machine_id)
    return at_the_machine.touching(reservation.starts_at, until + INSTANT).exists()
