"""Which message follows which event of a request that staff is to approve."""

from datetime import datetime

from booking.models import Reservation
from booking.notices.kinds import APPROVED, DENIED, EXPIRED, REQUESTED, TO_DECIDE
from booking.notices.reminders import keep_reminders
from booking.notices.telling import ask_the_staff, context_of, member_told, page, tell
from members.models import Member
from notifications import outbox
from spaces.intervals import Interval


def ask_for_approval(
    reservation: Reservation,
    *,
    by: Member | None,
    now: datetime,
    previous: Interval | None = None,
) -> None:
    """Tell the holder that the time is kept until staff decides, and ask everybody of the staff."""
    if member_told(reservation) is None:
        return
    method = "CANCEL" if previous is not None else ""
    tell(reservation, REQUESTED, method=method, by=by, now=now, previous=previous)
    request_settled(reservation)
    ask_the_staff(
        reservation.machine.space,
        TO_DECIDE,
        subject_key=reservation.subject_key,
        event=f"{reservation.uid}:{reservation.sequence}",
        context=context_of(reservation, by=by)
        | {
            "member": str(reservation.member),
            "url": page("request", reservation.machine.space.slug, reservation.pk),
        },
        now=now,
        expires_at=reservation.expires_at,
    )


def request_settled(reservation: Reservation) -> None:
    """Nothing is left to be asked of the staff."""
    outbox.withdraw(subject_key=reservation.subject_key, kinds=[TO_DECIDE])


def request_approved(reservation: Reservation, *, by: Member, now: datetime) -> None:
    """Tell the holder that the time is theirs, and remember to remind."""
    request_settled(reservation)
    tell(reservation, APPROVED, method="REQUEST", by=by, now=now)
    keep_reminders(reservation, now=now)


def request_denied(reservation: Reservation, *, by: Member, now: datetime) -> None:
    """Tell the holder that they do not get the time, and why."""
    request_settled(reservation)
    tell(reservation, DENIED, method="", by=by, now=now)


def request_expired(reservation: Reservation, *, now: datetime) -> None:
    """Tell the holder that nobody decided in time."""
    request_settled(reservation)
    tell(reservation, EXPIRED, method="", by=None, now=now)
