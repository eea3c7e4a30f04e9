"""The log of machines as columns: what was planned, booked, used and broken. Pure.

Every machine is a lane. Spans may overlap and reach beyond the window that is asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Self, TypeVar

import numpy as np

from reports.sweep import Ints, Mask, Spans, ints, spread

T = TypeVar("T", bound="Columns")

NOT_RELEASED = 1 << 40


@dataclass(frozen=True, slots=True)
class Columns:
    """Rows kept as one array per field."""

    @classmethod
    def of(cls, rows: Sequence[Sequence[int]] = ()) -> Self:
        """From rows of numbers in the order of the fields."""
        names = fields(cls)
        table = ints([each for row in rows for each in row]).reshape(-1, len(names))
        return cls(*table.T)

    def only(self, chosen: Mask | Ints) -> Self:
        """The rows that are chosen, by a mask or by their places."""
        return type(self)(*(getattr(self, each.name)[chosen] for each in fields(self)))


@dataclass(frozen=True, slots=True)
class Bookings(Columns):
    """Reservations and workshops that count as booked.

    `held_until` is when the machine was really free again. `company` is 0 without one, and
    `booked_by` a place in `hours.AUDIENCES`.
    """

    id: Ints
    lane: Ints
    start: Ints
    end: Ints
    occupied_from: Ints
    occupied_until: Ints
    held_until: Ints
    released_at: Ints
    company: Ints
    booked_by: Ints
    needs_check_in: Ints
    is_no_show: Ints

    @property
    def booked(self) -> Spans:
        """As booked."""
        return Spans(self.lane, self.start, self.end)

    @property
    def occupied(self) -> Spans:
        """With setup and turnaround."""
        return Spans(self.lane, self.occupied_from, self.occupied_until)

    @property
    def held(self) -> Spans:
        """While nobody else could have the machine."""
        return Spans(self.lane, self.occupied_from, self.held_until)

    @property
    def released(self) -> Spans:
        """From when a no-show's machine was free again."""
        return Spans(self.lane, np.maximum(self.released_at, self.start), self.end)


