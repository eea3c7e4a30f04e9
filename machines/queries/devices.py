"""How the devices of a space stand, and what their counters show."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Sum

from machines.metering.states import LOSS_SHOWN, EventKind, Loss
from machines.models import Device, DeviceEvent, HeardTopic, Lost, Meter, Run
from spaces.models import Space

TOPICS_SHOWN = 50
EVENTS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device as staff see it in the list."""

    device: Device
    machines: list[str]
    runs: bool
    is_silent: bool


@dataclass(frozen=True, slots=True)
class CounterShown:
    """The latest reading of one counter of a machine."""

    machine: int
    name: str
    value: float
    at: datetime


def devices_of(space: Space, *, now: datetime) -> list[DeviceRow]:
    """The devices of `space` in service, in three queries."""
    present = Meter.objects.filter(removed_at=None).select_related("machine")
    devices = list(
        Device.objects.in_service()
        .filter(space=space)
        .prefetch_related(Prefetch("meters", present))
    )
    running = set(Run.objects.open().filter(device__in=devices).values_list("device_id", flat=True))
    return [
        DeviceRow(
            device=device,
            machines=sorted(each.machine.name for each in device.meters.all()),
            runs=device.pk in running,
            is_silent=device.is_silent(now),
        )
        for device in devices
    ]


def strangers() -> list[HeardTopic]:
    """Who speaks on the broker without being a device of any space, the latest first."""
    return list(HeardTopic.objects.all()[:TOPICS_SHOWN])


def lost_lately(now: datetime) -> list[tuple[str, int]]:
    """What came over the broker and was not kept in the last days: why, and how much."""
    rows = Lost.objects.filter(day__gt=(now - LOSS_SHOWN).date()).order_by("what")
    return [
        (str(Loss(what).label), total)
        for what, total in rows.values_list("what").annotate(Sum("count"))
    ]


def latest_events(device: Device) -> list[DeviceEvent]:
    """What `device` told last, the latest first."""
    latest = device.events.select_related("machine").order_by("-received_at", "-at", "-pk")
    return list(latest[:EVENTS_SHOWN])


def counters_of(machines: Collection[int]) -> list[CounterShown]:
    """The counters of `machines`, as they were told last, in one query.

    Maintenance plans go by them: cycles, lamp hours, metres cut.
    """
    rows = (
        DeviceEvent.objects.filter(machine__in=machines, kind=EventKind.COUNTER)
        .order_by("machine_id", "name", "-at", "-pk")
        .distinct("machine_id", "name")
    )
    return [
        CounterShown(machine, name, value, at)
        for machine, name, value, at in rows.values_list("machine_id", "name", "value", "at")
        if value is not None
    ]


def silent_count(now: datetime) -> int:
    """How many devices have not been heard of for longer than they may be silent."""
    return Device.objects.silent(now).count()
