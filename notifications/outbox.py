"""The outbox: messages are posted in the transaction of what they tell about, and sent later.

Nothing here talks to a mail server or to Redis: a row is written, and the relay finds it.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from notifications.models import Message
from notifications.states import REVIVABLE, ChannelName, MessageState
from spaces.prepared import plans_kept


def draft(
    *,
    recipient: AbstractBaseUser | None,
    kind: str,
    subject_key: str,
    dedupe_key: str,
    context: dict[str, Any],
    send_after: datetime,
    expires_at: datetime | None = None,
    attachment: str = "",
    space_key: str = "",
    address: str = "",
    is_secret: bool = False,
) -> Message:
    """A message to be sent at `send_after`, once it is posted.

    `address` is for people without an account, or for an address that is not yet theirs.
    """
    return Message(
        recipient_id=recipient.pk if recipient else None,
        address=address,
        kind=kind,
        subject_key=subject_key,
        space_key=space_key,
        dedupe_key=dedupe_key,
        context=context,
        attachment=attachment,
        is_secret=is_secret,
        send_after=send_after,
        expires_at=expires_at,
    )


def post(*messages: Message) -> None:
    """Keep messages made by `draft`; one whose `dedupe_key` was posted before is left out."""
    with plans_kept():
        Message.objects.bulk_create(messages, ignore_conflicts=True)


def withdraw(*, subject_key: str, kinds: Collection[str] | None = None) -> int:
    """Call back what has not been sent about `subject_key`; how many messages that were."""
    return withdraw_all(subject_keys=[subject_key], kinds=kinds)


def withdraw_all(*, subject_keys: Collection[str], kinds: Collection[str] | None = None) -> int:
    """Call back what has not been sent about any of these; how many messages that were."""
    messages = Message.objects.filter(subject_key__in=subject_keys).unsent()
    if kinds is not None:
        messages = messages.filter(kind__in=kinds)
    return messages.update(state=MessageState.WITHDRAWN)


@transaction.atomic
def reschedule(
    *,
    subject_key: str,
    kind: str,
    dedupe_key: str,
    send_after: datetime,
    context: dict[str, Any],
    space_key: str = "",
    expires_at: datetime | None = None,
) -> bool:
    """Move the message of `kind` about `subject_key` to another moment, with what it says now.

    From then on it stands in the log of the space of `space_key`.

    A withdrawn message is revived. False where there is none that could be moved: then post one.
    """
    about = Message.objects.about(subject_key).filter(kind=kind)
    # What other channels still had to tell of the old moment is told no more.
    about.exclude(channel=ChannelName.EMAIL).pending().update(state=MessageState.WITHDRAWN)
    messages = about.by_mail().filter(state__in=REVIVABLE)
    message = messages.select_for_update().order_by("-pk").first()
    if message is None:
        return False
    if Message.objects.filter(dedupe_key=dedupe_key).exclude(pk=message.pk).exists():
        messages.update(state=MessageState.WITHDRAWN)
        return True
    messages.filter(pk=message.pk).update(
        state=MessageState.PENDING,
        digest=None,
        dedupe_key=dedupe_key,
        send_after=send_after,
        context=context,
        space_key=space_key,
        expires_at=expires_at,
        attempts=0,
        last_error="",
    )
    return True
