"""How far a stocktake is, and what it found."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count as CountOf
from django.db.models import Q, QuerySet

from machines.models import Count, Machine, Stocktake
from machines.models.machine import MachineQuerySet
from machines.states import Outcome
from spaces.models import Space

LAST_SHOWN = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How many machines there should be, and how many codes told what."""

    expected: int
    counts: dict[Outcome, int]
    present: int

    @property
    def missing(self) -> int:
        """How many machines nobody has read."""
        return self.expected - self.present


def open_in(space: Space) -> Stocktake | None:
    """The count of `space` that goes on, if one does."""
    return Stocktake.objects.filter(space=space, closed_at=None).first()


def standing_of(stocktake: Stocktake) -> Standing:
    """How far `stocktake` is, in two queries."""
    rows = stocktake.counts.values_list("outcome").order_by().annotate(rows=CountOf("pk"))
    counts = dict.fromkeys(Outcome, 0) | {Outcome(key): rows for key, rows in rows}
    if stocktake.closed_at is not None:
        present = stocktake.counts.present().filter(machine__space=stocktake.space_id).count()
        return Standing(expected=present + counts[Outcome.MISSING], counts=counts, present=present)
    in_service = Machine.objects.in_service().filter(space=stocktake.space_id)
    numbers = in_service.aggregate(
        expected=CountOf("pk"), present=CountOf("pk", filter=Q(pk__in=_present(stocktake)))
    )
    return Standing(expected=numbers["expected"], counts=counts, present=numbers["present"])


def missing_machines(stocktake: Stocktake) -> MachineQuerySet:
    """The machines in service of the space that nobody has read."""
    return (
        Machine.objects.in_service()
        .filter(space=stocktake.space_id)
        .exclude(pk__in=_present(stocktake))
        .select_related("room")
        .order_by("room__name", "name", "pk")
    )


def counts_of(stocktake: Stocktake) -> QuerySet[Count]:
    """All that was read, the last first, with what a line of it tells."""
    return stocktake.counts.select_related(
        "machine__space", "machine__room", "room", "counted_by"
    ).order_by("-counted_at", "-pk")


def stocktakes_of(space: Space) -> QuerySet[Stocktake]:
    """The stocktakes of `space`, the last first, each with its `present` and its `missing`."""
    mine = Q(counts__machine__space=space)
    return (
        space.stocktakes.select_related("started_by", "closed_by")
        .annotate(
            present=CountOf(
                "counts",
                filter=mine & Q(counts__outcome__in=[Outcome.FOUND, Outcome.ELSEWHERE]),
            ),
            missing=CountOf("counts", filter=Q(counts__outcome=Outcome.MISSING)),
        )
        .order_by("-started_at", "-pk")
    )


def _present(stocktake: Stocktake) -> "QuerySet[Count, Any]":
    return stocktake.counts.present().values("machine")
