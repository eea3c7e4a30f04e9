"""What is read of a reservation where it is drawn: who may see a name is decided here."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from booking.lane_parts import BusyTime, ItemKind, Links, Row, Viewer
from booking.lane_words import LaneWords
from booking.states import ReservationKind, ReservationState

MOVABLE = frozenset({ReservationState.PENDING, ReservationState.CONFIRMED})


class Caption(NamedTuple):
    """A reservation as its viewer may see it, the same on every day that it touches.

    All but the kind lie in the order of `Item`.
    """

    kind: str
    name: str
    starts_at: int
    ends_at: int
    detail: str
    href: str
    reservation: int
    is_movable: bool
    marks: str
    note: str


class Captioner:
    """Says of any number of reservations what one viewer may read of them."""

    def __init__(self, viewer: Viewer, words: LaneWords, *, now: datetime) -> None:
        self._viewer = viewer
        self._words = words
        self._now = now

    def of(self, busy: Iterable[BusyTime], links: Links) -> Iterator[tuple[int, int, Caption]]:
        """Each reservation with the time in which it is drawn.

        That nobody came for one is told to those inside only.
        """
        for each in busy:
            row = each.reservation
            if row.state == ReservationState.NO_SHOW and not self._viewer.may_know(row):
                continue
            start = max(row.starts_at, each.interval.start)
            end = min(row.ends_at, each.interval.end)
            if end <= start:
                # Checked out before it began: only the turnaround is left.
                start, end = each.interval.start, each.interval.end
            starts_at, ends_at = int(start.timestamp()), int(end.timestamp())
            yield starts_at, ends_at, self._caption(row, starts_at, ends_at, links)

    def _caption(self, row: Row, starts_at: int, ends_at: int, links: Links) -> Caption:
        """Name, purpose and address as far as the viewer may know them.

        Those inside and the staff do; others see “Reserved”.
        """
        viewer, words = self._viewer, self._words
        may_know = viewer.may_know(row)
        detail = row.purpose
        if row.kind == ReservationKind.MAINTENANCE:
            kind, name = ItemKind.MAINTENANCE, words.maintenance
        elif row.kind == ReservationKind.WORKSHOP:
            kind, detail = ItemKind.WORKSHOP, ""
            name = words.workshop_of(row.purpose)
        elif row.member_id is not None and row.member_id == viewer.member_id:
            kind, name = ItemKind.OWN, words.yours
        elif may_know:
            kind = ItemKind.RESERVED if row.company_id is None else ItemKind.COMPANY
            name = row.holder
        else:
            kind, name, detail = ItemKind.RESERVED, words.reserved, ""
        may_open = bool(row.pk) and may_know
        # To others all are alike: neither that one waits nor that it is confidential is told.
        is_told = may_know or row.state == ReservationState.IN_USE
        marks, note = words.marks_of(
            row.state if is_told else "", is_confidential=may_know and row.is_confidential
        )
        return Caption(
            kind,
            name,
            starts_at,
            ends_at,
            detail,
            f"{links.reservation}{row.pk}{links.after}" if may_open else "",
            row.pk if may_open else 0,
            may_open and self._is_movable(row),
            marks,
            note,
        )

    def _is_movable(self, row: Row) -> bool:
        """Whether it may be dragged: what has begun by its end only."""
        if row.kind != ReservationKind.BOOKING:
            return False
        if row.state == ReservationState.IN_USE:
            return row.ends_at > self._now
        return row.state in MOVABLE and row.starts_at > self._now
