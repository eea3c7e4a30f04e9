"""Writing the rollup of groups: pools, and the categories of each space (METRICS, saturation).

A group is written under the lock of its space, so that two rebuilds of its machines come one
after the other and the later one sees what the earlier one wrote. Machines that change their pool
or category take their whole past with them.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

import numpy as np
from django.db import connection, transaction

from machines.models import Machine
from reports.filters import Period
from reports.hours import COLUMNS, Calendar
from reports.models import FreeTime, UsageGroup
from reports.queries.columns import columns_of, days_since_2000, write_columns
from reports.services.sums import spans_kept
from reports.spans import cells_of
from reports.sweep import Spans, Sweep, ints, places_of, summed
from reports.written import NOTHING, Weeks, Written, by_week, weekdays_of
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
                keep_groups(space)
        except Exception:
            logger.exception("The groups of %s could not be written", space)


def keep_groups(space: Space, written: Written = NOTHING) -> None:
    """Write the groups of the machine-days just written, and all days of groups that have changed.

    The days lie in one month.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [SPACE_LOCK, space.pk])
    groups = _groups(space)
    changed = [each.group for each in groups if each.has_changed]
    touched = [
        each.group
        for each in groups
        if not each.has_changed and not set(written.machines).isdisjoint(each.group.machines)
    ]
    if touched:
        _write(touched, written.days, space.zone, written)
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
        _write(groups, list(month), zone, NOTHING)


def _write(
    groups: Sequence[UsageGroup], days: Sequence[date], zone: ZoneInfo, written: Written
) -> None:
    """Write the hours of these days, and the weeks that they are part of.

    What was just written is taken as it is at hand, and only what it lacks is read.
    """
    machines = {pk for group in groups for pk in group.machines}
    lanes = {pk: lane for lane, pk in enumerate(sorted(machines))}
    month = Period.month_of(days[0])
    weekdays = {day.weekday() for day in days}
    alike = [day for day in month.dates if day.weekday() in weekdays]
    full = _write_saturated(groups, lanes, days, zone, written)
    full += _saturated(groups, set(alike) - set(days))
    used = _used(lanes, alike, written)
    members = [[lanes[pk] for pk in group.machines] for group in groups]
    sums = np.stack([used[each].sum(axis=0) for each in members])
    _write_weeks(groups, month.first, weekdays, np.concatenate([sums, full], axis=2))


def _write_saturated(
    groups: Sequence[UsageGroup],
    lanes: Mapping[int, int],
    days: Sequence[date],
    zone: ZoneInfo,
    written: Written,
) -> Weeks:
    """Write when any machine of a group was open, and when none that could be used was free.

    Returns the same by group and hour of the week.
    """
    calendar = Calendar([cell for day in days for cell in cells_of(day, zone)])
    opened, busy, free = _free_times(groups, lanes, calendar, written)
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
    pks = ints([group.pk for group in groups])
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM reports_saturatedhour WHERE group_id = ANY(%s) AND date = ANY(%s)",
            [pks.tolist(), list(days)],
        )
    write_columns(
        "reports_saturatedhour",
        ["group_id", "date", "hour", "opened", "saturated"],
        ["i8", "i4", "i2"],
        [pks[lane], days_since_2000(calendar.dates)[slot // 24], slot % 24],
        sums,
    )
    weekday = weekdays_of(calendar.dates)[slot // 24]
    return by_week(lane, weekday, slot % 24, sums, len(groups))


def _free_times(
    groups: Sequence[UsageGroup], lanes: Mapping[int, int], calendar: Calendar, written: Written
) -> Iterator[Spans]:
    """When the machines of each group were open, busy and free: one lane per group."""
    places = {day: place for place, day in enumerate(calendar.dates)}
    lacking = written.lacks(lanes, calendar.dates)
    rows = FreeTime.objects.filter(machine__in=lanes, date__in=calendar.dates).values_list(
        "machine_id", "date", "opened", "busy", "free"
    )
    found = [
        (lanes[machine], places[day], kept)
        for machine, day, *kept in (rows if lacking else ())
        if (machine, day) in lacking
    ]
    moved = written.moved(lanes)
    owner = ints([lane for lane, group in enumerate(groups) for _ in group.machines])
    member = ints([lanes[pk] for group in groups for pk in group.machines])
    for which, at_hand in enumerate((written.opened, written.busy, written.free)):
        read = spans_kept([(lane, day, kept[which]) for lane, day, kept in found], calendar.days)
        spans = (read + at_hand.moved(moved)).copied(member)
        yield Spans(owner[spans.lane], spans.start, spans.end)


SATURATED = """
    SELECT group_id, (extract(isodow FROM date) - 1)::int8, hour::int8,
           sum(opened)::int8, sum(saturated)::int8
    FROM reports_saturatedhour WHERE group_id = ANY(%s) AND date = ANY(%s)
    GROUP BY 1, 2, 3
"""

USED = f"""
    SELECT machine_id, (extract(isodow FROM date) - 1)::int8, hour::int8,
           {", ".join(f"sum({name})::int8" for name in ADDED)}
    FROM unnest(%s::bigint[], %s::date[]) AS wanted (machine_id, date)
    JOIN reports_usagehour USING (machine_id, date)
    GROUP BY 1, 2, 3
"""  # noqa: S608


def _saturated(groups: Sequence[UsageGroup], days: Collection[date]) -> Weeks:
    """What stands of other days, by group and hour of the week."""
    pks = [group.pk for group in groups]
    pk, weekday, hour, *sums = columns_of(SATURATED, [pks, sorted(days)], 5)
    return by_week(places_of(pks, pk), weekday, hour, np.stack(sums, axis=1), len(pks))


def _used(lanes: Mapping[int, int], days: Sequence[date], written: Written) -> Weeks:
    """The sums of ADDED of these days by machine and hour of the week."""
    hours, lane = written.hours, written.moved(lanes)[written.hours.lane]
    known = lane >= 0
    added = by_week(
        lane[known],
        weekdays_of(written.days)[hours.day[known]],
        hours.hour[known],
        hours.sums[known][:, [COLUMNS.index(name) for name in ADDED]],
        len(lanes),
    )
    lacking = sorted(written.lacks(lanes, days))
    if lacking:
        keys = [[pk for pk, _ in lacking], [day for _, day in lacking]]
        pk, weekday, hour, *sums = columns_of(USED, keys, 3 + len(ADDED))
        lane = places_of(list(lanes), pk)
        added += by_week(lane, weekday, hour, np.stack(sums, axis=1), len(lanes))
    return added


def _write_weeks(
    groups: Sequence[UsageGroup], month: date, weekdays: Collection[int], sums: Weeks
) -> None:
    """Write the hours of the week in which any machine of a group was open."""
    pks = ints([group.pk for group in groups])
    lane, slot = np.nonzero(sums[:, :, -2] > 0)
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM reports_groupweek"
            " WHERE group_id = ANY(%s) AND month = %s AND weekday = ANY(%s)",
            [pks.tolist(), month, sorted(weekdays)],
        )
    write_columns(
        "reports_groupweek",
        ["group_id", "month", "weekday", "hour", *ADDED, "opened", "saturated"],
        ["i8", "i4", "i2", "i2"],
        [pks[lane], np.repeat(days_since_2000([month]), len(lane)), slot // 24, slot % 24],
        sums[lane, slot],
    )
