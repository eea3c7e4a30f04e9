"""The pages of devices: one that works, one that is silent, a stranger on the broker."""

from datetime import timedelta

from machines.metering.states import Dialect, EventKind
from machines.models import HeardTopic, Run
from machines.services.device_tokens import create_device_token
from machines.services.usage_events import Status, Told, record
from tests.booking.lively import NOW, Lively
from tests.factories.machines import MeterFactory
from tests.journeys.rooms.room import Names, Room

MINUTE = timedelta(minutes=1)


def _furnish(lively: Lively) -> Names:
    controller = MeterFactory.create(
        machine=lively.laser, device__name="Controller of the laser"
    ).device
    create_device_token(device=controller, by=lively.staff, now=NOW)
    told = [
        (EventKind.STARTED, None, ""),
        (EventKind.POWER, 412.0, ""),
        (EventKind.COUNTER, 1204.5, "lamp_hours"),
    ]
    record(
        [
            Told(
                device=controller.pk,
                machine=lively.laser.pk,
                key=str(number),
                kind=kind,
                at=NOW - (5 - number) * MINUTE,
                value=value,
                name=name,
            )
            for number, (kind, value, name) in enumerate(told)
        ],
        [Status(device=controller.pk, skew=-95.0, power=412.0, power_at=NOW)],
        now=NOW,
    )
    Run.objects.create(
        device=controller,
        machine=lively.laser,
        source="job",
        started_at=NOW - 5 * MINUTE,
        seen_at=NOW - 5 * MINUTE,
    )
    MeterFactory.create(
        machine=lively.mill,
        device__name="Plug of the mill",
        device__dialect=Dialect.TASMOTA,
        device__topic="mill",
        device__switches_plug=True,
        device__plug_is_on=False,
        device__seen_at=NOW - timedelta(hours=3),
    )
    HeardTopic.objects.create(
        dialect=Dialect.SHELLY,
        topic="shellies/shellyplug-s-7c87ce",
        power=3.2,
        first_at=NOW - MINUTE,
        last_at=NOW,
    )
    return {"device": controller.pk}


ROOM = Room(
    staff={
        "devices": "/spaces/atelier/devices/",
        "device-new": "/spaces/atelier/devices/new/",
        "device": "/spaces/atelier/devices/{device}/",
    },
    no_pages={"machines:device_token_revoke": "a step"},
    furnish=_furnish,
)
