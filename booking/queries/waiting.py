"""What waits in a space for its staff: requests, displacements, faults, use to set right."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import CharField, Count, F, Value
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
    ids = [space.pk for space in spaces]
    entry = Coalesce(
        Cast("bundle_id", CharField()),
        Cast(-F("series_id"), CharField()),
        Cast("pk", CharField()),
    )
    requests = (
        Reservation.objects.filter(state=ReservationState.PENDING, machine__space__in=ids)
        .order_by()
        .values_list("machine__space", Value("requests"))
        .annotate(number=Count(entry, distinct=True))
    )
    displaced = (
        Displacement.objects.filter(
            state=DisplacementState.OPEN,
            reservation__state=ReservationState.HELD,
            machine__space__in=ids,
        )
        .order_by()
        .values_list("machine__space", Value("displaced"))
        .annotate(number=Count("pk"))
    )
    faults = (
        Fault.objects.new()
        .filter(machine__space__in=ids)
        .order_by()
        .values_list("machine__space", Value("faults"))
        .annotate(number=Count("pk"))
    )
    corrections = (
        Correction.objects.open()
        .filter(session__machine__space__in=ids)
        .order_by()
        .values_list("session__machine__space", Value("use"))
        .annotate(number=Count("pk"))
    )
    entries = (
        KioskEntry.objects.to_settle()
        .filter(kiosk__space__in=ids)
        .order_by()
        .values_list("kiosk__space", Value("use"))
        .annotate(number=Count("pk"))
    )
    found: dict[int, Counter[str]] = {pk: Counter() for pk in ids}
    for pk, what, number in requests.union(displaced, faults, corrections, entries, all=True):
        found[pk][what] += number
    return {pk: Waiting(**numbers) for pk, numbers in found.items()}
