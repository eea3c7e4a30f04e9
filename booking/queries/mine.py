"""A member's own reservations."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from booking.models import Reservation
from booking.models.reservation import ReservationQuerySet
from booking.queries.bundles import Entry, entries_of
from booking.states import UPCOMING, ReservationState
from machines.models import Machine, Pool
from members.models import Member
from members.permissions import Visitor

PAST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Mine:
    """What is to come, soonest first, and what is past or cancelled, latest first."""

    upcoming: list[Entry]
    past: list[Entry]


def reservations_of(member: Member, *, now: datetime) -> Mine:
    """The reservations of `member`, in two queries; of the past, the latest fifty.

    The machines of a cart are one entry, to come as long as one of them is.
    """
    rows = Reservation.objects.filter(member=member).select_related(
        "machine__space", "pool", "company"
    )
    is_to_come = _to_come(now)
    upcoming = list(rows.filter(is_to_come).order_by("starts_at", "pk"))
    past = list(rows.exclude(is_to_come).order_by("-starts_at", "-pk")[:PAST_SHOWN])
    still = {row.bundle_id for row in upcoming if row.bundle_id}
    return Mine(
        upcoming=entries_of([*upcoming, *(row for row in past if row.bundle_id in still)]),
        past=entries_of(row for row in past if row.bundle_id not in still),
    )


def next_on_machine(machine: Machine, member: Member, *, now: datetime) -> Reservation | None:
    """The reservation of `member` that runs on `machine`, else the next one; None without any."""
    rows: ReservationQuerySet = Reservation.objects.filter(machine=machine, member=member)
    return (
        rows.filter(_to_come(now))
        .select_related("machine__space", "pool", "company")
        .order_by("starts_at", "pk")
        .first()
    )


def mine_in_pool(pool: Pool, person: Visitor, *, now: datetime) -> list[Reservation]:
    """What `person` has reserved on any unit of `pool` and is still to come."""
    if not isinstance(person, Member):
        return []
    rows = Reservation.objects.filter(_to_come(now), member=person, machine__pool=pool)
    return list(rows.select_related("machine__space", "pool").order_by("starts_at", "pk"))


def _to_come(now: datetime) -> Q:
    """Neither over nor given up; use that overruns is not over."""
    return Q(state__in=UPCOMING, ends_at__gt=now) | Q(state=ReservationState.IN_USE)
