"""What stands in the way of the maintenance of a machine."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from booking.models import Reservation
from booking.queries.holdings import Holding, OpenSession, holdings_of
from booking.states import ReservationKind
from machines.models import Machine
from spaces.intervals import DAY, Interval


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


def holders_of(machine: Machine, span: Interval, *, now: datetime) -> list[Holding]:
    """Whatever has `machine` during part of `span`: reservations, blocks, use that goes on."""
    # Who has not left yet was expected to leave before, but a day ago at most.
    held = holdings_of([machine.pk], span.widened(before=DAY, after=timedelta(0)), now=now)
    of_machine = held[machine.pk]
    return [row for row in of_machine.rows if _taken(row, of_machine.session, now).overlaps(span)]


def _taken(row: Holding, session: OpenSession | None, now: datetime) -> Interval:
    """The time that `row` occupies, longer where its user is still there."""
    until = row.occupied_until
    if session is not None and session.reservation_id == row.pk:
        until = max(until, session.taken_until(now))
    return Interval(row.occupied_from, until)
