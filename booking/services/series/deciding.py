"""Deciding at once on all dates of a series that wait for the staff."""

from datetime import datetime

from django.utils.translation import gettext as _

from billing.services.contracts import release_many
from booking.models import Reservation, Series
from booking.notices import series as series_notices
from booking.rules import not_allowed
from booking.services.approvals import DECIDED_FIELDS, decide
from booking.services.locking import in_transaction
from booking.services.refusing import refuse
from booking.services.series.cancelling import held_from, touch
from booking.states import ReservationState
from members.models import Member
from members.permissions import is_staff_of


def approve_all(*, series: Series, by: Member, now: datetime) -> list[Reservation]:
    """Give the holder every date of `series` that waits, and tell them once.

    Raises BookingRefused with NOT_ALLOWED where `by` does not work for the space, or nothing
    waits any more.
    """

    def work() -> list[Reservation]:
        row, waiting = _decided(series, ReservationState.CONFIRMED, by=by, now=now)
        series_notices.approved(row, waiting, by=by, now=now)
        return waiting

    return in_transaction(work)


def deny_all(*, series: Series, by: Member, now: datetime, reason: str) -> list[Reservation]:
    """Give every date of `series` that waits back to everybody, and tell the holder why, once.

    Raises BookingRefused as `approve_all` does.
    """

    def work() -> list[Reservation]:
        row, waiting = _decided(series, ReservationState.DENIED, by=by, now=now, reason=reason)
        release_many(subject_keys=[each.subject_key for each in waiting], by=by, now=now)
        series_notices.denied(row, waiting, by=by, now=now, reason=reason)
        return waiting

    return in_transaction(work)


def _decided(
    series: Series, state: ReservationState, *, by: Member, now: datetime, reason: str = ""
) -> tuple[Series, list[Reservation]]:
    row, rows = held_from(series, series.event.start, now=now)
    if not is_staff_of(by, row.space):
        refuse([not_allowed(_("Only staff of the space may decide on requests."))])
    waiting = [
        each for each in rows if each.state == ReservationState.PENDING and not each.is_overdue(now)
    ]
    if not waiting:
        refuse([not_allowed(_("This request has been decided on already."))])
    for each in waiting:
        decide(each, state, by=by, now=now, reason=reason)
    Reservation.objects.bulk_update(waiting, DECIDED_FIELDS)
    touch(waiting)
    return row, waiting
