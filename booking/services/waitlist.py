"""Waiting for time: to join, to leave, to accept or decline what is offered, and staff's order."""

from datetime import datetime

from django.utils.translation import gettext as _

from booking import notices
from booking.facts import BookingRequest, Refusal
from booking.models import Offer, Reservation, WaitlistEntry
from booking.queries.waitlist import has_already, units_wanted, waiting
from booking.rules import (
    contract_has_the_hours,
    not_allowed,
    open_reservations_are_few,
    quotas_are_kept,
)
from booking.services.changing import is_theirs, locked, may_act, spare_company, touch_days
from booking.services.locking import MovedAway, in_transaction, lock
from booking.services.matching import claim_of, first_match
from booking.services.placing import hold, judge, keep
from booking.services.refusing import BookingRefused, TimeTaken, refuse, refused_tries_kept
from booking.services.verdict import ACCEPTING, verdict_on_row
from booking.services.waking import time_was_freed
from booking.states import (
    LONGEST_WISH,
    OfferState,
    RefusalCode,
    ReservationState,
    WishState,
)
from machines.models import Machine
from members.models import Member
from members.permissions import is_staff_of, may_book_for
from spaces.intervals import local_day

__all__ = ["BookingRefused", "TimeTaken", "accept", "decline", "join", "leave", "shift"]

TAKING_UP = (
    *ACCEPTING,
    contract_has_the_hours,
    quotas_are_kept,
    open_reservations_are_few,
)
"""What must hold for an offer to be taken up: it counts like any other reservation."""

WORTH_WAITING = frozenset({RefusalCode.TAKEN, RefusalCode.MACHINE_OUT_OF_SERVICE})
"""What others or the staff can change: for this one waits."""

MAY_PASS = WORTH_WAITING | {
    RefusalCode.QUOTA,
    RefusalCode.TOO_MANY_OPEN_RESERVATIONS,
    RefusalCode.CONTRACT_EXHAUSTED,
}
"""What need not be so any more once the time is freed."""

OF_ANY_TIME = frozenset(
    {
        RefusalCode.TOO_SHORT,
        RefusalCode.TOO_LONG,
        RefusalCode.OFF_GRID,
        RefusalCode.NOT_CERTIFIED,
        RefusalCode.CERTIFICATION_EXPIRED,
        RefusalCode.MEMBERSHIP_INACTIVE,
        RefusalCode.CONTRACT_NOT_IN_FORCE,
        RefusalCode.NOT_ALLOWED,
    }
)
"""What stands in the way of a wish whenever in its window it were fulfilled."""


def join(wish: WaitlistEntry, *, now: datetime) -> WaitlistEntry:
    """Put a new `wish` at the end of the list of its space.

    Raises BookingRefused with what waiting cannot mend, and with NOT_ALLOWED where the time is
    free for the member now, or they wait for the same already.
    """
    wish.joined_at = now

    def work() -> WaitlistEntry:
        hold(claim_of(wish), machines=[])
        refuse(_reasons_not_to_join(wish, now=now))
        last = waiting(wish.space).reverse().first()
        wish.rank = last.rank if last else 0
        wish.save()
        return wish

    return in_transaction(work)


def leave(*, wish: WaitlistEntry, by: Member, now: datetime) -> WaitlistEntry:
    """Give the wish up, and with it what is offered to it; the turn passes on."""

    def work() -> WaitlistEntry:
        offer = wish.offers.filter(state=OfferState.OPEN).select_related("reservation").first()
        if offer is not None:
            return _declined(offer, by=by, now=now).entry
        lock(
            companies=[wish.company_id] if wish.company_id else [],
            members=[wish.member_id],
        )
        row = WaitlistEntry.objects.select_for_update(of=("self",)).get(pk=wish.pk)
        if not may_settle(row, by):
            refuse([not_allowed(_("This is not your wish."))])
        if row.state == WishState.OFFERED:
            raise MovedAway
        if row.state != WishState.WAITING:
            refuse([not_allowed(_("This wish does not wait any more."))])
        row.state = WishState.LEFT
        row.save(update_fields=["state"])
        return row

    return in_transaction(work)


