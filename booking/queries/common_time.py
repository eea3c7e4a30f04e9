"""When several machines of one space are all free."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import reduce
from itertools import islice
from zoneinfo import ZoneInfo

from booking.facts import Terms
from booking.queries.availability import machine_times
from booking.queries.gaps import since_midnight
from booking.queries.terms import terms_of_many
from booking.together import joint_terms
from machines.models import Machine
from members.states import Audience
from spaces.intervals import DAY, Interval, clip, intersect, local_day, moment_of, wall_time


def common_slots(
    machines: Sequence[Machine],
    *,
    length: timedelta,
    window: Interval,
    audience: Audience,
    now: datetime,
    limit: int,
) -> list[Interval]:
    """The first time in each common gap of `machines` within `window`, earliest first.

    On the grids of all, and no shorter than any policy asks. Five queries for any number of
    machines, `machine.space` loaded. What the person decides, such as certifications, is not
    asked.
    """
    terms = terms_of_many(machines, audience=audience)
    joint = joint_terms([terms[machine.pk] for machine in machines])
    zone = machines[0].space.zone
    wanted = -(-max(length, joint.shortest) // joint.grid) * joint.grid
    window = _within_the_horizon(window, joint, zone, now=now, length=wanted)
    if wanted > joint.longest or window.start >= window.end:
        return []
    times = machine_times(machines, window, now=now, terms=terms)
    free = reduce(intersect, (list(each.free) for each in times.values()))
    return list(islice(_starts(clip(free, window), wanted, joint.grid, zone), limit))


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
