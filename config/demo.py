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
import sys
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path
from types import FrameType

from config import freshness, stack
from config.parts import DemoError, Part, parts_of, stop
from config.stack import kept, process
from config.stack.postgres import lasting_home

READY_WITHIN = 180.0
# The pages are what people wait for; a slow machine is not kept from them by the worker.
ALL_WITHIN = 4.0
LOGINS = ("maker", "staff", "company", "admin")
PASSWORD = "atelier-demo"  # noqa: S105 - it opens nothing but the demo


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
        if not freshness.is_prepared(data):
            prepare(environment)
            freshness.note_prepared(data)
        kept.publish_addresses(data, addresses)
        parts = parts_of(port, data, environment)
        try:
            for part in parts:
                part.start()
            wait_until_ready(parts, port)
            announce(port, data)
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
    # What a power cut may take now is made again.
    environment = {"PGOPTIONS": "-c synchronous_commit=off", **environment}
    child = process.start([sys.executable, "-m", "config.prepare"], environment=environment)
    try:
        if child.wait():
            message = "The demo could not be prepared, see above."
            raise DemoError(message)
    finally:
        with process.undisturbed():
            process.stop_group(child)


def wait_until_ready(parts: list[Part], port: int) -> None:
    """Until the front page answers 200, and for a moment more until every part is heard of."""
    web = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + READY_WITHIN
    while (answer := _status(f"{web}/")) is None:
        if time.monotonic() > deadline:
            raise DemoError(f"The web server does not answer, see {parts[0].log}.")
        time.sleep(0.05)
        for part in parts:
            part.keep_up()
    if answer != HTTPStatus.OK:
        raise DemoError(f"The front page answers {answer}, see {parts[0].log}.")
    deadline = time.monotonic() + ALL_WITHIN
    while _status(f"{web}/health") != HTTPStatus.OK and time.monotonic() < deadline:
        time.sleep(0.1)


def _status(address: str) -> int | None:
    """What a page answers; None where nobody does."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def announce(port: int, data: Path) -> None:
    """Say where the demo is, who may sign in and where its mails are."""
    print(f"Établi is ready at http://127.0.0.1:{port}/")
    for name in LOGINS:
        print(f"    {name}@etabli.example    {PASSWORD}")
    print(f"Mails, the link after signing up among them, are kept in {data / 'mail'}")
    print("Ctrl-C stops it; what you do is kept (make demo-reset starts over).", flush=True)


def _leave(signum: int, frame: FrameType | None) -> None:
    sys.exit(0 if signum == signal.SIGINT else 128 + signum)


if __name__ == "__main__":
    sys.exit(main())
