"""Deriving the runs of a machine from its log: the part that new events may have changed.

Events come late, in any order and more than once; the runs come out as those of the ordered log.
"""

from collections.abc import Iterable
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


class Stream(NamedTuple):
    """The events of one kind that one device tells of one machine."""

    device: Device
    machine: int
    source: RunSource

    @property
    def events(self) -> QuerySet[DeviceEvent]:
        """All of them."""
        return DeviceEvent.objects.filter(
            device=self.device, machine=self.machine, kind__in=EVENTS_OF[self.source]
        )

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
        for source in RunSource:
            changed += _rebuild(Stream(device, machine.pk, source), since, now)
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


def _rebuild(stream: Stream, since: datetime, now: datetime) -> list[Interval]:
    begin = _beginning(stream, since)
    found = list(stream.events.filter(at__gte=begin).values_list("at", "kind", "value"))
    if not found:
        return []
    first = min(at for at, _kind, _value in found)
    old = list(stream.runs.filter(Q(ended_at=None) | Q(ended_at__gte=first)))
    began = min((run.started_at for run in old if run.started_at < first), default=None)
    if stream.source == RunSource.POWER:
        readings = [Reading(at, value) for at, _kind, value in found if value is not None]
        new = runs_of_power(readings, stream.device.limits, now=now, began=began)
    else:
        edges = [Edge(at, kind == EventKind.STARTED) for at, kind, _value in found]
        new = runs_of_jobs(edges, now=now, began=began)
    return _replace(stream, old, new)


def _beginning(stream: Stream, since: datetime) -> datetime:
    """From where on the log must be read so that what is new is understood.

    The last event before `since` that nothing later can change the meaning of, and before it
    whatever that one may hang on.
    """
    earlier = stream.events.filter(at__lt=since - stream.memory).order_by("-at")
    anchor = earlier.values_list("at", flat=True).first()
    return (anchor or since - stream.memory) - stream.memory


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
