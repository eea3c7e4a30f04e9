"""How a device proves which one it is."""

from django.http import HttpRequest
from django.utils.timezone import now
from ninja.security import HttpBearer

from machines.models import Device
from machines.services.device_tokens import device_for


class DeviceKey(HttpBearer):
    """The token of a device; it opens nothing but the log of its machines."""

    def authenticate(self, request: HttpRequest, token: str) -> Device | None:
        """The device whose token this is, or None."""
        return device_for(token, now=now())
