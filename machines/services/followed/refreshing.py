"""Reading the calendars from elsewhere again: by their time, or because staff ask for it.

What is got from outside is got before the transaction begins; within it only rows are written.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction

from machines.external.apart import CannotRead
from machines.external.fetching import Fetched, fetch
from machines.external.reading import Reading
from machines.models import FollowedCalendar
from machines.services.followed.closures import Taken, lock, read, take
from machines.states import Following
from spaces.intervals import DAY, wall_time

HOUR = timedelta(hours=1)
LONGEST_PAUSE = DAY
"""How long a calendar that cannot be read is left alone at most."""

DOUBLED = 5
"""How often the pause doubles before it is the longest."""

SPREAD = 600
"""Seconds over which the calendars are spread, so that they are not all read at once."""

LEASE = timedelta(minutes=10)
"""How long who reads a calendar has it to themselves."""

AT_ONCE = 3
"""How many are read in one go: a server may take its time, and the worker has other work."""

MOST_FAILURES = 1000


def refresh(*, followed: FollowedCalendar, now: datetime) -> Taken | None:
    """Read a calendar again, and let the closures follow it; None where it cannot be read.

    Then everything stays as it was, and why is kept to be shown. What has not changed since it
    was read on the same day is not read again.
    """
    # Staff may let it go while it is read.
    with suppress(FollowedCalendar.DoesNotExist):
        try:
            got = _got(followed)
            reading = _news(followed, got, now)
        except CannotRead as error:
            _failed(followed, error, now)
        else:
            return _succeeded(followed, got, reading, now)
    return None


def _got(followed: FollowedCalendar) -> Fetched:
    """What is at the address now, or what was got last where that is still so."""
    etag, last_modified = followed.etag, followed.last_modified
    got = fetch(followed.url, etag=etag, last_modified=last_modified) if followed.url else None
    return got or Fetched(content=bytes(followed.content), etag=etag, last_modified=last_modified)


def _news(followed: FollowedCalendar, got: Fetched, now: datetime) -> Reading | None:
    """What `got` says, unless it said the same today."""
    today = wall_time(now, followed.space.zone).date()
    if followed.read_on == today and got.content == bytes(followed.content):
        return None
    followed.content = got.content
    return read(followed, now)


@transaction.atomic
def _succeeded(
    followed: FollowedCalendar, got: Fetched, reading: Reading | None, now: datetime
) -> Taken:
    """Keep what was got, and let the closures follow it."""
    lock(followed)
    followed.content, followed.etag = got.content, got.etag
    followed.last_modified = got.last_modified
    followed.failures, followed.trouble, followed.trouble_detail = 0, "", ""
    followed.tried_at = followed.succeeded_at = now
    followed.next_try_at = now + pause_of(followed)
    followed.save()
    return Taken() if reading is None else take(followed, reading, now)


@transaction.atomic
def _failed(followed: FollowedCalendar, error: CannotRead, now: datetime) -> None:
    """Keep why, and leave it alone for longer each time; what was known stays."""
    lock(followed)
    followed.failures = min(followed.failures + 1, MOST_FAILURES)
    followed.trouble, followed.trouble_detail = error.trouble, error.detail[:120]
    followed.tried_at, followed.next_try_at = now, now + pause_of(followed)
    followed.save(
        update_fields=["failures", "trouble", "trouble_detail", "tried_at", "next_try_at"]
    )


def pause_of(followed: FollowedCalendar) -> timedelta:
    """How long a calendar is left alone: an hour, or a day where it comes from a file."""
    spread = timedelta(seconds=followed.pk * 397 % SPREAD)
    usual = HOUR * 2 ** min(followed.failures, DOUBLED) if followed.url else DAY
    return min(usual, LONGEST_PAUSE) + spread


def refresh_due(now: datetime) -> int:
    """Read some of the calendars whose time has come, those due for longest; how many."""
    done = 0
    while done < AT_ONCE and (followed := _claimed(now)) is not None:
        refresh(followed=followed, now=now)
        done += 1
    return done


@transaction.atomic
def _claimed(now: datetime) -> FollowedCalendar | None:
    """A calendar that is due, which nobody else reads for the time of the lease."""
    followed = (
        FollowedCalendar.objects.filter(state=Following.ACTIVE, next_try_at__lte=now)
        .select_related("space", "machine__space")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("next_try_at", "pk")
        .first()
    )
    if followed is not None:
        followed.next_try_at = now + LEASE
        followed.save(update_fields=["next_try_at"])
    return followed
