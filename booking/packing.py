"""Which unit of a pool takes which reservation, so that as many as possible find room.

Reservations of a named unit stay where they are; those made on the pool may change units until
they start (RULES, C15). Pure: units are numbers, time is what a reservation occupies.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain

from spaces.intervals import Interval

LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)
MOST_STEPS = 20_000
"""Where the search gives up; room that hides better than this is not worth the wait."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A reservation that any unit would do for: where it is now, and what it occupies."""

    key: int
    unit: int
    interval: Interval


@dataclass(frozen=True, slots=True)
class Assignment:
    """The unit for the newcomer, and the new units of those that make room for it."""

    unit: int
    moved: Mapping[int, int] = field(default_factory=dict)


def assign(
    wanted: Interval,
    *,
    units: Collection[int],
    fixed: Mapping[int, Sequence[Interval]],
    packed: Sequence[Packed],
    on: int | None = None,
) -> Assignment | None:
    """A unit of `units` for `wanted`, rearranging what is `packed` only where that is needed.

    It is the unit `on` where one is named. `fixed` holds by unit what nothing can move: named
    reservations, maintenance, faults. None where there is no room.
    """
    for_newcomer = units if on is None else [on]
    unit = _unit_as_it_is(wanted, units=for_newcomer, fixed=fixed, packed=packed)
    if unit is not None:
        return Assignment(unit)
    if _is_full(wanted, units=units, fixed=fixed, packed=packed):
        return None
    group = _entangled(wanted, [each for each in packed if each.unit in units])
    rest = [each for each in packed if each not in group]
    held = {unit: [*fixed.get(unit, ()), *_on(unit, rest)] for unit in units}
    return _Search(wanted, units=sorted(units), held=held, group=group, on=on).run()


def _unit_as_it_is(
    wanted: Interval,
    *,
    units: Collection[int],
    fixed: Mapping[int, Sequence[Interval]],
    packed: Sequence[Packed],
) -> int | None:
    """The free unit on which `wanted` leaves the least unused time beside it."""
    gaps = {}
    for unit in sorted(units):
        held = [*fixed.get(unit, ()), *_on(unit, packed)]
        if not any(wanted.overlaps(each) for each in held):
            gaps[unit] = _slack(wanted, held)
    return min(gaps, key=lambda unit: gaps[unit], default=None)


def _is_full(
    wanted: Interval,
    *,
    units: Collection[int],
    fixed: Mapping[int, Sequence[Interval]],
    packed: Sequence[Packed],
) -> bool:
    """Whether at some moment of `wanted` no unit can be left over, however they are exchanged."""
    held = [[each for each in fixed.get(unit, ()) if each.overlaps(wanted)] for unit in units]
    others = [
        each.interval for each in packed if each.unit in units and each.interval.overlaps(wanted)
    ]
    starts = {max(each.start, wanted.start) for each in (*chain(*held), *others)}
    return any(
        sum(_covers(each, moment) for each in others)
        + sum(any(_covers(each, moment) for each in of_unit) for of_unit in held)
        >= len(units)
        for moment in starts
    )


def _covers(interval: Interval, moment: datetime) -> bool:
    return interval.start <= moment < interval.end


def _on(unit: int, packed: Sequence[Packed]) -> list[Interval]:
    return [each.interval for each in packed if each.unit == unit]


def _slack(wanted: Interval, held: Sequence[Interval]) -> tuple[float, float]:
    """The time between `wanted` and its neighbours: the nearer one first."""
    before = [
        (wanted.start - each.end).total_seconds() for each in held if each.end <= wanted.start
    ]
    after = [(each.start - wanted.end).total_seconds() for each in held if each.start >= wanted.end]
    nearest = min(before, default=float("inf")), min(after, default=float("inf"))
    return min(nearest), max(nearest)


def _entangled(wanted: Interval, packed: Sequence[Packed]) -> list[Packed]:
    """Those whose time touches that of `wanted`, or of another that does, and so on."""
    reach, group = wanted, list[Packed]()
    rest = sorted(packed, key=lambda each: (each.interval, each.key))
    while near := [each for each in rest if each.interval.overlaps(reach)]:
        group += near
        rest = [each for each in rest if each not in near]
        reach = Interval(
            min(reach.start, *(each.interval.start for each in near)),
            max(reach.end, *(each.interval.end for each in near)),
        )
    return group


class _Search:
    """Places everybody in the order of their starts, trying the unit that they have first.

    What matters of a beginning is only until when each unit is taken, so no such state is
    followed twice.
    """

    def __init__(
        self,
        wanted: Interval,
        *,
        units: Sequence[int],
        held: Mapping[int, Sequence[Interval]],
        group: Sequence[Packed],
        on: int | None = None,
    ) -> None:
        self.units, self.held, self.on = units, held, on
        newcomer: list[tuple[Interval, Packed | None]] = [(wanted, None)]
        self.queue = sorted(
            [*newcomer, *((each.interval, each) for each in group)],
            key=lambda item: (item[0], item[1].key if item[1] else 0),
        )
        self.taken_until = dict.fromkeys(units, LONG_AGO)
        self.chosen: list[int] = []
        self.dead_ends: set[tuple[int, tuple[datetime, ...]]] = set()
        self.steps = 0

    def run(self) -> Assignment | None:
        """The assignment, or None."""
        if not self._place(0):
            return None
        moved, unit = {}, 0
        for (_interval, packed), chosen in zip(self.queue, self.chosen, strict=True):
            if packed is None:
                unit = chosen
            elif packed.unit != chosen:
                moved[packed.key] = chosen
        return Assignment(unit, moved)

    def _place(self, number: int) -> bool:
        if number == len(self.queue):
            return True
        interval, packed = self.queue[number]
        state = (number, tuple(max(each, interval.start) for each in self.taken_until.values()))
        if state in self.dead_ends or self.steps >= MOST_STEPS:
            return False
        self.steps += 1
        for unit in self._candidates(interval, packed):
            before = self.taken_until[unit]
            self.taken_until[unit] = interval.end
            self.chosen.append(unit)
            if self._place(number + 1):
                return True
            self.chosen.pop()
            self.taken_until[unit] = before
        self.dead_ends.add(state)
        return False

    def _candidates(self, interval: Interval, packed: Packed | None) -> list[int]:
        """Units that are free for `interval`, the one that it has now first."""
        free = [
            unit
            for unit in (self.units if packed or self.on is None else [self.on])
            if self.taken_until[unit] <= interval.start
            and not any(interval.overlaps(each) for each in self.held[unit])
        ]
        return sorted(free, key=lambda unit: packed is None or unit != packed.unit)
