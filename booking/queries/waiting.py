"""What waits in a space for its staff: requests, displacements, faults, use to set right."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import CharField, Count, F, QuerySet, Value
from django.db.models.functions import Cast, Coalesce

from booking.models import Correction, Displacement, KioskEntry, Reservation
from booking.states import DisplacementState, ReservationState
from machines.models import Fault
from spaces.models import Space


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of each wait in a space; a cart counts as one, and so does a series."""

    requests: int = 0
    displaced: int = 0
    faults: int = 0
    use: int = 0

    @property
    def sum(self) -> int:
        """How much there is to do on the pages of the day."""
        return self.requests + self.displaced + self.use


def waiting_by_space(spaces: Iterable[Space]) -> dict[int, Waiting]:
    """What waits in each of `spaces` by its id, as of the last run of the jobs; one query."""
    found: dict[int, Counter[str]] = {space.pk: Counter() for space in spaces}
    with connection.cursor() as cursor:
        cursor.execute(*_statement())
        for pk, what, number in cursor.fetchall():
            if pk in found:
                found[pk][what] += number
    return {pk: Waiting(**numbers) for pk, numbers in found.items()}


@cache
def _statement() -> tuple[str, tuple[Any, ...]]:
    """What waits anywhere, which is little: the same words for every page, made once.

    Every page of the staff asks, and to put five queries into SQL takes longer than they do.
    """
    entry = Coalesce(
        Cast("bundle_id", CharField()),
        Cast(-F("series_id"), CharField()),
        Cast("pk", CharField()),
    )
    requests = (
        Reservation.objects.filter(state=ReservationState.PENDING)
        .order_by()
        .values_list("machine__space", Value("requests"))
        .annotate(number=Count(entry, distinct=True))
    )
    rows: list[tuple[QuerySet[Any], str, str]] = [
        (
            Displacement.objects.filter(
                state=DisplacementState.OPEN, reservation__state=ReservationState.HELD
            ),
            "machine__space",
            "displaced",
        ),
        (Fault.objects.new(), "machine__space", "faults"),
        (Correction.objects.open(), "session__machine__space", "use"),
        (KioskEntry.objects.to_settle(), "kiosk__space", "use"),
    ]
    others = [
        each.order_by().values_list(space, Value(what)).annotate(number=Count("pk"))
        for each, space, what in rows
    ]
    sql, values = requests.union(*others, all=True).query.sql_with_params()
    return sql, tuple(values)
