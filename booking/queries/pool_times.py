"""When how many units of a pool are free, as one calendar."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import chain, pairwise
from typing import NamedTuple

from booking.facts import Terms
from booking.queries.availability import MachineTime, machine_times
from booking.states import ReservationKind
from machines.models import Machine
from spaces.intervals import Interval, intersect, merge, subtract


class Level(NamedTuple):
    """Time in which `capacity` units work, `free_units` of which can still be had."""

    interval: Interval
    capacity: int
    free_units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolTime(MachineTime):
    """The time of a pool in a window, in the shape of that of a machine.

    It is free where any unit is. `levels` lie in a row and cover all of the bookable hours that
    are to come; `busy` and `missed` are empty: what is one unit's is not the pool's.
    """

    levels: tuple[Level, ...]


def pool_time(
    units: Sequence[Machine],
    window: Interval,
    *,
    terms: dict[int, Terms],
    now: datetime,
) -> PoolTime:
    """The time of the pool that consists of `units`, of which there is one at least.

    `terms` are those of the units by their ids. Three queries for any number of units, `space`
    loaded.
    """
    times = machine_times(units, window, now=now, terms=terms)
    bookable = [time.staffed if terms[pk].staff_needed else time.open for pk, time in times.items()]
    past = Interval(window.start, max(now, window.start))
    to_come = subtract(merge(chain.from_iterable(bookable)), [past])
    return PoolTime(
        open=_together(time.open for time in times.values()),
        staffed=_together(time.staffed for time in times.values()),
        closures=times[units[0].pk].closures,
        busy=(),
        down=tuple(reduce(intersect, (list(time.down) for time in times.values()))),
        free=_together(time.free for time in times.values()),
        levels=tuple(_levels(list(times.values()), to_come)),
    )


def _together(spans_of_units: Iterable[Sequence[Interval]]) -> tuple[Interval, ...]:
    return tuple(merge(chain.from_iterable(spans_of_units)))


def _levels(times: Sequence[MachineTime], spans: Iterable[Interval]) -> list[Level]:
    """The spans cut wherever a unit becomes free or busy, works or does not."""
    working = [_working(time) for time in times]
    free = [time.free for time in times]
    edges = sorted(
        {edge for unit in (*working, *free) for span in unit for edge in (span.start, span.end)}
    )
    levels: list[Level] = []
    for span in spans:
        inside = [edge for edge in edges if span.start < edge < span.end]
        for start, end in pairwise([span.start, *inside, span.end]):
            counts = _count(working, start), _count(free, start)
            if levels and levels[-1].interval.end == start and levels[-1][1:] == counts:
                start = levels.pop().interval.start  # noqa: PLW2901
            levels.append(Level(Interval(start, end), *counts))
    return levels


def _working(time: MachineTime) -> list[Interval]:
    """When a unit is open, and neither down nor being looked after."""
    upkeep = [each.interval for each in time.busy if each.kind == ReservationKind.MAINTENANCE]
    return subtract(time.open, [*time.down, *upkeep])


def _count(units: Iterable[Iterable[Interval]], moment: datetime) -> int:
    """Of how many units a span holds `moment`."""
    return sum(any(span.start <= moment < span.end for span in unit) for unit in units)
