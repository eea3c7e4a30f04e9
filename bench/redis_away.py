"""Reserving with Redis as it should be, with none, and with one that hangs.

Run by `make bench NAME=redis_away`. A request never waits for Redis: it writes its messages into
the database, and who sends them finds them there. The same reservations over HTTP in each case,
through gunicorn; the bound is the median beside the normal one.
"""

import http.client
import os
import signal
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from config.stack.cache import Redis

REDIS = Redis()
REDIS.start()
os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings.test", "REDIS_URL": REDIS.url}

import django

django.setup()

from django.core.management import call_command
from django.db import connection

from bench._server import serving
from bench.create import CREATED, House, body_of, build

CALLS, WARM_UP = 150, 20
MOST_TIMES_NORMAL, AND_MILLISECONDS = 1.5, 5.0
SLOWEST = 1000.0
"""Milliseconds that no single reservation may take, whatever Redis does."""


class Spent(NamedTuple):
    """Milliseconds of one run of reservations."""

    median: float
    slowest: float


def reserve(port: int, house: House, calls: int) -> Spent:
    """Post `calls` reservations, one after the other; raises where one is refused."""
    spent = []
    for number in range(calls):
        headers = {
            "Authorization": f"Bearer {house.tokens[number % len(house.tokens)]}",
            "Content-Type": "application/json",
        }
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        began = time.perf_counter()
        client.request("POST", "/api/v1/reservations", body_of(next(house.slots)), headers)
        answer = client.getresponse()
        if answer.status != CREATED:
            raise RuntimeError(answer.read().decode())
        answer.read()
        spent.append((time.perf_counter() - began) * 1000)
        client.close()
    return Spent(statistics.median(spent), max(spent))


@contextmanager
def redis_hangs() -> Iterator[None]:
    """It accepts connections and answers nothing."""
    assert REDIS.server is not None
    REDIS.server.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        REDIS.server.send_signal(signal.SIGCONT)


def main() -> int:
    """Print the table and the closing line; 1 where a bound is missed."""
    try:
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        house = build()
        connection.cursor().execute("ANALYZE")
        found = {}
        with serving(os.environ["DATABASE_URL"]) as port:
            reserve(port, house, WARM_UP)
            found["Redis answers"] = reserve(port, house, CALLS)
            with redis_hangs():
                found["Redis hangs"] = reserve(port, house, CALLS)
            REDIS.stop()
            found["no Redis"] = reserve(port, house, CALLS)
    finally:
        REDIS.stop()
        REDIS.remove()
    return report(found)


def report(found: dict[str, Spent]) -> int:
    """Print it."""
    normal = found["Redis answers"]
    print(f"{CALLS} reservations each    {'median ms':>10} {'slowest ms':>11}")
    for name, spent in found.items():
        print(f"{name:<24} {spent.median:>10.1f} {spent.slowest:>11.1f}")
    bound = MOST_TIMES_NORMAL * normal.median + AND_MILLISECONDS
    faults = [
        f"{name}: reserving waits"
        for name, spent in found.items()
        if spent.median > bound or spent.slowest > SLOWEST
    ]
    told = ", ".join(f"{name} {spent.median:.1f} ms" for name, spent in found.items())
    print(
        f"redis_away: {told} (bound {MOST_TIMES_NORMAL} × normal + {AND_MILLISECONDS:.0f} ms): "
        f"{'; '.join(faults) or 'passed'}"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
