"""How often one person or address may call the API."""

import time

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from ninja.throttling import BaseThrottle

WINDOW = 60
"""Seconds over which calls are counted."""


class MemberRate(BaseThrottle):
    """A fixed window per member, or per address where nobody is signed in.

    Counted in each web process by itself, so that counting costs no query: the limit that
    holds for an installation is the setting times the number of processes.
    """

    def allow_request(self, request: HttpRequest) -> bool:
        """Count this call and say whether it is still within the limit."""
        member = getattr(request, "auth", None)
        who = f"member:{member.pk}" if member else f"address:{self.get_ident(request)}"
        key = f"rate:{who}:{int(time.time()) // WINDOW}"
        counts = caches["rates"]
        if counts.add(key, 1, timeout=WINDOW):
            return True
        return int(counts.incr(key)) <= settings.API_CALLS_PER_MINUTE

    def wait(self) -> float:
        """Seconds until the window ends."""
        return WINDOW - time.time() % WINDOW
