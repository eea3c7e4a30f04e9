"""Who waits for what, on which machines, and how many are before them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import QuerySet

from booking.models import Offer, Reservation, WaitlistEntry
from booking.models.reservation import ReservationQuerySet
from booking.permissions import machines_open_to
from booking.states import OfferState, ReservationState, WishState
from machines.models import Machine
from machines.models.machine import MachineQuerySet
from members.models import Member
from spaces.intervals import Interval
from spaces.models import Space

PARTS = ("member", "company", "space", "machine", "pool", "category")
PAST_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A wish that waits or has an offer, with its place among those for the same time."""

    wish: WaitlistEntry
    place: int
    offer: Offer | None


def waiting(space: Space | None = None) -> QuerySet[WaitlistEntry]:
    """The wishes that wait, in the order in which time is offered, those of one space together."""
    rows = WaitlistEntry.objects.filter(state=WishState.WAITING).select_related(*PARTS)
    if space is not None:
        rows = rows.filter(space=space)
    return rows.order_by("space", "rank", "joined_at", "pk")


def offers() -> QuerySet[Offer]:
    """Offers with all that their page and their answer need."""
    return Offer.objects.select_related(
        "entry__member",
        "entry__company",
        "entry__space",
        "reservation__machine__space",
        "reservation__pool",
        "reservation__company",
    )


def units_wanted(wish: WaitlistEntry) -> MachineQuerySet:
    """The machines that would do for `wish`, and have a page for its member."""
    units = machines_open_to(wish.member).select_related("space", "category", "room")
    if wish.machine_id is not None:
        return units.filter(pk=wish.machine_id)
    if wish.pool_id is not None:
        return units.filter(pool=wish.pool_id)
    return units.filter(space=wish.space_id, category=wish.category_id)


def own_times(member: Member, window: Interval, *, now: datetime) -> list[Interval]:
    """When `member` has something in `window`: reservations, requests and offers (RULES, C32)."""
    rows = _of(member, window, now)
    return [Interval(start, end) for start, end in rows.values_list("starts_at", "ends_at")]


def has_already(wish: WaitlistEntry, units: Iterable[Machine], *, now: datetime) -> bool:
    """Whether who waits has one of `units` at part of that time themselves."""
    window = Interval(wish.earliest_at, wish.latest_at)
    return _of(wish.member, window, now).filter(machine__in=list(units)).exists()


def _of(member: Member, window: Interval, now: datetime) -> ReservationQuerySet:
    rows = Reservation.objects.upcoming(now).filter(member=member)
    return rows.filter(starts_at__lt=window.end, ends_at__gt=window.start).order_by()


def open_offers(now: datetime) -> QuerySet[Offer]:
    """The offers that can still be accepted."""
    return Offer.objects.filter(
        state=OfferState.OPEN, expires_at__gt=now, reservation__state=ReservationState.HELD
    )


def offers_to(member: Member, now: datetime) -> QuerySet[Offer]:
    """What is kept for `member` until they answer, what ends first on top."""
    parts = ("reservation__machine__space", "reservation__pool")
    found = open_offers(now).filter(entry__member=member).select_related(*parts)
    return found.order_by("expires_at", "pk")


def waiting_in(space: Space, *, now: datetime) -> list[Waiting]:
    """The waitlist of a space as staff see it: offers first, then everyone in order."""
    rows = WaitlistEntry.objects.filter(
        space=space, state__in=(WishState.OFFERED, WishState.WAITING)
    ).select_related(*PARTS)
    return _with_places(rows.order_by("state", "rank", "joined_at", "pk"), now=now)


def wishes_of(member: Member, *, now: datetime) -> tuple[list[Waiting], list[WaitlistEntry]]:
    """What `member` waits for, with each place, and the latest of what is settled."""
    theirs = WaitlistEntry.objects.filter(member=member).select_related(*PARTS, "reservation")
    current = theirs.filter(state__in=(WishState.OFFERED, WishState.WAITING))
    past = theirs.exclude(state__in=(WishState.OFFERED, WishState.WAITING))
    return (
        _with_places(current.order_by("earliest_at", "pk"), now=now),
        list(past.order_by("-latest_at", "-pk")[:PAST_SHOWN]),
    )


def _with_places(rows: Iterable[WaitlistEntry], *, now: datetime) -> list[Waiting]:
    rows = list(rows)
    offers = {
        offer.entry_id: offer
        for offer in open_offers(now)
        .filter(entry__in=rows)
        .select_related("reservation__machine__space", "reservation__pool")
    }
    spaces = {row.space_id for row in rows}
    queues = {
        space_id: list(queue)
        for space_id, queue in groupby(waiting().filter(space__in=spaces), lambda w: w.space_id)
    }
    machines = list(
        Machine.objects.in_service()
        .filter(space__in=spaces)
        .values_list("pk", "space", "pool", "category")
    )
    return [
        Waiting(
            wish=row,
            place=_place(row, queues.get(row.space_id, []), machines),
            offer=offers.get(row.pk),
        )
        for row in rows
    ]


Unit = tuple[int, int, int | None, int]


def _place(wish: WaitlistEntry, queue: list[WaitlistEntry], machines: Sequence[Unit]) -> int:
    """One more than there are before `wish` who may take the same time of the same machine."""
    units, ahead = _units(wish, machines), 0
    for other in queue:
        if other.pk == wish.pk:
            break
        meets = other.earliest_at < wish.latest_at and wish.earliest_at < other.latest_at
        ahead += meets and not units.isdisjoint(_units(other, machines))
    return ahead + 1


def _units(wish: WaitlistEntry, machines: Sequence[Unit]) -> set[int]:
    if wish.machine_id is not None:
        return {wish.machine_id}
    return {
        pk
        for pk, space_id, pool_id, category_id in machines
        if (
            pool_id == wish.pool_id
            if wish.pool_id is not None
            else (space_id, category_id) == (wish.space_id, wish.category_id)
        )
    }
