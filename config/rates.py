"""How often one person or address may call the API."""

from django.conf import settings
from django.http import HttpRequest
from ninja.throttling import BaseThrottle

from machines.models import Device
from members.rates import address_of, counted, seconds_left


class MemberRate(BaseThrottle):
    """A fixed window per member or device, or per address where nobody is signed in."""

    def allow_request(self, request: HttpRequest) -> bool:
        """Count this call and say whether it is still within the limit."""
        caller = getattr(request, "auth", None)
        kind = "device" if isinstance(caller, Device) else "member"
        who = f"{kind}:{caller.pk}" if caller and caller.pk else f"address:{address_of(request)}"
        return counted(who) <= settings.API_CALLS_PER_MINUTE

    def wait(self) -> float:
        """Seconds until the window ends."""
        return seconds_left()
