"""The next time that a machine could be reserved."""

from datetime import datetime, timedelta

from booking.queries.availability import machine_times
from booking.queries.terms import terms_of_many
from machines.models import Machine
from spaces.intervals import Interval, wall_time

LOOK_AHEAD = timedelta(days=7)


def first_free(
    machine: Machine, *, after: datetime, now: datetime, length: timedelta
) -> Interval | None:
    """The first span of `length` on the machine's grid that is free within a week of `after`.

    Where the policy asks for more or allows less, the shortest or longest reservation is meant.
    """
    terms = terms_of_many([machine])
    of_machine = terms[machine.pk]
    length = min(max(length, of_machine.shortest), of_machine.longest)
    earliest = max(after, now + of_machine.lead_time)
    window = Interval(earliest, earliest + LOOK_AHEAD)
    for gap in machine_times([machine], window, now=now, terms=terms)[machine.pk].free:
        start = gap.start + _to_next_step(gap.start, machine, of_machine.grid)
        if start + length <= gap.end:
            return Interval(start, start + length)
    return None


def _to_next_step(moment: datetime, machine: Machine, grid: timedelta) -> timedelta:
    """How long it is from `moment` to the next step of the grid, which counts from midnight."""
    wall = wall_time(moment, machine.space.zone)
    since_midnight = wall - wall.replace(hour=0, minute=0, second=0, microsecond=0)
    return -since_midnight % grid
