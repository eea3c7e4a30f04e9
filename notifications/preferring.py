"""What readers prefer, heeded by the relay when a message is due (docs/decisions/0015).

Nothing is asked while people reserve: whatever happens is posted, and what becomes of it is
decided by what its reader says when it is due.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from notifications import digests
from notifications.kinds import group_of, optional_group
from notifications.models import Message, Preference
from notifications.models.message import MessageQuerySet
from notifications.states import ChannelName, MessageState
from notifications.waiting import NOTICE, can_wait, next_at, quiet_hours
from notifications.wanting import is_muted, preference_of, zone_of
from spaces.intervals import DAY, Interval

BEGINNINGS = ("starts_at", "previous_starts_at", "return_starts_at")
LOOKING_AHEAD = timedelta(minutes=10)
"""How long before quiet hours begin that is sent which they would swallow."""


def heed(message: Message, *, now: datetime) -> bool:
    """Mute a due message, gather it or put it off; False where it is to be sent now."""
    preference = preference_of(message)
    if preference is None:
        return False
    if is_muted(message):
        _unless_changed(message).update(state=MessageState.MUTED)
        return True
    return _gathered(message, preference, now) or _put_off(message, preference, now)


def bring_forward(*, now: datetime) -> int:
    """Have sent before quiet hours what would be of no use after them; how many messages.

    Only what waits already and is due within them: reminders, as a rule. Each by itself: what was
    moved or called back since we read it keeps the moment it has by now.
    """
    latest = now + LOOKING_AHEAD + DAY
    rows = Message.objects.pending().filter(
        send_after__gt=now,
        send_after__lte=latest,
        expires_at__lt=latest + NOTICE,
        recipient__preference__quiet_from__isnull=False,
    )
    rows = rows.select_related("recipient__preference").defer("attachment", "text", "html")
    early = [row for row in rows if _swallowed(row, now)]
    return sum(_unless_changed(row).update(send_after=now) for row in early)


def _gathered(message: Message, preference: Preference, now: datetime) -> bool:
    """Keep for the mail of the day what may be turned off and can wait for it."""
    if message.channel != ChannelName.EMAIL:
        # Its mail has gone out already, and is told but once.
        return False
    if preference.digest_time is None or optional_group(message.kind, message.context) is None:
        return False
    at = next_at(preference.digest_time, zone_of(message), now)
    if not _can_wait(message, at, now):
        return False
    digests.gather(message, at=at)
    return True


def _put_off(message: Message, preference: Preference, now: datetime) -> bool:
    """Leave what is due within quiet hours until they end, where it can wait."""
    quiet = _quiet_hours(message, preference, now)
    if quiet is None or quiet.start > now or not _can_wait(message, quiet.end, now):
        return False
    _unless_changed(message).update(send_after=quiet.end)
    return True


def _swallowed(message: Message, now: datetime) -> bool:
    """Whether it is due within quiet hours that begin soon, and cannot wait for their end."""
    preference = preference_of(message)
    quiet = preference and _quiet_hours(message, preference, now)
    if not quiet or not now < quiet.start <= now + LOOKING_AHEAD:
        return False
    is_within = quiet.start <= message.send_after < quiet.end
    return is_within and not _can_wait(message, quiet.end, message.send_after)


def _quiet_hours(message: Message, preference: Preference, now: datetime) -> Interval | None:
    """The quiet hours of its reader that run, else the next ones; None where there are none."""
    if preference.quiet_from is None or preference.quiet_until is None:
        return None
    return quiet_hours(preference.quiet_from, preference.quiet_until, zone_of(message), now)


def _can_wait(message: Message, until: datetime, now: datetime) -> bool:
    group = group_of(message.kind)
    return can_wait(
        until=until,
        begins=_beginnings(message),
        expires_at=message.expires_at,
        is_news=group is None or group.is_news,
        zone=zone_of(message),
        now=now,
    )


def _beginnings(message: Message) -> Iterator[datetime]:
    """When that begins of which the message tells."""
    for told in (message.context, *message.context.get("dates", ())):
        for name in BEGINNINGS:
            if name in told:
                yield datetime.fromisoformat(told[name])


def _unless_changed(message: Message) -> MessageQuerySet:
    """The row, unless it was moved or called back since we read it."""
    return Message.objects.pending().filter(
        pk=message.pk, dedupe_key=message.dedupe_key, send_after=message.send_after
    )
