"""Stock: what came in, what was taken, what a count found, and what was set right again.

Every change is a movement. The row of the item is held first, and is the last lock that anybody
takes: whoever moves several items in one transaction does so in the order of their ids.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction

from machines.models import Category, Consumable, StockCount, StockMovement, Supplier
from machines.states import MovementKind
from members.models import Member


class QuantityNotPositive(ValueError):
    """Nothing, or less than nothing, cannot be moved."""


class TakenAlready(Exception):
    """For this use of the machine another quantity was written down: that of `movement`."""

    def __init__(self, movement: StockMovement) -> None:
        super().__init__(f"{-movement.quantity} were taken for {movement.session_key}")
        self.movement = movement


class UndoneAlready(Exception):
    """The movement was undone before, or undoes another one itself."""


class ChangedMeanwhile(Exception):
    """The stock is no longer what whoever counted was shown; `items` are as they are now."""

    def __init__(self, items: Sequence[Consumable]) -> None:
        super().__init__(", ".join(item.name for item in items))
        self.items = items


class Counted(NamedTuple):
    """What was found of an item, and what the page said that there should be."""

    item: Consumable
    found: Decimal
    expected: Decimal


@transaction.atomic
def save_consumable(
    *, item: Consumable, categories: Iterable[Category], now: datetime
) -> Consumable:
    """Keep what is said about an item; its stock is not said here, movements make it."""
    if item.pk is not None:
        held = _held(item)
        item.quantity, item.low_since, item.retired_at = (
            held.quantity,
            held.low_since,
            held.retired_at,
        )
    item.low_since = _low_since(item, now)
    item.save()
    item.categories.set(categories)
    return item


@transaction.atomic
def retire(*, item: Consumable, now: datetime) -> Consumable:
    """The space has it no more; what was moved stays in the history."""
    held = _held(item)
    return _kept_with(held, held.retired_at or now, now)


@transaction.atomic
def bring_back(*, item: Consumable, now: datetime) -> Consumable:
    """The space has it again."""
    return _kept_with(_held(item), None, now)


@transaction.atomic
def receive(
    *,
    item: Consumable,
    quantity: Decimal,
    by: Member | None,
    now: datetime,
    unit_price: Decimal | None = None,
    note: str = "",
) -> StockMovement:
    """Write down what came in; raises QuantityNotPositive."""
    movement = StockMovement(
        kind=MovementKind.RECEIVED,
        quantity=_more_than_nothing(quantity),
        unit_price=unit_price,
        note=note,
    )
    return _move(_held(item), movement, by, now)


@transaction.atomic
def take(
    *,
    item: Consumable,
    quantity: Decimal,
    session_key: str,
    by: Member | None,
    now: datetime,
    note: str = "",
) -> StockMovement:
    """Write down what was used, at the price of now.

    For a use of a machine it is written once, however often it is sent. More may be taken than
    there should be: what was used was used. Raises QuantityNotPositive, and TakenAlready where
    another quantity was written down for the same use.
    """
    quantity, held = _more_than_nothing(quantity), _held(item)
    if session_key and (before := _taken_for(held, session_key)) is not None:
        if before.quantity != -quantity:
            raise TakenAlready(before)
        return before
    movement = StockMovement(
        kind=MovementKind.TAKEN,
        quantity=-quantity,
        unit_price=held.price,
        session_key=session_key,
        note=note,
    )
    return _move(held, movement, by, now)


@transaction.atomic
def discard(
    *, item: Consumable, quantity: Decimal, by: Member | None, now: datetime, note: str = ""
) -> StockMovement:
    """Write down what was spoilt or thrown away; raises QuantityNotPositive."""
    movement = StockMovement(
        kind=MovementKind.DISCARDED, quantity=-_more_than_nothing(quantity), note=note
    )
    return _move(_held(item), movement, by, now)


@transaction.atomic
def count(*, counted: Iterable[Counted], by: Member | None, now: datetime) -> list[StockCount]:
    """Write down what is on the shelves; where that differs, a movement sets the stock right.

    All or nothing: raises ChangedMeanwhile where something was moved since the page was made, as
    nobody knows whether that was before the item was counted.
    """
    told = sorted(counted, key=lambda each: each.item.pk)
    held = [_held(each.item) for each in told]
    changed = [row for row, each in zip(held, told, strict=True) if row.quantity != each.expected]
    if changed:
        raise ChangedMeanwhile(changed)
    return [_counted(row, each.found, by, now) for row, each in zip(held, told, strict=True)]


@transaction.atomic
def undo(*, movement: StockMovement, by: Member | None, now: datetime) -> StockMovement:
    """Set right what was written by mistake, by a movement back; raises UndoneAlready."""
    held = _held(movement.item)
    if movement.undoes_id is not None or held.movements.filter(undoes=movement).exists():
        raise UndoneAlready
    back = StockMovement(
        kind=movement.kind,
        quantity=-movement.quantity,
        unit_price=movement.unit_price,
        session_key=movement.session_key,
        undoes=movement,
    )
    return _move(held, back, by, now)


def save_supplier(*, supplier: Supplier) -> Supplier:
    """Keep what is said about a supplier."""
    supplier.save()
    return supplier


def remove_supplier(*, supplier: Supplier) -> None:
    """Forget a supplier; what came from there stays without one."""
    supplier.delete()


def _held(item: Consumable) -> Consumable:
    """The item as it is, kept from others until the transaction ends."""
    return Consumable.objects.select_for_update().get(pk=item.pk)


def _more_than_nothing(quantity: Decimal) -> Decimal:
    if not quantity > 0:
        raise QuantityNotPositive(str(quantity))
    return quantity


def _move(
    held: Consumable, movement: StockMovement, by: Member | None, now: datetime
) -> StockMovement:
    """Write the movement, which the database adds to the stock, and see whether that is low."""
    movement.item, movement.by, movement.moved_at = held, by, now
    movement.save(force_insert=True)
    held.quantity += movement.quantity
    movement.balance = held.quantity
    _kept_with(held, held.retired_at, now)
    return movement


def _counted(held: Consumable, found: Decimal, by: Member | None, now: datetime) -> StockCount:
    counted = StockCount.objects.create(
        item=held, expected=held.quantity, counted=found, counted_at=now, by=by
    )
    difference = found - held.quantity
    if difference:
        movement = StockMovement(kind=MovementKind.COUNTED, quantity=difference, count=counted)
        _move(held, movement, by, now)
    return counted


def _taken_for(held: Consumable, session_key: str) -> StockMovement | None:
    """What was taken of it for a use of a machine, and not undone."""
    rows = held.movements.filter(
        session_key=session_key, kind=MovementKind.TAKEN, undoes=None, undone_by=None
    )
    return rows.first()


def _kept_with(held: Consumable, retired_at: datetime | None, now: datetime) -> Consumable:
    """Write down whether it is given up, and since when it is low."""
    before = held.retired_at, held.low_since
    held.retired_at = retired_at
    held.low_since = _low_since(held, now)
    if (held.retired_at, held.low_since) != before:
        held.save(update_fields=["retired_at", "low_since"])
    return held


def _low_since(item: Consumable, now: datetime) -> datetime | None:
    """Since when no more than its minimum is left; None where there is more, or none is wanted."""
    if item.retired_at is not None or item.minimum is None or item.quantity > item.minimum:
        return None
    return item.low_since or now
