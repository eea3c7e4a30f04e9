"""How often somebody may call, counted without a query; and what is tried in vain, by all."""

import time
import zlib
from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter as get_account_adapter
from django.core.cache import caches
from django.db import connection, transaction
from django.http import HttpRequest

WINDOW = 60
"""Seconds over which calls are counted."""

TRIES_LOCK = 7003
"""The namespace of the advisory locks under which tries are counted."""


def address_of(request: HttpRequest) -> str:
    """Where a call comes from, told by the same rule that the sign-in counts by.

    A header that any client may write is believed only behind a known number of proxies.
    """
    return str(get_account_adapter().get_client_ip(request))


def counted(who: str) -> int:
    """Count a call of `who`; how many that makes in this window.

    Counted in each web process by itself, so that counting costs no query: the limit that
    holds for an installation is the one that is set times the number of processes.
    """
    key = f"rate:{who}:{int(time.time()) // WINDOW}"
    counts = caches["rates"]
    if counts.add(key, 1, timeout=WINDOW):
        return 1
    return int(counts.incr(key))


def seconds_left() -> float:
    """Seconds until the window ends."""
    return WINDOW - time.time() % WINDOW


def tries(what: str, *, over: timedelta, now: datetime) -> int:
    """How often `what` was tried in vain in the window of `now`, told alike by all processes."""
    return int(caches["default"].get(_window(what, over, now), 0))


def note_try(what: str, *, over: timedelta, now: datetime) -> None:
    """Count a try in vain where every process sees it; that costs queries, so count little."""
    key, counts = _window(what, over, now), caches["default"]
    # The cache's own `incr` forgets how long to keep the count, and loses what two count at once.
    with transaction.atomic():
        with connection.cursor() as cursor:
            numbers = [TRIES_LOCK, zlib.crc32(key.encode()) >> 1]
            cursor.execute("SELECT pg_advisory_xact_lock(%s::int, %s::int)", numbers)
        counts.set(key, int(counts.get(key, 0)) + 1, timeout=int(over.total_seconds()))


def window_ends_in(over: timedelta, *, now: datetime) -> int:
    """Seconds until the window of `now` ends, at least one."""
    length = int(over.total_seconds())
    return length - int(now.timestamp()) % length


def _window(what: str, over: timedelta, now: datetime) -> str:
    return f"tries:{what}:{int(now.timestamp()) // int(over.total_seconds())}"
