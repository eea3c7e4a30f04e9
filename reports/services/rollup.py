"""Keeping the rollup: rebuilding the days of machines whose log has changed (METRICS, the rollup).

A rebuild takes the lock of each machine, reads the marks, then the log, writes the hours and all
that adds them up, and takes away the marks that it has read. A mark set again in the meantime
carries another moment and stays; two workers never write the same machine at once. Nothing is
edited, so a rebuild that comes late or twice changes nothing. A marked day that is not one of
those that have rows (`queries.days`) loses what stands there.
"""

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.db import connection, transaction

from machines.models import DirtyDay, Machine
from reports.hours import Calendar
from reports.queries.days import (
    PLACES,
    Clocks,
    bounds_of,
    clocks_at,
    every_day,
    gaps,
    lasting_days,
    told_of,
    with_another_beginning,
)
from reports.queries.log import logs_of
from reports.services.groups import keep_groups, keep_membership
from reports.services.sums import write_machines, write_months
from reports.spans import cells_of
from reports.written import Key
from spaces.intervals import DAY, local_days
from spaces.models import Space

logger = logging.getLogger(__name__)

ROLLUP_LOCK = 7001
"""The namespace of the advisory locks under which a machine's days are rebuilt."""

TRY_TO_LOCK = "SELECT pk, pg_try_advisory_xact_lock(%s, pk)::text FROM unnest(%s::int[]) AS m(pk)"
WAIT_FOR_LOCK = "SELECT pk, pg_advisory_xact_lock(%s, pk)::text FROM unnest(%s::int[]) AS m(pk)"

DAYS_AT_ONCE = 2000
"""Machine-days per transaction: some 48,000 rows, about a second of work."""

COUNT = f"""
    WITH {PLACES}
    INSERT INTO reports_counted (machine_id, since, seen_on)
    SELECT machine.id, today, today FROM machines_machine AS machine JOIN places USING (space_id)
    WHERE NOT EXISTS (SELECT FROM reports_counted WHERE machine_id = machine.id)
    ON CONFLICT DO NOTHING
"""  # noqa: S608

SEEN = f"""
    WITH {PLACES}
    UPDATE reports_counted AS counted SET seen_on = today
    FROM machines_machine AS machine JOIN places USING (space_id)
    WHERE machine.id = counted.machine_id AND seen_on < today
"""  # noqa: S608

Told = Callable[[int, int], None]
"""Is told how many machine-days are done, of how many."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Days of machines of one space within one month, rebuilt in one transaction."""

    dates: dict[int, tuple[date, ...]]

    @property
    def keys(self) -> list[Key]:
        """The machine-days, in order."""
        return [(pk, day) for pk, days in sorted(self.dates.items()) for day in days]

    def of(self, machines: Collection[int]) -> "Batch":
        """The part that concerns `machines`."""
        return Batch({pk: self.dates[pk] for pk in machines})


def rebuild_days(keys: Collection[Key], *, now: datetime, told: Told | None = None) -> int:
    """Compute the hours of these machine-days again from the log; returns how many were done.

    They are written whether or not they are of those that have rows. What still runs is counted
    up to `now`. Machines that another worker is rebuilding are waited for.
    """
    return _rebuild_each(keys, now=now, told=told, all_kept=True)


def rebuild_dirty_days(*, now: datetime) -> int:
    """Rebuild every marked day once; returns how many were done.

    Machines that another worker is rebuilding are left to it. What cannot be rebuilt is logged,
    keeps its mark, and does not hold up the others.
    """
    keep_membership()
    done = 0
    for batch in _batches(set(DirtyDay.objects.values_list("machine_id", "date"))):
        try:
            with transaction.atomic():
                done += _rebuild(batch, now=now, skip_busy=True)
        except Exception:
            logger.exception("The figures of %s could not be rebuilt", batch.keys)
    return done


def rebuild_all(*, now: datetime, space: Space | None = None, told: Told | None = None) -> int:
    """Rebuild every day of every machine, or of those of `space`; returns how many were done."""
    clocks = clocks_at(now, [space] if space else None)
    _count_machines(clocks)
    return _rebuild_each(every_day(clocks), now=now, told=told)


def extend_rollup(*, now: datetime) -> int:
    """Mark the days that no change of the log would mark; returns how many.

    These are the days without rows that must have some, those with rows that must have none, and
    the days up to today during which a session or a fault lasts that is still open.
    """
    clocks = clocks_at(now)
    with transaction.atomic():
        _count_machines(clocks)
        keys = gaps(clocks) | lasting_days(clocks)
        _mark(keys, now)
        with connection.cursor() as cursor:
            cursor.execute(SEEN, told_of(clocks))
    return len(keys)


