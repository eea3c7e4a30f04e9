"""Child processes that never outlive us."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

STOPS_WITHIN = 10.0
PR_SET_PDEATHSIG = 1


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def die_with_parent(signum: int) -> Callable[[], None] | None:
    """What makes Linux send `signum` to a child when its parent is gone, killed ones included."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signum)

    return ask


def start(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    output: IO[bytes] | None = None,
    own_group: bool = True,
    at_our_death: int = signal.SIGTERM,
    folder: Path | None = None,
    user: int | None = None,
    group: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program that ends when we do; as another account only where we are root."""
    return subprocess.Popen(
        [str(part) for part in command],
        env=environment,
        stdout=output,
        stderr=output,
        stdin=subprocess.DEVNULL if output else None,
        cwd=folder,
        process_group=0 if own_group else None,
        user=user,
        group=group,
        extra_groups=None if user is None else [],
        # Set after the account changed and before the program runs; there are no threads yet.
        preexec_fn=die_with_parent(at_our_death),  # noqa: PLW1509
    )


def stop(process: subprocess.Popen[bytes], *, signum: int = signal.SIGTERM) -> None:
    """End a process, asking first and insisting after STOPS_WITHIN."""
    if process.poll() is not None:
        return
    process.send_signal(signum)
    try:
        process.wait(STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def stop_group(process: subprocess.Popen[bytes]) -> None:
    """End a process that leads its group, and whatever it left in that group."""
    _signal_group(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STOPS_WITHIN)
    _signal_group(process.pid, signal.SIGKILL)
    process.wait()


def _signal_group(leader: int, signum: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signum)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Clean up to the end, however often somebody asks us to stop."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {each: signal.signal(each, signal.SIG_IGN) for each in signals}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
