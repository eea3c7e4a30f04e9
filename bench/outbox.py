"""Reminders while workers are killed, Redis forgets, mail is refused and PostgreSQL restarts.

Run by `make bench NAME=outbox`, with a PostgreSQL and a Redis of its own that it may ill-treat, a
mail server that listens, beat, and workers that are killed with SIGKILL while they send. Every
reminder must arrive, but for those whose reservation was cancelled before it was due. A mail may
come twice, with the same Message-ID, only where its sender was killed, or lost its database,
between the mail and our commit: one for each process at most. Each copy is told, and what came
between the two.
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

from bench._copies import Away, Cause, Copy, copies, counted
from bench._post import Post
from bench._reminded import reservations_reminded_of
from booking.models import Reservation
from booking.services.reservations import cancel
from notifications.channels.email import message_id
from notifications.models import Message
from notifications.states import MessageState
from tests.smtp import listening
from tests.workers import Process, celery

MESSAGES = 2500
KILLS, MOST_KILLS = 50, 100
"""So many fall while mail goes through; where it does not, others are added."""

CANCELLED_A_KILL = 5
WORKERS, PROCESSES = 3, 2
SECONDS_A_MAIL = 0.15
"""How long the mail server takes over each: most kills fall while one is under way."""

ONCE_FOR_EACH = WORKERS * PROCESSES
"""The most copies that a restart of the database may lead to."""

DUE_OVER = timedelta(seconds=300)
LATEST_CANCELLED = timedelta(seconds=5)
"""Nobody is called back whose reminder is due sooner: it may be on its way already."""

PATIENCE = 30.0
"""How long a kill waits for mail to go through: workers start anew, and beat wakes them."""

SMTP_REFUSES_FOR = 5.0
MAILS_REFUSED, REFUSED_WITHIN = 20, 60.0
"""The mail server says no to so many at least: the workers may be just starting anew."""

REDIS_IS_AWAY_FOR = 3.0
SETTLED_WITHIN = 400.0
SLACK = 2 * SECONDS_A_MAIL + 5.0
"""Seconds between a mail and what its copy follows from: the server's share and the commit's."""


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
        self.away: list[Away] = []
        self.happened: list[tuple[float, str]] = []
        self.while_sending = 0

    def kill_a_worker(self, number: int) -> None:
        """Kill one and what it has started, soon after a mail went through; start another."""
        self.while_sending += self._wait_for_mail()
        time.sleep(self.chance.uniform(0, SECONDS_A_MAIL))
        self.killed_at.append(time.time())
        self.happened.append((time.time(), f"worker {number % WORKERS} killed"))
        self.workers[number % WORKERS].kill()
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
        """Restart it under everybody who is connected, while mail goes through."""
        disconnect()
        self._wait_for_mail()
        since = time.time()
        POSTGRES.stop()
        POSTGRES.start_again()
        self.away.append(Away(since, time.time()))

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
    for number in range(MOST_KILLS):
        if storm.while_sending >= KILLS:
            break
        for disaster in DISASTERS:
            if disaster.before_kill == number:
                storm.happened.append((time.time(), disaster.what))
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
    copies: list[Copy]
    latest: float


def tally(post: Post, cancelled: list[Reservation], storm: Storm) -> Tally:
    """Compare what arrived with what should have."""
    rows = {message_id(row): row for row in Message.objects.all()}
    arrived: dict[str, float] = {}
    for each in post.accepted:
        arrived.setdefault(each.message_id, each.at)
    called_off = {row.subject_key for row in cancelled}
    reminders_called_off = {
        key
        for key, row in rows.items()
        if row.subject_key in called_off and row.kind == "reservation_reminder"
    }
    wanted = set(rows) - reminders_called_off
    return Tally(
        accepted=len(post.accepted),
        lost=len(wanted - set(arrived)),
        for_cancelled=len(reminders_called_off & set(arrived)),
        copies=copies(post, kills=storm.killed_at, restarts=storm.away, slack=SLACK),
        latest=max(
            (at - rows[key].send_after.timestamp() for key, at in arrived.items()), default=0.0
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
        found = tally(post, cancelled, storm)
        return report(found, storm, len(cancelled), after)


def report(found: Tally, storm: Storm, cancelled: int, after: float) -> int:
    """Print it."""
    states = Counter(Message.objects.values_list("state", flat=True))
    unsettled = sum(states[each] for each in states if each in UNSETTLED)
    times = Counter(each.what for each in DISASTERS)
    copied = counted(found.copies)
    for each in found.copies:
        print(each.in_words(storm.happened))
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
        *((f"copies {cause}", copied[cause]) for cause in Cause),
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
            ("copies of no known cause", copied[Cause.NONE]),
            ("copies too many after a restart", copied[Cause.DATABASE] - ONCE_FOR_EACH),
        )
        if number > 0
    ]
    faults += [] if storm.post.refused else ["no mail was refused"]
    faults += [] if storm.while_sending >= KILLS else ["too few kills while mail was sent"]
    print(
        f"outbox: {sum(states.values()):,} messages, {len(storm.killed_at)} kills, "
        f"{found.lost} lost, {found.for_cancelled} for cancelled reservations, "
        f"{len(found.copies)} copies: {'; '.join(faults) or 'passed'}"
    )
    return 1 if faults else 0


UNSETTLED = (MessageState.PENDING, MessageState.FAILED, MessageState.EXPIRED)

if __name__ == "__main__":
    sys.exit(main())
