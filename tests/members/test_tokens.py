"""Tokens open what they were made for, as long as they are valid, and keep no secret."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from members.models import Token
from members.services.tokens import create_token, revoke_token, token_for
from members.states import Scope
from tests.factories.members import MemberFactory

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def make(**kwargs: object) -> tuple[Token, str]:
    arguments = {
        "member": MemberFactory.create(),
        "scopes": [Scope.BOOK],
        "name": "script",
        "expires_at": None,
        "now": NOW,
    } | kwargs
    return create_token(**arguments)


def test_a_token_is_found_by_its_secret_which_is_not_kept() -> None:
    token, secret = make()

    found = token_for(secret, NOW)

    assert found == token
    assert found.member == token.member
    assert secret not in str(Token.objects.values().get(pk=token.pk))


def test_two_tokens_never_share_a_secret() -> None:
    assert make()[1] != make()[1]


def test_a_wrong_secret_finds_nothing() -> None:
    make()

    assert token_for("etabli_wrong", NOW) is None


def test_a_token_needs_a_scope() -> None:
    with pytest.raises(ValueError, match="scope"):
        make(scopes=[])


def test_it_ends_at_the_moment_it_expires() -> None:
    _token, secret = make(expires_at=NOW + timedelta(days=1))

    assert token_for(secret, NOW + timedelta(hours=23)) is not None
    assert token_for(secret, NOW + timedelta(days=1)) is None


def test_a_revoked_token_opens_nothing_and_keeps_its_first_moment() -> None:
    token, secret = make()

    revoke_token(token=token, now=NOW)
    revoke_token(token=token, now=NOW + timedelta(days=1))

    assert token_for(secret, NOW) is None
    assert token.revoked_at == NOW


def test_an_inactive_member_takes_the_tokens_along() -> None:
    token, secret = make()
    token.member.is_active = False
    token.member.save()

    assert token_for(secret, NOW) is None


def test_use_is_noted_at_most_once_a_minute() -> None:
    token, secret = make()

    for seconds in (0, 30, 61):
        token_for(secret, NOW + timedelta(seconds=seconds))
        token.refresh_from_db()
        assert token.last_used_at == NOW + timedelta(seconds=0 if seconds < 60 else 61)


def test_the_command_prints_the_token_last() -> None:
    member = MemberFactory.create(email="maker@example.org")
    out = StringIO()

    call_command(
        "create_token",
        "Maker@example.org",
        "--scope=book",
        "--scope=read",
        "--name=script",
        "--days=30",
        stdout=out,
    )

    secret = out.getvalue().strip().splitlines()[-1]
    token = Token.objects.get(member=member)
    assert token.scopes == ["book", "read"]
    assert token.name == "script"
    assert token.expires_at is not None
    assert token_for(secret, token.created_at) == token


def test_the_command_names_an_address_that_nobody_has() -> None:
    with pytest.raises(CommandError, match="nobody@"):
        call_command("create_token", "nobody@example.org", "--scope=book")
