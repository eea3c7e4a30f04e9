"""What nobody did in time: reservations that nobody came for, check-outs that were forgotten.

Both jobs look at ranges, never at one minute, so they may run late, twice, or at once.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from django.db.models import Q

from booking import notices
from booking.models import Reservation, UsageSession
from booking.queries.overruns import overruns
from booking.queries.presence import AWAITED, missed_among
from booking.queries.terms import terms_of_reservations
from booking.services.changing import locked, touch_rows
from booking.services.locking import in_transaction, lock
from booking.services.usage import close
from booking.states import ReservationState
from machines.models import MaintenancePlan
from machines.services.usage_events import mark_metered

logger = logging.getLogger(__name__)

Row = TypeVar("Row", Reservation, UsageSession, MaintenancePlan)


def mark_no_shows(now: datetime) -> int:
    """Free the machines of reservations whose grace period is over; how many there were.

    Strictly after the grace period (RULES, C17); the booked times stay (C19). Workshops need no
    check-in and are never no-shows.
    """
    waiting = (
        Reservation.objects.filter(**AWAITED, starts_at__lt=now)
        .select_related("machine")
        .order_by("starts_at", "pk")
    )
    rows = list(waiting)
    terms = terms_of_reservations(rows)
    overdue = [row for row in rows if now - row.starts_at > terms[row.pk].grace_period]
    return settle_each(overdue, lambda row: _mark_no_show(row, now))


def close_forgotten(now: datetime) -> int:
    """Close sessions that nobody ended, at their expected end and marked so; how many (C24)."""
    running = (
        UsageSession.objects.open()
        .filter(expected_end_at__lte=now)
        .select_related("machine", "reservation")
        .order_by("expected_end_at", "pk")
    )
    rows = list(running)
    terms = terms_of_reservations(rows)
    forgotten = [
        row
        for row in rows
        if row.expected_end_at is not None
        and now - row.expected_end_at >= terms[row.pk].auto_close_after
    ]
    return settle_each(forgotten, lambda row: _close_forgotten(row, now))


def warn_of_overruns(now: datetime) -> int:
    """Tell of each use that goes on past its end who is at the machine, and who is next; how many.

    Whoever was told is told again only where the end changed, or somebody waits by now.
    """
    found = overruns(now)
    for overrun in found:
        notices.use_overruns(overrun, now=now)
    return len(found)


def settle_each(rows: Iterable[Row], settle: Callable[[Row], int]) -> int:
    """Settle one row after the other, each in a transaction of its own; how many were.

    One that cannot be settled is logged and does not hold up the others.
    """
    settled = 0
    for row in rows:
        try:
            settled += settle(row)
        except Exception:
            logger.exception("%s %s could not be settled", type(row).__name__, row.pk)
    return settled


def _mark_no_show(overdue: Reservation, now: datetime) -> bool:
    """Settle one reservation, unless it was checked in, moved or cancelled meanwhile."""

    def work() -> bool:
        missed = missed_among([locked(overdue)], now)
        record_no_shows(missed, now=now)
        return bool(missed)

    return in_transaction(work)


def settle_missed(reservation: Reservation, now: datetime) -> None:
    """Write of `reservation` and its bundle who did not come in time, before anybody changes it."""
    which = Q(pk=reservation.pk)
    if reservation.bundle_id is not None:
        which |= Q(bundle_id=reservation.bundle_id)
    for row in Reservation.objects.filter(which, **AWAITED, starts_at__lt=now):
        _mark_no_show(row, now)


def record_no_shows(rows: Sequence[Reservation], *, now: datetime) -> None:
    """Release `rows`, which are locked and no-shows by now, in as many queries as for one."""
    if not rows:
        return
    for row in rows:
        row.state, row.released_at = ReservationState.NO_SHOW, now
    Reservation.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=ReservationState.NO_SHOW, released_at=now
    )
    touch_rows(rows, now)
    notices.no_shows_recorded(rows, now=now)


def _close_forgotten(forgotten: UsageSession, now: datetime) -> bool:
    """Close one session, unless somebody checked out meanwhile."""

    def work() -> bool:
        lock(machines=[forgotten.machine_id])
        row = (
            UsageSession.objects.open()
            .select_related("machine__space", "machine__room", "member", "reservation")
            .filter(pk=forgotten.pk)
            .first()
        )
        if row is None or row.expected_end_at is None:
            return False
        close(row, ended_at=row.expected_end_at, is_assumed=True)
        # A meter may know the end that we can only assume.
        mark_metered(row.machine_id, row.started_at)
        notices.check_out_assumed(row, now=now)
        return True

    return in_transaction(work)
