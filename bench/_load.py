"""A light load generator: many keep-alive connections in one thread of a process of its own.

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


async def answer_of(reader: asyncio.StreamReader) -> int:
    """Read one answer to its end; its status."""
    head = await reader.readuntil(END_OF_HEAD)
    lines = head.decode("latin-1").split("\r\n")
    lengths = [
        int(line.partition(":")[2]) for line in lines if line.lower().startswith("content-length:")
    ]
    await reader.readexactly(lengths[0])
    return int(lines[0].split()[1])


async def client(
    port: int, requests: list[str], ready: asyncio.Barrier, statuses: Counter[int]
) -> list[float]:
    """Send `requests` one after the other over one connection; how long each took, in ms."""
    prepared = [request.encode() for request in requests]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await ready.wait()
    spent = []
    for request in prepared:
        began = time.perf_counter()
        writer.write(request)
        statuses[await answer_of(reader)] += 1
        spent.append((time.perf_counter() - began) * 1000)
    writer.close()
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
