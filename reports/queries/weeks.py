"""The hours of groups by weekday and hour: one reading for their use and for their saturation."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from reports.models import GroupWeek, UsageGroup
from reports.queries.adding import Rows, of_groups, of_months
from reports.report import WeekHour

Owner = tuple[int | None, int | None]
"""A category or a pool."""

USE = ("opening", "maintenance", "down", "booked", "used", "used_assumed")
"""What is told by weekday and hour."""


class WeekRow(NamedTuple):
    """One hour of the week of a category or pool, added up over its spaces and over months.

    `use` are the sums of USE, in that order.
    """

    owner: Owner
    key: WeekHour
    use: Sequence[int]
    opened: int
    saturated: int


def weeks_of(groups: Sequence[UsageGroup], months: Sequence[date]) -> list[WeekRow]:
    """The hours of whole months in which any machine of a group was open."""
    if not months or not groups:
        return []
    here, pks = of_groups([group.pk for group in groups])
    then, firsts = of_months(months)
    rows = Rows(
        model=GroupWeek,
        names=(*USE, "opened", "saturated"),
        conditions=[here, then, "kept.opened > 0"],
        values={**pks, **firsts},
        joined=THEIR_GROUP,
    )
    return [
        WeekRow((category, pool), (weekday, hour), use, opened, saturated)
        for category, pool, weekday, hour, *use, opened, saturated in rows.by(
            *OWNER, "kept.weekday", "kept.hour"
        )
    ]


THEIR_GROUP = "JOIN reports_usagegroup AS those ON those.id = kept.group_id"
OWNER = ("those.category_id", "those.pool_id")
