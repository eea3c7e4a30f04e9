"""Delivery: claim a due message, render it, send it, mark it, one transaction each.

The claim is an advisory lock on the row's key, not a lock on the row: while a mail server takes
its time, the request that cancels a reservation can withdraw its messages without waiting. A
worker that is killed loses its connection and with it the claim, and the row is still PENDING.
One that loses its database only knows what was taken all the same (notifications/noting.py).
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from django.db import connection as database
from django.db import transaction

from notifications import digests, joining
from notifications.channels import Channel, NotNow, NotTaken, ServerAway, ServerBusy
from notifications.channels.ready import ready
from notifications.endpoints import note_failure
from notifications.fanning import fan_out, knowing_of_endpoints, told_before, told_beside
from notifications.kinds import DIGEST
from notifications.models import Message
from notifications.models.message import MessageQuerySet
from notifications.noting import note, note_beside, note_late
from notifications.preferring import heed
from notifications.rendering import Rendered
from notifications.states import (
    BY_MAIL,
    FIRST_RETRY_AFTER,
    LONGEST_ERROR,
    MAX_ATTEMPTS,
    MAX_ATTEMPTS_FOR_NOW,
    ChannelName,
    MessageState,
    retry_after,
)
from notifications.wanting import is_wanted
from spaces.fetching import printable

CLAIMS_LOOKED_AT = 100
CLAIM_NAMESPACE = 0x0E7AB115
CLAIM = """
    SELECT id FROM (
        SELECT id FROM notifications_message
        WHERE state = %s AND channel = ANY(%s)
            AND send_after <= %s AND (expires_at IS NULL OR expires_at > %s)
        ORDER BY send_after, id LIMIT %s
    ) AS due
    WHERE pg_try_advisory_xact_lock(%s, (id %% 2147483647)::int)
    LIMIT 1
