"""When several machines of one space are all free."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import reduce
from itertools import combinations, islice
from zoneinfo import ZoneInfo

from booking.facts import Terms
from booking.queries.availability import MachineTime, machine_times
from booking.queries.gaps import since_midnight
from booking.queries.terms import terms_of_many
from booking.together import joint_terms
from machines.models import Machine
from members.states import Audience
from spaces.intervals import (
    DAY,
    Interval,
    clip,
    intersect,
    local_day,
    merge,
    moment_of,
    wall_time,
)


def common_slots(
    machines: Sequence[Machine],
    *,
    length: timedelta,
    window: Interval,
    audience: Audience,
    now: datetime,
    limit: int,
    any_unit: Collection[int] = (),
) -> list[Interval]:
    """The first time in each common gap of `machines` within `window`, earliest first.

    On the grids of all, and no shorter than any policy asks. Five queries for any number of
    machines, `machine.space` loaded, and two more where `any_unit` of a pool will do. What the
    person decides, such as certifications, is not asked.
    """
    terms = terms_of_many(machines, audience=audience)
    joint = joint_terms([terms[machine.pk] for machine in machines])
    zone = machines[0].space.zone
    wanted = -(-max(length, joint.shortest) // joint.grid) * joint.grid
    window = _within_the_horizon(window, joint, zone, now=now, length=wanted)
    if wanted > joint.longest or window.start >= window.end:
        return []
    beside = units_beside(machines, any_unit)
    terms |= terms_of_many(beside, audience=audience) if beside else {}
    every = {machine.pk: machine for machine in (*machines, *beside)}
    times = machine_times(list(every.values()), window, now=now, terms=terms)
    free = reduce(intersect, _free_of_each(machines, any_unit, beside, times))
    return list(islice(_starts(clip(free, window), wanted, joint.grid, zone), limit))


def units_beside(machines: Sequence[Machine], any_unit: Collection[int]) -> list[Machine]:
    """The units of the pools of which any will do, without those that are named."""
    pools = {machine.pool_id for machine in machines if machine.pk in any_unit}
    if not pools:
        return []
    named = {machine.pk for machine in machines if machine.pk not in any_unit}
    rows = Machine.objects.in_service().filter(pool__in=pools).exclude(pk__in=named)
    return list(rows.select_related("space", "room", "category", "pool").order_by("name", "pk"))


def _free_of_each(
    machines: Sequence[Machine],
    any_unit: Collection[int],
    beside: Sequence[Machine],
    times: Mapping[int, MachineTime],
) -> Iterator[list[Interval]]:
    """When each named machine is free, and when as many units of each pool as are asked for."""
    wanted: Counter[int | None] = Counter()
    for machine in machines:
        if machine.pk in any_unit:
            wanted[machine.pool_id] += 1
        else:
            yield list(times[machine.pk].free)
    for pool, count in wanted.items():
        frees = [times[unit.pk].free for unit in beside if unit.pool_id == pool]
        yield merge(
            span
            for some in combinations(frees, count)
            for span in reduce(intersect, map(list, some))
        )


def _within_the_horizon(
    window: Interval, terms: Terms, zone: ZoneInfo, *, now: datetime, length: timedelta
) -> Interval:
    """The part of `window` that may be reserved today (RULES, C3)."""
    last = moment_of(wall_time(now, zone) + terms.horizon_days * DAY, zone) + length
    start = max(window.start, now + terms.lead_time)
    return Interval(start, max(start, min(window.end, last)))


def _starts(
    gaps: Sequence[Interval], length: timedelta, grid: timedelta, zone: ZoneInfo
) -> Iterator[Interval]:
    for gap in gaps:
        start = _on_the_grid(gap.start, grid, zone)
        while start + length <= gap.end:
            if not since_midnight(start + length, zone) % grid:
                yield Interval(start, start + length)
                break
            # Beside the grid, as on a day when the clock changes: later it may fall on it.
            start = _on_the_grid(start + MINUTE, grid, zone)


MINUTE = timedelta(minutes=1)


def _on_the_grid(moment: datetime, grid: timedelta, zone: ZoneInfo) -> datetime:
    """The next step of the clock on the wall, which begins again at midnight (RULES, C5)."""
    past = since_midnight(moment, zone) % grid
    if not past:
        return moment
    midnight = local_day(moment.astimezone(zone).date(), zone).end
    return min(moment + grid - past, midnight)
