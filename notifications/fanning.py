"""What goes by mail is told on the other channels of the reader too: one row for each.

The rows are written while the mail is dealt with, in its transaction: a request never pays for
them, and whatever kills the worker takes all of it back or nothing.
"""

from django.db.models import Exists, OuterRef

from notifications import digests, outbox
from notifications.kinds import group_of
from notifications.models import Endpoint, Message
from notifications.models.message import MessageQuerySet
from notifications.rendering import Rendered
from notifications.states import ChannelName, MessageState, Ways
from notifications.wanting import ways_of


def knowing_of_endpoints(messages: MessageQuerySet) -> MessageQuerySet:
    """With `has_endpoints`: most readers have none, and cost no query of their own."""
    theirs = Endpoint.objects.active().filter(member=OuterRef("recipient"))
    return messages.annotate(has_endpoints=Exists(theirs))


def fan_out(mail: Message, rendered: Rendered) -> bool:
    """Post the siblings of `mail`; False where there are none. Those posted before are left out.

    A key to an account, and what goes to another address than the reader's own, stays a mail.
    """
    if not _has_siblings(mail):
        return False
    # Whoever withdrew the mail while its server was talking meant its siblings too.
    endpoints = Endpoint.objects.active().filter(
        member=mail.recipient_id,
        member__messages__pk=mail.pk,
        member__messages__state=MessageState.PENDING,
    )
    wanted = [(each, _wanted(mail, rendered, each)) for each in endpoints]
    siblings = [_sibling(mail, told, each) for each, told in wanted if told is not None]
    if siblings:
        outbox.post(*siblings)
    return bool(siblings)


def told_beside(mail: Message, rendered: Rendered) -> bool:
    """Post the siblings of what goes to them rather than by mail, where its reader has any."""
    if not _has_siblings(mail) or ways_of(mail) is not Ways.BESIDE:
        return False
    return fan_out(mail, rendered)


def _has_siblings(mail: Message) -> bool:
    """Whether it may have any."""
    if mail.channel != ChannelName.EMAIL or mail.is_secret or mail.address:
        return False
    return bool(getattr(mail, "has_endpoints", True))


def wants(endpoint: Endpoint, kind: str) -> bool:
    """Whether messages of `kind` go there; what belongs to no group goes everywhere."""
    group = group_of(kind)
    return group is None or not endpoint.groups or group.key in endpoint.groups


def _wanted(mail: Message, rendered: Rendered, endpoint: Endpoint) -> Rendered | None:
    """What the endpoint is told of it; of the mail of the day only the parts that go there."""
    if not rendered.parts:
        return rendered if _goes_to(endpoint, mail) else None
    parts = [part for part in rendered.parts if _goes_to(endpoint, part)]
    if len(parts) == len(rendered.parts):
        return rendered
    return digests.write(mail, parts) if parts else None


def _goes_to(endpoint: Endpoint, message: Message) -> bool:
    return wants(endpoint, message.kind) and ways_of(message) is not Ways.MAIL


def told_before(message: Message) -> Rendered | None:
    """The words of a mail of the day, whose parts are settled by now; None for other messages."""
    if message.channel == ChannelName.EMAIL or not message.text:
        return None
    return Rendered(subject=message.subject, text=message.text, html="", attachment="")


def _sibling(mail: Message, rendered: Rendered, endpoint: Endpoint) -> Message:
    return Message(
        channel=endpoint.channel,
        endpoint=endpoint,
        recipient_id=mail.recipient_id,
        kind=mail.kind,
        subject_key=mail.subject_key,
        space_key=mail.space_key,
        dedupe_key=f"{mail.dedupe_key}@{endpoint.pk}",
        context=mail.context,
        subject=rendered.subject[:300] if rendered.parts else "",
        text=rendered.text if rendered.parts else "",
        send_after=mail.send_after,
        expires_at=mail.expires_at,
    )
