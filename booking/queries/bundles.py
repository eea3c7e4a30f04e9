"""Rows that belong together: the machines of a cart, for one time."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, TypeVar
from uuid import UUID

from booking.models import Reservation


class Part(Protocol):
    """A row that may be one of several that belong together."""

    @property
    def pk(self) -> int:
        """The id of the row."""

    @property
    def bundle_id(self) -> UUID | None:
        """What those that belong together share."""


P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True)
class Entry:
    """A reservation as people speak of it: one machine, or several for one time."""

    rows: tuple[Reservation, ...]

    def __str__(self) -> str:
        return " + ".join(row.what for row in self.rows)

    @property
    def first(self) -> Reservation:
        """The row that stands for all."""
        return self.rows[0]

    @property
    def is_cart(self) -> bool:
        """Whether there is more than one machine."""
        return len(self.rows) > 1

    @property
    def total(self) -> Decimal | None:
        """The price of all together; None where none of them has one."""
        told = [row.amount for row in self.rows if row.amount is not None]
        return sum(told, Decimal(0)) if told else None


def entry_of(reservation: Reservation) -> Entry:
    """The entry that `reservation` is part of; one query, none where it stands alone."""
    if reservation.bundle_id is None:
        return Entry((reservation,))
    rows = Reservation.objects.filter(bundle_id=reservation.bundle_id)
    parts = rows.select_related("machine__space", "machine__room", "pool", "member", "company")
    return Entry(tuple(parts.order_by("pk")))


def speaks_for_all(reservation: Reservation) -> bool:
    """Whether messages about its bundle are those about `reservation`: the row made first."""
    return (
        reservation.bundle_id is None
        or not Reservation.objects.filter(
            bundle_id=reservation.bundle_id, pk__lt=reservation.pk
        ).exists()
    )


def entries_of(rows: Iterable[Reservation]) -> list[Entry]:
    """`rows` as entries, in the order in which each is met first."""
    return [Entry(parts) for parts in bundles_of(rows)]


def bundles_of(rows: Iterable[P]) -> list[tuple[P, ...]]:
    """The rows that belong together, by their ids, in the order in which each is met first."""
    found: dict[object, list[P]] = {}
    for row in rows:
        found.setdefault(row.bundle_id or row.pk, []).append(row)
    return [tuple(sorted(parts, key=_by_id)) for parts in found.values()]


def _by_id(row: Part) -> int:
    return row.pk
