"""Accounts that sleep since an import: theirs who reads the mails of the address, nobody else's."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from members.models import Member
from notifications.models import Message
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db

EMAIL = "ada@example.org"
TYPED, CHOSEN = "typed at the sign-up", "chosen behind the link"


@pytest.fixture
def asleep() -> Member:
    return MemberFactory(email=EMAIL, name="Ada", is_active=False, is_asleep=True, password=None)


def sign_up(client: Client, email: str = EMAIL) -> str:
    typed = {"name": "Somebody", "email": email, "password1": TYPED}
    answer = client.post("/account/signup/", typed)
    return str(answer.headers["Location"])


def sign_in(client: Client, password: str) -> bool:
    client.post("/account/login/", {"login": EMAIL, "password": password})
    return "_auth_user_id" in client.session


def link() -> str:
    """Where the last mail leads to."""
    text = Message.objects.order_by("-pk")[0].context["text"]
    found = re.search(r"https?://[^/\s]+(/account/password/\S+)", text)
    assert found, text
    return found[1]


def open_link(client: Client, path: str) -> str:
    """The address of the form behind a link."""
    return str(client.get(path, follow=True).redirect_chain[-1][0])


def choose(client: Client, path: str) -> None:
    client.post(path, {"password1": CHOSEN, "password2": CHOSEN})


def test_who_reads_the_mail_wakes_it_and_finds_what_was_kept(
    client: Client, asleep: Member
) -> None:
    sign_up(client)
    message = Message.objects.get()
    assert (message.address, message.is_secret) == (EMAIL, True)
    choose(client, open_link(client, link()))

    asleep.refresh_from_db()
    assert (asleep.is_active, asleep.is_asleep, asleep.name) == (True, False, "Ada")
    assert EmailAddress.objects.get(user=asleep).verified
    assert sign_in(client, CHOSEN)
    assert client.session["_auth_user_id"] == str(asleep.pk)


def test_who_only_signs_up_gets_nothing(client: Client, asleep: Member) -> None:
    new = sign_up(client, "new@example.org")
    assert sign_up(client) == new  # nothing tells that there is such an account
    assert not sign_in(client, TYPED)
    asleep.refresh_from_db()
    assert (asleep.is_active, asleep.is_asleep) == (False, True)


def test_the_password_of_who_signed_up_opens_nothing_once_it_is_awake(
    client: Client, asleep: Member
) -> None:
    stranger = Client()
    sign_up(stranger)
    choose(client, open_link(client, link()))
    assert not sign_in(stranger, TYPED)
    assert sign_in(client, CHOSEN)


@pytest.mark.parametrize("forged", ["set-password", "abc123-0123456789abcdef"])
def test_nobody_wakes_it_with_a_link_of_their_own(
    client: Client, asleep: Member, forged: str
) -> None:
    uid = link_of_another(client).split("/")[-2].split("-")[0]
    path = f"/account/password/reset/key/{uid}-{forged}/"
    client.get(path)
    choose(client, path)
    asleep.refresh_from_db()
    assert asleep.is_asleep
    assert not asleep.has_usable_password()


def link_of_another(client: Client) -> str:
    """A real link, of which a stranger knows only the half that is no secret."""
    sign_up(client)
    return link()


def test_a_link_wakes_once(client: Client, asleep: Member) -> None:
    sign_up(client)
    path = link()
    choose(client, open_link(client, path))
    assert "key" in client.get(path).request["PATH_INFO"]
    other = Client()
    choose(other, path)
    assert sign_in(client, CHOSEN)


def test_who_was_shut_out_stays_out(client: Client, asleep: Member) -> None:
    sign_up(client)
    path = open_link(client, link())
    Member.objects.filter(pk=asleep.pk).update(is_asleep=False)
    choose(client, path)
    assert not sign_in(client, CHOSEN)
    asleep.refresh_from_db()
    assert not asleep.is_active


def test_who_has_an_account_that_is_awake_is_told_so(client: Client) -> None:
    member = MemberFactory(email="Ada@Example.org")
    sign_up(client)
    assert "you already have an account" in Message.objects.get().context["text"]
    member.refresh_from_db()
    assert member.is_active
