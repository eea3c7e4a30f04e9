"""Requests for time that staff must approve: they keep it until somebody decides, or nobody did."""

from collections.abc import Callable
from datetime import datetime

from booking import notices
from booking.models import Reservation
from booking.services.actions import reasons_not_to_decide
from booking.services.changing import locked_bundle, spare_company, touch_days
from booking.services.expiring import expire_each
from booking.services.locking import in_transaction
from booking.services.refusing import refuse
from booking.states import ReservationState
from members.models import Member

DECIDED_FIELDS = ["state", "sequence", "expires_at", "decided_at", "decided_by", "decision"]


def approve(*, reservation: Reservation, by: Member, now: datetime) -> Reservation:
    """Give the holder the time that was asked for, and whatever was asked for with it.

    Raises BookingRefused with NOT_ALLOWED where `by` does not work for the space, where somebody
    was faster, and once the request has expired, whether or not the job has come by (RULES, C16).
    """

    def settle(row: Reservation) -> None:
        decide(row, ReservationState.CONFIRMED, by=by, now=now)
        row.save(update_fields=DECIDED_FIELDS)
        notices.request_approved(row, by=by, now=now)

    return _decide(reservation, settle, by=by, now=now)


def deny(*, reservation: Reservation, by: Member, now: datetime, reason: str = "") -> Reservation:
    """Give the time back to everybody, and tell the holder why.

    Raises BookingRefused as `approve` does.
    """

    def settle(row: Reservation) -> None:
        decide(row, ReservationState.DENIED, by=by, now=now, reason=reason)
        row.save(update_fields=DECIDED_FIELDS)
        spare_company(row, by=by, now=now)
        notices.request_denied(row, by=by, now=now)

    return _decide(reservation, settle, by=by, now=now)


def expire_requests(now: datetime) -> int:
    """Give back the time of every request that nobody decided on in time; how many there were."""
    due = Reservation.objects.filter(state=ReservationState.PENDING, expires_at__lte=now)
    return expire_each(due, now=now)


def _decide(
    reservation: Reservation,
    settle: Callable[[Reservation], None],
    *,
    by: Member,
    now: datetime,
) -> Reservation:
    def work() -> Reservation:
        rows = locked_bundle(reservation, states=[ReservationState.PENDING])
        refuse(reason for row in rows for reason in reasons_not_to_decide(row, by=by, now=now))
        for row in rows:
            settle(row)
            touch_days(row.machine, row.occupied_from, row.occupied_until)
        return rows[0]

    return in_transaction(work)


def decide(
    row: Reservation, state: ReservationState, *, by: Member, now: datetime, reason: str = ""
) -> None:
    """Have `row`, unsaved, be decided on."""
    row.state, row.decision = state, reason
    row.decided_at, row.decided_by, row.expires_at = now, by, None
    row.sequence += 1
