"""Let a program send the same write twice and have it done once."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from booking.models import IdempotentWrite
from members.models import Member

ABANDONED_AFTER = timedelta(minutes=2)
"""A claim without an answer this old was left by a process that died."""

KEPT_FOR = timedelta(days=2)


class KeyReused(Exception):
    """The key was used for another request, or its first request is still being answered."""


def claim(*, member: Member, key: str, fingerprint: str, now: datetime) -> IdempotentWrite:
    """Claim `key` for a new write, or return the kept answer to the same one.

    The row has a `status` where the write has been answered before. Raises KeyReused where
    `fingerprint` differs, or where the first request is still at work.
    """
    try:
        with transaction.atomic():
            return IdempotentWrite.objects.create(
                member=member, key=key, fingerprint=fingerprint, created_at=now
            )
    except IntegrityError:
        pass
    with transaction.atomic():
        known = IdempotentWrite.objects.select_for_update().filter(member=member, key=key).first()
        if known is None:
            # The first request failed just now and gave its key back: whoever retries gets it.
            raise KeyReused
        if known.fingerprint != fingerprint:
            raise KeyReused
        if known.status is None and known.created_at > now - ABANDONED_AFTER:
            raise KeyReused
        if known.status is None:
            known.created_at = now
            known.save(update_fields=["created_at"])
        return known


def keep(*, write: IdempotentWrite, status: int, body: bytes, content_type: str) -> None:
    """Keep the answer to a claimed write."""
    write.status, write.body, write.content_type = status, body, content_type
    write.save(update_fields=["status", "body", "content_type"])


def give_back(*, write: IdempotentWrite) -> None:
    """Free the key of a write that failed, so that it can be tried again."""
    write.delete()


def forget_old(*, now: datetime) -> int:
    """Delete the answers that nobody will ask for again; returns how many."""
    return IdempotentWrite.objects.filter(created_at__lt=now - KEPT_FOR).delete()[0]
