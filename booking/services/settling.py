"""What nobody did in time: reservations that nobody came for, check-outs that were forgotten.

Both jobs look at ranges, never at one minute, so they may run late, twice, or at once.
"""

from datetime import datetime

from booking import notices
from booking.models import Reservation, UsageSession
from booking.queries.terms import terms_of, terms_of_many
from booking.services.changing import locked, touch_days
from booking.services.locking import in_transaction, lock_machines
from booking.services.usage import close, grace_is_over
from booking.states import ReservationKind, ReservationState


def mark_no_shows(now: datetime) -> int:
    """Free the machines of reservations whose grace period is over; how many there were.

    Strictly after the grace period (RULES, C17); the booked times stay (C19). Workshops need no
    check-in and are never no-shows.
    """
    waiting = (
        Reservation.objects.filter(
            state=ReservationState.CONFIRMED, kind=ReservationKind.BOOKING, starts_at__lt=now
        )
        .select_related("machine")
        .order_by("starts_at", "pk")
    )
    rows = list(waiting)
    terms = terms_of_many({row.machine_id: row.machine for row in rows}.values())
    overdue = [row for row in rows if now - row.starts_at > terms[row.machine_id].grace_period]
    return sum(_mark_no_show(row, now) for row in overdue)


def close_forgotten(now: datetime) -> int:
    """Close sessions that nobody ended, at their expected end and marked so; how many (C24)."""
    running = (
        UsageSession.objects.open()
        .filter(expected_end_at__lte=now)
        .select_related("machine")
        .order_by("expected_end_at", "pk")
    )
    rows = list(running)
    terms = terms_of_many({row.machine_id: row.machine for row in rows}.values())
    return sum(
        _close_forgotten(row)
        for row in rows
        if row.expected_end_at is not None
        and now - row.expected_end_at >= terms[row.machine_id].auto_close_after
    )


def _mark_no_show(overdue: Reservation, now: datetime) -> bool:
    """Settle one reservation, unless it was checked in, moved or cancelled meanwhile."""

    def work() -> bool:
        row = locked(overdue)
        if row.state != ReservationState.CONFIRMED or not grace_is_over(
            row, terms_of(row.machine), now
        ):
            return False
        row.state = ReservationState.NO_SHOW
        row.released_at = now
        row.save(update_fields=["state", "released_at"])
        touch_days(row.machine, row.occupied_from, row.occupied_until, now)
        notices.no_show_recorded(row, now=now)
        return True

    return in_transaction(work)


def _close_forgotten(forgotten: UsageSession) -> bool:
    """Close one session, unless somebody checked out meanwhile."""

    def work() -> bool:
        lock_machines([forgotten.machine_id])
        row = (
            UsageSession.objects.open()
            .select_related("machine__space", "reservation")
            .filter(pk=forgotten.pk)
            .first()
        )
        if row is None or row.expected_end_at is None:
            return False
        close(row, ended_at=row.expected_end_at, is_assumed=True)
        return True

    return in_transaction(work)
