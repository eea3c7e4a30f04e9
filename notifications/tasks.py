"""What the workers do here: send what is due, and show that they are alive."""

from celery import shared_task
from django.utils import timezone

from notifications import preferring
from notifications.alone import alone
from notifications.delivery import deliver_due
from notifications.heartbeats import WORKER, beat
from notifications.states import BESIDE_MAIL, RELAY_LASTS_AT_MOST

BESIDE_MAIL_LOCK = 0x0E7AB51D


@shared_task(name="notifications.tasks.relay", time_limit=300)
def relay() -> int:
    """Send the mails that are due; how many were dealt with."""
    return deliver_due(clock=timezone.now, lasting=RELAY_LASTS_AT_MOST)


@shared_task(name="notifications.tasks.bring_forward")
def bring_forward() -> int:
    """Have sent before quiet hours what would be of no use after them."""
    return preferring.bring_forward(now=timezone.now())


@shared_task(name="notifications.tasks.relay_beside_mail", time_limit=300)
def relay_beside_mail() -> int:
    """Send what is due on the other channels, whose servers keep no mail waiting.

    One at a time: those who wait for slow strangers must leave workers to everything else.
    """
    with alone(BESIDE_MAIL_LOCK) as is_first:
        if not is_first:
            return 0
        return deliver_due(clock=timezone.now, lasting=RELAY_LASTS_AT_MOST, channels=BESIDE_MAIL)


@shared_task(name="notifications.tasks.beat_heart")
def beat_heart() -> None:
    """Note that a worker took up a task that beat had sent."""
    beat(name=WORKER, now=timezone.now())
