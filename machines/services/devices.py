"""What staff do with devices: make and change them, connect machines, put them away."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from machines.metering.states import BY_BROKER, WITH_PLUG
from machines.models import Device, HeardTopic, Machine, Meter
from machines.services.device_tokens import revoke_device_token
from machines.services.usage_events import mark_machines


@transaction.atomic
def save_device(*, device: Device, machines: Collection[Machine], now: datetime) -> Device:
    """Keep `device` as it is, telling of `machines` from now on.

    What it told of a machine that is no longer among them stays in the log, and what it tells
    from now on of others is theirs. Other limits hold for what was told before, too.
    """
    if device.dialect not in BY_BROKER:
        device.topic = ""
    if device.dialect not in WITH_PLUG:
        device.switches_plug = False
    device.save()
    chosen = {machine.pk for machine in machines}
    device.meters.exclude(machine__in=chosen).filter(removed_at=None).update(removed_at=now)
    device.meters.filter(machine__in=chosen).update(removed_at=None)
    known = set(device.meters.values_list("machine_id", flat=True))
    Meter.objects.bulk_create(Meter(device=device, machine_id=pk) for pk in sorted(chosen - known))
    heard = device.meters.exclude(heard_from=None).values_list("machine_id", "heard_from")
    mark_machines({machine: since for machine, since in heard if since is not None})
    HeardTopic.objects.filter(dialect=device.dialect, topic=device.topic).delete()
    return device


@transaction.atomic
def retire_device(*, device: Device, now: datetime) -> None:
    """Hear no more of `device`; its log stays."""
    for token in device.tokens.filter(revoked_at=None):
        revoke_device_token(token=token, now=now)
    device.meters.filter(removed_at=None).update(removed_at=now)
    device.retired_at = now
    device.save(update_fields=["retired_at"])
