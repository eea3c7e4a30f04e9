"""Reservations that lost their time: which wait for an answer, and what became of the others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from booking.models import Displacement
from booking.queries.facts import used_now
from booking.queries.holdings import Held, holdings_of
from booking.states import DisplacementState, ReservationState
from machines.models import Machine
from machines.queries.opening import openings_of
from members.models import Member
from members.states import BOOKING
from spaces.intervals import Interval, covers
from spaces.models import Space

PARTS = (
    "machine__space",
    "machine__category",
    "machine__room",
    "created_by",
    "decided_by",
    "reservation__machine__space",
    "reservation__machine__category",
    "reservation__machine__room",
    "reservation__member",
    "reservation__company",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A displacement that waits for an answer, and whether its old time is to be had again."""

    displacement: Displacement
    is_free_again: bool


def displacements() -> QuerySet[Displacement]:
    """All, with what their pages show."""
    return Displacement.objects.select_related(*PARTS)


def open_displacements(now: datetime) -> QuerySet[Displacement]:
    """Those that can still be answered, what is due first on top."""
    return (
        displacements()
        .filter(
            state=DisplacementState.OPEN,
            expires_at__gt=now,
            reservation__state=ReservationState.HELD,
        )
        .order_by("expires_at", "pk")
    )


def open_in(space: Space, *, now: datetime) -> list[Waiting]:
    """What waits in `space` for an answer; five queries for any number."""
    rows = list(open_displacements(now).filter(machine__space=space))
    free = _free_again(rows, now=now)
    return [Waiting(displacement=row, is_free_again=row.pk in free) for row in rows]


def free_again_on(machines: Iterable[Machine], *, now: datetime) -> list[Displacement]:
    """What waits for an answer though its old time on one of `machines` is to be had again."""
    rows = list(open_displacements(now).filter(machine__in=list(machines)))
    free = _free_again(rows, now=now)
    return [row for row in rows if row.pk in free]


def settled_in(space: Space, *, limit: int) -> list[Displacement]:
    """What became of those in `space`, the latest first."""
    rows = displacements().filter(machine__space=space).exclude(state=DisplacementState.OPEN)
    return list(rows.order_by("-decided_at", "-pk")[:limit])


def open_of(member: Member, *, now: datetime) -> list[Displacement]:
    """What `member` may answer: their own, and those of the companies they book for."""
    theirs = Q(reservation__member=member, reservation__company=None) | Q(
        reservation__company__delegates__member=member,
        reservation__company__delegates__kind__in=BOOKING,
    )
    return list(open_displacements(now).filter(theirs).distinct())


def _free_again(rows: Sequence[Displacement], *, now: datetime) -> set[int]:
    """The ids of those whose old time is open, up and nobody else's."""
    rows = [row for row in rows if row.starts_at > now]
    if not rows:
        return set()
    window = Interval(min(row.starts_at for row in rows), max(row.ends_at for row in rows))
    machines = list({row.machine_id: row.machine for row in rows}.values())
    held = holdings_of([machine.pk for machine in machines], window, now=now)
    openings = openings_of(machines, window)
    return {
        row.pk
        for row in rows
        if covers(openings[row.machine_id].open, row.lost)
        and not any(span.overlaps(row.lost) for span in _taken(held[row.machine_id], row, now))
    }


def _taken(held: Held, row: Displacement, now: datetime) -> list[Interval]:
    others = [each for each in held.rows if each.pk != row.reservation_id]
    return [
        *(Interval(each.occupied_from, each.occupied_until) for each in others),
        *held.down,
        *used_now(held, (), now),
    ]
