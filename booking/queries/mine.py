"""A member's own reservations."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from booking.models import Reservation
from booking.models.reservation import ReservationQuerySet
from booking.states import UPCOMING, ReservationState
from machines.models import Machine
from members.models import Member

PAST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Mine:
    """What is to come, soonest first, and what is past or cancelled, latest first."""

    upcoming: list[Reservation]
    past: list[Reservation]


def reservations_of(member: Member, *, now: datetime) -> Mine:
    """The reservations of `member`, in two queries; of the past, the latest fifty."""
    rows = Reservation.objects.filter(member=member).select_related("machine__space", "company")
    is_to_come = _to_come(now)
    return Mine(
        upcoming=list(rows.filter(is_to_come).order_by("starts_at", "pk")),
        past=list(rows.exclude(is_to_come).order_by("-starts_at", "-pk")[:PAST_SHOWN]),
    )


def next_on_machine(machine: Machine, member: Member, *, now: datetime) -> Reservation | None:
    """The reservation of `member` that runs on `machine`, else the next one; None without any."""
    rows: ReservationQuerySet = Reservation.objects.filter(machine=machine, member=member)
    return (
        rows.filter(_to_come(now))
        .select_related("machine__space", "company")
        .order_by("starts_at", "pk")
        .first()
    )


def _to_come(now: datetime) -> Q:
    """Neither over nor given up; use that overruns is not over."""
    return Q(state__in=UPCOMING, ends_at__gt=now) | Q(state=ReservationState.IN_USE)
