"""The requests that wait for the staff of a space."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from booking.models import Reservation, Series
from booking.queries.bundles import Entry, entries_of
from booking.states import ReservationState
from spaces.models import Space

PARTS = (
    "machine__space",
    "machine__category",
    "pool",
    "member",
    "company",
    "created_by",
    "decided_by",
    "series__event__rule",
    "series__machine__space",
    "series__pool__space",
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request, the first of `alike` that were asked for as one series."""

    entry: Entry
    alike: int = 1


def requests_in(space: Space, *, now: datetime) -> list[Waiting]:
    """What waits in `space` for a decision, what expires first on top.

    A cart is one request, and so is a series.
    """
    found = _waiting(now).filter(machine__space=space).select_related(*PARTS)
    rows = list(found.order_by("expires_at", "starts_at", "pk"))
    alike = Counter(map(_asked_as, rows))
    firsts = {_asked_as(row): row for row in reversed(rows)}
    entries = entries_of(row for row in rows if firsts[_asked_as(row)] is row)
    return [Waiting(entry, alike[_asked_as(entry.first)]) for entry in entries]


def _asked_as(row: Reservation) -> int:
    """One number for all dates of a series, and one for anything else."""
    return row.series_id or -row.pk


def waiting_of(series: Series, *, now: datetime) -> int:
    """How many dates of `series` wait for a decision."""
    return _waiting(now).filter(series=series).count()


def _waiting(now: datetime) -> QuerySet[Reservation]:
    return Reservation.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now), state=ReservationState.PENDING
    )


def decided_in(space: Space, *, limit: int) -> list[Entry]:
    """The latest decisions in `space`."""
    rows = Reservation.objects.filter(
        machine__space=space,
        decided_at__isnull=False,
        guarantee=None,
        state__in=(ReservationState.CONFIRMED, ReservationState.DENIED),
    )
    return entries_of(rows.select_related(*PARTS).order_by("-decided_at", "-pk")[:limit])
