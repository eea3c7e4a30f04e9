"""What begins when something else ends is told with it: once is enough for one reader.

Those who know what messages are about say which belong together, by their keys; nothing is kept
of that. It is looked up when the first of them is sent, so whatever was moved, called back or
made until then is told as it is. What was told so is marked with the mail that told it, in the
transaction that marks the mail (docs/decisions/0020).
"""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string

from notifications.models import Message
from notifications.rendering import Rendered, put_into_words, render
from notifications.states import FIRST_RETRY_AFTER, TOLD, UNSENT, ChannelName
from notifications.wanting import ways_of

logger = logging.getLogger(__name__)


class Neighbours(NamedTuple):
    """What leads up to a message and what follows it, by the keys that their messages would have.

    Of what follows there is also what the message says of it, in the order of time.
    """

    before: Collection[str] = ()
    after: Mapping[str, dict[str, Any]] = {}


def neighbours_of(message: Message) -> Neighbours:
    """What is told with the mail `message`, or before it, as those say who know of it."""
    path = settings.MESSAGES_TOLD_TOGETHER.get(message.kind)
    if path is None or message.channel != ChannelName.EMAIL:
        return Neighbours()
    found: Callable[[Message], Neighbours] = import_string(path)
    return found(message)


def waits(message: Message, neighbours: Neighbours, *, now: datetime) -> bool:
    """Put `message` off for one that will tell of it, and is due or was not taken yet.

    False where there is none, or where it would be too late afterwards.
    """
    if not neighbours.before:
        return False
    pending = Message.objects.pending().filter(dedupe_key__in=neighbours.before)
    first = pending.filter(Q(send_after__lte=now) | ~Q(last_error=""))
    moments = list(first.exclude(expires_at__lte=now).values_list("send_after", flat=True))
    again_at = max([now, *moments]) + FIRST_RETRY_AFTER
    is_too_late = message.expires_at is not None and message.expires_at <= again_at
    if not moments or is_too_late:
        return False
    unchanged = Message.objects.pending().filter(
        pk=message.pk, dedupe_key=message.dedupe_key, send_after=message.send_after
    )
    unchanged.update(send_after=again_at)
    return True


def write(message: Message, neighbours: Neighbours) -> Rendered:
    """The texts of `message`, which tell of what follows too."""
    told_with = join(message, neighbours)
    rendered = render(message)
    if not told_with:
        return rendered
    message.subject = rendered.subject[:300]
    return replace(rendered, told_with=told_with)


def join(
    message: Message, neighbours: Neighbours, *, told_elsewhere: Collection[str] = ()
) -> Sequence[Message]:
    """Have `message` tell of what follows; the messages, in words, that need not be sent any more.

    One that goes another way is left to go it, and what was told is not told again: by its own
    message, or by another that it follows too. `told_elsewhere` is about to be.
    """
    following = neighbours.after.keys() - set(told_elsewhere)
    if not following:
        return ()
    rows = Message.objects.filter(dedupe_key__in=following, state__in=(*UNSENT, *TOLD))
    rows = rows.select_related("recipient__preference").order_by("send_after", "pk")
    found = {row.dedupe_key: row for row in rows}
    unsent = [row for row in found.values() if row.state in UNSENT]
    ways = ways_of(message) if unsent else None
    joined = {row.dedupe_key: row for row in unsent if ways_of(row) is ways}
    apart = found.keys() - joined.keys()
    then = [told for key, told in neighbours.after.items() if key in following - apart]
    if then:
        message.context = message.context | {"then": then}
    return [row for row in joined.values() if _is_in_words(row)]


def _is_in_words(row: Message) -> bool:
    """Write the texts of `row` into it; one that has none fails by itself, when it is sent."""
    try:
        put_into_words(row)
    except Exception:
        logger.exception("The message %s cannot be told with another", row.pk)
        return False
    return True
