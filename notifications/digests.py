"""The mail of the day: what can wait is gathered into one message, and told with it.

The digest is a message like any other, with one key per reader and hour: it is claimed, sent,
tried again and given up as they are. What it tells is marked in the transaction that marks it, so
that a worker killed in between leaves everything as it was.
"""

import re
from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override

from notifications import joining, outbox
from notifications.clicks import place_of
from notifications.house import FOOT
from notifications.kinds import DIGEST
from notifications.models import Message
from notifications.rendering import Rendered, language_of, put_into_words, render
from notifications.states import LONGEST_ERROR, REVIVABLE, MessageState
from notifications.wanting import is_muted, is_wanted, zone_of

BODY = re.compile(r"<!-- body -->(.*)<!-- end of body -->", re.DOTALL)
"""What a message says, within the frame of every mail (templates/messages/_layout.html)."""


def gather(message: Message, *, at: datetime) -> None:
    """Keep `message` for the digest of its reader at `at`, which is made with its first part.

    Where that was sent a moment ago the message stays due: at the next look the hour is over, and
    it goes with the day after.
    """
    reader = message.recipient
    if reader is None:
        raise ValueError("only who has an account gets a digest")
    key = f"{DIGEST}:{reader.pk}:{at.isoformat()}"
    outbox.post(
        outbox.draft(
            recipient=reader,
            kind=DIGEST,
            subject_key=f"{DIGEST}:{reader.pk}",
            dedupe_key=key,
            context={"name": message.context.get("name", ""), "zone": zone_of(message).key},
            send_after=at,
        )
    )
    # Held until we commit: whoever sends it meanwhile finds the part or leaves it to be found.
    digest = Message.objects.pending().select_for_update().filter(dedupe_key=key).first()
    if digest is not None:
        waiting = Message.objects.pending().filter(pk=message.pk, dedupe_key=message.dedupe_key)
        waiting.update(state=MessageState.GATHERED, digest=digest)


class Parts(NamedTuple):
    """What a digest tells, what it leaves out, and what it tells with something else."""

    told: list[Message]
    left_out: list[Message]
    told_with: list[Message]


class _Joined(NamedTuple):
    """A message that another part of the digest tells of, and the key of that one."""

    message: Message
    teller: str


def parts_of(digest: Message, *, now: datetime) -> Parts:
    """What the digest has to tell at `now`, each part written, and what becomes of the rest.

    No row is touched: it would stay locked while the mail server takes its time.
    """
    told, left_out, joined = list[Message](), list[Message](), dict[str, _Joined]()
    rows = digest.parts.filter(state=MessageState.GATHERED).order_by("send_after", "pk")
    for part in rows.select_related("recipient__preference"):
        fate = _fate_of(part, now) or _put_into_words(part, joined)
        part.state = fate or part.state
        (left_out if fate else told).append(part)
    told_with = [each.message for each in joined.values()]
    return Parts([part for part in told if part.dedupe_key not in joined], left_out, told_with)


def write(
    digest: Message,
    told: Sequence[Message],
    left_out: Sequence[Message] = (),
    told_with: Sequence[Message] = (),
) -> Rendered:
    """The digest with the texts of what it tells."""
    letter = copy(digest)
    with override(language_of(digest)):
        letter.context = digest.context | {"parts": [essence(part) for part in told]}
        written = render(letter)
    return replace(written, parts=told, left_out=left_out, told_with=told_with)


def settle(left_out: Sequence[Message]) -> None:
    """Write down what became of what was left out, unless it was moved or called back since."""
    for part in left_out:
        rows = Message.objects.filter(pk=part.pk, dedupe_key=part.dedupe_key)
        rows = rows.filter(state=MessageState.GATHERED, digest=part.digest_id)
        rows.update(state=part.state, last_error=part.last_error)


def mark_told(digest: Message, parts: Sequence[Message], *, now: datetime) -> None:
    """Write down what was told; also of what was called back meanwhile: the log tells the truth."""
    for part in parts:
        rows = Message.objects.filter(pk=part.pk, dedupe_key=part.dedupe_key, state__in=REVIVABLE)
        rows.update(
            state=MessageState.DIGESTED,
            digest=digest,
            sent_at=now,
            subject=part.subject,
            text=part.text,
            html=part.html,
            attachment=part.attachment,
            last_error=part.last_error,
        )
    release(digest)


def release(digest: Message) -> None:
    """The digest is settled: what was gathered for it meanwhile is due again, for the next one."""
    late = digest.parts.filter(state=MessageState.GATHERED)
    late.update(state=MessageState.PENDING, digest=None)


def give_up(digest: Message, error: str) -> None:
    """The digest could not be sent: its parts were not told either, visibly."""
    parts = digest.parts.filter(state=MessageState.GATHERED)
    parts.update(state=MessageState.FAILED, last_error=error)


def _fate_of(part: Message, now: datetime) -> MessageState | None:
    """What becomes of a part that serves no more; None for one that is to be told."""
    if part.expires_at is not None and part.expires_at <= now:
        return MessageState.EXPIRED
    if is_muted(part):
        return MessageState.MUTED
    if not is_wanted(part):
        return MessageState.WITHDRAWN
    return None


def _put_into_words(part: Message, joined: dict[str, _Joined]) -> MessageState | None:
    """Write the texts of a part, and note what is told with it; how it failed, where it did.

    What another part tells of is told there, unless that one is told with this one itself.
    """
    try:
        neighbours = joining.neighbours_of(part)
        told_elsewhere = {key for key, by in joined.items() if by.teller not in neighbours.after}
        told_with = joining.join(part, neighbours, told_elsewhere=told_elsewhere)
        put_into_words(part)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one, the others must go out
        part.last_error = f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
        return MessageState.FAILED
    joined |= {each.dedupe_key: _Joined(each, part.dedupe_key) for each in told_with}
    return None


def essence(part: Message) -> dict[str, str]:
    """A message without its greeting and its foot, as a part of another one."""
    name = part.context.get("name", "")
    plain = _("Hello %(name)s,") % {"name": name} if name else _("Hello,")
    marked = _("Hello %(name)s,") % {"name": escape(name)} if name else _("Hello,")
    text = part.text.partition(FOOT)[0].strip().removeprefix(plain).strip()
    found = BODY.search(part.html)
    body = found[1] if found else ""
    body = body.replace(f"<p>{marked}</p>", "", 1)
    for mark in ("<h1", "</h1"):
        body = body.replace(mark, mark.replace("1", "2"))
    return {
        "subject": part.subject,
        "text": text,
        # Written by our own templates, which escape what they are filled with.
        "html": mark_safe(f"{body.strip()}\n{place_of(part.pk)}"),  # noqa: S308
    }
