"""Calendars that programs follow: opened, revoked, and noted when they are read."""

import secrets
from datetime import datetime, timedelta

from booking.models import Feed
from booking.states import FeedKind
from machines.models import Machine
from members.models import Company, Member
from members.services.tokens import digest_of
from spaces.models import Space

TOKEN_BYTES = 32
HINT = 6
"""Letters of the token that are kept: the others leave as much to guess as anybody needs."""

NOTED_EVERY = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def create_feed(
    *,
    member: Member,
    kind: FeedKind,
    now: datetime,
    name: str = "",
    machine: Machine | None = None,
    space: Space | None = None,
    company: Company | None = None,
) -> tuple[Feed, str]:
    """Open an address for `member` and return it with its token, which nobody can read again."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed = Feed.objects.create(
        member=member,
        kind=kind,
        machine=machine,
        space=space,
        company=company,
        name=name,
        digest=digest_of(token),
        hint=token[:HINT],
        created_at=now,
        changed_at=now,
    )
    return feed, token


def revoke_feed(*, feed: Feed, now: datetime) -> Feed:
    """Close an address for good; revoking twice keeps the first moment."""
    if feed.revoked_at is None:
        feed.revoked_at = now
        feed.save(update_fields=["revoked_at"])
    return feed


def note_reading(*, feed: Feed, mark: str, now: datetime) -> Feed:
    """Keep what `mark` stands for as what `feed` tells, and that it was read.

    Most readings find nothing new and write nothing: when one was is noted once an hour.
    """
    changes: list[str] = []
    if mark != feed.mark:
        # Programs that ask by the second must not take two changes within one for the same.
        feed.mark, feed.changed_at = mark, max(now, feed.changed_at + SECOND)
        changes += ["mark", "changed_at"]
    if feed.last_read_at is None or now - feed.last_read_at >= NOTED_EVERY:
        feed.last_read_at = now
        changes.append("last_read_at")
    if changes:
        feed.save(update_fields=changes)
    return feed
