"""Keeping the rollup: rebuilding the days of machines whose log has changed (METRICS, the rollup).

A rebuild takes the lock of each machine, reads the marks, then the log, writes the hours and all
that adds them up, and takes away the marks that it has read. A mark set again in the meantime
carries another moment and stays; two workers never write the same machine at once. Nothing is
edited, so a rebuild that comes late or twice changes nothing.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db import connection, transaction
from django.db.models import Min

from booking.models import Reservation, UsageSession
from machines.models import DirtyDay, Machine, Stoppage
from reports.hours import Calendar
from reports.models import UsageDay
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

OPEN_LOOKBACK_DAYS = 31
"""How far back the days of something that still lasts are computed again."""

Told = Callable[[int, int], None]
"""Is told how many machine-days are done, of how many."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Days of machines of one space within one month, rebuilt in one transaction."""

    machines: tuple[Machine, ...]
    dates: dict[int, tuple[date, ...]]

    @property
    def keys(self) -> list[Key]:
        """The machine-days, in order."""
        return [(pk, day) for pk, days in sorted(self.dates.items()) for day in days]

    def of(self, machines: Sequence[Machine]) -> "Batch":
        """The part that concerns `machines`."""
        return Batch(tuple(machines), {each.pk: self.dates[each.pk] for each in machines})


def rebuild_days(keys: Collection[Key], *, now: datetime, told: Told | None = None) -> int:
    """Compute the hours of these machine-days again from the log; returns how many were done.

    What still runs is counted up to `now`. Machines that another worker is rebuilding are waited
    for.
    """
    done = 0
    for batch in _batches(keys):
        with transaction.atomic():
            done += _rebuild(batch, now=now, skip_busy=False)
        if told:
            told(done, len(keys))
    return done


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
    return rebuild_days(_every_day(now=now, space=space), now=now, told=told)


def extend_rollup(*, now: datetime) -> int:
    """Mark the days that no change of the log would mark; returns how many.

    These are days up to the end of next month that have no rows yet, and the days up to today
    during which a session or a fault lasts that is still open.
    """
    keys = _days_without_rows(now) | _days_still_open(now)
    DirtyDay.objects.bulk_create(
        [DirtyDay(machine_id=pk, date=day, marked_at=now) for pk, day in sorted(keys)],
        update_conflicts=True,
        unique_fields=["machine", "date"],
        update_fields=["marked_at"],
    )
    return len(keys)


def _rebuild(batch: Batch, *, now: datetime, skip_busy: bool) -> int:
    batch = batch.of(_locked(batch.machines, skip_busy=skip_busy))
    if not batch.machines:
        return 0
    # Before the log is read: a change that comes later sets its mark later.
    marks = _marks(batch)
    space = batch.machines[0].space
    days = sorted({day for dates in batch.dates.values() for day in dates})
    log = logs_of(batch.machines, local_days(days[0], days[-1] + DAY, space.zone), now=now)
    calendar = Calendar([cell for day in days for cell in cells_of(day, space.zone)])
    written = write_machines(batch.keys, log, calendar)
    write_months(list(batch.dates), days[0], space.zone)
    keep_groups(space, written)
    _take_away(marks)
    return len(batch.keys)


def _locked(machines: Sequence[Machine], *, skip_busy: bool) -> list[Machine]:
    """The machines whose lock is held until the end of the transaction, taken in id order."""
    take = TRY_TO_LOCK if skip_busy else WAIT_FOR_LOCK
    with connection.cursor() as cursor:
        cursor.execute(take, [ROLLUP_LOCK, sorted(machine.pk for machine in machines)])
        held = {pk for pk, answer in cursor.fetchall() if answer != "false"}
    return [machine for machine in machines if machine.pk in held]


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
    machines = Machine.objects.select_related("space").in_bulk({pk for pk, _ in keys})

    def place(key: Key) -> tuple[int, int, int]:
        return machines[key[0]].space_id, key[1].year, key[1].month

    known = [key for key in keys if key[0] in machines]
    for _, group in groupby(sorted(known, key=lambda key: (*place(key), *key)), key=place):
        dates: dict[int, list[date]] = {}
        size = 0
        for pk, day in group:
            if size >= DAYS_AT_ONCE and pk not in dates:
                yield _batch(dates, machines)
                dates, size = {}, 0
            dates.setdefault(pk, []).append(day)
            size += 1
        yield _batch(dates, machines)


def _batch(dates: dict[int, list[date]], machines: dict[int, Machine]) -> Batch:
    return Batch(
        tuple(machines[pk] for pk in sorted(dates)),
        {pk: tuple(days) for pk, days in dates.items()},
    )


def _days(pk: int, first: date, last: date) -> Iterable[Key]:
    return ((pk, first + n * DAY) for n in range((last - first).days + 1))


def _end_of_next_month(day: date) -> date:
    """The last date up to which the rollup is kept ahead."""
    after_this = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return (after_this + timedelta(days=32)).replace(day=1) - DAY


def _every_day(*, now: datetime, space: Space | None) -> set[Key]:
    """From the first trace of each machine, or today, to the end of next month."""
    machines = Machine.objects.select_related("space")
    if space:
        machines = machines.filter(space=space)
    beginnings = [
        dict(rows.order_by().values_list("machine").annotate(Min(start)))
        for rows, start in (
            (Reservation.objects.all(), "starts_at"),
            (UsageSession.objects.all(), "started_at"),
            (Stoppage.objects.all(), "starts_at"),
        )
    ]
    rows = dict(UsageDay.objects.values_list("machine").annotate(Min("date")))
    keys: set[Key] = set()
    for machine in machines:
        today = now.astimezone(machine.space.zone).date()
        firsts = [today, rows.get(machine.pk, today)]
        firsts += [
            first[machine.pk].astimezone(machine.space.zone).date()
            for first in beginnings
            if machine.pk in first
        ]
        keys.update(_days(machine.pk, min(firsts), _end_of_next_month(today)))
    return keys


def _days_without_rows(now: datetime) -> set[Key]:
    missing: set[Key] = set()
    for machine in Machine.objects.in_service().select_related("space"):
        today = now.astimezone(machine.space.zone).date()
        missing.update(_days(machine.pk, today, _end_of_next_month(today)))
    kept = UsageDay.objects.filter(date__gte=(now - DAY).date())
    return missing - set(kept.values_list("machine_id", "date"))


def _days_still_open(now: datetime) -> set[Key]:
    lasting = [
        *UsageSession.objects.open().values_list(
            "machine_id", "started_at", "machine__space__timezone"
        ),
        *Stoppage.objects.open().values_list("machine_id", "starts_at", "machine__space__timezone"),
    ]
    keys: set[Key] = set()
    for pk, start, zone_name in lasting:
        zone = Space(timezone=zone_name).zone
        today = now.astimezone(zone).date()
        first = max(start.astimezone(zone).date(), today - OPEN_LOOKBACK_DAYS * DAY)
        keys.update(_days(pk, first, today))
    return keys
