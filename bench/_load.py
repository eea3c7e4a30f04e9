"""A light load generator: many clients in one thread of a process of its own.

Reads a plan from standard input and writes what came back to standard output, both as JSON:
`{"port": int, "clients": [[request, …], …]}` gives `{"seconds": float, "processor": float,
"statuses": {"201": int}, "milliseconds": [float, …]}`; `processor` is what the clients themselves
worked. Every client sends its next request when the last was answered.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from typing import Any

END_OF_HEAD = b"\r\n\r\n"


async def answer_to(port: int, request: bytes) -> int:
    """Send one request over a connection of its own, and read the answer to its end: its status."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return int(answer.split(maxsplit=2)[1])


async def client(
    port: int, requests: list[str], ready: asyncio.Barrier, statuses: Counter[int]
) -> list[float]:
    """Send `requests` one after the other; how long each took, in ms."""
    prepared = [request.encode() for request in requests]
    await ready.wait()
    spent = []
    for request in prepared:
        began = time.perf_counter()
        statuses[await answer_to(port, request)] += 1
        spent.append((time.perf_counter() - began) * 1000)
    return spent


async def load(plan: dict[str, Any]) -> dict[str, Any]:
    """Let all clients of `plan` begin at once."""
    statuses: Counter[int] = Counter()
    ready = asyncio.Barrier(len(plan["clients"]) + 1)
    tasks = [
        asyncio.create_task(client(plan["port"], requests, ready, statuses))
        for requests in plan["clients"]
    ]
    await ready.wait()
    began, worked = time.perf_counter(), time.process_time()
    spent = await asyncio.gather(*tasks)
    return {
        "seconds": time.perf_counter() - began,
        "processor": time.process_time() - worked,
        "statuses": statuses,
        "milliseconds": sorted(each for of_client in spent for each in of_client),
    }


if __name__ == "__main__":
    json.dump(asyncio.run(load(json.load(sys.stdin))), sys.stdout)
