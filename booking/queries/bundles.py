"""Rows that belong together: the machines of a cart, for one time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from booking.models import Reservation


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
    found: dict[object, list[Reservation]] = {}
    for row in rows:
        found.setdefault(row.bundle_id or row.pk, []).append(row)
    return [Entry(_in_order(of_entry)) for of_entry in found.values()]


def _in_order(rows: Sequence[Reservation]) -> tuple[Reservation, ...]:
    return tuple(sorted(rows, key=lambda row: row.pk))
