"""How often one person or address may call the API."""

from django.conf import settings
from django.http import HttpRequest
from ninja.throttling import BaseThrottle

from members.rates import address_of, counted, seconds_left


class MemberRate(BaseThrottle):
    """A fixed window per member, or per address where nobody is signed in."""

    def allow_request(self, request: HttpRequest) -> bool:
        """Count this call and say whether it is still within the limit."""
        member = getattr(request, "auth", None)
        who = f"member:{member.pk}" if member else f"address:{address_of(request)}"
        return counted(who) <= settings.API_CALLS_PER_MINUTE

    def wait(self) -> float:
        """Seconds until the window ends."""
        return seconds_left()
