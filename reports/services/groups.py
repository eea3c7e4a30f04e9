"""Writing the rollup of groups: pools, and the categories of each space (METRICS, saturation).

A group is written under the lock of its space, so that two rebuilds of its machines come one
after the other and the later one sees what the earlier one wrote. Machines that change their pool
or category take their whole past with them.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.db import connection, transaction

from machines.models import Machine
from reports.filters import Period
from reports.hours import Calendar
from reports.models import FreeTime, UsageGroup
from reports.queries.columns import EPOCH_DAY, write_columns
from reports.services.sums import spans_kept
from reports.spans import cells_of
from reports.sweep import Spans, Sweep, summed
from spaces.models import Space

logger = logging.getLogger(__name__)

SPACE_LOCK = 7002
"""The namespace of the advisory locks under which the groups of a space are written."""

ADDED = ("opening", "maintenance", "down", "booked", "used", "used_assumed")

Owner = tuple[int | None, int | None]
"""A category or a pool."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A group as it is, and whether its rows were written for other machines."""

    group: UsageGroup
    has_changed: bool


def keep_membership() -> None:
    """Write the groups again whose machines are others than before."""
    kept: dict[int, dict[Owner, list[int]]] = defaultdict(dict)
    for group in UsageGroup.objects.all():
        kept[group.space_id][group.category_id, group.pool_id] = group.machines
    now = _members(Machine.objects.all())
    for space in Space.objects.filter(pk__in=set(kept) | set(now)):
        if kept.get(space.pk, {}) == now.get(space.pk, {}):
            continue
        try:
            with transaction.atomic():
                keep_groups(space, machines=[], days=[])
        except Exception:
            logger.exception("The groups of %s could not be written", space)


