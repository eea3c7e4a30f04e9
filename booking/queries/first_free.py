"""The next time that one machine could be reserved."""

from datetime import datetime, timedelta

from booking.queries.slots import first_slot, first_slots
from machines.models import Machine, Pool
from members.states import Audience
from spaces.intervals import Interval

LOOK_AHEAD = timedelta(days=7)


def first_free(
    machine: Machine,
    *,
    after: datetime,
    now: datetime,
    length: timedelta,
    audience: Audience,
) -> Interval | None:
    """The first span of `length` on the grid that `audience` may book within a week of `after`.

    Where the policy asks for more or allows less, the shortest or longest reservation is meant.
    """
    start = max(after, now)
    return first_slot(
        machine,
        length=length,
        window=Interval(start, start + LOOK_AHEAD),
        audience=audience,
        now=now,
    )


def first_free_unit(
    pool: Pool, *, audience: Audience, now: datetime, length: timedelta
) -> Interval | None:
    """The first span of `length` within a week in which some unit of `pool` is free."""
    window = Interval(now, now + LOOK_AHEAD)
    found = first_slots(
        machines=Machine.objects.in_service().filter(pool=pool),
        length=length,
        window_in=lambda _zone: window,
        audience=audience,
        now=now,
        limit=1,
    )
    return found.slots[0].interval if found.slots else None
