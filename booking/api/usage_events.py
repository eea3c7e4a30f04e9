"""What devices tell of their machines."""

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, NamedTuple

from django.http import HttpRequest
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from booking.api import schemas
from machines.authentication import DeviceKey
from machines.metering.states import FUTURE_ALLOWED, OLDEST_ACCEPTED, EventKind
from machines.models import Device
from machines.services.usage_events import Status, Told, record

router = Router(tags=["devices"])

MOST_EVENTS = 1000

WITH_VALUE = (EventKind.POWER, EventKind.COUNTER)

REASONS = {
    "UNKNOWN_MACHINE": _("This device does not tell of this machine."),
    "MACHINE_NEEDED": _("This device tells of several machines: say of which."),
    "VALUE_NEEDED": _("Power and counters need a value."),
    "NAME_NEEDED": _("A counter needs a name."),
    "FROM_THE_FUTURE": _("This has not happened yet: the clock of the device is wrong."),
    "TOO_OLD": _("This is too long ago."),
}


class EventIn(schemas.Body):
    """Something that happened once, by the clock of the device."""

    id: Annotated[
        str,
        Field(
            min_length=1,
            max_length=64,
            pattern=schemas.NO_ZERO,
            description="unique with this device; sent again it is the same event",
        ),
    ]
    kind: EventKind
    at: AwareDatetime
    machine: Annotated[
        int | None, Field(description="may be left out by a device of one machine")
    ] = None
    value: Annotated[
        float | None,
        Field(allow_inf_nan=False, description="of power, in watts; of a counter, its reading"),
    ] = None
    name: Annotated[
        str, Field(max_length=40, pattern=schemas.NO_ZERO, description="of a counter: cycles")
    ] = ""


class EventsIn(schemas.Body):
    """A batch, in any order."""

    events: Annotated[list[EventIn], Field(max_length=MOST_EVENTS)]
    sent_at: Annotated[
        AwareDatetime | None,
        Field(description="what the clock of the device shows now; its skew is told back"),
    ] = None


class EventRefused(Schema):
    """An event that was not kept, and why."""

    id: str
    code: str
    message: str


class EventsOut(Schema):
    """What became of a batch: all that is not refused is safe and need not be sent again."""

    new: int
    known: int
    refused: list[EventRefused]
    skew_seconds: Annotated[
        float | None, Field(description="by how much the clock of the device is ahead of ours")
    ]


class _Sorted(NamedTuple):
    told: list[Told]
    refused: list[dict[str, str]]


@router.post("/usage-events", response=EventsOut, auth=DeviceKey())
def usage_events(request: HttpRequest, body: EventsIn) -> object:
    """Keep a batch of events, each once however often it is sent, in any order, days late.

    Needs the token of a device. Use, working time and reports follow within minutes.
    """
    device: Device = request.auth  # type: ignore[attr-defined]
    moment = now()
    machines = set(device.meters.filter(removed_at=None).values_list("machine_id", flat=True))
    told, refused = _sorted(body.events, device, machines, moment)
    skew = (body.sent_at - moment).total_seconds() if body.sent_at else None
    new = record(told, [_status(device, told, skew)], now=moment)
    return {
        "new": new,
        "known": len(told) - new,
        "refused": refused,
        "skew_seconds": skew,
    }


def _sorted(
    events: Collection[EventIn], device: Device, machines: Collection[int], moment: datetime
) -> _Sorted:
    """What is kept, and what is refused with its reason."""
    found = _Sorted([], [])
    for each in events:
        code = _reason(each, machines, moment)
        if code:
            found.refused.append({"id": each.id, "code": code, "message": str(REASONS[code])})
            continue
        machine = next(iter(machines)) if each.machine is None else each.machine
        found.told.append(
            Told(
                device=device.pk,
                machine=machine,
                key=each.id,
                kind=each.kind,
                at=each.at,
                name=each.name,
                value=each.value,
            )
        )
    return found


def _reason(event: EventIn, machines: Collection[int], moment: datetime) -> str:
    if event.machine is None and len(machines) > 1:
        return "MACHINE_NEEDED"
    if not machines or (event.machine is not None and event.machine not in machines):
        return "UNKNOWN_MACHINE"
    if event.kind in WITH_VALUE and event.value is None:
        return "VALUE_NEEDED"
    if event.kind == EventKind.COUNTER and not event.name:
        return "NAME_NEEDED"
    if event.at > moment + FUTURE_ALLOWED:
        return "FROM_THE_FUTURE"
    return "TOO_OLD" if event.at < moment - OLDEST_ACCEPTED else ""


def _status(device: Device, told: Collection[Told], skew: float | None) -> Status:
    """How the device stands by the latest reading of the batch."""
    readings = [each for each in told if each.kind == EventKind.POWER]
    latest = max(readings, key=lambda each: each.at, default=None)
    return Status(
        device=device.pk,
        skew=skew,
        power=latest.value if latest else None,
        power_at=latest.at if latest else None,
    )
