"""What devices tell, in a few words."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from booking.models import UsageSession
from machines.metering.states import EventKind
from machines.models import Device, Machine, Run
from machines.services.usage_events import Status, Told, record

MINUTE = timedelta(minutes=1)


def event(
    device: Device, kind: EventKind, at: datetime, value: float | None = None, name: str = ""
) -> Told:
    """An event of the one machine of `device`; its key says all of it."""
    machine = device.meters.values_list("machine_id", flat=True)[0]
    return Told(
        device=device.pk,
        machine=machine,
        key=f"{kind}-{at.timestamp()}-{value}",
        kind=kind,
        at=at,
        value=value,
        name=name,
    )


def job(device: Device, start: datetime, end: datetime) -> list[Told]:
    """A job from `start` to `end`."""
    return [event(device, EventKind.STARTED, start), event(device, EventKind.STOPPED, end)]


def tell(events: Iterable[Told], now: datetime) -> int:
    """Have them written down; how many were new."""
    told = list(events)
    return record(told, [Status(device=each) for each in {event.device for event in told}], now=now)


def runs_of(machine: Machine, start: datetime) -> list[tuple[float, float]]:
    """Its runs, in minutes after `start`."""
    rows = Run.objects.filter(machine=machine).order_by("started_at")
    return [((row.started_at - start) / MINUTE, (row.seen_at - start) / MINUTE) for row in rows]


def sessions_of(machine: Machine, start: datetime) -> list[tuple[float, float | None, str]]:
    """Its sessions, in minutes after `start`, with who says so."""
    rows = UsageSession.objects.filter(machine=machine).order_by("started_at")
    return [
        (
            (row.started_at - start) / MINUTE,
            (row.ended_at - start) / MINUTE if row.ended_at else None,
            "assumed" if row.end_is_assumed else row.source,
        )
        for row in rows
    ]
