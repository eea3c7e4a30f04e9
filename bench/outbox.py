"""Reminders while workers are killed, Redis forgets, mail is refused and PostgreSQL restarts.

Run by `make bench NAME=outbox`, with a PostgreSQL and a Redis of its own that it may ill-treat, a
mail server that listens, beat, and workers that are killed with SIGKILL while they send. Every
reminder must arrive, but for those whose reservation was cancelled before it was due; a mail may
come twice only where the kill fell between the server's yes and our commit, with the same
Message-ID.
"""

import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from config.stack.cache import Redis
from config.stack.postgres import Postgres

POSTGRES, REDIS = Postgres.throwaway(quick=False), Redis()
POSTGRES.start()
REDIS.start()
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "config.settings.test",
    "DATABASE_URL": POSTGRES.url,
    "REDIS_URL": REDIS.url,
}

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.utils.timezone import now

from bench._post import Accepted, Post
from bench._reminded import reservations_reminded_of
from booking.models import Reservation
from booking.services.reservations import cancel
from notifications.channels.email import message_id
from notifications.models import Message
from notifications.states import MessageState
from tests.smtp import listening
from tests.workers import Process, celery

MESSAGES = 2500
KILLS = 50
CANCELLED_A_KILL = 5
WORKERS, PROCESSES = 3, 2
SECONDS_A_MAIL = 0.15
"""How long the mail server takes over each: most kills fall while one is under way."""

DUE_OVER = timedelta(seconds=60)
LATEST_CANCELLED = timedelta(seconds=5)
"""Nobody is called back whose reminder is due sooner: it may be on its way already."""

PATIENCE = 8.0
SMTP_REFUSES_FOR = 5.0
MAILS_REFUSED, REFUSED_WITHIN = 20, 60.0
"""The mail server says no to so many at least: the workers may be just starting anew."""

REDIS_IS_AWAY_FOR = 3.0
SETTLED_WITHIN = 400.0
AFTER_A_KILL = 2 * SECONDS_A_MAIL + 5.0
"""Seconds in which a copy of a mail may follow from a kill: the server's share and the commit's."""


class Disaster(NamedTuple):
    """What happens besides, before which of the kills."""

    before_kill: int
    what: str
    happen: Callable[["Storm"], None]


class Storm:
    """The processes, what was done to them, and when."""

    def __init__(self, folder: Path, smtp_port: int, post: Post) -> None:
        self.folder, self.smtp_port, self.post = folder, smtp_port, post
        self.chance = random.Random(4)
        self.running = ExitStack()
        self.workers = [self._worker() for _ in range(WORKERS)]
        self.beat = self._beat()
        self.killed_at: list[float] = []
        self.commits_lost_at: list[float] = []
        self.while_sending = 0

    def kill_a_worker(self, number: int) -> None:
        """Kill one and what it has started, soon after a mail went through; start another."""
        self.while_sending += self._wait_for_mail()
        time.sleep(self.chance.uniform(0, SECONDS_A_MAIL))
        self.workers[number % WORKERS].kill()
        self.killed_at.append(time.time())
        self.workers[number % WORKERS] = self._worker()

    def kill_beat(self) -> None:
        """Kill it, and start another after a while."""
        self.beat.kill()
        time.sleep(1)
        self.beat = self._beat()

    def restart_redis(self) -> None:
        """Let Redis come back with an empty memory."""
        REDIS.stop()
        time.sleep(REDIS_IS_AWAY_FOR)
        REDIS.start_again()

    def refuse_mail(self) -> None:
        """Let the mail server say no for a while, and until somebody has heard it."""
        self.post.refuses = True
        time.sleep(SMTP_REFUSES_FOR)
        deadline = time.monotonic() + REFUSED_WITHIN
        while self.post.refused < MAILS_REFUSED and time.monotonic() < deadline:
            time.sleep(0.1)
        self.post.refuses = False

    def restart_postgres(self) -> None:
        """Restart it under everybody who is connected."""
        disconnect()
        self.commits_lost_at.append(time.time())
        POSTGRES.stop()
        POSTGRES.start_again()

    def _worker(self) -> Process:
        return self._start("worker", "-c", str(PROCESSES), "-l", "WARNING", "--without-gossip")

    def _beat(self) -> Process:
        return self._start("beat", "-s", str(self.folder / "schedule"), "-l", "WARNING")

    def _start(self, *arguments: str) -> Process:
        return self.running.enter_context(
            celery(*arguments, smtp_port=self.smtp_port, folder=self.folder)
        )

    def _wait_for_mail(self) -> bool:
        before, deadline = len(self.post.accepted), time.monotonic() + PATIENCE
        while len(self.post.accepted) < before + 3:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True


DISASTERS = (
    # First of all: later there might be nothing left that is due.
    Disaster(5, "mail refused for a while", Storm.refuse_mail),
    Disaster(15, "beat killed", Storm.kill_beat),
    Disaster(25, "Redis restarted with empty memory", Storm.restart_redis),
    Disaster(35, "beat killed", Storm.kill_beat),
    Disaster(40, "PostgreSQL restarted", Storm.restart_postgres),
)


def disconnect() -> None:
    """Let go of every connection that this process keeps."""
    ours: Any = connection
    ours.close()
    ours.close_pool()


