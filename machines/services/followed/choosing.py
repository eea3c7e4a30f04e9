"""What staff do with calendars from elsewhere: look at one, follow it, pause it, let it go."""

from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from machines.external.fetching import Fetched, fetch
from machines.external.reading import Reading
from machines.models import FollowedCalendar, Settings
from machines.services.events import Owner
from machines.services.followed.closures import Taken, lock, read, take, write
from machines.services.followed.refreshing import pause_of
from machines.states import Following
from members.models import Member
from spaces.intervals import DAY
from spaces.models import Space

DRAFTS_KEPT = DAY


def draft(
    *,
    owner: Owner,
    settings: Settings,
    by: Member | None,
    now: datetime,
    url: str = "",
    filename: str = "",
    content: bytes = b"",
) -> FollowedCalendar:
    """Get a calendar, from its address or as a file, so that its dates can be looked at.

    It closes nothing before it is followed. Raises CannotRead.
    """
    got = (fetch(url) if url else None) or Fetched(content=content, etag="", last_modified="")
    space, machine = (owner, None) if isinstance(owner, Space) else (owner.space, owner)
    followed = FollowedCalendar(
        space=space,
        machine=machine,
        url=url,
        filename=filename[-200:],
        meaning=settings.meaning,
        takes_free=settings.takes_free,
        content=got.content,
        etag=got.etag,
        last_modified=got.last_modified,
        next_try_at=now,
        tried_at=now,
        succeeded_at=now,
        created_at=now,
        created_by=by,
    )
    reading = read(followed, now)
    followed.name = (settings.name or reading.name or Path(filename).stem or _("Calendar"))[:80]
    followed.save()
    return followed


@transaction.atomic
def follow(
    *, followed: FollowedCalendar, reading: Reading, settings: Settings, now: datetime
) -> Taken:
    """Close what `reading` says, from now on as `settings` say."""
    lock(followed)
    followed.name, followed.meaning = settings.name, settings.meaning
    followed.takes_free = settings.takes_free
    if followed.state == Following.DRAFT:
        followed.state = Following.ACTIVE
        followed.next_try_at = now + pause_of(followed)
    followed.save(update_fields=["name", "meaning", "takes_free", "state", "next_try_at"])
    return take(followed, reading, now)


@transaction.atomic
def pause(*, followed: FollowedCalendar, now: datetime) -> None:
    """Read it no more; its dates stay as they are."""
    lock(followed)
    if followed.state == Following.ACTIVE:
        followed.state = Following.PAUSED
        followed.save(update_fields=["state"])


@transaction.atomic
def resume(*, followed: FollowedCalendar, now: datetime) -> None:
    """Read it again, with the next that are due."""
    lock(followed)
    if followed.state == Following.PAUSED:
        followed.state, followed.next_try_at = Following.ACTIVE, now
        followed.save(update_fields=["state", "next_try_at"])


@transaction.atomic
def unfollow(*, followed: FollowedCalendar, now: datetime) -> None:
    """Let it go with its dates to come; what has begun ends now, and what was stays."""
    lock(followed)
    write(followed, {}, now)
    followed.delete()


def forget_drafts(now: datetime) -> None:
    """Delete what was looked at and never followed."""
    drafts = FollowedCalendar.objects.filter(state=Following.DRAFT)
    drafts.filter(created_at__lte=now - DRAFTS_KEPT).delete()
