"""The processes of the demo: how each is started, kept up and ended."""

import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from config.stack import process

RESTARTS_ALLOWED = 3
LONG_ENOUGH = 60.0


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
    failures: int = 0

    def start(self) -> None:
        """Start it, its output going to its log."""
        with self.log.open("ab") as output:
            self.running = process.start(self.command, environment=self.environment, output=output)
        self.started = time.monotonic()

    def keep_up(self) -> None:
        """Start it again where it has ended; raise DemoError where that keeps happening."""
        if self.running is None or self.running.poll() is None:
            return
        # A killed web server leaves its workers behind, and they hold its port.
        process.stop_group(self.running)
        lived = time.monotonic() - self.started
        self.failures = 1 if lived > LONG_ENOUGH else self.failures + 1
        code = self.running.returncode
        if self.failures > RESTARTS_ALLOWED:
            message = f"{self.name} keeps ending (exit {code}), see {self.log}."
            raise DemoError(message)
        print(f"{self.name} ended (exit {code}), starting it again; see {self.log}.", flush=True)
        self.start()


def parts_of(port: int, data: Path, environment: dict[str, str]) -> list[Part]:
    """Web, worker, beat and mailbox of the demo on `port`; the logs are those of this run."""
    logs = data / "logs"
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir()
    python = sys.executable
    mail_port = environment["EMAIL_URL"].rpartition(":")[2]
    celery = [python, "-m", "celery", "--app", "config"]
    commands = {
        "web": [
            python, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py",
            "--bind", f"127.0.0.1:{port}",
        ],
        "worker": [*celery, "worker", "--pool", "threads", "--concurrency", "2"],
        "beat": [*celery, "beat", "--schedule", str(data / "beat"), "--pidfile", ""],
        "mailbox": [python, "-m", "config.mailbox", mail_port, str(data / "mail")],
    }  # fmt: skip
    return [
        Part(name=name, command=command, environment=environment, log=logs / f"{name}.log")
        for name, command in commands.items()
    ]


def stop(parts: list[Part]) -> None:
    """End every process and what it started, all at once first."""
    for part in parts:
        if part.running and part.running.poll() is None:
            part.running.terminate()
    for part in parts:
        if part.running:
            process.stop_group(part.running)
