"""Devices of the demo: a controller, a printer and a plug, and what they told for two weeks."""

from datetime import datetime, timedelta

from booking.models import UsageSession
from booking.services.metering import follow_meters
from machines.metering.states import Dialect, EventKind
from machines.models import Device, Machine
from machines.services.devices import save_device
from machines.services.usage_events import Status, Told, record

SPACE = "geneve"
TOLD_FOR = timedelta(days=14)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
OFTEN = 3
"""So many of the machines that are used most have a device."""


def make_devices(now: datetime) -> list[Device]:
    """A device for each of the busiest machines of one space, with its log."""
    made = [
        _device(machine, dialect, now)
        for machine, dialect in zip(
            _busiest(now), (Dialect.API, Dialect.SHELLY, Dialect.OCTOPRINT), strict=False
        )
    ]
    for number, device in enumerate(made):
        _tell(device, now, skew=(0.4, None, -75.0)[number])
    follow_meters(now)
    return made


def _busiest(now: datetime) -> list[Machine]:
    machines = list(Machine.objects.in_service().filter(space__slug=SPACE).select_related("space"))
    since = now - TOLD_FOR
    machines.sort(
        key=lambda machine: (-machine.sessions.filter(started_at__gt=since).count(), machine.pk)
    )
    return machines[:OFTEN]


def _device(machine: Machine, dialect: Dialect, now: datetime) -> Device:
    topics = {Dialect.SHELLY: "shellyplugsg3-e4b0", Dialect.OCTOPRINT: machine.slug[:40]}
    return save_device(
        device=Device(
            space=machine.space,
            name=f"{dialect.label.split(',')[0]} · {machine.name}"[:80],
            dialect=dialect,
            topic=topics.get(dialect, ""),
            silent_seconds=24 * 3600,
        ),
        machines=[machine],
        now=now,
    )


def _tell(device: Device, now: datetime, skew: float | None) -> None:
    """Each visit has a run of its own, which begins after and ends before it."""
    machine = device.meters.get().machine
    visits = UsageSession.objects.filter(
        machine=machine, started_at__gt=now - TOLD_FOR, ended_at__lt=now
    ).order_by("started_at")
    events: list[Told] = []
    hours = 1200.0
    for visit in visits:
        start, end = visit.started_at + 4 * MINUTE, (visit.ended_at or now) - 7 * MINUTE
        if end <= start:
            continue
        hours += (end - start) / HOUR
        for kind, at, value, name in (
            (EventKind.STARTED, start, None, ""),
            (EventKind.STOPPED, end, None, ""),
            (EventKind.COUNTER, end, round(hours, 1), "lamp_hours"),
        ):
            events.append(
                Told(
                    device=device.pk,
                    machine=machine.pk,
                    key=f"{kind}-{at:%Y%m%dT%H%M%S}",
                    kind=kind,
                    at=at,
                    value=value,
                    name=name,
                )
            )
    status = Status(device=device.pk, skew=skew, power=2.4, power_at=now - MINUTE, plug_is_on=None)
    record(events, [status], now=now)
