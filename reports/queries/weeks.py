"""The hours of groups by weekday and hour: one reading for their use and for their saturation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from reports.figures import Row
from reports.models import GroupWeek, UsageGroup
from reports.report import WeekHour

Owner = tuple[int | None, int | None]
"""A category or a pool."""

USE = ("opening", "maintenance", "down", "booked", "used", "used_assumed")
"""What is told by weekday and hour."""

READ = ("group__category", "group__pool", "weekday", "hour")


@dataclass(frozen=True, slots=True)
class WeekRow:
    """One hour of the week of a category or pool, added up over its spaces and over months."""

    owner: Owner
    key: WeekHour
    use: Row
    opened: int
    saturated: int


def weeks_of(groups: Sequence[UsageGroup], months: Sequence[date]) -> list[WeekRow]:
    """The hours of whole months in which any machine of a group was open."""
    if not months or not groups:
        return []
    summed = {f"sum_{name}": Sum(name) for name in (*USE, "opened", "saturated")}
    rows = (
        GroupWeek.objects.filter(
            group__in=[group.pk for group in groups], month__in=months, opened__gt=0
        )
        .values(*READ)
        .annotate(**summed)
        .values_list(*READ, *summed)
    )
    return [
        WeekRow(
            owner=(category, pool),
            key=(weekday, hour),
            use=dict(zip(USE, sums, strict=True)),
            opened=opened,
            saturated=saturated,
        )
        for category, pool, weekday, hour, *sums, opened, saturated in rows
    ]
