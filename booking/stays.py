"""What one person has in one space without a gap is one stay, on however many machines.

One reminder is enough for it: that of what begins first tells of what follows.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from booking.models import Reservation
from booking.notices.reminders import stem_of
from booking.notices.telling import page, place_of
from booking.queries.bundles import Entry, entry_of
from booking.states import MAX_SPAN, ReservationKind, ReservationState
from notifications.joining import Neighbours
from notifications.models import Message

PARTS = ("machine__space", "machine__room", "pool")


def neighbours_of(reminder: Message) -> Neighbours:
    """The stay around what is reminded of; one query where there is nothing else.

    Known by the reminders of it that come equally early, to the same person.
    """
    start, end = (
        datetime.fromisoformat(reminder.context[each]) for each in ("starts_at", "ends_at")
    )
    stay = _Stay(reminder, start, end)
    rows = list(stay.rows(Q(ends_at=start) | Q(starts_at=end)))
    before = stay.all_before([row for row in rows if row.ends_at == start])
    after = stay.all_after([row for row in rows if row.starts_at == end])
    _stem, member, seconds = reminder.dedupe_key.rsplit(":", 2)
    how_early = f"{member}:{seconds}"
    return Neighbours(
        before=[stem_of(reminder.kind, row) + how_early for row in before],
        after={
            stem_of(reminder.kind, entry.first) + how_early: _told(entry)
            for entry in _entries(sorted(after, key=_in_turn))
        },
    )


class _Stay:
    """What the reader of a reminder has in its space around one time."""

    def __init__(self, reminder: Message, start: datetime, end: datetime) -> None:
        self._all: QuerySet[Reservation] = Reservation.objects.filter(
            member=reminder.recipient_id,
            machine__space=int(reminder.space_key or 0),
            kind=ReservationKind.BOOKING,
            state=ReservationState.CONFIRMED,
            starts_at__range=(start - MAX_SPAN, end + MAX_SPAN),
        )

    def rows(self, where: Q) -> QuerySet[Reservation]:
        """Its rows of which that holds."""
        return self._all.filter(where).select_related(*PARTS).order_by("pk")

    def all_before(self, rows: Collection[Reservation]) -> list[Reservation]:
        """`rows`, what they begin with the end of, and so on."""
        found: list[Reservation] = []
        while rows:
            found += rows
            rows = list(self.rows(Q(ends_at__in={row.starts_at for row in rows})))
        return found

    def all_after(self, rows: Collection[Reservation]) -> list[Reservation]:
        """`rows`, what begins with the end of them, and so on; each once."""
        found: dict[int, Reservation] = {}
        while rows:
            found |= {row.pk: row for row in rows}
            rows = list(self.rows(Q(starts_at__in={row.ends_at for row in rows})))
        return list(found.values())


def _entries(rows: Iterable[Reservation]) -> Iterator[Entry]:
    """Those that stand for all of theirs, as they are told."""
    for row in rows:
        entry = entry_of(row)
        if entry.first.pk == row.pk:
            yield entry


def _in_turn(row: Reservation) -> tuple[datetime, int]:
    return row.starts_at, row.pk


def _told(entry: Entry) -> dict[str, Any]:
    """What the reminder says of it."""
    row = entry.first
    return {
        "machine": str(entry),
        "place": place_of(row),
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
        "url": page("reservation", row.pk),
    }
