"""Writing down what a server has taken: from its yes on, nothing may send the message again.

What belongs to a message is written in the transaction of its claim. Where that fails, because
the database went away or will not have some of it, the worker still knows what was taken: it
tries on, and at last writes down only that the message is out. A copy is sent only where the
worker is killed before, or the database stays away for longer than anybody should wait.
"""

import logging
import time
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction

from notifications import digests
from notifications.endpoints import note_success
from notifications.fanning import fan_out
from notifications.models import Message
from notifications.rendering import Rendered
from notifications.states import LONGEST_ERROR, REVIVABLE, ChannelName, MessageState
from spaces.fetching import printable

logger = logging.getLogger(__name__)

TRIED_FOR, BETWEEN = 60.0, 0.2
"""Seconds. Once the database is back others look for what is due, and find this message too."""


def note(message: Message, rendered: Rendered, now: datetime) -> None:
    """Write down that it was taken, and whatever follows from that."""
    digests.settle(rendered.left_out)
    fan_out(message, rendered)
    note_success(message=message, now=now)
    _note_sent(message, rendered, now)


def note_beside(message: Message, rendered: Rendered, now: datetime) -> None:
    """Write down that it goes out on other channels rather than by mail."""
    digests.settle(rendered.left_out)
    _note_sent(message, rendered, now, state=MessageState.BESIDE)


def note_late(message: Message, rendered: Rendered, error: Exception, now: datetime) -> None:
    """Do so after `error` kept it from being written with its claim.

    Raises DatabaseError where not even that it is out can be written.
    """
    logger.warning("Message %s is out, and not yet noted: %s", message.pk, error)
    until = time.monotonic() + TRIED_FOR
    while time.monotonic() < until:
        try:
            with transaction.atomic():
                note(message, rendered, now)
        except (OperationalError, InterfaceError) as again:
            error = again
            time.sleep(BETWEEN)
        except Exception as again:  # noqa: BLE001 - whatever is wrong, it is out
            error = again
            break
        else:
            return
    logger.error("Message %s is out; what follows from it is lost.", message.pk, exc_info=error)
    with transaction.atomic():
        _note_sent(message, rendered, now, fault=f"{type(error).__name__}: {error}")


def _note_sent(
    message: Message,
    rendered: Rendered,
    now: datetime,
    *,
    state: MessageState = MessageState.SENT,
    fault: str = "",
) -> None:
    """Write what went out, also where it was withdrawn meanwhile: the log tells the truth.

    A message moved to another moment meanwhile has another key and stays to be sent then.
    """
    is_mail = message.channel == ChannelName.EMAIL
    kept: dict[str, object] = (
        {"context": {}}
        if message.is_secret
        else {
            "subject": rendered.subject[:300],
            "text": rendered.text,
            "html": rendered.html if is_mail else "",
            "attachment": rendered.attachment,
        }
    )
    Message.objects.filter(
        pk=message.pk, dedupe_key=message.dedupe_key, state__in=REVIVABLE
    ).update(
        state=state,
        sent_at=now,
        attempts=message.attempts + 1,
        last_error=printable(fault or rendered.fault)[:LONGEST_ERROR],
        **kept,
    )
    if told := (*rendered.parts, *rendered.told_with):
        digests.mark_told(message, told, now=now)
