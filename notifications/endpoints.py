"""The channels of a member: added, tried, left alone for a while, switched off and on, removed.

Whoever locks an endpoint and messages locks the endpoint first; messages that somebody else holds
are left to them, so that a request that withdraws some never waits in a ring.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import override

from notifications import outbox
from notifications.channels import GoneForGood, NotTaken, TryLater
from notifications.models import Endpoint, Message
from notifications.rendering import language_of
from notifications.states import (
    LONGEST_ASKED_FOR,
    LONGEST_ERROR,
    LONGEST_SILENCE,
    MAX_ATTEMPTS,
    MAX_ENDPOINTS,
    TEST_IS_USEFUL_FOR,
    ChannelName,
    MessageState,
    Trouble,
    retry_after,
)

TEST = "channel_test"
SWITCHED_OFF = "channel_switched_off"


class TooManyEndpoints(Exception):
    """The member has as many channels as one may have."""


@transaction.atomic
def add_endpoint(
    *,
    member: AbstractBaseUser,
    channel: ChannelName,
    name: str,
    address: dict[str, str],
    keys: dict[str, str],
    groups: Sequence[str],
    now: datetime,
) -> Endpoint:
    """Tell `member` there too; the same address again takes the new keys, and is on again.

    A browser tells one person at a time: whoever subscribes it last. Raises TooManyEndpoints.
    """
    if channel == ChannelName.WEB_PUSH:
        of_others = Endpoint.objects.filter(channel=channel, address=address)
        for other in of_others.exclude(member_id=member.pk):
            remove_endpoint(endpoint=other)
    mine = Endpoint.objects.filter(member_id=member.pk)
    if not mine.filter(channel=channel, address=address).exists() and (
        mine.count() >= MAX_ENDPOINTS
    ):
        raise TooManyEndpoints
    endpoint, _is_new = Endpoint.objects.update_or_create(
        member_id=member.pk,
        channel=channel,
        address=address,
        defaults={"name": name, "keys": keys, "groups": list(groups), **_FRESH},
        create_defaults={"name": name, "keys": keys, "groups": list(groups), "created_at": now},
    )
    return endpoint


def change_endpoint(*, endpoint: Endpoint, name: str, groups: Sequence[str]) -> Endpoint:
    """Call it `name`, and send only `groups` there; none means all."""
    endpoint.name, endpoint.groups = name, list(groups)
    endpoint.save(update_fields=["name", "groups"])
    return endpoint


@transaction.atomic
def remove_endpoint(*, endpoint: Endpoint) -> None:
    """Forget the address and its keys; what still waited for it is withdrawn."""
    locked = _locked(endpoint.pk)
    if locked is None:
        return
    locked.messages.pending().update(state=MessageState.WITHDRAWN)
    locked.delete()


def switch_on(*, endpoint: Endpoint) -> Endpoint:
    """Try it again, as if it had never failed."""
    Endpoint.objects.filter(pk=endpoint.pk).update(**_FRESH)
    endpoint.refresh_from_db()
    return endpoint


def send_test(*, endpoint: Endpoint, now: datetime) -> None:
    """Post a message that goes there and nowhere else, unless one is on its way already."""
    if endpoint.messages.pending().filter(kind=TEST).exists():
        return
    test = _told(endpoint, kind=TEST, dedupe_key=f"{TEST}:{endpoint.pk}:{now.isoformat()}", now=now)
    test.channel, test.endpoint = endpoint.channel, endpoint
    test.expires_at = now + TEST_IS_USEFUL_FOR
    outbox.post(test)


def note_success(*, message: Message, now: datetime) -> None:
    """A message arrived: whatever was wrong there is over."""
    if message.endpoint_id is not None:
        Endpoint.objects.filter(pk=message.endpoint_id).update(
            last_success_at=now, failures=0, trouble="", last_error=""
        )


@transaction.atomic
def note_failure(*, message: Message, error: NotTaken, now: datetime) -> None:
    """Leave the channel alone for a while or switch it off; its messages wait, or fail with it."""
    endpoint = _locked(message.endpoint_id)
    told = f"{error.trouble.value}: {error}"[:LONGEST_ERROR]
    mine = Message.objects.pending().filter(pk=message.pk)
    mine.update(attempts=F("attempts") + 1, last_error=told)
    if endpoint is None or not endpoint.is_active:
        mine.update(state=MessageState.FAILED)
        return
    endpoint.failures += 1
    endpoint.trouble, endpoint.last_error = error.trouble, str(error)[:LONGEST_ERROR]
    if isinstance(error, GoneForGood) or endpoint.failures >= MAX_ATTEMPTS:
        _switch_off(endpoint, told, now)
    else:
        _leave_alone(endpoint, now + _wait(endpoint, error))
    mine.filter(attempts__gte=MAX_ATTEMPTS).update(state=MessageState.FAILED)
    endpoint.save()


def _wait(endpoint: Endpoint, error: NotTaken) -> timedelta:
    """How long to leave it alone: ever longer, and at least as long as it asked for."""
    asked = error.after if isinstance(error, TryLater) else None
    ours = retry_after(endpoint.failures, LONGEST_SILENCE[ChannelName(endpoint.channel)])
    return max(ours, min(asked or ours, LONGEST_ASKED_FOR))


def _leave_alone(endpoint: Endpoint, until: datetime) -> None:
    """Nothing is sent there before `until`: one hanging server costs one wait, not one each."""
    _untouched(endpoint).filter(send_after__lt=until).update(send_after=until)


def _switch_off(endpoint: Endpoint, told: str, now: datetime) -> None:
    """Send nothing there any more, and say so: on the page, in the log, and in one mail."""
    endpoint.is_active, endpoint.disabled_at = False, now
    _untouched(endpoint).update(state=MessageState.FAILED, last_error=told)
    mail = _told(
        endpoint,
        kind=SWITCHED_OFF,
        dedupe_key=f"{SWITCHED_OFF}:{endpoint.pk}:{now.isoformat()}",
        now=now,
    )
    outbox.post(mail)


def _told(endpoint: Endpoint, *, kind: str, dedupe_key: str, now: datetime) -> Message:
    """A message about the endpoint, in words that its owner reads."""
    message = outbox.draft(
        recipient=endpoint.member,
        kind=kind,
        subject_key=f"endpoint:{endpoint.pk}",
        dedupe_key=dedupe_key,
        context={
            "endpoint": endpoint.name,
            "detail": endpoint.last_error,
            "url": settings.BASE_URL + reverse("notifications:channels"),
        },
        send_after=now,
    )
    language = language_of(message)
    with override(language):
        reason = str(Trouble(endpoint.trouble).label) if endpoint.trouble else ""
    message.context |= {"language": language, "reason": reason}
    return message


def _untouched(endpoint: Endpoint) -> "QuerySet[Message]":
    """What waits for it and is in nobody else's hands."""
    pending = Message.objects.pending().filter(endpoint=endpoint)
    free = pending.select_for_update(skip_locked=True).values_list("pk", flat=True)
    return Message.objects.filter(pk__in=list(free))


def _locked(pk: int | None) -> Endpoint | None:
    """The row, kept from others; None where it is gone."""
    if pk is None:
        return None
    rows = Endpoint.objects.select_for_update(of=("self",)).select_related("member")
    return rows.filter(pk=pk).first()


_FRESH: dict[str, Any] = {
    "is_active": True,
    "disabled_at": None,
    "failures": 0,
    "trouble": "",
    "last_error": "",
}
