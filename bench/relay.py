"""10,000 due reminders through one worker with two processes: how many a minute, and why no more.

Run by `make bench NAME=relay`. A real beat wakes a real worker, which sends over SMTP to a server
on loopback that says yes at once. Beside it stands what the parts cost alone: rendering a reminder,
and handing ready mails to the same server over one connection.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
django.setup()

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.management import call_command
from django.db import connection
from django.utils.timezone import now

from bench._post import Post
from bench._processor import descendants, ticks
from bench._reminded import reservations_reminded_of
from notifications.models import Message
from notifications.rendering import render
from notifications.states import MessageState
from tests.smtp import listening
from tests.workers import celery

MESSAGES = 10_000
PROCESSES = 2
FINISHED_WITHIN = 900.0
SAMPLE = 300
LEAST_SHARE = 0.03
"""Of what SMTP alone manages: both shrink on a busy machine."""


class Finding(NamedTuple):
    """Mails a second through the worker, and the milliseconds that each took of its processor."""

    rate: float
    workers: float


def through_the_worker(post: Post, folder: Path) -> Finding:
    """Let beat and a worker send everything."""
    with listening(post) as port:
        worker = celery(
            "worker", "-c", str(PROCESSES), "-l", "WARNING", smtp_port=port, folder=folder
        )
        schedule = str(folder / "schedule")
        beat = celery("beat", "-s", schedule, "-l", "WARNING", smtp_port=port, folder=folder)
        with worker as running, beat:
            _wait_for(lambda: bool(post.accepted), 60)
            began, sent = time.monotonic(), len(post.accepted)
            worked = worked_by(running.process.pid)
            _wait_for(lambda: len(post.accepted) >= MESSAGES, FINISHED_WITHIN)
            done, seconds = len(post.accepted) - sent, time.monotonic() - began
            return Finding(
                rate=done / seconds,
                workers=(worked_by(running.process.pid) - worked) / done,
            )


def _wait_for(is_so: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise RuntimeError("the worker does not send")
        time.sleep(0.02)


def worked_by(leader: int) -> float:
    """The milliseconds that a worker and its processes have worked."""
    return sum(map(ticks, [leader, *descendants(leader)]))


def rendering_alone() -> float:
    """The milliseconds of the processor that the text and the HTML of one reminder take."""
    messages = list(Message.objects.select_related("recipient")[:SAMPLE])
    render(messages[0])
    began = time.process_time()
    for message in messages:
        render(message)
    return (time.process_time() - began) * 1000 / len(messages)


def mail_alone() -> float:
    """Ready mails a second over one connection to a server of its own."""
    with listening(Post()) as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        post = get_connection("notifications.channels.smtp.EmailBackend")
        post.open()
        began = time.monotonic()
        for number in range(SAMPLE):
            headers = {"Message-ID": f"<{number}@etabli.example>"}
            EmailMessage(
                "Ready", "Hello", to=["a@example.org"], headers=headers, connection=post
            ).send()
        seconds = time.monotonic() - began
        post.close()
    return SAMPLE / seconds


def main() -> int:
    """Print the table and the closing line; 1 where a bound is missed."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    # Due when the worker looks, and not so late that they are useless.
    hour = timedelta(hours=1)
    reservations_reminded_of(MESSAGES, first=now() + timedelta(seconds=1), over=hour, now=now())
    Message.objects.update(send_after=now())
    connection.cursor().execute("ANALYZE")
    post = Post()
    with tempfile.TemporaryDirectory() as folder:
        found = through_the_worker(post, Path(folder))
    texts, raw = rendering_alone(), mail_alone()
    left = Message.objects.exclude(state=MessageState.SENT).count()
    twice = len(post.accepted) - len({each.message_id for each in post.accepted})
    print(
        f"{'reminders through one worker with two processes':<56} {found.rate * 60:>8,.0f} a minute"
    )
    print(f"{'ready mails to the same server, one connection':<56} {raw * 60:>8,.0f} a minute")
    print(f"{'processor of the worker for one':<56} {found.workers:>8.1f} ms")
    print(f"{'of it rendering text and HTML':<56} {texts:>8.1f} ms")
    faults = [
        text
        for text, is_missed in (
            (f"{left} not sent", left),
            (f"{twice} sent twice", twice),
            (f"less than {LEAST_SHARE:.0%} of SMTP alone", found.rate < LEAST_SHARE * raw),
        )
        if is_missed
    ]
    print(
        f"relay: {MESSAGES:,} reminders, {found.rate * 60:,.0f} a minute, "
        f"{found.rate / raw:.0%} of SMTP alone (bound {LEAST_SHARE:.0%}); the worker's processor "
        f"limits it, {found.workers:.1f} ms each: {'; '.join(faults) or 'passed'}"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
