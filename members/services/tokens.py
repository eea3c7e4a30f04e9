"""Keys with which programs act for a member: made, found again, revoked."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from members.models import Member, Token
from members.states import Scope
from spaces.prepared import Prepared, given

PREFIX = "etabli_"
SECRET_BYTES = 32
TOUCH_EVERY = timedelta(minutes=1)


def create_token(
    *,
    member: Member,
    scopes: Iterable[Scope],
    name: str,
    expires_at: datetime | None,
    now: datetime,
) -> tuple[Token, str]:
    """Give `member` a token and return it with its secret, which nobody can read again.

    Raises ValueError without a scope.
    """
    wanted = sorted({Scope(scope) for scope in scopes})
    if not wanted:
        raise ValueError("a token needs at least one scope")
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    token = Token.objects.create(
        member=member,
        name=name,
        digest=digest_of(secret),
        scopes=wanted,
        created_at=now,
        expires_at=expires_at,
    )
    return token, secret


def token_for(secret: str, now: datetime) -> Token | None:
    """The valid token of `secret` with its member, noting that it was used; None otherwise."""
    token = next(iter(_TOKENS(now=now, digest=digest_of(secret))), None)
    # A row written with every call would cost more than the call; a minute is fine enough.
    if token and (token.last_used_at is None or now - token.last_used_at >= TOUCH_EVERY):
        Token.objects.filter(pk=token.pk).update(last_used_at=now)
        token.last_used_at = now
    return token


_TOKENS = Prepared(
    lambda: (
        Token.objects.valid(given("now")).filter(digest=given("digest")).select_related("member")
    )
)


def revoke_token(*, token: Token, now: datetime) -> Token:
    """Let `token` open nothing any more; revoking twice keeps the first moment."""
    if token.revoked_at is None:
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
    return token


def digest_of(secret: str) -> str:
    """What is kept of a secret; 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
