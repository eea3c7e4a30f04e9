"""Thirty-two people who press the same button at the same moment."""

import http.client
import json
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

CLIENTS = 32
TIMEOUT = 180
"""Seconds; the first call waits for a server that has just been started, on a busy machine."""


class Call(NamedTuple):
    """One call of the API."""

    method: str
    path: str
    body: dict[str, object] | None = None


def race(
    port: int, tokens: Sequence[str], rounds: int, call: Callable[[int, int], Call]
) -> list[Counter[int]]:
    """Let every client make `call(client, round)` in every round at once; the answers by status.

    Each client keeps a connection of its own; nobody starts a round before everybody is ready.
    """
    start = threading.Barrier(len(tokens), timeout=TIMEOUT)

    def client(number: int) -> list[int]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
        headers = {
            "Authorization": f"Bearer {tokens[number]}",
            "Content-Type": "application/json",
        }
        statuses = []
        try:
            for each in range(rounds):
                method, path, body = call(number, each)
                start.wait()
                connection.request(method, path, json.dumps(body) if body else None, headers)
                response = connection.getresponse()
                response.read()
                statuses.append(response.status)
        except BaseException:
            # Or the others would wait for this one in vain.
            start.abort()
            raise
        finally:
            connection.close()
        return statuses

    with ThreadPoolExecutor(len(tokens)) as pool:
        answers = list(pool.map(client, range(len(tokens))))
    return [Counter(of_round) for of_round in zip(*answers, strict=True)]
