"""How often one person or address may call the API."""

import time

from allauth.account.adapter import get_adapter as get_account_adapter
from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from ninja.throttling import BaseThrottle

WINDOW = 60
"""Seconds over which calls are counted."""


def _address_of(request: HttpRequest) -> str:
    """Where the call comes from, told by the same rule that the sign-in counts by.

    A header that any client may write is believed only behind a known number of proxies.
    """
    return str(get_account_adapter().get_client_ip(request))


class MemberRate(BaseThrottle):
    """A fixed window per member, or per address where nobody is signed in.

    Counted in each web process by itself, so that counting costs no query: the limit that
    holds for an installation is the setting times the number of processes.
    """

    def allow_request(self, request: HttpRequest) -> bool:
        """Count this call and say whether it is still within the limit."""
        member = getattr(request, "auth", None)
        who = f"member:{member.pk}" if member else f"address:{_address_of(request)}"
        key = f"rate:{who}:{int(time.time()) // WINDOW}"
        counts = caches["rates"]
        if counts.add(key, 1, timeout=WINDOW):
            return True
        return int(counts.incr(key)) <= settings.API_CALLS_PER_MINUTE

    def wait(self) -> float:
        """Seconds until the window ends."""
        return WINDOW - time.time() % WINDOW
