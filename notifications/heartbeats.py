"""Signs of life: who works behind the pages, and how long the outbox has been waiting."""

from datetime import datetime, timedelta

from notifications.models import Heartbeat, Message

WORKER = "worker"
BEAT = "beat"


def beat(*, name: str, now: datetime) -> None:
    """Note that the process called `name` was at work at `now`."""
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": now})


def silence_of(name: str, now: datetime) -> timedelta | None:
    """How long nothing was heard of `name`; None when it was never heard of."""
    heartbeat = Heartbeat.objects.filter(name=name).first()
    return now - heartbeat.beat_at if heartbeat else None


def oldest_due(now: datetime) -> timedelta:
    """How long the longest waiting message has been due; zero where nothing waits."""
    message = Message.objects.due(now).only("send_after").first()
    return now - message.send_after if message else timedelta(0)
