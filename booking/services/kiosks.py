"""Tablets: paired with a code that staff reads out, known by a secret of their own, revoked."""

import secrets
from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from booking.models import Kiosk
from booking.states import PAIRING_HOLD
from machines.models import Machine
from members.models import Member
from members.services.tokens import digest_of
from spaces.models import Space

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without those that are mistaken for each other."""

CODE_LENGTH = 8
SECRET_BYTES = 32
TOUCH_EVERY = timedelta(minutes=1)


class PairingRefused(Exception):
    """No tablet waits for this code: it is wrong, was used, or is too old."""


def register_kiosk(
    *, space: Space, machine: Machine | None, name: str, by: Member, now: datetime
) -> tuple[Kiosk, str]:
    """Expect a tablet in `space`, for one machine or for all; with the code that pairs it."""
    kiosk = Kiosk.objects.create(
        space=space, machine=machine, name=name, created_by=by, created_at=now
    )
    return kiosk, new_code(kiosk=kiosk, now=now)


def new_code(*, kiosk: Kiosk, now: datetime) -> str:
    """A code that pairs `kiosk` anew; the tablet that had it before is known until then."""
    code = "".join(secrets.choice(LETTERS) for _number in range(CODE_LENGTH))
    kiosk.code_digest, kiosk.code_expires_at = _digest_of_code(code), now + PAIRING_HOLD
    kiosk.save(update_fields=["code_digest", "code_expires_at"])
    return code


def pair(*, code: str, now: datetime) -> tuple[Kiosk, str]:
    """Let the tablet that knows `code` be the kiosk, with its new secret; each code pairs once.

    Raises PairingRefused.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    waiting = Kiosk.objects.waiting(now).filter(code_digest=_digest_of_code(code))
    kiosk = waiting.first()
    paired = kiosk is not None and waiting.filter(pk=kiosk.pk).update(
        code_digest="",
        code_expires_at=None,
        secret_digest=digest_of(secret),
        paired_at=now,
        seen_at=now,
    )
    if kiosk is None or not paired:
        raise PairingRefused
    kiosk.refresh_from_db()
    return kiosk, secret


def kiosk_of(secret: str, now: datetime) -> Kiosk | None:
    """The tablet of `secret`, noting that it was seen; None where it was revoked."""
    if not secret:
        return None
    rows = Kiosk.objects.standing().filter(secret_digest=digest_of(secret))
    kiosk = rows.select_related("space", "machine__space").first()
    if kiosk and (kiosk.seen_at is None or now - kiosk.seen_at >= TOUCH_EVERY):
        Kiosk.objects.filter(pk=kiosk.pk).update(seen_at=now)
        kiosk.seen_at = now
    return kiosk


def note_clock(*, kiosk: Kiosk, skew: timedelta) -> None:
    """Write down by how much the clock of a tablet differs from ours, for the staff to see.

    What it tells counts by its age on that same clock, so a wrong one moves nothing.
    """
    Kiosk.objects.filter(pk=kiosk.pk).update(skew_seconds=skew.total_seconds())


def revoke_kiosk(*, kiosk: Kiosk, now: datetime) -> Kiosk:
    """Let the tablet do nothing any more; revoking twice keeps the first moment."""
    if kiosk.revoked_at is None:
        kiosk.revoked_at = now
        kiosk.code_digest, kiosk.code_expires_at = "", None
        kiosk.save(update_fields=["revoked_at", "code_digest", "code_expires_at"])
    return kiosk


def _digest_of_code(code: str) -> str:
    """Codes are short, and typed by hand in any case, with or without spaces."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return salted_hmac("booking.kiosk.code", plain, algorithm="sha256").hexdigest()
