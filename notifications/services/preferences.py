"""What members say about the messages that they get, kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from notifications.models import Message, Preference
from notifications.states import MessageState


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Everything that a member can say at once; `muted` names groups."""

    muted: Iterable[str] = ()
    digest_time: time | None = None
    quiet_from: time | None = None
    quiet_until: time | None = None
    wants_calendar: bool = True


@transaction.atomic
def choose(*, member: AbstractBaseUser, choice: Choice, now: datetime) -> Preference:
    """Keep what `member` chose; what waits for the mail of the day waits anew, as they say now."""
    row = _locked(member.pk)
    row.muted = sorted(set(choice.muted))
    row.digest_time, row.wants_calendar = choice.digest_time, choice.wants_calendar
    row.quiet_from, row.quiet_until = choice.quiet_from, choice.quiet_until
    row.save()
    gathered = Message.objects.filter(recipient=member.pk, state=MessageState.GATHERED)
    # One that is due may be on its way.
    gathered.filter(digest__send_after__gt=now).update(state=MessageState.PENDING, digest=None)
    return row


@transaction.atomic
def turn_off(*, member_id: int, groups: Iterable[str]) -> None:
    """Send `member_id` nothing of `groups` any more; once or twice comes to the same."""
    row = _locked(member_id)
    row.muted = sorted({*row.muted, *groups})
    row.save(update_fields=["muted"])


@transaction.atomic
def turn_on(*, member_id: int, groups: Iterable[str]) -> None:
    """Send `member_id` what is of `groups` again."""
    row = _locked(member_id)
    row.muted = sorted({*row.muted} - {*groups})
    row.save(update_fields=["muted"])


def _locked(member_id: int) -> Preference:
    """The row of a member, made where there is none, and nobody else's until we commit."""
    row, _is_new = Preference.objects.select_for_update().get_or_create(member_id=member_id)
    return row
