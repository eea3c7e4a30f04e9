"""Which message follows which event of a reservation.

Of the rows of a cart only the first is told about, and what is said names all of its machines.
"""

from collections.abc import Sequence
from datetime import datetime

from booking.models import Reservation
from booking.notices.guarantees import guarantee_settled
from booking.notices.kinds import (
    CANCELLED,
    CONFIRMED,
    HANDED_OVER,
    MOVED,
    NEWS,
    NO_SHOW,
    RESTORED,
    WITH_RESERVATION,
)
from booking.notices.reminders import keep_reminders, new_reminders
from booking.notices.requests import ask_for_approval, request_settled
from booking.notices.telling import news_of, tell
from booking.states import ReservationState
from members.models import Member
from notifications import outbox
from spaces.intervals import Interval


def reservation_confirmed(reservation: Reservation, *, by: Member | None, now: datetime) -> None:
    """Tell the holder that the machine is kept, and remember to remind.

    Nothing can have been said about it before, so nothing has to be called back. Where staff is
    to approve it first, that is told instead, and asked of the staff.
    """
    if reservation.state == ReservationState.PENDING:
        ask_for_approval(reservation, by=by, now=now)
        return
    news = news_of(reservation, CONFIRMED, method="REQUEST", by=by, now=now)
    outbox.post(*([news] if news else []), *new_reminders(reservation, now=now))


def reservation_moved(
    reservation: Reservation,
    *,
    by: Member | None,
    now: datetime,
    previous: Interval | None = None,
) -> None:
    """Tell the holder the new time, and with `previous` the old one; the reminders move too.

    A new time that staff is to approve first takes the old one out of the holder's calendar.
    """
    if reservation.state == ReservationState.PENDING:
        ask_for_approval(reservation, by=by, now=now, previous=previous)
    else:
        request_settled(reservation)
        tell(reservation, MOVED, method="REQUEST", by=by, now=now, previous=previous)
    keep_reminders(reservation, now=now)


def reservation_cancelled(reservation: Reservation, *, by: Member | None, now: datetime) -> None:
    """Tell the holder that the machine is no longer kept; whatever else was to be said is not."""
    request_settled(reservation)
    tell(reservation, CANCELLED, method="CANCEL", by=by, now=now)
    keep_reminders(reservation, now=now)
    if reservation.guarantee_id is not None:
        guarantee_settled(reservation)


def reservation_restored(reservation: Reservation, *, by: Member | None, now: datetime) -> None:
    """Tell the holder that the cancellation was undone; the reminders come back."""
    tell(reservation, RESTORED, method="REQUEST", by=by, now=now)
    keep_reminders(reservation, now=now)


def no_shows_recorded(rows: Sequence[Reservation], *, now: datetime) -> None:
    """Tell each holder that nobody came and the rest was given back; no reminder is left.

    For any number of rows in two queries, and one more for each cart.
    """
    news = [news_of(row, NO_SHOW, method="", by=None, now=now) for row in rows]
    keys = [row.subject_key for row in rows]
    outbox.withdraw_all(subject_keys=keys, kinds=(*NEWS, *WITH_RESERVATION))
    outbox.post(*(each for each in news if each is not None))


def reservation_handed_over(reservation: Reservation, *, to: Member, now: datetime) -> None:
    """Tell who had the time that another member has it; their calendar and reminder let it go.

    Before the row changes hands.
    """
    keys = reservation.subject_key
    outbox.withdraw(subject_key=keys, kinds=(*NEWS, *WITH_RESERVATION))
    reservation.sequence += 1
    news = news_of(reservation, HANDED_OVER, method="CANCEL", by=None, now=now)
    if news is not None:
        news.context["taken_by"] = str(to)
        outbox.post(news)