def keep_groups(space: Space, *, machines: Collection[int], days: Sequence[date]) -> None:
    """Write the days of the groups of some machines, and all days of groups that have changed.

    The days lie in one month.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [SPACE_LOCK, space.pk])
    groups = _groups(space)
    changed = [each.group for each in groups if each.has_changed]
    touched = [
        each.group
        for each in groups
        if not each.has_changed and not set(machines).isdisjoint(each.group.machines)
    ]
    if touched and days:
        _write(touched, days, space.zone)
    if changed:
        _write_all(changed, space.zone)


def _members(machines: Iterable[Machine]) -> dict[int, dict[Owner, list[int]]]:
    """The machines of each pool and category, by space, in id order."""
    members: dict[int, dict[Owner, list[int]]] = defaultdict(lambda: defaultdict(list))
    for machine in sorted(machines, key=lambda each: each.pk):
        members[machine.space_id][machine.category_id, None].append(machine.pk)
        if machine.pool_id is not None:
            members[machine.space_id][None, machine.pool_id].append(machine.pk)
    return {space: dict(groups) for space, groups in members.items()}


def _groups(space: Space) -> list[Membership]:
    """The groups of a space, kept as they are now."""
    rows = UsageGroup.objects.filter(space=space)
    kept = {(group.category_id, group.pool_id): group for group in rows}
    now = _members(Machine.objects.filter(space=space).only("space", "category", "pool")).get(
        space.pk, {}
    )
    gone = [group.pk for owner, group in kept.items() if owner not in now]
    if gone:
        UsageGroup.objects.filter(pk__in=gone).delete()
    memberships = []
    for owner, pks in now.items():
        group = kept.get(owner)
        if group is None:
            group = UsageGroup(space=space, category_id=owner[0], pool_id=owner[1], machines=[])
        memberships.append(Membership(group, has_changed=group.machines != pks))
        group.machines = pks
    UsageGroup.objects.bulk_create(each.group for each in memberships if each.group.pk is None)
    changed = [each.group for each in memberships if each.has_changed]
    UsageGroup.objects.bulk_update(changed, ["machines"])
    return memberships


def _write_all(groups: Sequence[UsageGroup], zone: ZoneInfo) -> None:
    pks = [group.pk for group in groups]
    with connection.cursor() as cursor:
        for table in ("reports_saturatedhour", "reports_groupweek"):
            cursor.execute(f"DELETE FROM {table} WHERE group_id = ANY(%s)", [pks])  # noqa: S608
    machines = {pk for group in groups for pk in group.machines}
    dates = FreeTime.objects.filter(machine__in=machines).order_by("date")
    days = dates.values_list("date", flat=True).distinct()
    for _, month in groupby(days, key=lambda day: (day.year, day.month)):
        _write(groups, list(month), zone)


def _write(groups: Sequence[UsageGroup], days: Sequence[date], zone: ZoneInfo) -> None:
    _write_saturated(groups, days, zone)
    month = Period.month_of(days[0])
    weekdays = {day.weekday() for day in days}
    alike = [day for day in month.dates if day.weekday() in weekdays]
    values: dict[str, Any] = {
        "groups": [group.pk for group in groups],
        "month": month.first,
        "weekdays": sorted(weekdays),
        "dates": alike,
    }
    with connection.cursor() as cursor:
        cursor.execute(DELETE_WEEKS, values)
        cursor.execute(WRITE_WEEKS, values)


def _write_saturated(groups: Sequence[UsageGroup], days: Sequence[date], zone: ZoneInfo) -> None:
    """When any machine of a group was open, and when none that could be used was free."""
    calendar = Calendar([cell for day in days for cell in cells_of(day, zone)])
    opened, busy, free = _free_times(groups, calendar)
    sweep = Sweep(calendar.window, opened=opened, busy=busy, free=free)
    is_open = sweep.covered("opened")
    is_full = sweep.covered("busy") & ~sweep.covered("free")
    pieces = Spans(sweep.lane, sweep.start, sweep.end).only(is_open)
    place, cell, cut = calendar.ruler.cut(pieces)
    span = 24 * len(days)
    keys, row = np.unique(cut.lane * span + calendar.slot[cell], return_inverse=True)
    masks = [np.ones(len(row), dtype=np.bool_), is_full[is_open][place]]
    sums = summed(row, cut.end - cut.start, masks, len(keys))
    lane, slot = np.divmod(keys, span)
    pks = np.array([group.pk for group in groups])
    dates = (np.array(calendar.dates, dtype="datetime64[D]") - EPOCH_DAY).astype(np.int64)
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM reports_saturatedhour WHERE group_id = ANY(%s) AND date = ANY(%s)",
            [pks.tolist(), list(days)],
        )
    write_columns(
        "reports_saturatedhour",
        ["group_id", "date", "hour", "opened", "saturated"],
        ["i8", "i4", "i2"],
        [pks[lane], dates[slot // 24], slot % 24],
        sums,
    )


def _free_times(groups: Sequence[UsageGroup], calendar: Calendar) -> tuple[Spans, Spans, Spans]:
    """What is kept of the machines of each group, one lane per group."""
    lanes = defaultdict(list)
    for lane, group in enumerate(groups):
        for machine in group.machines:
            lanes[machine].append(lane)
    place = {day: number for number, day in enumerate(calendar.dates)}
    rows = FreeTime.objects.filter(machine__in=lanes, date__in=calendar.dates).values_list(
        "machine_id", "date", "opened", "busy", "free"
    )
    found = [(lane, place[day], kept) for machine, day, *kept in rows for lane in lanes[machine]]
    opened, busy, free = (
        spans_kept([(lane, day, kept[which]) for lane, day, kept in found], calendar.days)
        for which in range(3)
    )
    return opened, busy, free


DELETE_WEEKS = """
    DELETE FROM reports_groupweek
    WHERE group_id = ANY(%(groups)s) AND month = %(month)s AND weekday = ANY(%(weekdays)s)
"""

WRITE_WEEKS = f"""
    INSERT INTO reports_groupweek
        (group_id, month, weekday, hour, {", ".join(ADDED)}, opened, saturated)
    SELECT id, %(month)s, extract(isodow FROM date) - 1, hour,
           {", ".join(f"sum({name})" for name in (*ADDED, "opened", "saturated"))}
    FROM (
        SELECT kept.id, date, hour, {", ".join(ADDED)}, 0 AS opened, 0 AS saturated
        FROM reports_usagegroup AS kept
        JOIN reports_usagehour ON machine_id = ANY(kept.machines)
        WHERE kept.id = ANY(%(groups)s) AND date = ANY(%(dates)s)
        UNION ALL
        SELECT group_id, date, hour, {", ".join("0" for _ in ADDED)}, opened, saturated
        FROM reports_saturatedhour
        WHERE group_id = ANY(%(groups)s) AND date = ANY(%(dates)s)
    ) AS added
    GROUP BY id, extract(isodow FROM date), hour
"""  # noqa: S608
