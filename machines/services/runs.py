"""Deriving the runs of a machine from its log: the part that new events may have changed.

Events come late, in any order and more than once; the runs come out as those of the ordered log.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db.models import F, Q, QuerySet

from machines.metering.runs import Edge, Reading, Worked, runs_of_jobs, runs_of_power
from machines.metering.states import EVENTS_OF, LONGEST_SILENT_JOB, EventKind, RunSource
from machines.models import Device, DeviceEvent, Machine, Run
from machines.models.device_log import RunQuerySet
from machines.services.usage_events import mark_machines
from spaces.intervals import Interval

NOTHING = timedelta(0)


Said = tuple[datetime, str, float | None]
"""An event: when, of which kind, its value."""

KINDS = [kind for kinds in EVENTS_OF.values() for kind in kinds]


class Stream(NamedTuple):
    """The events of one kind that one device tells of one machine."""

    device: Device
    machine: int
    source: RunSource

    @property
    def runs(self) -> RunQuerySet:
        """What was derived from them so far."""
        return Run.objects.filter(device=self.device, machine=self.machine, source=self.source)

    @property
    def memory(self) -> timedelta:
        """How far back an event can matter for what a later one means."""
        return self.device.limits.memory if self.source == RunSource.POWER else NOTHING


def rebuild_runs(*, machine: Machine, since: datetime, now: datetime) -> list[Interval]:
    """Derive the runs of `machine` again, of which events from `since` on are new.

    Returns the time that is told otherwise than before. The machine is locked by the caller.
    """
    changed: list[Interval] = []
    for device in Device.objects.filter(meters__machine=machine):
        begin = since - 3 * device.limits.memory
        recent = list(_events(device, machine.pk, KINDS, begin))
        for source in RunSource:
            stream = Stream(device, machine.pk, source)
            told = [each for each in recent if each[1] in EVENTS_OF[source]]
            if any(at >= since for at, _kind, _value in told):
                changed += _rebuild(stream, _enough(stream, told, begin, since), now)
    return changed


def mark_silent_runs(*, now: datetime) -> int:
    """Have runs end of which nothing was heard for too long; of how many machines."""
    limit = F("device__silent_seconds") * timedelta(seconds=1)
    power = Q(source=RunSource.POWER, seen_at__lt=now - limit)
    jobs = Q(source=RunSource.JOB, seen_at__lt=now - LONGEST_SILENT_JOB)
    silent: dict[int, datetime] = {}
    for machine, seen_at in (
        Run.objects.open().filter(power | jobs).values_list("machine_id", "seen_at")
    ):
        silent[machine] = min(seen_at, silent.get(machine, seen_at))
    mark_machines(silent)
    return len(silent)


def _events(
    device: Device, machine: int, kinds: Collection[EventKind], begin: datetime
) -> "QuerySet[DeviceEvent, Said]":
    events = DeviceEvent.objects.filter(
        device=device, machine=machine, kind__in=kinds, at__gte=begin
    )
    return events.values_list("at", "kind", "value")


def _enough(stream: Stream, told: list[Said], begin: datetime, since: datetime) -> list[Said]:
    """So much of the log, of which `told` is known from `begin` on, that what is new is understood.

    That is from the last event on that nothing new can give another meaning, with whatever before
    it that one may hang on. Mostly it is known; else the log is asked again.
    """
    settled = since - stream.memory
    anchor = max((at for at, _kind, _value in told if at < settled), default=None)
    if anchor is not None and anchor - stream.memory >= begin:
        return [each for each in told if each[0] >= anchor - stream.memory]
    kinds = EVENTS_OF[stream.source]
    earlier = DeviceEvent.objects.filter(
        device=stream.device, machine=stream.machine, kind__in=kinds, at__lt=settled
    )
    last = earlier.order_by("-at").values_list("at", flat=True).first()
    first = (last or settled) - stream.memory
    return list(_events(stream.device, stream.machine, kinds, first))


def _rebuild(stream: Stream, told: Sequence[Said], now: datetime) -> list[Interval]:
    first = min(at for at, _kind, _value in told)
    old = list(stream.runs.filter(Q(ended_at=None) | Q(ended_at__gte=first)))
    began = min((run.started_at for run in old if run.started_at < first), default=None)
    if stream.source == RunSource.POWER:
        readings = [Reading(at, value) for at, _kind, value in told if value is not None]
        new = runs_of_power(readings, stream.device.limits, now=now, began=began)
    else:
        edges = [Edge(at, kind == EventKind.STARTED) for at, kind, _value in told]
        new = runs_of_jobs(edges, now=now, began=began)
    return _replace(stream, old, new)


def _replace(stream: Stream, old: Iterable[Run], new: Iterable[Worked]) -> list[Interval]:
    """Write `new` in the place of `old`; the time in which they differ."""
    before = {run.started_at.astimezone(UTC): run for run in old}
    after = {run.started_at.astimezone(UTC): run for run in new}
    changed: list[Interval] = []
    for start, run in before.items():
        if start not in after:
            run.delete()
            changed.append(Interval(start, run.seen_at))
    for start, worked in after.items():
        known = before.get(start)
        if known is None:
            Run.objects.create(
                device=stream.device,
                machine_id=stream.machine,
                source=stream.source,
                **worked._asdict(),
            )
            changed.append(Interval(start, worked.seen_at))
        elif (known.seen_at, known.ended_at) != (worked.seen_at, worked.ended_at):
            ends = sorted((known.seen_at, worked.seen_at))
            changed.append(Interval(*ends))
            known.seen_at, known.ended_at = worked.seen_at, worked.ended_at
            known.save(update_fields=["seen_at", "ended_at"])
    return changed
