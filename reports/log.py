"""The log of machines as columns: what was planned, booked, used and broken. Pure.

Every machine is a lane. Spans may overlap and reach beyond the window that is asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
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

    `held_until` is when the machine was really free again. `member` and `company` are 0 where there
    is none, and `booked_by` is a place in `hours.AUDIENCES`.
    """

    id: Ints
    lane: Ints
    start: Ints
    end: Ints
    occupied_from: Ints
    occupied_until: Ints
    held_until: Ints
    released_at: Ints
    member: Ints
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
class Late(Columns):
    """Reservations that staff cancelled late, and the company of each or 0."""

    lane: Ints
    start: Ints
    end: Ints
    company: Ints

    @property
    def spans(self) -> Spans:
        """As they were booked."""
        return Spans(self.lane, self.start, self.end)


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
class Acting(Columns):
    """For which companies the person of a use could act then, by the place of the use in the log.

    Whoever uses what such a company has booked uses it as a booking of their own.
    """

    use: Ints
    company: Ints


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
    late_cancelled: Late = field(default_factory=Late.of)
    bookings: Bookings = field(default_factory=Bookings.of)
    uses: Uses = field(default_factory=Uses.of)
    acting: Acting = field(default_factory=Acting.of)
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
        """Places of uses and of bookings of one lane and person, or company, that overlap.

        Both go by names: a person's is their number, and a company's is its number below zero.
        """
        uses, rows = self.uses, self.bookings
        named, signed = np.flatnonzero(uses.member), np.flatnonzero(rows.member)
        paid = np.flatnonzero(rows.company)
        use = np.concatenate([named, self.acting.use])
        booking = np.concatenate([signed, paid])
        if not len(use) or not len(booking):
            return ints([]), ints([])
        lane = np.concatenate([uses.lane[use], rows.lane[booking]])
        name = np.concatenate(
            [uses.member[named], -self.acting.company, rows.member[signed], -rows.company[paid]]
        )
        _, group = np.unique(
            lane * (name.max() - name.min() + 1) + name - name.min(), return_inverse=True
        )
        base = min(uses.start[use].min(), rows.start.min())
        latest = max(uses.start[use].max(), rows.end.max())
        stride = latest - base + 1
        of_use = group[: len(use)] * stride + uses.start[use] - base
        order = np.argsort(of_use, kind="stable")
        longest = (uses.end[use] - uses.start[use]).max()
        of_booking = group[len(use) :] * stride
        starts = np.maximum(rows.start[booking] - longest - base, 0)
        first = np.searchsorted(of_use[order], of_booking + starts, "left")
        ends = of_booking + rows.end[booking] - base
        counts = np.maximum(np.searchsorted(of_use[order], ends, "left") - first, 0)
        return use[order[spread(first, counts)]], np.repeat(booking, counts)

    def for_companies(self, parts: Parts) -> Mask:
        """Which parts are use for a company although nobody linked them to its booking."""
        loose: Mask = self.uses.reservation[parts.use] == 0
        loose &= self.bookings.company[parts.booking] > 0
        return loose

    def by_company(self, parts: Parts) -> tuple["Log", Ints, Ints]:
        """The same log with a lane for each machine and company, and the two of each lane."""
        theirs = self.bookings.company > 0
        bookings, (uses, place) = self.bookings.only(theirs), self._uses_of_companies(parts)
        late = self.late_cancelled.only(self.late_cancelled.company > 0)
        pairs = np.stack(
            [
                np.concatenate([bookings.lane, uses.lane, late.lane]),
                np.concatenate([bookings.company, uses.company, late.company]),
            ],
            axis=1,
        )
        lanes, lane = np.unique(pairs, axis=0, return_inverse=True)
        of_bookings, of_uses, of_late = np.split(
            lane.reshape(-1), np.cumsum([len(bookings.lane), len(uses.lane)])
        )
        return (
            Log(
                machines=tuple(self.machines[each] for each in lanes[:, 0]),
                life=self.life.copied(lanes[:, 0]),
                opening=self.opening.copied(lanes[:, 0]),
                maintenance=self.maintenance.copied(lanes[:, 0]),
                faults=self.faults.copied(lanes[:, 0]),
                late_cancelled=_relaned(late, of_late),
                bookings=_relaned(bookings, of_bookings),
                uses=_relaned(uses, of_uses),
                acting=self._acting_for(uses.company, place),
                runs=self.runs.copied(lanes[:, 0]),
                metered=self.metered.copied(lanes[:, 0]),
            ),
            lanes[:, 0],
            lanes[:, 1],
        )

    def _uses_of_companies(self, parts: Parts) -> tuple[Uses, Ints]:
        """Uses of their reservations, and of others the part in which theirs are used, with places.

        The places are those of the uses that they are or are a part of.
        """
        whole = np.flatnonzero(self.uses.company)
        loose = self.for_companies(parts)
        use, booking = parts.use[loose], parts.booking[loose]
        place = np.concatenate([whole, use])
        rows = self.uses.only(place)
        return replace(
            rows,
            start=np.concatenate([self.uses.start[whole], parts.spans.start[loose]]),
            end=np.concatenate([self.uses.end[whole], parts.spans.end[loose]]),
            reservation=np.concatenate([self.uses.reservation[whole], self.bookings.id[booking]]),
            company=np.concatenate([self.uses.company[whole], self.bookings.company[booking]]),
        ), place

    def _acting_for(self, company: Ints, place: Ints) -> Acting:
        """Which uses at these places of the log act for the one company that each is told of."""
        stride = max(company.max(initial=0), self.acting.company.max(initial=0)) + 1
        acts = np.isin(place * stride + company, self.acting.use * stride + self.acting.company)
        return Acting(np.flatnonzero(acts), company[acts])


def _relaned(rows: T, lane: Ints) -> T:
    return type(rows)(
        *(lane if each.name == "lane" else getattr(rows, each.name) for each in fields(rows))
    )
