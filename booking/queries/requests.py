"""The requests that wait for the staff of a space."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import CharField, Count, Q
from django.db.models.functions import Cast, Coalesce

from booking.models import Reservation
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
)


def requests_in(space: Space, *, now: datetime) -> list[Entry]:
    """What waits in `space` for a decision, what expires first on top; a cart is one request."""
    rows = Reservation.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now),
        state=ReservationState.PENDING,
        machine__space=space,
    )
    return entries_of(rows.select_related(*PARTS).order_by("expires_at", "starts_at", "pk"))


def decided_in(space: Space, *, limit: int) -> list[Entry]:
    """The latest decisions in `space`."""
    rows = Reservation.objects.filter(
        machine__space=space,
        decided_at__isnull=False,
        guarantee=None,
        state__in=(ReservationState.CONFIRMED, ReservationState.DENIED),
    )
    return entries_of(rows.select_related(*PARTS).order_by("-decided_at", "-pk")[:limit])


def waiting_by_space(spaces: Iterable[Space]) -> dict[int, int]:
    """How many requests wait in each space by its id, as of the last run of the job; one query."""
    rows = Reservation.objects.filter(
        state=ReservationState.PENDING, machine__space__in=list(spaces)
    ).order_by()
    one = Coalesce(Cast("bundle_id", CharField()), Cast("pk", CharField()))
    return dict(rows.values_list("machine__space").annotate(number=Count(one, distinct=True)))
