"""Keys of devices: made, found again, revoked."""

import secrets
from datetime import datetime

from machines.models import Device, DeviceToken
from members.models import Member
from members.services.tokens import PREFIX, SECRET_BYTES, TOUCH_EVERY, digest_of
from spaces.prepared import Prepared, given

HINT = 4


def create_device_token(
    *, device: Device, by: Member | None, now: datetime
) -> tuple[DeviceToken, str]:
    """Give `device` a key and return it with its secret, which nobody can read again."""
    secret = f"{PREFIX}device_{secrets.token_urlsafe(SECRET_BYTES)}"
    token = DeviceToken.objects.create(
        device=device,
        digest=digest_of(secret),
        hint=secret[-HINT:],
        created_at=now,
        created_by=by,
    )
    return token, secret


def revoke_device_token(*, token: DeviceToken, now: datetime) -> None:
    """Let `token` open nothing any more; revoking twice keeps the first moment."""
    DeviceToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now)


def device_for(secret: str, *, now: datetime) -> Device | None:
    """The device in service whose valid key `secret` is, noting that it was used; else None."""
    token = next(iter(_TOKENS(digest=digest_of(secret))), None)
    if token is None:
        return None
    # A row written with every call would cost more than the call.
    if token.last_used_at is None or now - token.last_used_at >= TOUCH_EVERY:
        DeviceToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token.device


_TOKENS = Prepared(
    lambda: DeviceToken.objects.filter(
        digest=given("digest"), revoked_at=None, device__retired_at=None
    ).select_related("device__space")
)
