"""Which message follows which event of an offer to who waited."""

from datetime import datetime

from django.utils.translation import override

from booking.models import Offer
from booking.notices.kinds import OFFER, OFFER_EXPIRED, OFFER_TAKEN_BACK
from booking.notices.telling import context_of, page
from notifications import outbox


def offer_made(offer: Offer, *, now: datetime) -> None:
    """Tell who waited that the time is kept for them, and until when."""
    _tell_of_offer(offer, OFFER, now=now, expires_at=offer.expires_at)


def offer_settled(offer: Offer) -> None:
    """The offer is no longer open: whoever has not read of it need not."""
    outbox.withdraw(subject_key=offer.reservation.subject_key, kinds=[OFFER])


def offer_expired(offer: Offer, *, now: datetime) -> None:
    """Tell who waited that the time has gone to the next."""
    offer_settled(offer)
    _tell_of_offer(offer, OFFER_EXPIRED, now=now)


def offer_taken_back(offer: Offer, *, now: datetime) -> None:
    """Tell who waited that the time is not to be had after all, and that they wait on."""
    offer_settled(offer)
    _tell_of_offer(offer, OFFER_TAKEN_BACK, now=now)


def _tell_of_offer(
    offer: Offer, kind: str, *, now: datetime, expires_at: datetime | None = None
) -> None:
    row = offer.reservation
    address = page("offer", offer.pk) if kind == OFFER else page("wishes")
    with override(offer.entry.member.language):
        context = context_of(row, by=None)
    outbox.post(
        outbox.draft(
            recipient=offer.entry.member,
            space_key=str(row.machine.space_id),
            kind=kind,
            subject_key=row.subject_key,
            dedupe_key=f"{kind}:{offer.pk}",
            context=context | {"released_at": offer.expires_at.isoformat(), "url": address},
            send_after=now,
            expires_at=expires_at,
        )
    )
