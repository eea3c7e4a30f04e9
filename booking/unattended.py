"""Use that runs on while the space is closed: people are there when it begins and ends. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from spaces.intervals import Interval

MOMENT = timedelta(microseconds=1)


def may_begin(opened: Sequence[Interval], moment: datetime) -> bool:
    """Whether use may begin at `moment`: the space is open from then on."""
    return any(each.start <= moment < each.end for each in opened)


def may_end(opened: Sequence[Interval], moment: datetime) -> bool:
    """Whether use may end at `moment`: the space is open until then."""
    return any(each.start < moment <= each.end for each in opened)


def next_start(
    opened: Sequence[Interval], length: timedelta, *, after: datetime
) -> datetime | None:
    """The first moment from `after` on at which use of `length` may begin; None without any."""
    edges = {
        after,
        *(each.start for each in opened),
        *(each.start - length + MOMENT for each in opened),
    }
    starts = (
        edge
        for edge in sorted(edges)
        if edge >= after and may_begin(opened, edge) and may_end(opened, edge + length)
    )
    return next(starts, None)