def fill_gaps(*, now: datetime) -> int:
    """Mark the same gaps at once where a mark may move the first day of a machine; how many.

    Who writes down a use of long ago does not wait for its idle days to be counted.
    """
    machines = with_another_beginning()
    keys = gaps(clocks_at(now), machines) if machines else set()
    _mark(keys, now)
    return len(keys)


def _count_machines(clocks: Clocks) -> None:
    """Count the machines that were not counted yet from today on."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, told_of(clocks))


def _mark(keys: Collection[Key], now: datetime) -> None:
    DirtyDay.objects.bulk_create(
        [DirtyDay(machine_id=pk, date=day, marked_at=now) for pk, day in sorted(keys)],
        update_conflicts=True,
        unique_fields=["machine", "date"],
        update_fields=["marked_at"],
    )


def _rebuild_each(
    keys: Collection[Key], *, now: datetime, told: Told | None, all_kept: bool = False
) -> int:
    done = 0
    for batch in _batches(keys):
        with transaction.atomic():
            done += _rebuild(batch, now=now, skip_busy=False, all_kept=all_kept)
        if told:
            told(done, len(keys))
    return done


def _rebuild(batch: Batch, *, now: datetime, skip_busy: bool, all_kept: bool = False) -> int:
    batch = batch.of(_locked(batch.dates, skip_busy=skip_busy))
    if not batch.dates:
        return 0
    # Before the log is read: a change that comes later sets its mark later. What is said of the
    # machines is a part of the log.
    marks = _marks(batch)
    rows = Machine.objects.filter(pk__in=batch.dates)
    machines = list(rows.select_related("space").order_by("pk"))
    batch = batch.of([machine.pk for machine in machines])
    if not machines:
        return 0
    space = machines[0].space
    kept = _all_of(batch) if all_kept else bounds_of(batch.dates, space, now=now)
    days = sorted({day for dates in batch.dates.values() for day in dates})
    log = logs_of(machines, local_days(days[0], days[-1] + DAY, space.zone), now=now)
    calendar = Calendar([cell for day in days for cell in cells_of(day, space.zone)])
    written = write_machines(batch.keys, kept, log, calendar)
    write_months(list(batch.dates), days[0], space.zone)
    keep_groups(space, written)
    _take_away(marks)
    return len(batch.keys)


def _all_of(batch: Batch) -> dict[int, tuple[date, date]]:
    return {pk: (days[0], days[-1]) for pk, days in batch.dates.items()}


def _locked(machines: Collection[int], *, skip_busy: bool) -> list[int]:
    """The machines whose lock is held until the end of the transaction, taken in id order."""
    take = TRY_TO_LOCK if skip_busy else WAIT_FOR_LOCK
    with connection.cursor() as cursor:
        cursor.execute(take, [ROLLUP_LOCK, sorted(machines)])
        return [pk for pk, answer in cursor.fetchall() if answer != "false"]


def _marks(batch: Batch) -> list[tuple[int, datetime]]:
    days = [day for dates in batch.dates.values() for day in dates]
    marks = DirtyDay.objects.filter(
        machine__in=batch.dates, date__gte=min(days), date__lte=max(days)
    )
    return [
        (mark.pk, mark.marked_at) for mark in marks if mark.date in batch.dates[mark.machine_id]
    ]


def _take_away(marks: Sequence[tuple[int, datetime]]) -> None:
    """Delete the marks that still are as they were read.

    One that somebody holds is being set again, so it is passed over: a rebuild never waits for
    the services that mark days, and they wait for it no longer than for this commit.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM machines_dirtyday WHERE id IN"
            " (SELECT mark.id FROM machines_dirtyday AS mark"
            " JOIN unnest(%s::bigint[], %s::timestamptz[]) AS read(id, marked_at)"
            " ON mark.id = read.id AND mark.marked_at = read.marked_at"
            " FOR UPDATE OF mark SKIP LOCKED)",
            [[pk for pk, _ in marks], [marked_at for _, marked_at in marks]],
        )


def _batches(keys: Collection[Key]) -> Iterator[Batch]:
    rows = Machine.objects.filter(pk__in={pk for pk, _ in keys})
    spaces: dict[int, int] = dict(rows.values_list("pk", "space"))

    def place(key: Key) -> tuple[int, int, int]:
        return spaces[key[0]], key[1].year, key[1].month

    known = [key for key in keys if key[0] in spaces]
    for _, group in groupby(sorted(known, key=lambda key: (*place(key), *key)), key=place):
        dates: dict[int, list[date]] = {}
        size = 0
        for pk, day in group:
            if size >= DAYS_AT_ONCE and pk not in dates:
                yield _batch(dates)
                dates, size = {}, 0
            dates.setdefault(pk, []).append(day)
            size += 1
        yield _batch(dates)


def _batch(dates: dict[int, list[date]]) -> Batch:
    return Batch({pk: tuple(days) for pk, days in dates.items()})
