"""Which plugs we switch, and whether somebody has checked in at their machine."""

from typing import NamedTuple

from booking.models import UsageSession
from machines.metering.states import WITH_PLUG
from machines.models import Device


class PlugNeeded(NamedTuple):
    """A device with a plug, and whether its machine is in use by somebody."""

    device: Device
    is_needed: bool


def plugs() -> list[PlugNeeded]:
    """Every plug that we switch, in two queries."""
    switched = Device.objects.in_service().filter(switches_plug=True, dialect__in=WITH_PLUG)
    used = UsageSession.objects.open().filter(machine__meters__removed_at=None)
    needed = set(used.values_list("machine__meters__device_id", flat=True))
    return [PlugNeeded(device, device.pk in needed) for device in switched.order_by("pk")]
