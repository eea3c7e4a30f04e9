"""Signing up and signing in."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from members.models import Member
from tests.factories.members import PASSWORD, MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db

PAGES = [
    "/account/email/",
    "/account/password/change/",
    "/account/2fa/",
    "/account/2fa/totp/activate/",
    "/account/2fa/webauthn/",
    "/account/2fa/webauthn/add/",
    "/account/sessions/",
]


def sign_in(client: Client, email: str, password: str = PASSWORD) -> str:
    return client.post("/account/login/", {"login": email, "password": password}).text


def test_signing_up_keeps_the_name_and_the_language(client: Client) -> None:
    client.post(
        "/account/signup/",
        {"name": "Mila Keller", "email": "mila@example.org", "password1": "a long enough secret"},
        headers={"accept-language": "fr"},
    )

    member = Member.objects.get(email="mila@example.org")
    assert (member.name, member.language) == ("Mila Keller", "fr")
    assert not EmailAddress.objects.get(user=member).verified


@pytest.mark.parametrize(
    ("told", "kept"), [("Asia/Tokyo", "Asia/Tokyo"), ("Mars/Olympus", ""), ("", "")]
)
def test_signing_up_keeps_the_clock_of_the_device(client: Client, told: str, kept: str) -> None:
    typed = {"name": "Mila", "email": "mila@example.org", "password1": "a long enough secret"}
    client.post("/account/signup/", typed | {"timezone": told})

    assert Member.objects.get().timezone == kept


def test_signing_up_asks_for_a_name(client: Client) -> None:
    answer = client.post(
        "/account/signup/", {"email": "mila@example.org", "password1": "a long enough secret"}
    )

    assert 'id="id_name_error"' in answer.text
    assert not Member.objects.exists()


def test_a_member_signs_in(client: Client) -> None:
    member = MemberFactory.create()
    EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)

    sign_in(client, member.email)

    assert client.session["_auth_user_id"] == str(member.pk)


def test_signing_in_speaks_the_language_of_the_profile(client: Client) -> None:
    member = MemberFactory.create(language="fr")
    EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)

    sign_in(client, member.email)

    assert '<html lang="fr">' in client.get("/profile/").text


def test_after_five_wrong_passwords_even_the_right_one_is_refused(client: Client) -> None:
    member = MemberFactory.create()
    EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
    for _try in range(5):
        sign_in(client, member.email, "wrong")

    page = sign_in(client, member.email)

    assert "Too many failed login attempts" in page
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("address", PAGES)
def test_the_pages_of_an_account_wear_the_frame_of_the_house(client: Client, address: str) -> None:
    member = MemberFactory.create()
    EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
    sign_in(client, member.email)

    page = client.get(address, follow=True).text

    assert 'class="brand"' in page
    assert "<h1>" in page
    assert " style=" not in page


def test_staff_find_the_pages_of_their_space(client: Client) -> None:
    role = RoleFactory.create()
    client.force_login(role.member)

    assert f"/spaces/{role.space.slug}/board/" in client.get("/").text


def test_nobody_else_does(client: Client) -> None:
    RoleFactory.create()
    client.force_login(MemberFactory.create())

    assert "/board/" not in client.get("/").text


def test_an_unknown_address_is_told_kindly(client: Client) -> None:
    answer = client.get("/nothing/")

    assert answer.status_code == 404
    assert 'class="brand"' in answer.text