def accept(*, offer: Offer, by: Member, now: datetime) -> Reservation:
    """Make of what is offered a reservation; the deadline itself is too late (RULES, C20).

    Raises BookingRefused: NOT_ALLOWED for others and once the offer is over, whether or not the
    job has come by, and with what does not hold any more.
    """

    def work() -> Reservation:
        row, fresh = _locked(offer)
        refuse(_reasons_not_to_settle(row, fresh, by=by, now=now))
        asked = BookingRequest(starts_at=row.starts_at, ends_at=row.ends_at)
        holder = fresh.entry.member
        verdict = verdict_on_row(
            row, asked, machine=row.machine, member=holder, by=holder, now=now, rules=TAKING_UP
        )
        refuse(verdict.refusals)
        row.state = ReservationState.CONFIRMED
        row.decided_at, row.decided_by, row.expires_at = now, by, None
        keep(row, asked, verdict, by=by, now=now)
        _settle(fresh, OfferState.ACCEPTED, WishState.FULFILLED, reservation=row)
        notices.reservation_confirmed(row, by=by, now=now)
        return row

    seen = offer.reservation
    wanted = BookingRequest(starts_at=seen.starts_at, ends_at=seen.ends_at)
    with refused_tries_kept(machine=seen.machine, member=by, request=wanted, now=now):
        return in_transaction(work)


def decline(*, offer: Offer, by: Member, now: datetime) -> Offer:
    """Pass what is offered on to the next; the wish is over. Raises BookingRefused."""
    return in_transaction(lambda: _declined(offer, by=by, now=now))


def shift(*, wish: WaitlistEntry, up: bool, by: Member) -> None:
    """Let `wish` change places with the one before or behind it; for staff of the space."""
    if not is_staff_of(by, wish.space):
        refuse([not_allowed(_("Only staff of the space may change the order."))])

    def work() -> None:
        rows = list(waiting(wish.space).select_for_update(of=("self",)))
        place = next((at for at, row in enumerate(rows) if row.pk == wish.pk), None)
        other = None if place is None else place + (-1 if up else 1)
        if place is None or other is None or not 0 <= other < len(rows):
            return
        rows[place], rows[other] = rows[other], rows[place]
        for rank, row in enumerate(rows):
            row.rank = rank
        WaitlistEntry.objects.bulk_update(rows, ["rank"])

    in_transaction(work)


def may_settle(wish: WaitlistEntry, by: Member) -> bool:
    """Whether `by` may decide about `wish`: who waits, who books for the company, staff."""
    if not by.is_active:
        return False
    if wish.member_id == by.pk or is_staff_of(by, wish.space):
        return True
    return wish.company is not None and may_book_for(by, wish.company)


def _declined(offer: Offer, *, by: Member, now: datetime) -> Offer:
    row, fresh = _locked(offer)
    refuse(_reasons_not_to_settle(row, fresh, by=by, now=now))
    row.state = ReservationState.EXPIRED
    row.decided_at, row.decided_by = now, by
    row.save(update_fields=["state", "decided_at", "decided_by"])
    spare_company(row, by=by, now=now)
    touch_days(row.machine, row.occupied_from, row.occupied_until)
    _settle(fresh, OfferState.DECLINED, WishState.LEFT)
    time_was_freed(row.machine.space_id)
    return fresh


def _locked(offer: Offer) -> tuple[Reservation, Offer]:
    """The time and the offer as they are now, held until the transaction ends."""
    row = locked(offer.reservation)
    offers = Offer.objects.select_for_update(of=("self", "entry"))
    fresh = offers.select_related("entry__member", "entry__space", "reservation").get(pk=offer.pk)
    return row, fresh


