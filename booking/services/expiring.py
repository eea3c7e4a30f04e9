"""Time that nobody decided on until it was due: it is given back, by the job or by who needs it."""

from collections.abc import Collection
from datetime import datetime

from booking import notices, series_notices
from booking.models import Offer, Reservation
from booking.services.changing import PARTS, spare_company, touch_days
from booking.services.waking import time_was_freed
from booking.states import UNDECIDED, OfferState, ReservationState, WishState


def expire(pks: Collection[int], *, now: datetime) -> int:
    """Write that nobody decided on these rows in time; how many it still had to be written of.

    Their machines are locked by the caller.
    """
    if not pks:
        return 0
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
    return len(rows)


def _lapse_offers(rows: list[Reservation], *, now: datetime) -> None:
    """End the offers that were made of these rows, and the wishes that they were made to."""
    offers = Offer.objects.filter(reservation__in=rows, state=OfferState.OPEN)
    for offer in offers.select_related("entry__member", "reservation__machine__space"):
        offer.state = OfferState.EXPIRED
        offer.save(update_fields=["state"])
        offer.entry.state = WishState.EXPIRED
        offer.entry.save(update_fields=["state"])
        notices.offer_expired(offer, now=now)
