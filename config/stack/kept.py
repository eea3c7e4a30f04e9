"""Data that lasts from one run to the next, and who is using it."""

import contextlib
import fcntl
import json
import time
from collections.abc import Iterator
from pathlib import Path

from config.stack.errors import StackError

KEPT = Path(__file__).resolve().parents[2] / "var" / "demo"
"""Where the demo keeps its data, and `manage.py` finds it."""

ADDRESSES_WITHIN = 60.0


class InUse(StackError):
    """Another process has these data open."""


@contextlib.contextmanager
def locked(data: Path) -> Iterator[None]:
    """Keep other runs away from `data`; the lock goes with the process, however it ends."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / "lock").open("w")
    except PermissionError as error:
        message = f"{data} belongs to another account: remove it, or work as that account."
        raise StackError(message) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"The data in {data} are in use: stop the demo that runs here first."
            raise InUse(message) from error
        forget_addresses(data)
        yield


def publish_addresses(data: Path, addresses: dict[str, str]) -> None:
    """Tell other shells where the servers of `data` are."""
    new = data / "servers.json.new"
    new.write_text(json.dumps(addresses))
    new.replace(data / "servers.json")


def forget_addresses(data: Path) -> None:
    """Take back what `publish_addresses` told."""
    (data / "servers.json").unlink(missing_ok=True)


def addresses_of(data: Path) -> dict[str, str]:
    """Where the servers are that another process runs on `data`, waiting while they start."""
    deadline = time.monotonic() + ADDRESSES_WITHIN
    while time.monotonic() < deadline:
        with contextlib.suppress(FileNotFoundError):
            return dict(json.loads((data / "servers.json").read_text()))
        time.sleep(0.1)
    message = f"The servers of {data} do not come up: look at the demo's output."
    raise StackError(message)
