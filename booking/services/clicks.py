"""Doing what a mail offered by one press of its reader, once.

What is done is done by the services of the pages, in the name of the member who got the mail,
with the rights that they have now.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model

from booking.models import Displacement, Exchange, LinkUse, Offer, Reservation
from booking.notices import kinds
from booking.services import displaced, exchanges, guarantees, reservations, waitlist
from booking.services.changing import PARTS
from booking.services.locking import in_transaction
from booking.services.refusing import BookingRefused
from booking.states import DisplacementState
from members.models import Member
from notifications.models import Message


class LinkUsed(Exception):
    """What the mail offers was done by one of its links before."""


class ChangedSince(Exception):
    """What the mail told of is not as it was told: nobody can mean it any more."""


@dataclass(frozen=True, slots=True)
class Doing:
    """What a message is about, and what can be done with it, by the names of its links."""

    find: Callable[[Message, Reservation], Model | None]
    acts: dict[str, Callable[..., object]]


def press(*, message: Message, click: str, by: Member, now: datetime) -> object:
    """Do `click` of `message` in the name of its recipient, which `by` is.

    Raises LinkUsed, ChangedSince, and BookingRefused with what stands in the way; then the link
    can be tried again.
    """
    doing, row = DOINGS[message.kind], reservation_of(message)
    thing = doing.find(message, row) if row and _is_as_told(message, row) else None
    if thing is None:
        raise ChangedSince

    def work() -> object:
        use = _first_use(message, click, now)
        try:
            return doing.acts[click](thing, by=by, now=now)
        except BookingRefused as error:
            # Raised behind the transaction: that a try was refused is kept with it.
            use.delete()
            return error

    outcome = in_transaction(work)
    if isinstance(outcome, BookingRefused):
        raise outcome
    return outcome


def _first_use(message: Message, click: str, now: datetime) -> LinkUse:
    """Note that a link of `message` is used; raises LinkUsed where one was."""
    use, is_first = LinkUse.objects.get_or_create(
        message=message, defaults={"click": click, "used_at": now}
    )
    if not is_first:
        raise LinkUsed
    return use


def was_used(message: Message) -> bool:
    """Whether one of its links was."""
    return LinkUse.objects.filter(message=message).exists()


def is_as_told(message: Message) -> bool:
    """Whether the reservation has still the time of which the message tells."""
    row = reservation_of(message)
    return row is not None and _is_as_told(message, row)


def _is_as_told(message: Message, row: Reservation) -> bool:
    told = (datetime.fromisoformat(message.context[name]) for name in ("starts_at", "ends_at"))
    return tuple(told) == (row.starts_at, row.ends_at)


def reservation_of(message: Message) -> Reservation | None:
    """The reservation of which the message tells."""
    if message.kind == kinds.EXCHANGE:
        exchange = Exchange.objects.filter(pk=_number(message)).first()
        return exchange.reservation if exchange else None
    return Reservation.objects.named(message.subject_key).select_related(*PARTS).first()


def _itself(_message: Message, row: Reservation) -> Reservation:
    return row


def _offer(message: Message, _row: Reservation) -> Offer | None:
    rows = Offer.objects.select_related("reservation__machine", "entry__member", "entry__space")
    return rows.filter(pk=_number(message)).first()


def _exchange(message: Message, _row: Reservation) -> Exchange | None:
    return Exchange.objects.filter(pk=_number(message)).first()


def _displacement(_message: Message, row: Reservation) -> Displacement | None:
    return Displacement.objects.filter(state=DisplacementState.OPEN, reservation=row).first()


def _number(message: Message) -> int:
    """The id in the key of a message that is posted once for each of its things."""
    return int(message.dedupe_key.rpartition(":")[2])


def _do(service: Callable[..., Any], name: str) -> Callable[..., object]:
    """A service as one of several alike: what it is about comes first."""
    return lambda thing, **known: service(**{name: thing}, **known)


CANCEL = Doing(_itself, {"cancel": _do(reservations.cancel, "reservation")})
DOINGS: dict[str, Doing] = {
    **dict.fromkeys(
        (kinds.CONFIRMED, kinds.MOVED, kinds.RESTORED, kinds.APPROVED, kinds.REQUESTED), CANCEL
    ),
    kinds.REMINDER: CANCEL,
    kinds.GUARANTEE: Doing(_itself, {"confirm": _do(guarantees.confirm, "reservation")}),
    kinds.OFFER: Doing(
        _offer, {"accept": _do(waitlist.accept, "offer"), "decline": _do(waitlist.decline, "offer")}
    ),
    kinds.DISPLACED_PROPOSED: Doing(
        _displacement,
        {
            "accept": _do(displaced.accept, "displacement"),
            "decline": _do(displaced.decline, "displacement"),
        },
    ),
    kinds.EXCHANGE: Doing(
        _exchange,
        {
            "accept": _do(exchanges.accept, "exchange"),
            "decline": _do(exchanges.decline, "exchange"),
        },
    ),
}
