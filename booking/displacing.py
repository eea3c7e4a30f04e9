"""Where displaced reservations could go: pure, and never two of them to one time.

Units and reservations are numbers. Every option of every reservation is kept apart from all the
others, so that any choice among them can be carried out together.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from booking.facts import Terms
from booking.states import PROPOSED_AHEAD, WayOut
from members.states import Audience
from spaces.intervals import Interval, intersect, merge, subtract, wall_time

MOMENT = timedelta(microseconds=1)
"""The least step of time: starts that touch an edge are allowed, half-open spans end behind it."""

MOST_STARTS = 50
"""How many starts are tried for machines that must stay together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A machine with what each audience may book on it, and what has it by the row that does."""

    pk: int
    space: int
    category: int
    pool: int | None
    zone: ZoneInfo
    terms: Mapping[Audience, Terms]
    hours: Mapping[Audience, tuple[Interval, ...]]
    busy: tuple[tuple[int, Interval], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A reservation: which row, on which unit, when; and whether it must go.

    `audiences` tells by space whose terms hold for its holder; makers’ where nothing is told.
    """

    row: int
    unit: int
    span: Interval
    is_hit: bool
    holder: int | None
    audiences: Mapping[int, Audience]

    def terms_on(self, unit: Unit) -> Terms:
        """The terms of its holder on `unit`."""
        return unit.terms[self._audience(unit)]

    def hours_on(self, unit: Unit) -> tuple[Interval, ...]:
        """When its holder may book `unit`."""
        return unit.hours[self._audience(unit)]

    def _audience(self, unit: Unit) -> Audience:
        return self.audiences.get(unit.space, Audience.MAKER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is decided about as one: a reservation, or all that were made together."""

    key: int
    pieces: tuple[Piece, ...]
    ways: frozenset[WayOut]
    """What may be looked for; cancelling is always possible."""

    @property
    def start(self) -> datetime:
        """When the first of them begins."""
        return min(piece.span.start for piece in self.pieces)

    @property
    def end(self) -> datetime:
        """When the last of them ends."""
        return max(piece.span.end for piece in self.pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A time on a unit, and what it occupies with setup and turnaround."""

    unit: int
    span: Interval
    occupied: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One way out of a case: where each of its rows goes that goes anywhere."""

    way: WayOut
    spots: Mapping[int, Spot]


Allowed = Callable[[int, int, Interval], bool]
"""Whether the holder of a row may have a unit for a span, by all that is about the person."""


Engaged = Mapping[int, Sequence[tuple[int, Interval]]]
"""When each holder has something, by the row that it is."""


def options_for(
    cases: Sequence[Case],
    units: Sequence[Unit],
    *,
    allowed: Allowed,
    engaged: Engaged,
    earliest: datetime,
) -> dict[int, list[Option]]:
    """The ways out of each case by its key, the best first and cancelling last.

    What keeps the time comes first for everybody, so nobody loses a twin to another's next time.
    A new time is not before `earliest`, and its holder has nothing else then.
    """
    search = _Search(units, allowed, engaged, earliest)
    found: dict[int, list[Option]] = {case.key: [] for case in cases}
    for way, look in (
        (WayOut.SAME_TIME, search.at_the_same_time),
        (WayOut.LATER, search.later),
        (WayOut.ELSEWHERE, search.elsewhere),
    ):
        # Whoever has nothing yet looks first; sorting keeps the order otherwise.
        for case in sorted(cases, key=lambda each: bool(found[each.key])):
            spots = look(case) if way in case.ways else None
            if spots is not None:
                search.keep(case, spots)
                found[case.key].append(Option(way=way, spots=spots))
    for options in found.values():
        options.append(Option(way=WayOut.CANCEL, spots={}))
    return found


def starts_on(
    unit: Unit,
    piece: Piece,
    window: Interval,
    *,
    busy: Sequence[Interval],
    engaged: Sequence[Interval] = (),
) -> list[Interval]:
    """Every moment of `window` at which `piece` could begin on `unit`.

    Setup and turnaround keep away from what is `busy`, not from what its holder does elsewhere.
    """
    length, terms = piece.span.duration, piece.terms_on(unit)
    hours = [
        Interval(each.start, each.end - length + MOMENT)
        for each in piece.hours_on(unit)
        if each.duration >= length
    ]
    before, after = length + terms.turnaround, terms.setup
    taken = [
        *(Interval(each.start - before + MOMENT, each.end + after) for each in busy),
        *(Interval(each.start - length + MOMENT, each.end) for each in engaged),
    ]
    return subtract(intersect(hours, [window]), taken)


def on_the_grid(starts: Sequence[Interval], zone: ZoneInfo, grid: timedelta) -> Iterator[datetime]:
    """The steps of the clock of `zone` that lie in `starts`, in order (RULES, C5)."""
    for each in starts:
        moment = each.start
        while moment < each.end:
            wall = wall_time(moment, zone)
            beside = (wall - wall.replace(hour=0, minute=0, second=0, microsecond=0)) % grid
            if not beside:
                yield moment
            moment += grid - beside


class _Search:
    """Looks for room case by case, and remembers what it has given away."""

    def __init__(
        self, units: Sequence[Unit], allowed: Allowed, engaged: Engaged, earliest: datetime
    ) -> None:
        self._units = {unit.pk: unit for unit in units}
        self._busy = {unit.pk: list(unit.busy) for unit in units}
        self._engaged = {holder: list(rows) for holder, rows in engaged.items()}
        self._allowed, self._earliest = allowed, earliest
        self._kept: set[int] = set()

    def keep(self, case: Case, spots: Mapping[int, Spot]) -> None:
        """Give `spots` to nobody else, and their holders nothing else then."""
        self._kept.add(case.key)
        for piece in case.pieces:
            if piece.row in spots:
                spot = spots[piece.row]
                self._busy[spot.unit].append((piece.row, spot.occupied))
                if piece.holder is not None:
                    self._engaged.setdefault(piece.holder, []).append((piece.row, spot.span))

    def at_the_same_time(self, case: Case) -> dict[int, Spot] | None:
        """Another unit for each piece that must go; the others stay where they are."""
        hit = [piece for piece in case.pieces if piece.is_hit]
        return self._placed(case, hit, case.start, is_new=False)

    def later(self, case: Case) -> dict[int, Spot] | None:
        """The next time at which all of a case fits, on its own units or their twins."""
        # Who keeps the time on another unit is not asked to come a little later there as well.
        first = max(case.end if case.key in self._kept else case.start, self._earliest)
        window = Interval(first, first + PROPOSED_AHEAD)
        starts = [window]
        for piece in case.pieces:
            starts = intersect(starts, self._starts(case, piece, window))
        own = self._units[case.pieces[0].unit]
        grid = case.pieces[0].terms_on(own).grid
        for number, start in enumerate(on_the_grid(starts, own.zone, grid)):
            if number >= MOST_STARTS:
                break
            if start != case.start:
                spots = self._placed(case, case.pieces, start, is_new=True)
                if spots is not None:
                    return spots
        return None

    def elsewhere(self, case: Case) -> dict[int, Spot] | None:
        """The first time on a unit of another space; what is together is not sent there."""
        if len(case.pieces) > 1:
            return None
        (piece,) = case.pieces
        first = max(case.start, self._earliest)
        window = Interval(first, first + PROPOSED_AHEAD)
        best: Spot | None = None
        for unit in self._alike(piece, in_its_space=False):
            starts = self._starts_on(case, piece, unit, window)
            for start in on_the_grid(starts, unit.zone, piece.terms_on(unit).grid):
                span = Interval(start, start + piece.span.duration)
                if best is not None and span.start >= best.span.start:
                    break
                if self._allowed(piece.row, unit.pk, span):
                    best = _spot(piece, unit, span)
                break
        return {piece.row: best} if best else None

    def _placed(
        self, case: Case, pieces: Sequence[Piece], start: datetime, *, is_new: bool
    ) -> dict[int, Spot] | None:
        """Each of `pieces` on a unit of its own, the case beginning at `start`."""
        spots: dict[int, Spot] = {}
        for piece in pieces:
            begin = start + (piece.span.start - case.start)
            span = Interval(begin, begin + piece.span.duration)
            unit = next(
                (
                    unit
                    for unit in self._twins(piece)
                    if (is_new or unit.pk != piece.unit)
                    and unit.pk not in {spot.unit for spot in spots.values()}
                    and self._fits(case, piece, unit, span, is_new=is_new)
                ),
                None,
            )
            if unit is None:
                return None
            spots[piece.row] = _spot(piece, unit, span)
        return spots

    def _fits(self, case: Case, piece: Piece, unit: Unit, span: Interval, *, is_new: bool) -> bool:
        at_once = Interval(span.start, span.start + MOMENT)
        starts = self._starts_on(case, piece, unit, at_once, is_new=is_new)
        return bool(starts) and self._allowed(piece.row, unit.pk, span)

    def _starts(self, case: Case, piece: Piece, window: Interval) -> list[Interval]:
        """When the case could begin so that `piece` finds room on its own unit or a twin."""
        offset = piece.span.start - case.start
        moved = Interval(window.start + offset, window.end + offset)
        return merge(
            Interval(each.start - offset, each.end - offset)
            for unit in self._twins(piece)
            for each in self._starts_on(case, piece, unit, moved)
        )

    def _starts_on(
        self, case: Case, piece: Piece, unit: Unit, window: Interval, *, is_new: bool = True
    ) -> list[Interval]:
        rows = {each.row for each in case.pieces}
        busy = [held for row, held in self._busy[unit.pk] if row not in rows]
        is_asked = is_new and piece.holder is not None
        engaged = self._engaged.get(piece.holder or 0, []) if is_asked else []
        return starts_on(
            unit,
            piece,
            window,
            busy=busy,
            engaged=[span for row, span in engaged if row not in rows],
        )

    def _twins(self, piece: Piece) -> list[Unit]:
        """Its own unit, then those of its pool, then those of its category in the space."""
        own = self._units[piece.unit]
        return sorted(
            self._alike(piece, in_its_space=True),
            key=lambda unit: (unit.pk != own.pk, unit.pool != own.pool or unit.pool is None),
        )

    def _alike(self, piece: Piece, *, in_its_space: bool) -> list[Unit]:
        own = self._units[piece.unit]
        return [
            unit
            for unit in self._units.values()
            if (unit.space == own.space) == in_its_space
            and (unit.category == own.category or (unit.pool and unit.pool == own.pool))
        ]


def _spot(piece: Piece, unit: Unit, span: Interval) -> Spot:
    terms = piece.terms_on(unit)
    occupied = span.widened(before=terms.setup, after=terms.turnaround)
    return Spot(unit=unit.pk, span=span, occupied=occupied)