@dataclass(frozen=True, slots=True)
class Uses(Columns):
    """Usage sessions, open ones ending now.

    `source` is a place in `hours.SOURCES`; one whose end nobody told counts as assumed, whoever
    told its start. `member`, `reservation` and `company` are 0 where there is none; the company is
    that of the reservation. `used_by` is a place in `hours.AUDIENCES`, that of the person alone.
    """

    lane: Ints
    start: Ints
    end: Ints
    source: Ints
    member: Ints
    reservation: Ints
    company: Ints
    used_by: Ints

    @property
    def spans(self) -> Spans:
        """From check-in to check-out."""
        return Spans(self.lane, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Holders(Columns):
    """Whose use is use of a booking: its member, and the delegates of its company."""

    booking: Ints
    member: Ints


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts of uses inside bookings of the same person or company, by their places in the log."""

    use: Ints
    booking: Ints
    spans: Spans


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """All that is known of machines; `runs` is when meters say that they work."""

    machines: tuple[int, ...]
    life: Spans
    opening: Spans
    maintenance: Spans = field(default_factory=Spans.of)
    faults: Spans = field(default_factory=Spans.of)
    late_cancelled: Spans = field(default_factory=Spans.of)
    bookings: Bookings = field(default_factory=Bookings.of)
    uses: Uses = field(default_factory=Uses.of)
    holders: Holders = field(default_factory=Holders.of)
    runs: Spans = field(default_factory=Spans.of)
    metered: Spans = field(default_factory=Spans.of)

    def in_own_booking(self) -> Parts:
        """The parts of uses that lie in a booking of who uses it.

        The link of a checked-in session stays when its person is forgotten or leaves.
        """
        use, booking = (
            np.concatenate(both) for both in zip(self._linked(), self._alike(), strict=True)
        )
        uses, rows = self.uses, self.bookings
        start = np.maximum(uses.start[use], rows.start[booking])
        end = np.minimum(uses.end[use], rows.end[booking])
        kept = start < end
        use, booking = use[kept], booking[kept]
        return Parts(use, booking, Spans(uses.lane[use], start[kept], end[kept]))

    def _linked(self) -> tuple[Ints, Ints]:
        """Places of uses and of the bookings to which they are linked."""
        if not len(self.bookings.id):
            return ints([]), ints([])
        order = np.argsort(self.bookings.id)
        sorted_ids = self.bookings.id[order]
        place = np.searchsorted(sorted_ids, self.uses.reservation)
        place = np.minimum(place, len(order) - 1)
        use = np.flatnonzero(sorted_ids[place] == self.uses.reservation)
        return use, order[place[use]]

    def _alike(self) -> tuple[Ints, Ints]:
        """Places of uses and of bookings of one lane and person that overlap."""
        uses, rows, holders = self.uses, self.bookings, self.holders
        named = np.flatnonzero(uses.member > 0)
        if not len(named) or not len(holders.member):
            return ints([]), ints([])
        lane = np.concatenate([uses.lane[named], rows.lane[holders.booking]])
        member = np.concatenate([uses.member[named], holders.member])
        _, group = np.unique(lane * (member.max() + 1) + member, return_inverse=True)
        base = min(uses.start[named].min(), rows.start.min())
        latest = max(uses.start[named].max(), rows.end.max())
        stride = latest - base + 1
        of_use = group[: len(named)] * stride + uses.start[named] - base
        order = np.argsort(of_use, kind="stable")
        longest = (uses.end[named] - uses.start[named]).max()
        of_holder = group[len(named) :] * stride
        starts = np.maximum(rows.start[holders.booking] - longest - base, 0)
        first = np.searchsorted(of_use[order], of_holder + starts, "left")
        ends = of_holder + rows.end[holders.booking] - base
        counts = np.maximum(np.searchsorted(of_use[order], ends, "left") - first, 0)
        use = named[order[spread(first, counts)]]
        return use, np.repeat(holders.booking, counts)

    def for_companies(self, parts: Parts) -> Mask:
        """Which parts are use for a company although nobody linked them to its booking."""
        loose: Mask = self.uses.reservation[parts.use] == 0
        loose &= self.bookings.company[parts.booking] > 0
        return loose

    def by_company(self, parts: Parts) -> tuple["Log", Ints, Ints]:
        """The same log with a lane for each machine and company, and the two of each lane."""
        theirs = self.bookings.company > 0
        bookings, uses = self.bookings.only(theirs), self._uses_of_companies(parts)
        pairs = np.stack(
            [
                np.concatenate([bookings.lane, uses.lane]),
                np.concatenate([bookings.company, uses.company]),
            ],
            axis=1,
        )
        lanes, lane = np.unique(pairs, axis=0, return_inverse=True)
        lane = lane.reshape(-1)
        moved = np.cumsum(theirs) - 1
        kept = theirs[self.holders.booking]
        return (
            Log(
                machines=tuple(self.machines[each] for each in lanes[:, 0]),
                life=self.life.copied(lanes[:, 0]),
                opening=self.opening.copied(lanes[:, 0]),
                maintenance=self.maintenance.copied(lanes[:, 0]),
                faults=self.faults.copied(lanes[:, 0]),
                bookings=_relaned(bookings, lane[: len(bookings.id)]),
                uses=_relaned(uses, lane[len(bookings.id) :]),
                holders=Holders(moved[self.holders.booking[kept]], self.holders.member[kept]),
                runs=self.runs.copied(lanes[:, 0]),
                metered=self.metered.copied(lanes[:, 0]),
            ),
            lanes[:, 0],
            lanes[:, 1],
        )

    def _uses_of_companies(self, parts: Parts) -> Uses:
        """Uses of their reservations, and of others the part in which a delegate uses theirs."""
        whole = self.uses.only(self.uses.company > 0)
        loose = self.for_companies(parts)
        use, booking = parts.use[loose], parts.booking[loose]
        cut = self.uses.only(use)
        return Uses(
            lane=np.concatenate([whole.lane, cut.lane]),
            start=np.concatenate([whole.start, parts.spans.start[loose]]),
            end=np.concatenate([whole.end, parts.spans.end[loose]]),
            source=np.concatenate([whole.source, cut.source]),
            member=np.concatenate([whole.member, cut.member]),
            reservation=np.concatenate([whole.reservation, self.bookings.id[booking]]),
            company=np.concatenate([whole.company, self.bookings.company[booking]]),
            used_by=np.concatenate([whole.used_by, cut.used_by]),
        )


def _relaned(rows: T, lane: Ints) -> T:
    return type(rows)(
        *(lane if each.name == "lane" else getattr(rows, each.name) for each in fields(rows))
    )
