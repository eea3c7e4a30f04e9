"""Who comes to machines that stand still, and who comes to those that work after all."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Q

from booking.models import Reservation
from booking.models.reservation import ReservationQuerySet
from booking.states import ReservationKind, ReservationState
from machines.models import Machine, Stoppage

COMING = (ReservationState.PENDING, ReservationState.CONFIRMED)

PARTS = ("machine__space", "machine__category", "machine__room", "pool", "member", "company")


class InVain(NamedTuple):
    """A reservation, and the stoppage for which it may not take place."""

    reservation: Reservation
    stoppage: Stoppage


def coming_in_vain(
    machines: Iterable[Machine] | None, *, ahead: timedelta, now: datetime
) -> list[InVain]:
    """Who is at one of `machines`, or anywhere, or comes within `ahead`, while it stands still.

    Two queries for any number.
    """
    stops = _open_stops(machines)
    is_there = Q(state=ReservationState.IN_USE)
    comes = Q(state__in=COMING, starts_at__gt=now, starts_at__lt=now + ahead)
    rows = _bookings_on(stops).filter(is_there | comes, ends_at__gt=now)
    pairs = ((row, _stop_of(row, stops[row.machine_id], now)) for row in rows)
    return [InVain(row, stoppage) for row, stoppage in pairs if stoppage is not None]


def coming_after_all(machines: Iterable[Machine], *, now: datetime) -> list[Reservation]:
    """What is still to come on `machines` while they work, as far as is known; two queries."""
    machines = list(machines)
    stops = _open_stops(machines)
    rows = _bookings_on(machine.pk for machine in machines)
    return [
        row
        for row in rows.filter(state__in=COMING, starts_at__gt=now)
        if _stop_of(row, stops.get(row.machine_id, ()), now) is None
    ]


def _open_stops(machines: Iterable[Machine] | None) -> dict[int, list[Stoppage]]:
    """Why machines stand still now, by machine."""
    rows = Stoppage.objects.open().select_related("fault__machine__space")
    if machines is not None:
        rows = rows.filter(machine__in=list(machines))
    found: dict[int, list[Stoppage]] = defaultdict(list)
    for row in rows.order_by("starts_at", "pk"):
        found[row.machine_id].append(row)
    return dict(found)


def _bookings_on(machines: Iterable[int]) -> ReservationQuerySet:
    rows = Reservation.objects.filter(machine__in=list(machines), kind=ReservationKind.BOOKING)
    return rows.select_related(*PARTS).order_by("starts_at", "pk")


def _stop_of(row: Reservation, stops: Iterable[Stoppage], now: datetime) -> Stoppage | None:
    """The one whose fault is not thought to be mended before `row` begins."""
    for stoppage in stops:
        until = stoppage.fault.until(now)
        if until is None or row.starts_at < until:
            return stoppage
    return None
