"""A member's own page."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from members.models import Member, Token
from members.states import Scope
from tests.factories.members import MemberFactory
from tests.members.test_tokens import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client: Client) -> Member:
    member = MemberFactory.create(name="Mila")
    client.force_login(member)
    return member


def test_visitors_sign_in_first(client: Client) -> None:
    assert client.get("/profile/")["Location"].startswith("/account/login/")


def test_a_change_is_kept_and_the_page_speaks_the_new_language(
    client: Client, member: Member
) -> None:
    answer = client.post(
        "/profile/",
        {"name": "Mila K.", "language": "fr", "timezone": "Pacific/Auckland"},
        follow=True,
    )

    member.refresh_from_db()
    assert (member.name, member.language, member.timezone) == (
        "Mila K.",
        "fr",
        "Pacific/Auckland",
    )
    assert '<html lang="fr">' in answer.text


def test_the_language_travels_over_https_alone_where_the_site_says_so(
    client: Client, member: Member, settings: Any
) -> None:
    settings.LANGUAGE_COOKIE_SECURE = True
    typed = {"name": member.name, "language": "fr", "timezone": ""}
    answer = client.post("/profile/", typed)
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME]["secure"]


@pytest.mark.parametrize(
    "wrong", [{"timezone": "Mars/Olympus"}, {"language": "xx"}, {"timezone": "../etc/passwd"}]
)
def test_what_is_not_offered_is_refused(
    client: Client, member: Member, wrong: dict[str, str]
) -> None:
    answer = client.post("/profile/", {"name": "X", "language": "en", "timezone": ""} | wrong)

    assert answer.status_code == 422
    assert "aria-invalid" in answer.text
    member.refresh_from_db()
    assert member.name == "Mila"


def test_a_zone_must_be_one_of_the_world(member: Member) -> None:
    member.timezone = "Mars/Olympus"
    with pytest.raises(ValidationError):
        member.clean_fields()
    member.timezone = ""
    member.clean_fields()


def test_a_new_token_is_shown_once(client: Client, member: Member) -> None:
    answer = client.post(
        "/profile/tokens/", {"name": "Door", "scopes": ["read", "book"], "days": "30"}
    )

    token = Token.objects.get(member=member)
    assert set(token.scopes) == {Scope.BOOK, Scope.READ}
    assert token.expires_at is not None
    assert "etabli_" in answer.text
    assert "etabli_" not in client.get("/profile/").text


def test_a_token_may_last_for_ever(client: Client, member: Member) -> None:
    client.post("/profile/tokens/", {"name": "Door", "scopes": ["read"], "days": "0"})

    assert Token.objects.get(member=member).expires_at is None


def test_a_token_without_a_scope_is_refused(client: Client, member: Member) -> None:
    answer = client.post("/profile/tokens/", {"name": "Door", "days": "30"})

    assert answer.status_code == 422
    assert not Token.objects.filter(member=member).exists()


def test_members_revoke_their_own_tokens_only(client: Client, member: Member) -> None:
    mine, _secret = make(member=member)
    other, _secret = make()

    assert client.post(f"/profile/tokens/{mine.pk}/revoke/").status_code == 302
    assert client.post(f"/profile/tokens/{other.pk}/revoke/").status_code == 404

    mine.refresh_from_db()
    other.refresh_from_db()
    assert mine.revoked_at is not None
    assert other.revoked_at is None
