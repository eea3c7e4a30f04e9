"""Which message follows when somebody has to make way."""

from datetime import datetime

from booking.models import Displacement, Reservation
from booking.notices.kinds import (
    CONFIRMED,
    DISPLACED_CANCELLED,
    DISPLACED_EXPIRED,
    DISPLACED_MOVED,
    DISPLACED_PROPOSED,
)
from booking.notices.reminders import keep_reminders
from booking.notices.requests import ask_for_approval
from booking.notices.telling import page, tell
from booking.queries.bundles import entry_of
from booking.states import DisplacementState, ReservationState
from members.models import Member


def displaced(displacement: Displacement, *, by: Member | None, now: datetime) -> None:
    """Tell the holder where their reservation is now, or which time is held until they answer.

    Called once for a cart, whichever of its machines had to go.
    """
    row = entry_of(displacement.reservation).first
    if displacement.state == DisplacementState.OPEN:
        _tell_of_displacement(
            displacement, DISPLACED_PROPOSED, row=row, method="CANCEL", by=by, now=now
        )
    else:
        method = "REQUEST" if row.state == ReservationState.CONFIRMED else ""
        _tell_of_displacement(displacement, DISPLACED_MOVED, row=row, method=method, by=by, now=now)
    keep_reminders(row, now=now)


def displaced_cancelled(displacement: Displacement, *, by: Member | None, now: datetime) -> None:
    """Tell the holder that no other time is kept, with an apology and the way to wait for one."""
    row = entry_of(displacement.reservation).first
    _tell_of_displacement(
        displacement, DISPLACED_CANCELLED, row=row, method="CANCEL", by=by, now=now
    )
    keep_reminders(row, now=now)


def displaced_expired(displacement: Displacement, *, now: datetime) -> None:
    """Tell the holder that the time held for them has been given back."""
    row = displacement.reservation
    _tell_of_displacement(displacement, DISPLACED_EXPIRED, row=row, method="", by=None, now=now)


def displacement_accepted(displacement: Displacement, *, by: Member, now: datetime) -> None:
    """Tell the holder that the new time stands; where staff is to approve it, ask for that."""
    row = displacement.reservation
    if row.state == ReservationState.PENDING:
        ask_for_approval(row, by=by, now=now)
    else:
        tell(row, CONFIRMED, method="REQUEST", by=by, now=now)
    keep_reminders(row, now=now)


def _tell_of_displacement(
    displacement: Displacement,
    kind: str,
    *,
    row: Reservation,
    method: str,
    by: Member | None,
    now: datetime,
) -> None:
    """Post what became of a displacement, told of `row`, which stands for all of its cart."""
    more = {
        "reason": displacement.reason,
        "lost_machine": displacement.machine.name,
        "lost_space": displacement.machine.space.name,
        "url": page("displacement", displacement.pk),
    }
    if displacement.expires_at is not None:
        more["released_at"] = displacement.expires_at.isoformat()
    tell(row, kind, method=method, by=by, now=now, previous=displacement.lost, more=more)
