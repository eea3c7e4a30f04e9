"""Freed time goes to the first who may use it: held for them, until they decide or the hold ends.

The job looks at what is free now, never at what was freed when, so it may run late, twice, or
by two workers at once.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from itertools import groupby

from django.db import transaction
from django.db.models import F, Q

from booking import notices
from booking.models import Offer, WaitlistEntry
from booking.queries.waitlist import waiting
from booking.services.changing import locked
from booking.services.expiring import expire
from booking.services.locking import in_transaction, lock
from booking.services.matching import Match, claim_of, first_match
from booking.services.placing import place
from booking.services.refusing import BookingRefused
from booking.states import OfferState, ReservationState, WishState

logger = logging.getLogger(__name__)


def offer_freed(now: datetime) -> int:
    """Take back offers that nobody accepted in time, then offer what is free; how many offers.

    What expires here is offered to the next in the same run. Each minute of a machine is offered
    to one person at a time: the held row occupies it.
    """
    end_offers(now)
    _end_wishes(now)
    total = 0
    # Each round holds the machines that it found; who is left may find others.
    while made := sum(
        _logged(partial(_offer_in_one_space, list(wishes), now))
        for _space, wishes in groupby(waiting(), key=lambda wish: wish.space_id)
    ):
        total += made
    return total


def end_offers(now: datetime) -> None:
    """Settle the offers whose time is over, and those whose time somebody took back."""
    over = Offer.objects.filter(state=OfferState.OPEN).filter(
        Q(expires_at__lte=now) | ~Q(reservation__state=ReservationState.HELD)
    )
    for offer in over.select_related("reservation").order_by("expires_at", "pk"):
        _logged(partial(in_transaction, partial(_end, offer, now)))


def _end(seen: Offer, now: datetime) -> int:
    """Settle one offer, unless somebody did meanwhile."""
    row = locked(seen.reservation)
    if row.state == ReservationState.HELD:
        return expire([row.pk], now=now)
    offer = (
        Offer.objects.select_for_update(of=("self",))
        .select_related("entry__member", "reservation__machine__space")
        .get(pk=seen.pk)
    )
    if offer.state != OfferState.OPEN:
        return 0
    offer.state = OfferState.EXPIRED
    offer.save(update_fields=["state"])
    # Whose time was taken away has not had their turn.
    offer.entry.state = WishState.WAITING
    offer.entry.save(update_fields=["state"])
    notices.offer_taken_back(offer, now=now)
    return 1


def _end_wishes(now: datetime) -> None:
    """End the wishes that no time can fulfil any more."""
    WaitlistEntry.objects.filter(
        state=WishState.WAITING, latest_at__lte=F("duration") + now
    ).update(state=WishState.EXPIRED)


def _offer_in_one_space(wishes: list[WaitlistEntry], now: datetime) -> int:
    """Offer what is free in one space to its `wishes`, in their order.

    Most of the time nothing is free for anybody: that is found out without holding anything up.
    Where something is, its machines are held, and all are asked again in order: so nobody can be
    passed over because time was freed while the later ones were being asked.
    """
    machines = {
        match.machine.pk for wish in wishes if (match := first_match(wish, now=now)) is not None
    }
    if not machines:
        return 0

    def work() -> int:
        lock(
            companies={wish.company_id for wish in wishes if wish.company_id is not None},
            members={wish.member_id for wish in wishes},
            machines=machines,
        )
        return sum(_offer(wish, machines, now) for wish in _still_waiting(wishes))

    return in_transaction(work)


def _still_waiting(wishes: Iterable[WaitlistEntry]) -> list[WaitlistEntry]:
    """The wishes as they are now, held until the transaction ends."""
    rows = waiting().filter(pk__in=[wish.pk for wish in wishes])
    return list(rows.select_for_update(of=("self",)))


def _offer(wish: WaitlistEntry, machines: set[int], now: datetime) -> int:
    """Hold the first time for `wish` on `machines`, and tell its member; whether there was any."""
    match = first_match(wish, now=now, within=machines)
    if match is None:
        return 0
    try:
        with transaction.atomic():
            _make(wish, match, now)
    except BookingRefused:
        # Something outside the rules has the time; the next run looks again.
        logger.warning("Free time for wish %s could not be held", wish.pk)
        return 0
    return 1


def _make(wish: WaitlistEntry, match: Match, now: datetime) -> Offer:
    until = min(now + match.verdict.terms.offer_hold, match.request.starts_at)
    row = place(
        claim_of(wish),
        machine=match.machine,
        request=match.request,
        now=now,
        verdict=match.verdict,
        state=ReservationState.HELD,
        expires_at=until,
        pool=wish.pool,
    )
    offer = Offer.objects.create(entry=wish, reservation=row, made_at=now, expires_at=until)
    wish.state = WishState.OFFERED
    wish.save(update_fields=["state"])
    notices.offer_made(offer, now=now)
    return offer


def _logged(work: Callable[[], int]) -> int:
    """Do one piece of the job; where it breaks it is logged and does not hold up the others."""
    try:
        return work()
    except Exception:
        logger.exception("A part of the waitlist could not be worked off")
        return 0
