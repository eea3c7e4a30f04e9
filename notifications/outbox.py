"""The outbox: messages are posted in the transaction of what they tell about, and sent later.

Nothing here talks to a mail server or to Redis: a row is written, and the relay finds it.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from notifications.models import Message
from notifications.states import REVIVABLE, UNSENT, ChannelName, MessageState
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


def unknown(dedupe_keys: Iterable[str]) -> set[str]:
    """Those of the keys under which nothing was ever posted."""
    keys = set(dedupe_keys)
    known = Message.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True)
    return keys.difference(known) if keys else keys


def withdraw(*, subject_key: str, kinds: Collection[str] | None = None) -> int:
    """Call back what has not been sent about `subject_key`; how many messages that were."""
    return withdraw_all(subject_keys=[subject_key], kinds=kinds)


def withdraw_all(*, subject_keys: Collection[str], kinds: Collection[str] | None = None) -> int:
    """Call back what has not been sent about any of these; how many messages that were."""
    messages = Message.objects.filter(subject_key__in=subject_keys).unsent()
    if kinds is not None:
        messages = messages.filter(kind__in=kinds)
    return messages.update(state=MessageState.WITHDRAWN)


TAKEN_UP = [
    "recipient_id",
    "digest_id",
    "space_key",
    "state",
    "dedupe_key",
    "context",
    "send_after",
    "expires_at",
    "attempts",
    "last_error",
]


@transaction.atomic
def keep(
    messages: Iterable[Message],
    *,
    subject_keys: Collection[str],
    kinds: Collection[str],
    now: datetime,
    late_ones_stay: bool = False,
) -> None:
    """Have exactly `messages` wait of what is of `kinds` about `subject_keys`.

    One that is known by its `dedupe_key` is brought up to date, and sent again never. Another
    that waits, or was withdrawn, is moved: it takes up the key and the moment of a new one about
    the same thing. What is left over is withdrawn. A message that would have been due by `now`
    may go on waiting, but it is not made anew; with `late_ones_stay` it takes the place, and the
    moment, of one that waits and would be left over.
    """
    wanted = {each.dedupe_key: each for each in messages}
    rows = Message.objects.filter(subject_key__in=subject_keys, kind__in=kinds)
    sorted_out = _Sorted(list(rows.select_for_update().order_by("pk")), wanted)
    for message in wanted.values():
        if message.send_after > now or sorted_out.waits(message):
            sorted_out.place(message)
    for message in wanted.values():
        if late_ones_stay and message.send_after <= now and not sorted_out.is_known(message):
            sorted_out.put_in_place(message)
    if left := sorted_out.left():
        Message.objects.filter(pk__in=left).update(state=MessageState.WITHDRAWN)
    if sorted_out.changed:
        Message.objects.bulk_update(sorted_out.changed, sorted(sorted_out.fields))
    if sorted_out.new:
        post(*sorted_out.new)


class _Sorted:
    """What the outbox has about some things, and what becomes of it with what is wanted now."""

    def __init__(self, rows: Iterable[Message], wanted: Collection[str]) -> None:
        self.changed: list[Message] = []
        self.fields: set[str] = set()
        self.new: list[Message] = []
        self._wanted: dict[str, Message] = {}
        self._free: dict[tuple[str, str], list[Message]] = {}
        self._echoes: list[Message] = []
        for row in rows:
            if row.channel != ChannelName.EMAIL:
                # What other channels still have to tell of an old moment is told no more.
                if row.dedupe_key.rpartition("@")[0] not in wanted:
                    self._echoes.append(row)
            elif row.dedupe_key in wanted:
                self._wanted[row.dedupe_key] = row
            elif row.state in REVIVABLE:
                self._free.setdefault((row.subject_key, row.kind), []).append(row)

    def is_known(self, message: Message) -> bool:
        """Whether it was posted before, whatever became of it."""
        return message.dedupe_key in self._wanted

    def waits(self, message: Message) -> bool:
        """Whether it waits already."""
        row = self._wanted.get(message.dedupe_key)
        return row is not None and row.state in UNSENT

    def place(self, message: Message) -> None:
        """Find the row that says what `message` says from now on, or have it posted."""
        row = self._wanted.get(message.dedupe_key)
        if row is None:
            movable = self._free.get((message.subject_key, message.kind))
            row = movable.pop() if movable else None
        if row is None:
            self.new.append(message)
        elif row.state in REVIVABLE:
            self._take_up(row, message)

    def put_in_place(self, message: Message) -> None:
        """Have one that waits, and that nobody wants, say what `message` says, when it would."""
        movable = self._free.get((message.subject_key, message.kind), [])
        row = next((each for each in movable if each.state in UNSENT), None)
        if row is not None:
            movable.remove(row)
            message.send_after = row.send_after
            self._take_up(row, message)

    def _take_up(self, row: Message, message: Message) -> None:
        """Have `row` say what `message` says, and note what that changes."""
        before = {name: getattr(row, name) for name in TAKEN_UP}
        _write_over(row, message)
        fields = [name for name, value in before.items() if getattr(row, name) != value]
        if fields:
            self.changed.append(row)
            self.fields.update(fields)

    def left(self) -> list[int]:
        """What nobody wants any more, by id."""
        rows = [row for rows in self._free.values() for row in rows] + self._echoes
        return [row.pk for row in rows if row.state in UNSENT]


def _write_over(row: Message, message: Message) -> None:
    """Have `row` say what `message` says; one that is put off, and is the same, stays put off."""
    if row.state == MessageState.WITHDRAWN or row.dedupe_key != message.dedupe_key:
        row.state, row.dedupe_key = MessageState.PENDING, message.dedupe_key
        row.attempts, row.last_error, row.send_after = 0, "", message.send_after
        row.digest_id = None
    row.recipient_id, row.space_key = message.recipient_id, message.space_key
    row.context, row.expires_at = message.context, message.expires_at
