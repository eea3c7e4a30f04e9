"""The product behind gunicorn on a loopback port, for measuring and for racing."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

START_WITHIN = 90.0


@contextlib.contextmanager
def serving(
    database_url: str,
    *,
    workers: int = 2,
    threads: int = 4,
    keep_alive: int = 0,
    settings: str = "config.settings.test",
) -> Iterator[int]:
    """Serve a database with `workers` processes of `threads` threads; yields the port.

    Clients keep their connections for `keep_alive` seconds without a call.

    Raises RuntimeError where the server does not come up.
    """
    # Bound here, where nobody else can take the port before gunicorn listens on it.
    door = socket.socket()
    door.bind(("127.0.0.1", 0))
    port: int = door.getsockname()[1]
    command = [
        sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"fd://{door.fileno()}",
        "--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads),
        "--log-level", "warning", "--no-control-socket", "--keep-alive", str(keep_alive),
    ]  # fmt: skip
    with door:
        process = subprocess.Popen(
            command,
            cwd=Path(__file__).resolve().parents[1],
            env={**os.environ, "DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": settings},
            pass_fds=[door.fileno()],
        )
    try:
        _wait(process, port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError("gunicorn did not start")
