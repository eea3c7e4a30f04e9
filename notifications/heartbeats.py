"""Signs of life: who works behind the pages, and how long the outbox has been waiting."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from notifications.models import Heartbeat, Message
from notifications.states import HEARTBEAT_IS_LATE_AFTER, MAIL_IS_LATE_AFTER

WORKER = "worker"
BEAT = "beat"
BRIDGE = "bridge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What was seen at `seen_at`; the moment of a last sign is None where there never was one."""

    seen_at: datetime
    worker_at: datetime | None
    beat_at: datetime | None
    due_since: datetime | None
    bridge_at: datetime | None = None

    @property
    def bridge_is_silent(self) -> bool:
        """Whether nobody listens to the broker; only asked where there is one."""
        return self._is_silent(self.bridge_at)

    @property
    def worker_is_silent(self) -> bool:
        """Whether no worker took up a task for too long."""
        return self._is_silent(self.worker_at)

    @property
    def beat_is_silent(self) -> bool:
        """Whether beat gave no sign for too long."""
        return self._is_silent(self.beat_at)

    @property
    def celery_is_silent(self) -> bool:
        """Whether one of them is."""
        return self.worker_is_silent or self.beat_is_silent

    @property
    def mail_is_late(self) -> bool:
        """Whether a message has been due for too long."""
        return self.due_since is not None and self.seen_at - self.due_since > MAIL_IS_LATE_AFTER

    @property
    def jobs_are_late(self) -> bool:
        """Whether people should know."""
        return self.celery_is_silent or self.mail_is_late

    def _is_silent(self, last: datetime | None) -> bool:
        return last is None or self.seen_at - last > HEARTBEAT_IS_LATE_AFTER


def signs_of_life(now: datetime) -> Signs:
    """Who was heard of when, and since when a message has been due; two queries."""
    last = dict(Heartbeat.objects.values_list("name", "beat_at"))
    return Signs(
        seen_at=now,
        worker_at=last.get(WORKER),
        beat_at=last.get(BEAT),
        due_since=_due_since(now),
        bridge_at=last.get(BRIDGE),
    )


def _due_since(now: datetime) -> datetime | None:
    message = Message.objects.due(now).only("send_after").first()
    return message.send_after if message else None


def beat(*, name: str, now: datetime) -> None:
    """Note that the process called `name` was at work at `now`."""
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": now})


def oldest_due(now: datetime) -> timedelta:
    """How long the longest waiting message has been due; zero where nothing waits."""
    since = _due_since(now)
    return now - since if since else timedelta(0)
