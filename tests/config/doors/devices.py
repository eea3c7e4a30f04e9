"""Who may open which page of devices."""

from typing import Any

from django.utils.timezone import now

from machines.models import Device
from machines.services.device_tokens import create_device_token
from tests.config.doors.door import World, of_space, staff
from tests.factories.machines import MeterFactory


def device_of(world: World) -> Device:
    """A device of the machine."""
    device: Device = MeterFactory(machine=world.machine).device
    return device


def of_device(world: World) -> list[Any]:
    return [world.space.slug, device_of(world).pk]


def of_key(world: World) -> list[Any]:
    device = device_of(world)
    token, _secret = create_device_token(device=device, by=None, now=now())
    return [world.space.slug, device.pk, token.pk]


DOORS = {
    "machines:devices": staff(of_space),
    "machines:device_new": staff(of_space, post=True),
    "machines:device": staff(of_device, post=True),
    "machines:device_token_revoke": staff(of_key, post=True),
}
