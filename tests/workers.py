"""Real Celery processes for tests, against the test's own database, Redis and mail server."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection


class Process:
    """A process and its children, which live and die together."""

    def __init__(self, arguments: list[str], environment: dict[str, str], log: IO[bytes]) -> None:
        self.process = subprocess.Popen(
            arguments,
            env=environment,
            cwd=settings.BASE_DIR,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    def kill(self) -> None:
        """End them at once, as a power cut would."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@contextmanager
def celery(
    *arguments: str, smtp_port: int, folder: Path, ahead: float | None = None
) -> Iterator[Process]:
    """`celery -A config …` until the block ends; its log is `folder`/celery.log.

    With `ahead` its clock is so many seconds ahead of the real one.
    """
    program = ["celery"] if ahead is None else ["tests.clockwork", str(ahead)]
    database = connection.settings_dict
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}"
        f"/{database['NAME']}",
        "REDIS_URL": settings.CELERY_BROKER_URL,
        "EMAIL_URL": f"smtp://127.0.0.1:{smtp_port}",
        "BASE_URL": settings.BASE_URL,
    }
    with (folder / "celery.log").open("ab") as log:
        process = Process(
            [sys.executable, "-m", *program, "-A", "config", *arguments], environment, log
        )
        try:
            yield process
        finally:
            process.kill()