"""
"""Try-locking outside the inner query: only rows that are looked at get locked, in order."""


class Outcome(Enum):
    """What became of the next message."""

    NOTHING_DUE = auto()
    SETTLED = auto()
    SERVER_AWAY = auto()


@dataclass(slots=True)
class _Try:
    """One message in our hands; `taken` is what its server said yes to."""

    message: Message | None = None
    taken: Rendered | None = None


def deliver_due(
    *,
    clock: Callable[[], datetime],
    lasting: timedelta,
    channels: Collection[ChannelName] = BY_MAIL,
) -> int:
    """Send what is due until nothing is left or `lasting` is over; how many were dealt with.

    Ends early while the mail server cannot be reached: the next relay tries again.
    """
    stop_at = clock() + lasting
    expire_overdue(now=clock())
    done = 0
    with ready(channels) as open_channels:
        while (now := clock()) < stop_at:
            outcome = deliver_next(now=now, channels=open_channels)
            if outcome is Outcome.NOTHING_DUE:
                break
            done += 1
            if outcome is Outcome.SERVER_AWAY:
                break
    return done


def expire_overdue(*, now: datetime) -> int:
    """Close what was not sent while it was useful; how many messages that were."""
    overdue = Message.objects.overdue(now)
    keys = overdue.filter(is_secret=True).update(state=MessageState.EXPIRED, context={})
    return keys + overdue.update(state=MessageState.EXPIRED)


def deliver_next(*, now: datetime, channels: Mapping[str, Channel]) -> Outcome:
    """Deal with the message that has waited longest, if nobody else is at it."""
    attempt = _Try()
    try:
        with transaction.atomic():
            attempt.message = _claim(now, channels)
            return _dealt_with(attempt, channels, now)
    except Exception as error:
        if attempt.message is None:
            raise
        if attempt.taken is not None:
            note_late(attempt.message, attempt.taken, error, now)
        else:
            # Whatever is wrong with one, the others must go out. The database may be what
            # refused: then nothing more could be written in the transaction of the claim.
            with transaction.atomic():
                _put_off(attempt.message, error, now)
        return Outcome.SETTLED


def _dealt_with(attempt: _Try, channels: Mapping[str, Channel], now: datetime) -> Outcome:
    message = attempt.message
    if message is None:
        return Outcome.NOTHING_DUE
    rendered = _rendered(message, now)
    if rendered is None:
        return Outcome.SETTLED
    if told_beside(message, rendered):
        note_beside(message, rendered, now)
        return Outcome.SETTLED
    error = _refusal(message, rendered, channels[message.channel], now)
    if error is not None:
        return _refused(message, rendered, error, now)
    attempt.taken = rendered
    note(message, rendered, now)
    return Outcome.SETTLED


def _rendered(message: Message, now: datetime) -> Rendered | None:
    """What is to be sent; None where the message is settled, gathered or put off instead."""
    told = told_before(message)
    is_digest = message.kind == DIGEST and told is None
    parts = digests.parts_of(message, now=now) if is_digest else None
    if not is_wanted(message) or (parts and not parts.told):
        unsent = Message.objects.pending().filter(pk=message.pk, dedupe_key=message.dedupe_key)
        unsent.update(state=MessageState.WITHDRAWN)
        if parts:
            digests.settle(parts.left_out)
            digests.release(message)
        return None
    neighbours = joining.neighbours_of(message)
    if joining.waits(message, neighbours, now=now) or heed(message, now=now):
        return None
    if parts:
        return digests.write(message, *parts)
    return told or joining.write(message, neighbours)


def _refused(message: Message, rendered: Rendered, error: Exception, now: datetime) -> Outcome:
    """Write down what came of one that its channel did not take."""
    digests.settle(rendered.left_out)
    fan_out(message, rendered)
    if isinstance(error, ServerAway):
        # The server is to blame, not the message: no attempt is counted.
        _leave_waiting(message, error, now)
        return Outcome.SERVER_AWAY
    if isinstance(error, NotTaken):
        note_failure(message=message, error=error, now=now)
    else:
        _put_off(message, error, now)
    return Outcome.SETTLED


def _refusal(
    message: Message, rendered: Rendered, channel: Channel, now: datetime
) -> Exception | None:
    """Why the message was not taken; None where it was."""
    try:
        channel.send(message, rendered, now=now)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one, the others must go out
        return error
    return None


def _claim(now: datetime, channels: Collection[str]) -> Message | None:
    """The next due message, kept from other workers until the transaction ends."""
    values: list[str | int | datetime | list[str]] = [
        MessageState.PENDING,
        [str(name) for name in channels],
        now,
        now,
        CLAIMS_LOOKED_AT,
        CLAIM_NAMESPACE,
    ]
    for _try in range(CLAIMS_LOOKED_AT):
        with database.cursor() as cursor:
            cursor.execute(CLAIM, values)
            row = cursor.fetchone()
        if row is None:
            return None
        # Read again: another worker may have sent it between our look at the row and our lock.
        message = _due(now).filter(pk=row[0]).first()
        if message is not None:
            return message
    return None


def _due(now: datetime) -> MessageQuerySet:
    """What is due, with its readers, what they prefer, and where it goes."""
    due = Message.objects.due(now).select_related("recipient__preference", "endpoint")
    return knowing_of_endpoints(due)


def _leave_waiting(message: Message, error: ServerAway, now: datetime) -> None:
    """It stays due; after others where it reached a server, which may have meant it alone."""
    rows = Message.objects.filter(pk=message.pk)
    rows.update(last_error=printable(str(error))[:LONGEST_ERROR])
    if isinstance(error, ServerBusy):
        rows.filter(dedupe_key=message.dedupe_key, send_after=message.send_after).update(
            send_after=now + FIRST_RETRY_AFTER
        )


def _put_off(message: Message, error: Exception, now: datetime) -> None:
    """Try again later, or give up visibly; a message moved or withdrawn meanwhile is left alone."""
    attempts = message.attempts + 1
    row = Message.objects.pending().filter(
        pk=message.pk, dedupe_key=message.dedupe_key, send_after=message.send_after
    )
    if attempts < (MAX_ATTEMPTS_FOR_NOW if isinstance(error, NotNow) else MAX_ATTEMPTS):
        row.update(
            attempts=attempts,
            last_error=_in_words(error),
            send_after=now + retry_after(attempts),
        )
        return
    row.update(
        attempts=attempts,
        last_error=_in_words(error),
        state=MessageState.FAILED,
        context={} if message.is_secret else message.context,
    )
    if message.kind == DIGEST:
        digests.give_up(message, _in_words(error))


def _in_words(error: Exception) -> str:
    told = str(error) if isinstance(error, NotNow) else f"{type(error).__name__}: {error}"
    return printable(told)[:LONGEST_ERROR]
