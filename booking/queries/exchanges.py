"""Proposals between members: what can be proposed, which ones wait, and who may see them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from booking.models import Exchange, Reservation
from booking.permissions import is_inside
from booking.states import ExchangeState, ReservationKind, ReservationState
from members.models import Member
from members.permissions import Visitor, is_staff_of

PARTS = tuple(
    f"{row}__{part}"
    for row in ("reservation", "in_return")
    for part in ("machine__space", "machine__category", "pool", "member", "company")
)
OFFERED = 60
"""How many times of others are offered to choose from."""


@dataclass(frozen=True, slots=True)
class Proposals:
    """What waits for the answer of a member, and what a member waits for."""

    to_answer: list[Exchange]
    asked: list[Exchange]


def exchangeable(now: datetime) -> QuerySet[Reservation]:
    """The reservations that can change hands: each one machine, confirmed, not yet begun."""
    return Reservation.objects.filter(
        kind=ReservationKind.BOOKING,
        state=ReservationState.CONFIRMED,
        bundle_id=None,
        guarantee=None,
        member__isnull=False,
        starts_at__gt=now,
    )


def times_of_others(reservation: Reservation, *, now: datetime) -> QuerySet[Reservation]:
    """What others have on machines of the same kind in the same space, soonest first.

    Whoever chooses is told when and on which machine, as any calendar tells; never by whom.
    """
    rows = exchangeable(now).filter(
        machine__space=reservation.machine.space_id,
        machine__category=reservation.machine.category_id,
        machine__retired_at=None,
        member__is_active=True,
    )
    return (
        rows.filter(Q(machine__is_listed=True) | Q(machine=reservation.machine_id))
        .exclude(member=reservation.member_id)
        .select_related("machine__space", "pool")
        .order_by("starts_at", "pk")
    )


def open_exchanges(now: datetime) -> QuerySet[Exchange]:
    """The proposals that can still be answered, whatever the job has done."""
    return Exchange.objects.filter(state=ExchangeState.OPEN, expires_at__gt=now)


def proposals_of(member: Member, *, now: datetime) -> Proposals:
    """The open proposals to and by `member`, in one query."""
    rows = open_exchanges(now).filter(Q(proposed_to=member) | Q(proposed_by=member))
    rows = rows.select_related("proposed_by", "proposed_to", *PARTS).order_by("expires_at", "pk")
    found = list(rows)
    return Proposals(
        to_answer=[row for row in found if row.proposed_to_id == member.pk],
        asked=[row for row in found if row.proposed_to_id != member.pk],
    )


def exchanges_of(reservation: Reservation) -> QuerySet[Exchange]:
    """Every proposal about `reservation`, latest first."""
    rows = Exchange.objects.filter(Q(reservation=reservation) | Q(in_return=reservation))
    return rows.select_related("proposed_by", "proposed_to", "decided_by", *PARTS)


def may_see_exchange(person: Visitor, exchange: Exchange) -> bool:
    """Whether `person` takes part in `exchange`, or works for the space."""
    if not isinstance(person, Member) or not person.is_active:
        return False
    return (
        person.pk in {exchange.proposed_by_id, exchange.proposed_to_id}
        or is_inside(person, exchange.reservation)
        or is_staff_of(person, exchange.reservation.machine.space)
    )
