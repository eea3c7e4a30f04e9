"""Marks the days whose figures must be computed again from the log."""

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from machines.models import DirtyDay, Machine
from spaces.intervals import Interval, local_dates
from spaces.prepared import plans_kept


def mark_dirty(
    machines: Iterable[Machine | int], interval: Interval, zone: ZoneInfo | None = None
) -> None:
    """Mark every local date that `interval` touches, for machines given as rows or ids.

    Without a `zone` each machine's dates are those of its own space.
    """
    ids = {each if isinstance(each, int) else each.pk for each in machines}
    zones = dict.fromkeys(ids, zone) if zone else _zones_of(ids)
    dates: dict[ZoneInfo, list[date]] = {
        each: local_dates(interval, each) for each in set(zones.values())
    }
    _mark((key, day) for key in ids for day in dates[zones[key]])


def mark_spans(spans: Iterable[tuple[int, Interval]], zone: ZoneInfo) -> None:
    """Mark every local date that each span touches on its machine, all in one query."""
    _mark((machine, day) for machine, span in spans for day in local_dates(span, zone))


def _mark(dates: Iterable[tuple[int, date]]) -> None:
    # In one order, so that two writers wait for each other instead of deadlocking.
    days = [DirtyDay(machine_id=key, date=day) for key, day in sorted(set(dates))]
    with plans_kept():
        DirtyDay.objects.bulk_create(
            days,
            update_conflicts=True,
            unique_fields=["machine", "date"],
            update_fields=["marked_at"],
        )


def _zones_of(ids: set[int]) -> dict[int, ZoneInfo]:
    """The clock of each machine."""
    rows = Machine.objects.filter(pk__in=ids).values_list("pk", "space__timezone")
    return {key: ZoneInfo(name) for key, name in rows}
