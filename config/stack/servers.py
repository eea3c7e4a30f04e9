"""Both servers together."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from config.stack import kept
from config.stack.cache import Redis
from config.stack.postgres import Postgres, lasting_home
from config.stack.process import undisturbed


@contextlib.contextmanager
def running(data: Path | None = None, *, quick: bool = False) -> Iterator[dict[str, str]]:
    """The addresses of both servers as environment variables, starting what is missing.

    With `data` the cluster is kept, and its lock held until the servers have stopped.
    """
    stack = contextlib.ExitStack()
    environment: dict[str, str] = {}
    try:
        if data is not None:
            stack.enter_context(kept.locked(data))
        if not os.environ.get("DATABASE_URL"):
            environment["DATABASE_URL"] = _start_postgres(stack, data, quick=quick)
        if not os.environ.get("REDIS_URL"):
            environment["REDIS_URL"] = _start_redis(stack)
        yield environment
    finally:
        with undisturbed():
            stack.close()


@contextlib.contextmanager
def attached(data: Path = kept.KEPT) -> Iterator[None]:
    """Put the servers of `data` into the environment: those that run, else private ones.

    Does nothing where DATABASE_URL already says which database is meant.
    """
    if os.environ.get("DATABASE_URL"):
        yield
        return
    with contextlib.ExitStack() as stack:
        try:
            addresses = stack.enter_context(running(data))
            kept.publish_addresses(data, addresses)
            stack.callback(kept.forget_addresses, data)
        except kept.InUse:
            addresses = kept.addresses_of(data)
        os.environ.update(addresses)
        yield


def _start_postgres(stack: contextlib.ExitStack, data: Path | None, *, quick: bool) -> str:
    if data is None:
        postgres = Postgres.throwaway(quick=quick)
        stack.callback(postgres.remove)
    else:
        postgres = Postgres(lasting_home(data))
    stack.callback(postgres.stop)
    postgres.start()
    return postgres.url


def _start_redis(stack: contextlib.ExitStack) -> str:
    redis = Redis()
    stack.callback(redis.remove)
    stack.callback(redis.stop)
    redis.start()
    return redis.url
