"""Time that nobody decided on or came for until it was due: given back, by jobs or who needs it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from booking import notices
from booking.models import Displacement, Offer, Reservation
from booking.notices import series as series_notices
from booking.queries.presence import AWAITED, is_awaited, missed_among
from booking.services.changing import PARTS, spare_company, touch_rows
from booking.services.locking import in_transaction, lock
from booking.services.settling import record_no_shows, settle_each
from booking.services.waking import time_was_freed
from booking.states import (
    UNDECIDED,
    DisplacementState,
    OfferState,
    ReservationState,
    WishState,
)


def give_up(overdue: Collection[int], *, now: datetime) -> int:
    """Write that nobody decided on these rows in time, or came; of how many it still had to be.

    Their machines are locked by the caller, who has read since then that their time is over.
    """
    rows = _fresh(overdue, _undecided(now) | _awaited(now))
    _give_back([row for row in rows if not is_awaited(row)], now=now)
    record_no_shows([row for row in rows if is_awaited(row)], now=now)
    return len(rows)


def give_up_on(machines: Iterable[int], *, now: datetime) -> int:
    """Give up what nobody decided on or came for in time on `machines`, locked by the caller.

    Nobody has that time any more, but the database would still keep it from others.
    """
    found = Reservation.objects.filter(_undecided(now) | _awaited(now), machine__in=list(machines))
    rows = list(found.select_related("machine"))
    undecided = [row for row in rows if not is_awaited(row)]
    return give_up([row.pk for row in (*undecided, *missed_among(rows, now))], now=now)


def expire(pks: Collection[int], *, now: datetime) -> int:
    """Write that nobody decided on these rows in time; of how many it still had to be.

    Their machines are locked by the caller. Somebody may have decided before that.
    """
    rows = _fresh(pks, _undecided(now))
    _give_back(rows, now=now)
    return len(rows)


def _fresh(pks: Collection[int], which: Q) -> list[Reservation]:
    """Those of the rows that are still so, held until the transaction ends."""
    if not pks:
        return []
    rows = Reservation.objects.select_for_update(of=("self",)).select_related(*PARTS)
    return list(rows.filter(which, pk__in=pks).order_by("pk"))


def _undecided(now: datetime) -> Q:
    return Q(state__in=UNDECIDED, expires_at__lte=now)


def _awaited(now: datetime) -> Q:
    return Q(**AWAITED, starts_at__lt=now)


def _give_back(rows: Sequence[Reservation], *, now: datetime) -> None:
    """Free the time of `rows`, on which nobody decided, and tell who waited for that."""
    if not rows:
        return
    Reservation.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=ReservationState.EXPIRED
    )
    touch_rows(rows)
    for row in rows:
        was_request = row.state == ReservationState.PENDING
        row.state = ReservationState.EXPIRED
        spare_company(row, by=None, now=now)
        time_was_freed(row.machine.space_id)
        if row.guarantee_id is not None:
            notices.guarantee_settled(row)
        if was_request and row.series_id is not None:
            series_notices.request_expired(row, now=now)
        elif was_request:
            notices.request_expired(row, now=now)
    _lapse_offers(rows, now=now)
    _lapse_displacements(rows, now=now)


def expire_each(due: QuerySet[Reservation], *, now: datetime) -> int:
    """Expire each of the rows that are `due`, in a transaction of its own; how many there were."""
    return settle_each(due.order_by("expires_at", "pk"), lambda row: _expire(row, now))


def _expire(due: Reservation, now: datetime) -> int:
    def work() -> int:
        lock(machines=[due.machine_id])
        return expire([due.pk], now=now)

    return in_transaction(work)


def _lapse_offers(rows: Sequence[Reservation], *, now: datetime) -> None:
    """End the offers that were made of these rows, and the wishes that they were made to."""
    offers = Offer.objects.filter(reservation__in=rows, state=OfferState.OPEN)
    for offer in offers.select_related("entry__member", "reservation__machine__space"):
        offer.state = OfferState.EXPIRED
        offer.save(update_fields=["state"])
        offer.entry.state = WishState.EXPIRED
        offer.entry.save(update_fields=["state"])
        notices.offer_expired(offer, now=now)


def _lapse_displacements(rows: Sequence[Reservation], *, now: datetime) -> None:
    """Write that nobody answered what was proposed for these rows, and tell their holders."""
    found = Displacement.objects.filter(reservation__in=rows, state=DisplacementState.OPEN)
    for each in found.select_related("machine__space"):
        each.reservation = next(row for row in rows if row.pk == each.reservation_id)
        each.state, each.decided_at = DisplacementState.EXPIRED, now
        each.save(update_fields=["state", "decided_at"])
        notices.displaced_expired(each, now=now)
