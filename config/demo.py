"""The demo: servers, web, worker, beat and a mailbox as one tree that stops together.

python -m config.demo [--port PORT] [--reset]
"""

import argparse
import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from config import stack
from config.stack import kept, process
from config.stack.postgres import lasting_home

READY_WITHIN = 60.0
RESTARTS_ALLOWED = 3
LONG_ENOUGH = 60.0
LOGINS = ("maker", "staff", "company", "admin")
PASSWORD = "atelier-demo"  # noqa: S105 - it opens nothing but the demo


class DemoError(Exception):
    """The demo cannot run; the message says why in one line."""


@dataclass
class Part:
    """One process of the demo; it is started again when it ends by itself."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    running: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = field(default=0)

    def start(self) -> None:
        """Start it, its output going to its log."""
        with self.log.open("ab") as output:
            self.running = process.start(self.command, environment=self.environment, output=output)
        self.started = time.monotonic()

    def keep_up(self) -> None:
        """Start it again where it has ended; raise DemoError where that keeps happening."""
        if self.running is None or self.running.poll() is None:
            return
        lived = time.monotonic() - self.started
        self.failures = 1 if lived > LONG_ENOUGH else self.failures + 1
        code = self.running.returncode
        if self.failures > RESTARTS_ALLOWED:
            message = f"{self.name} keeps ending (exit {code}), see {self.log}."
            raise DemoError(message)
        print(f"{self.name} ended (exit {code}), starting it again; see {self.log}.", flush=True)
        self.start()


def main() -> int:
    """Run the demo until somebody stops it."""
    parser = argparse.ArgumentParser(prog="make demo")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--reset", action="store_true", help="forget the data")
    options = parser.parse_args()
    for signum in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(signum, _leave)
    try:
        if options.reset:
            reset()
        else:
            run(options.port)
    except (stack.StackError, DemoError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def reset(data: Path = stack.KEPT) -> None:
    """Forget the data, unless a demo is using them."""
    with kept.locked(data):
        shutil.rmtree(lasting_home(data), ignore_errors=True)
        shutil.rmtree(data, ignore_errors=True)
    print("The demo's data are gone; make demo starts over.")


def run(port: int, data: Path = stack.KEPT) -> None:
    """Start everything on `port`, say so when it answers, and watch over it."""
    refuse_port_in_use(port)
    with stack.running(data) as servers:
        addresses = {
            **servers,
            "EMAIL_URL": f"smtp://127.0.0.1:{process.free_port()}",
            "BASE_URL": f"http://127.0.0.1:{port}",
            "SECRET_KEY": secret_of(data),
        }
        environment = {"DJANGO_SETTINGS_MODULE": "config.settings.dev", **os.environ, **addresses}
        prepare(environment)
        kept.publish_addresses(data, addresses)
        parts = parts_of(port, data, environment)
        try:
            for part in parts:
                part.start()
            wait_until_ready(parts, port)
            announce(port)
            while True:
                time.sleep(0.5)
                for part in parts:
                    part.keep_up()
        finally:
            with process.undisturbed():
                kept.forget_addresses(data)
                stop(parts)


def refuse_port_in_use(port: int) -> None:
    """Raise DemoError where somebody listens on `port`."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        message = f"Port {port} is in use: make demo PORT={port + 1}"
        raise DemoError(message)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            message = f"Port {port} cannot be used ({error.strerror}): make demo PORT={port + 1}"
            raise DemoError(message) from error


def secret_of(data: Path) -> str:
    """The demo's secret key, made once."""
    path = data / "secret"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


def prepare(environment: dict[str, str]) -> None:
    """Migrate, collect and load in one process, whose output is shown."""
    child = process.start([sys.executable, "-m", "config.prepare"], environment=environment)
    try:
        if child.wait():
            message = "The demo could not be prepared, see above."
            raise DemoError(message)
    finally:
        with process.undisturbed():
            process.stop_group(child)


def parts_of(port: int, data: Path, environment: dict[str, str]) -> list[Part]:
    """The processes of the demo."""
    logs = data / "logs"
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir()
    python = sys.executable
    mail_port = environment["EMAIL_URL"].rpartition(":")[2]
    celery = [python, "-m", "celery", "--app", "config"]
    beat = ["beat", "--schedule", str(data / "beat"), "--pidfile", ""]
    commands = {
        "mailbox": [python, "-m", "config.mailbox", mail_port],
        "web": [
            python, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py",
            "--bind", f"127.0.0.1:{port}", "config.wsgi",
        ],
        "worker": [*celery, "worker", "--pool", "threads", "--concurrency", "2"],
        "beat": [*celery, *beat],
    }  # fmt: skip
    return [
        Part(name=name, command=command, environment=environment, log=logs / f"{name}.log")
        for name, command in commands.items()
    ]


def wait_until_ready(parts: list[Part], port: int) -> None:
    """Until the front page answers."""
    deadline = time.monotonic() + READY_WITHIN
    last: Exception | None = None
    while time.monotonic() < deadline:
        for part in parts:
            part.keep_up()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10):
                return
        except urllib.error.HTTPError as error:
            message = f"The front page answers {error.code}, see {parts[1].log}."
            raise DemoError(message) from error
        except OSError as error:
            last = error
            time.sleep(0.1)
    message = f"The web server does not answer: {last}"
    raise DemoError(message)


def announce(port: int) -> None:
    """Say where the demo is and who may sign in."""
    print(f"Établi is ready at http://127.0.0.1:{port}/")
    for name in LOGINS:
        print(f"    {name}@etabli.example    {PASSWORD}")
    print("Ctrl-C stops it; what you do is kept (make demo-reset starts over).", flush=True)


def stop(parts: list[Part]) -> None:
    """End every process and what it started, all at once first."""
    for part in parts:
        if part.running and part.running.poll() is None:
            part.running.terminate()
    for part in parts:
        if part.running:
            process.stop_group(part.running)


def _leave(signum: int, frame: FrameType | None) -> None:
    sys.exit(0 if signum == signal.SIGINT else 128 + signum)


if __name__ == "__main__":
    sys.exit(main())
