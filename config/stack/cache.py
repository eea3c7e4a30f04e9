"""A private Redis server; it carries wake-ups only and keeps nothing."""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import redis

from config.stack import process
from config.stack.binaries import redis_binary
from config.stack.errors import StackError

START_WITHIN = 15.0
PORTS_TRIED = 3


class Redis:
    """A server on a loopback port, without persistence."""

    def __init__(self) -> None:
        self.port = 0
        self.folder = Path(tempfile.mkdtemp(prefix="etabli-redis-"))
        self.server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of its first database."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        for _attempt in range(PORTS_TRIED):
            self.port = process.free_port()
            if self._launch():
                return
            self.stop()
        raise self._failed()

    def start_again(self) -> None:
        """Start a stopped server where it was, with an empty memory."""
        if not self._launch():
            raise self._failed()

    def _launch(self) -> bool:
        """Start it; whether it answers."""
        with (self.folder / "redis.log").open("ab") as log:
            self.server = process.start(
                [
                    redis_binary(), "--port", str(self.port), "--bind", "127.0.0.1",
                    "--save", "", "--appendonly", "no", "--dir", self.folder,
                ],
                output=log,
            )  # fmt: skip
        return self._answers()

    def _failed(self) -> StackError:
        return StackError(f"Redis did not start, see {self.folder}/redis.log.")

    def stop(self) -> None:
        """End the server."""
        if self.server:
            process.stop(self.server)

    def remove(self) -> None:
        """Delete the log of a stopped server."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _answers(self) -> bool:
        """Whether our own server answers in time; another's on the same port does not count."""
        if self.server is None:
            return False
        deadline = time.monotonic() + START_WITHIN
        client = redis.Redis(port=self.port, socket_timeout=1, socket_connect_timeout=1)
        with client:
            while self.server.poll() is None and time.monotonic() < deadline:
                try:
                    return bool(client.info("server")["process_id"] == self.server.pid)
                except redis.RedisError:
                    time.sleep(0.02)
        return False
