"""What there is of everything that is used up, and how it came to be so."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from machines.models import Consumable, Machine, StockMovement, Supplier
from machines.states import MovementKind
from spaces.models import Space


def stock_of(space: Space, *, show: str = "") -> QuerySet[Consumable]:
    """The consumables of `space`, with `counted_at`; `show` is "low" or "retired", else all it has.

    What is low comes first.
    """
    rows = Consumable.objects.filter(space=space).select_related("supplier", "space")
    if show == "retired":
        rows = rows.exclude(retired_at=None)
    else:
        rows = rows.low() if show == "low" else rows.in_use()
    counted = rows.annotate(counted_at=Max("counts__counted_at"))
    return counted.order_by("low_since", "name", "pk")


def low_in(space: Space) -> list[Consumable]:
    """Of what no more than the minimum is left in `space`, in one query."""
    return list(Consumable.objects.filter(space=space).low().select_related("supplier"))


def is_still_low(pk: int, *, since: datetime) -> bool:
    """Whether an item has been low all the time since then."""
    return Consumable.objects.low().filter(pk=pk, low_since=since).exists()


def movements_of(item: Consumable) -> QuerySet[StockMovement]:
    """The history of `item`, the latest first, each with whether it was undone."""
    undone = StockMovement.objects.filter(undoes=OuterRef("pk"))
    return item.movements.select_related("by", "undoes").annotate(was_undone=Exists(undone))


def movements_in(space: Space) -> Iterator[StockMovement]:
    """The history of all items of `space`, as it happened, in one query."""
    rows = StockMovement.objects.filter(item__space=space).select_related("item", "by")
    return rows.order_by("moved_at", "pk").iterator()


def offered_at(machine: Machine) -> QuerySet[Consumable]:
    """What may be taken where `machine` is used: of its category, or of none in particular."""
    rows = Consumable.objects.in_use().filter(space=machine.space_id)
    return rows.filter(Q(categories=None) | Q(categories=machine.category_id)).distinct()


def sold_in(space: Space) -> QuerySet[Consumable]:
    """What `space` has, with the categories it is for, in two queries."""
    rows = Consumable.objects.filter(space=space).in_use().select_related("space")
    return rows.prefetch_related("categories")


def taken_for(session_key: str) -> QuerySet[StockMovement]:
    """What was taken for one use of a machine, but for what was undone; in one query."""
    rows = StockMovement.objects.filter(session_key=session_key, kind=MovementKind.TAKEN)
    return rows.filter(undoes=None, undone_by=None).select_related("item__space").order_by("pk")


def suppliers_of(space: Space) -> QuerySet[Supplier]:
    """Where `space` orders, each with how much of it that it has comes from there."""
    here = Count("consumables", filter=Q(consumables__retired_at=None))
    return Supplier.objects.filter(space=space).annotate(items=here)
