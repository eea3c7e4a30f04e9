"""Time that nobody decided on or came for until it was due: given back, by jobs or who needs it."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from booking import notices
from booking.models import Displacement, Offer, Reservation
from booking.notices import series as series_notices
from booking.queries.presence import AWAITED
from booking.services.changing import PARTS, spare_company, touch_days
from booking.services.locking import in_transaction, lock
from booking.services.settling import give_up_missed
from booking.services.waking import time_was_freed
from booking.states import (
    UNDECIDED,
    DisplacementState,
    OfferState,
    ReservationState,
    WishState,
)


def expire(pks: Collection[int], *, now: datetime) -> int:
    """Write that nobody decided on these rows in time, or came; of how many it still had to be.

    Their machines are locked by the caller.
    """
    if not pks:
        return 0
    missed = give_up_missed(pks, now=now)
    rows = list(
        Reservation.objects.select_for_update(of=("self",))
        .select_related(*PARTS)
        .filter(pk__in=pks, state__in=UNDECIDED, expires_at__lte=now)
    )
    for row in rows:
        was_request = row.state == ReservationState.PENDING
        row.state = ReservationState.EXPIRED
        row.save(update_fields=["state"])
        spare_company(row, by=None, now=now)
        touch_days(row.machine, row.occupied_from, row.occupied_until)
        time_was_freed(row.machine.space_id)
        if row.guarantee_id is not None:
            notices.guarantee_settled(row)
        if was_request and row.series_id is not None:
            series_notices.request_expired(row, now=now)
        elif was_request:
            notices.request_expired(row, now=now)
    _lapse_offers(rows, now=now)
    _lapse_displacements(rows, now=now)
    return missed + len(rows)


def expire_on(machines: Iterable[int], *, now: datetime) -> int:
    """Expire what nobody decided on or came for in time on `machines`, locked by the caller.

    Nobody has that time any more, but the database would still keep it from others.
    """
    due = Reservation.objects.filter(
        Q(state__in=UNDECIDED, expires_at__lte=now) | Q(**AWAITED, starts_at__lt=now),
        machine__in=list(machines),
    )
    return expire(list(due.values_list("pk", flat=True)), now=now)


def expire_each(due: QuerySet[Reservation], *, now: datetime) -> int:
    """Expire each of the rows that are `due`, in a transaction of its own; how many there were."""
    rows = due.order_by("expires_at", "pk").values_list("pk", "machine_id")
    return sum(_expire(pk, machine, now) for pk, machine in list(rows))


def _expire(pk: int, machine: int, now: datetime) -> int:
    def work() -> int:
        lock(machines=[machine])
        return expire([pk], now=now)

    return in_transaction(work)


def _lapse_offers(rows: list[Reservation], *, now: datetime) -> None:
    """End the offers that were made of these rows, and the wishes that they were made to."""
    offers = Offer.objects.filter(reservation__in=rows, state=OfferState.OPEN)
    for offer in offers.select_related("entry__member", "reservation__machine__space"):
        offer.state = OfferState.EXPIRED
        offer.save(update_fields=["state"])
        offer.entry.state = WishState.EXPIRED
        offer.entry.save(update_fields=["state"])
        notices.offer_expired(offer, now=now)


def _lapse_displacements(rows: list[Reservation], *, now: datetime) -> None:
    """Write that nobody answered what was proposed for these rows, and tell their holders."""
    found = Displacement.objects.filter(reservation__in=rows, state=DisplacementState.OPEN)
    for each in found.select_related("machine__space"):
        each.reservation = next(row for row in rows if row.pk == each.reservation_id)
        each.state, each.decided_at = DisplacementState.EXPIRED, now
        each.save(update_fields=["state", "decided_at"])
        notices.displaced_expired(each, now=now)