@contextmanager
def servers_ended() -> Iterator[None]:
    """Leave nothing behind."""
    try:
        yield
    finally:
        disconnect()
        for server in (POSTGRES, REDIS):
            server.stop()
            server.remove()


def rage(storm: Storm, rows: list[Reservation]) -> list[Reservation]:
    """All kills and disasters; meanwhile people cancel, and those reservations are returned."""
    waiting = list(rows)
    cancelled: list[Reservation] = []
    for number in range(KILLS):
        for disaster in DISASTERS:
            if disaster.before_kill == number:
                disaster.happen(storm)
        cancelled += cancel_some(waiting)
        storm.kill_a_worker(number)
    return cancelled


def cancel_some(waiting: list[Reservation]) -> list[Reservation]:
    """Cancel the last of `waiting`, as their holders would, where the reminder is not yet due."""
    cancelled = []
    for _ in range(CANCELLED_A_KILL):
        row = waiting[-1]
        reminder = Message.objects.pending().filter(subject_key=row.subject_key).first()
        if reminder is None or reminder.send_after < now() + LATEST_CANCELLED:
            break
        assert row.member is not None
        cancelled.append(cancel(reservation=waiting.pop(), by=row.member, now=now()))
    return cancelled


def settled() -> float:
    """Wait until nothing is to be sent any more; how many seconds that took."""
    began = time.monotonic()
    while Message.objects.pending().exists() and time.monotonic() - began < SETTLED_WITHIN:
        time.sleep(1)
    return time.monotonic() - began


class Tally(NamedTuple):
    """What has become of everything."""

    accepted: int
    lost: int
    for_cancelled: int
    twice: int
    twice_without_a_kill: int
    latest: float


def tally(accepted: list[Accepted], cancelled: list[Reservation], killed_at: list[float]) -> Tally:
    """Compare what arrived with what should have."""
    rows = {message_id(row): row for row in Message.objects.all()}
    arrivals: dict[str, list[float]] = {}
    for each in accepted:
        arrivals.setdefault(each.message_id, []).append(each.at)
    called_off = {row.subject_key for row in cancelled}
    reminders_called_off = {
        key
        for key, row in rows.items()
        if row.subject_key in called_off and row.kind == "reservation_reminder"
    }
    wanted = set(rows) - reminders_called_off
    again = {key: times for key, times in arrivals.items() if len(times) > 1}
    return Tally(
        accepted=len(accepted),
        lost=len(wanted - set(arrivals)),
        for_cancelled=len(reminders_called_off & set(arrivals)),
        twice=sum(len(times) - 1 for times in again.values()),
        twice_without_a_kill=sum(
            not any(0 <= killed - first <= AFTER_A_KILL for killed in killed_at)
            for times in again.values()
            for first in times[:-1]
        ),
        latest=max(
            (times[0] - rows[key].send_after.timestamp() for key, times in arrivals.items()),
            default=0.0,
        ),
    )


def main() -> int:
    """Print the table and the closing line; 1 where something was lost or should not have come."""
    with servers_ended(), tempfile.TemporaryDirectory() as folder:
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        first: datetime = now() + timedelta(seconds=10)
        rows = reservations_reminded_of(MESSAGES, first=first, over=DUE_OVER, now=now())
        post = Post(seconds=SECONDS_A_MAIL)
        with listening(post) as port:
            storm = Storm(Path(folder), port, post)
            with storm.running:
                cancelled = rage(storm, rows)
                post.seconds = 0.0
                after = settled()
        found = tally(post.accepted, cancelled, storm.killed_at + storm.commits_lost_at)
        return report(found, storm, len(cancelled), after)


def report(found: Tally, storm: Storm, cancelled: int, after: float) -> int:
    """Print it."""
    states = Counter(Message.objects.values_list("state", flat=True))
    unsettled = sum(states[each] for each in states if each in UNSETTLED)
    times = Counter(each.what for each in DISASTERS)
    lines = [
        ("messages posted", sum(states.values())),
        ("reservations cancelled meanwhile", cancelled),
        (f"kill -9 of workers, {storm.while_sending} while they sent", len(storm.killed_at)),
        *times.items(),
        ("mails refused", storm.post.refused),
        ("mails accepted", found.accepted),
        ("lost", found.lost),
        ("still waiting or given up", unsettled),
        ("reminders of cancelled reservations", found.for_cancelled),
        ("copies with the same Message-ID, after a kill", found.twice),
        ("copies without a kill", found.twice_without_a_kill),
        ("seconds until the latest arrived", round(found.latest)),
        ("seconds to settle after the last kill", round(after)),
    ]
    for name, number in lines:
        print(f"{name:<50} {number:>7,}")
    faults = [
        f"{number} {name}"
        for name, number in (
            ("lost", found.lost),
            ("unsettled", unsettled),
            ("for cancelled reservations", found.for_cancelled),
            ("copies without a kill", found.twice_without_a_kill),
        )
        if number
    ]
    faults += [] if storm.post.refused else ["no mail was refused"]
    print(
        f"outbox: {sum(states.values()):,} messages, {len(storm.killed_at)} kills, "
        f"{found.lost} lost, {found.for_cancelled} for cancelled reservations, "
        f"{found.twice} copies: {'; '.join(faults) or 'passed'}"
    )
    return 1 if faults else 0


UNSETTLED = (MessageState.PENDING, MessageState.FAILED, MessageState.EXPIRED)

if __name__ == "__main__":
    sys.exit(main())
