"""What the staff of a space takes home as CSV, for programs: alike in every language."""

from collections.abc import Iterable, Iterator
from itertools import chain

from machines.models import Count, StockMovement, Stocktake
from machines.queries.stocktakes import counts_of
from spaces.models import Space
from spaces.tables import BYTE_ORDER_MARK, csv_lines, guarded

MOVEMENT = (
    "id",
    "moved_at",
    "zone",
    "item",
    "unit",
    "kind",
    "quantity",
    "balance",
    "unit_price",
    "currency",
    "by",
    "session",
    "undoes",
    "note",
)

READ = (
    "outcome",
    "code",
    "machine",
    "inventory number",
    "space",
    "room",
    "read in",
    "at",
    "by",
)

Cell = str | int | None


def movements_csv(movements: Iterable[StockMovement], space: Space) -> Iterator[str]:
    """A line for each movement of a stock, as they are read."""
    return csv_lines(chain([MOVEMENT], (_movement_cells(each, space) for each in movements)))


def stocktake_csv(stocktake: Stocktake) -> Iterator[str]:
    """A line for all that was read in a stocktake, and for what is missing."""
    counts = (_count_cells(each, stocktake.space) for each in counts_of(stocktake))
    return chain([BYTE_ORDER_MARK], csv_lines(chain([READ], counts)))


def _movement_cells(movement: StockMovement, space: Space) -> list[Cell]:
    price = movement.unit_price
    return [
        movement.pk,
        movement.moved_at.astimezone(space.zone).isoformat(timespec="seconds"),
        space.timezone,
        guarded(movement.item.name),
        movement.item.unit,
        movement.kind,
        str(movement.quantity),
        str(movement.balance),
        "" if price is None else str(price),
        space.currency,
        guarded(str(movement.by)) if movement.by else "",
        guarded(movement.session_key),
        movement.undoes_id,
        guarded(movement.note),
    ]


def _count_cells(count: Count, space: Space) -> list[Cell]:
    machine = count.machine
    return [
        guarded(cell)
        for cell in (
            count.outcome,
            count.code,
            machine.name if machine else "",
            machine.inventory_number if machine else "",
            machine.space.name if machine else "",
            machine.room.name if machine and machine.room else "",
            count.room.name if count.room else "",
            count.counted_at.astimezone(space.zone).isoformat(timespec="seconds"),
            str(count.counted_by or ""),
        )
    ]
