"""The next time that one machine could be reserved."""

from datetime import datetime, timedelta

from booking.queries.slots import first_slot
from machines.models import Machine
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
