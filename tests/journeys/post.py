"""The mail server and the workers of a story, on the clock of the story."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import time_machine
from django.utils import timezone

from notifications.tasks import relay
from tests.smtp import Mailbox
from tests.workers import celery

PATIENCE = 180
PERIOD = 1


class Post:
    """Wakes real workers, as beat does, and keeps the mails that they send to a real server.

    Each test worker has a queue of its own: stories that run beside each other share one Redis.
    """

    def __init__(self, *, port: int, box: Mailbox, folder: Path, queue: str) -> None:
        self.box = box
        self._port, self._folder, self._queue = port, folder, queue

    @contextmanager
    def working(self) -> Iterator[None]:
        """A Celery worker on the clock of the story."""
        options = ["-c", "1", "-l", "WARNING", "-Q", self._queue]
        options += ["--without-gossip", "--without-mingle"]
        with celery(
            "worker", *options, smtp_port=self._port, folder=self._folder, ahead=self._ahead()
        ):
            yield

    def _ahead(self) -> float:
        real = time_machine.escape_hatch.time.time()
        return timezone.now().timestamp() - real

    def wake(self, task: Any) -> None:
        """Send the wake-up that beat would send."""
        task.apply_async(queue=self._queue)

    def mail(self, number: int) -> EmailMessage:
        """The mail of that number, the first being 1, as soon as it has arrived."""
        self.wake_until(relay, lambda: len(self.box.mails) >= number)
        return self.box.mails[number - 1]

    def wake_until(self, task: Any, is_done: Callable[[], bool]) -> None:
        """Wake a worker for `task`, and again every second, until its work is done."""
        deadline = time.monotonic() + PATIENCE
        while not is_done():
            assert time.monotonic() < deadline, f"{task.name} did not do its work"
            self.wake(task)
            again_at = time.monotonic() + PERIOD
            while not is_done() and time.monotonic() < again_at:
                time.sleep(0.1)
