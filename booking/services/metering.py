"""Use that meters know of: runs for which nobody checked in, and ends that nobody told.

What a person began, or asked to correct, is kept. A run outside every session of a person is a
session of its own, by the word of the meter and of nobody; whoever checks in takes over from it.
The meter never ends what a person began: it only puts a better end in the place of one that a job
assumed.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Q

from booking.models import UsageSession
from booking.services.changing import touch_days
from booking.services.locking import in_transaction, lock
from booking.services.usage import make_way, prove_end, replace_metered
from machines.models import Machine, MeterMark, Run
from machines.services.counters import follow_counters
from machines.services.runs import mark_silent_runs, rebuild_runs
from machines.services.usage_events import take_away
from spaces.intervals import Interval, merge, subtract

logger = logging.getLogger(__name__)

LEAST_USE = timedelta(minutes=2)
"""Shorter use that nobody checked in for is not counted: who comes switches on, then checks in."""


def follow_meters(now: datetime) -> int:
    """Bring runs and sessions in line with what devices told; of how many machines.

    A machine that cannot be settled is logged and does not hold up the others.
    """
    mark_silent_runs(now=now)
    settled = 0
    for pk in MeterMark.objects.order_by("machine").values_list("machine_id", flat=True):
        try:
            settled += in_transaction(partial(_follow, pk, now))
        except Exception:
            logger.exception("The meters of machine %s could not be followed", pk)
    return settled


def _follow(pk: int, now: datetime) -> bool:
    lock(machines=[pk])
    # Before the log is read: what comes later sets the mark again, and is not taken away.
    mark = MeterMark.objects.filter(pk=pk).first()
    if mark is None:
        return False
    machine = Machine.objects.select_related("space").get(pk=pk)
    changed = rebuild_runs(machine=machine, since=mark.since_at, now=now)
    since = min([mark.since_at, *(each.start for each in changed)])
    _settle(machine, since, now)
    follow_counters(machine=machine)
    touch_days(machine, since, max(since, now))
    take_away(mark)
    return True


def _settle(machine: Machine, since: datetime, now: datetime) -> None:
    """Write the sessions that follow from the runs of `machine` after `since`."""
    worked, people, since = _known(machine, since, now)
    until = max([now, *(each.end for each in worked)])
    for row in people:
        _prove(row, worked, people)
    # What goes on takes all that follows.
    taken = [Interval(row.started_at, row.ended_at or until) for row in people]
    unattended = [each for each in subtract(worked, taken) if each.duration >= LEAST_USE]
    replace_metered(machine=machine, since=since, spans=unattended)


def _known(
    machine: Machine, since: datetime, now: datetime
) -> tuple[list[Interval], list[UsageSession], datetime]:
    """The runs that are over and the sessions of people, from a moment on that cuts none of them.

    An end that was assumed may hang on any run in its session, so that counts as a whole.
    """
    while True:
        worked, since = _worked(machine, since)
        people = list(
            UsageSession.objects.filter(machine=machine, started_at__lte=now)
            .exclude(pk__in=UsageSession.objects.filter(machine=machine).by_meter_alone())
            .filter(Q(ended_at=None) | Q(ended_at__gt=since) | Q(assumed_end_at__gt=since))
            .select_related("machine__space", "reservation")
            .order_by("started_at", "pk")
        )
        first = min((row.started_at for row in people if _assumed(row)), default=since)
        if first >= since:
            return worked, people, since
        since = first


def _assumed(row: UsageSession) -> datetime | None:
    """The end that a job assumed, whether or not the meter knew better since."""
    return row.assumed_end_at or (row.ended_at if row.end_is_assumed else None)


def _worked(machine: Machine, since: datetime) -> tuple[list[Interval], datetime]:
    """The runs that are over, merged, and a moment before all of them at which none went on."""
    runs = Run.objects.filter(machine=machine).exclude(ended_at=None)
    while True:
        spans = [
            Interval(*each)
            for each in runs.filter(seen_at__gte=since).values_list("started_at", "seen_at")
        ]
        first = min((each.start for each in spans), default=since)
        if first >= since:
            return merge(spans), since
        since = first


def _prove(row: UsageSession, worked: Sequence[Interval], people: Sequence[UsageSession]) -> None:
    """Let the last run that began in `row` tell its end, where a job had to assume it.

    It never reaches into what the next person began.
    """
    assumed = _assumed(row)
    if assumed is None:
        return
    seen = [each.end for each in worked if each.start < assumed and each.end > row.started_at]
    later = [each.started_at for each in people if each.started_at > row.started_at]
    proven = min([max(seen), *later]) if seen else None
    if proven is not None and row.ended_at is not None and proven > row.ended_at:
        # What was nobody's use until now becomes theirs.
        make_way(row.machine, Interval(row.ended_at, proven))
    prove_end(row, assumed=assumed, proven=proven)
