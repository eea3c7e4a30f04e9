"""The movements of a stock as CSV, for programs: alike in every language."""

import csv
from collections.abc import Iterable, Iterator

from machines.models import StockMovement
from machines.sheets.guard import guarded
from spaces.models import Space

HEADER = (
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

Cell = str | int | None


class _Line:
    """Hands a written line on instead of keeping it."""

    def write(self, line: str) -> str:
        """The line itself."""
        return line


def movements_csv(movements: Iterable[StockMovement], space: Space) -> Iterator[str]:
    """A line for each, as they are read."""
    write = csv.writer(_Line()).writerow
    yield write(HEADER)
    for movement in movements:
        yield write(_cells(movement, space))


def _cells(movement: StockMovement, space: Space) -> list[Cell]:
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
