"""Several people, or jobs, that call services at the same moment, each on their own connection."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.db import connection

from booking.services.refusing import BookingRefused
from tests.races.clients import TIMEOUT

DONE = "done"


def rush(people: int, rounds: int, act: Callable[[int, int], object]) -> list[list[str]]:
    """Let everybody `act(person, round)` in every round at once; what came of it, by round.

    That is DONE, or the codes of the refusal; nobody starts a round before everybody is ready.
    """
    start = threading.Barrier(people, timeout=TIMEOUT)

    def person(number: int) -> list[str]:
        outcomes = []
        try:
            for each in range(rounds):
                start.wait()
                outcomes.append(_outcome(partial(act, number, each)))
        except BaseException:
            # Or the others would wait for this one in vain.
            start.abort()
            raise
        finally:
            connection.close()
        return outcomes

    with ThreadPoolExecutor(people) as pool:
        told = list(pool.map(person, range(people)))
    return [list(of_round) for of_round in zip(*told, strict=True)]


def _outcome(act: Callable[[], object]) -> str:
    try:
        act()
    except BookingRefused as error:
        return ",".join(each.code for each in error.refusals)
    return DONE
