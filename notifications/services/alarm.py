"""Telling the administrators that nobody sends messages, without those who should send them."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.utils.translation import override

from notifications.alone import alone
from notifications.heartbeats import Signs, beat
from notifications.models import Heartbeat

ALARM = "alarm"
"""Under this name the heartbeats keep when the administrators were told last."""

AGAIN_AFTER = timedelta(days=1)
LOCK = 0x0E7ABA1A


def raise_alarm(signs: Signs) -> int:
    """Tell every administrator once an outage, and once a day while it lasts; how many were told.

    Of several processes that see it at once, one tells. One whose address is refused keeps it
    from nobody else. Raises OSError or SMTPException where the mail server takes nothing: then
    nobody counts as told.
    """
    with alone(LOCK) as is_first:
        if not is_first or _was_told(signs):
            return 0
        told = _send(_mails(signs))
        beat(name=ALARM, now=signs.seen_at)
        return told


def _send(mails: list[EmailMessage]) -> int:
    """Hand over each by itself; how many were taken. Raises where none was."""
    told, refusals = 0, list[OSError]()
    with get_connection() as post:
        for mail in mails:
            try:
                told += post.send_messages([mail]) or 0
            except OSError as error:
                refusals.append(error)
    if refusals and not told:
        raise refusals[0]
    return told


def _was_told(signs: Signs) -> bool:
    alarm = Heartbeat.objects.filter(name=ALARM).first()
    if alarm is None or signs.seen_at - alarm.beat_at >= AGAIN_AFTER:
        return False
    # Whoever was heard of since then has fallen silent anew.
    silent = [
        last
        for last, is_silent in (
            (signs.worker_at, signs.worker_is_silent),
            (signs.beat_at, signs.beat_is_silent),
        )
        if is_silent and last is not None
    ]
    return not any(last > alarm.beat_at for last in silent)


def _mails(signs: Signs) -> list[EmailMessage]:
    """One for each administrator, in their language."""
    people = get_user_model().objects.filter(is_superuser=True, is_active=True)
    mails = []
    for person in people:
        with override(getattr(person, "language", None) or settings.LANGUAGE_CODE):
            context = {"signs": signs, "url": settings.BASE_URL, "person": person}
            subject = render_to_string("notifications/jobs_late.subject.txt", context)
            text = render_to_string("notifications/jobs_late.txt", context)
            address = person.get_username()
            mails.append(EmailMessage(subject.strip(), text, to=[address]))
    return mails
