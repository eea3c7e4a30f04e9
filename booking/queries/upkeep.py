"""What stands in the way of a machine's planned maintenance."""

from collections.abc import Sequence

from booking.models import Reservation
from booking.states import ReservationKind
from machines.models import Machine
from spaces.intervals import Interval


def in_the_way(machine: Machine, spans: Sequence[Interval]) -> list[list[Reservation]]:
    """For each of `spans` the reservations and workshops that occupy part of it, in one query."""
    if not spans:
        return []
    rows = list(
        Reservation.objects.occupying()
        .exclude(kind=ReservationKind.MAINTENANCE)
        .filter(
            machine=machine,
            occupied_from__lt=max(span.end for span in spans),
            occupied_until__gt=min(span.start for span in spans),
        )
        .select_related("machine__space", "member")
        .order_by("starts_at", "pk")
    )
    return [
        [row for row in rows if row.occupied_from < span.end and span.start < row.occupied_until]
        for span in spans
    ]