def _reasons_not_to_settle(
    row: Reservation, offer: Offer, *, by: Member, now: datetime
) -> list[Refusal]:
    """Why `by` may not accept or decline `offer` at `now`."""
    if not (may_act(row, by) or is_theirs(row, by)):
        return [not_allowed(_("This is not your offer."))]
    is_open = offer.state == OfferState.OPEN and row.state == ReservationState.HELD
    if not is_open or offer.expires_at <= now:
        return [not_allowed(_("This offer is over. The time has gone to the next in line."))]
    return []


def _settle(
    offer: Offer, outcome: OfferState, wish: WishState, *, reservation: Reservation | None = None
) -> None:
    offer.state = outcome
    offer.save(update_fields=["state"])
    offer.entry.state, offer.entry.reservation = wish, reservation
    offer.entry.save(update_fields=["state", "reservation"])
    notices.offer_settled(offer)


def _reasons_not_to_join(wish: WaitlistEntry, *, now: datetime) -> list[Refusal]:
    """What speaks against waiting: that waiting is in vain, not needed, or done already."""
    if wish.latest_at - wish.earliest_at > LONGEST_WISH:
        message = _("Wait for a time within two months at most.")
        return [Refusal(code=RefusalCode.TOO_LONG, message=message, field="end_date")]
    if wish.latest_at - wish.duration <= now:
        message = _("This time is past. Choose a later one.")
        return [Refusal(code=RefusalCode.IN_THE_PAST, message=message, field="start")]
    if _waits_already(wish):
        return [not_allowed(_("You wait for this time already: see “My wishes”."))]
    return _reasons_of_units(wish, list(units_wanted(wish).order_by("pk")), now=now)


def _reasons_of_units(wish: WaitlistEntry, units: list[Machine], *, now: datetime) -> list[Refusal]:
    """Why one may not wait for any of `units`."""
    if not units:
        return [not_allowed(_("There is no machine to wait for."))]
    if wish.duration == wish.latest_at - wish.earliest_at:
        return _reasons_of_exact(wish, units, now=now)
    in_the_way = [_reasons_of_any_time(wish, unit, now=now) for unit in units]
    if all(in_the_way):
        return in_the_way[0]
    return _free_now() if first_match(wish, now=now) is not None else []


def _waits_already(wish: WaitlistEntry) -> bool:
    same = ("member", "company", "machine", "pool", "category", "space", "earliest_at", "latest_at")
    alike = {name: getattr(wish, name) for name in same}
    states = (WishState.WAITING, WishState.OFFERED)
    return WaitlistEntry.objects.filter(**alike, duration=wish.duration, state__in=states).exists()


def _reasons_of_exact(wish: WaitlistEntry, units: list[Machine], *, now: datetime) -> list[Refusal]:
    """Why one may not wait for just this time: some unit must be worth waiting for, none free."""
    request = BookingRequest(starts_at=wish.earliest_at, ends_at=wish.latest_at)
    claim = claim_of(wish)
    if has_already(wish, units, now=now):
        return [not_allowed(_("You have this time already: it is among your reservations."))]
    judged = [judge(claim, machine=unit, request=request, now=now).refusals for unit in units]
    if not all(judged):
        return _free_now()
    for refusals in judged:
        codes = {each.code for each in refusals}
        if codes <= MAY_PASS and codes & WORTH_WAITING:
            return []
    first = judged[0]
    return [each for each in first if each.code not in MAY_PASS] or first


def _reasons_of_any_time(wish: WaitlistEntry, unit: Machine, *, now: datetime) -> list[Refusal]:
    """What stands in the way on `unit` whenever in the window it were."""
    zone = unit.space.zone
    start = max(wish.earliest_at, now)
    # From midnight on, so that a length beside the grid shows.
    midnight = local_day(start.astimezone(zone).date(), zone).end
    request = BookingRequest(starts_at=midnight, ends_at=midnight + wish.duration)
    refusals = judge(claim_of(wish), machine=unit, request=request, now=now).refusals
    return [each for each in refusals if each.code in OF_ANY_TIME]


def _free_now() -> list[Refusal]:
    return [not_allowed(_("This time is free: reserve it now."))]
