"""Mails about accounts wait in the outbox; no request talks to a mail server."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.models import Member
from notifications.delivery import deliver_due
from notifications.models import Message
from tests.factories.members import PASSWORD, MemberFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_mail_server")]


@pytest.fixture
def no_mail_server(settings: Any) -> None:
    settings.EMAIL_BACKEND = "a.backend.that.no.request.may.load"


def only_message() -> Message:
    message = Message.objects.get()
    assert (message.kind, message.is_secret, message.space_key) == ("account", True, "")
    assert message.expires_at is not None
    assert message.expires_at <= timezone.now() + timedelta(days=1)
    return message


def test_signing_up_posts_a_confirmation_that_leads_back(client: Client) -> None:
    response = client.post(
        reverse("account_signup"),
        {"email": "new@example.org", "password1": PASSWORD, "name": "Ada"},
    )
    assert response.status_code == 302, response.context["form"].errors
    message = only_message()
    assert message.recipient == Member.objects.get(email="new@example.org")
    assert message.goes_to == "new@example.org"
    assert message.context["subject"] == "Confirm your e-mail address"
    (link,) = [word for word in message.context["text"].split() if word.startswith("http")]
    assert client.post(link).status_code == 302
    assert EmailAddress.objects.get(email="new@example.org").verified


def test_a_forgotten_password_posts_a_key(client: Client) -> None:
    member = MemberFactory.create()
    client.post(reverse("account_reset_password"), {"email": member.email})
    message = only_message()
    assert message.goes_to == member.email
    assert "/account/password/reset/key/" in message.context["text"]


def test_an_unknown_address_is_told_so_and_the_page_says_the_same(client: Client) -> None:
    member = MemberFactory.create()
    address = reverse("account_reset_password")
    known = client.post(address, {"email": member.email}, follow=True)
    Message.objects.all().delete()
    unknown = client.post(address, {"email": "nobody@example.org"}, follow=True)
    message = only_message()
    assert (message.recipient, message.goes_to) == (None, "nobody@example.org")
    assert unknown.redirect_chain == known.redirect_chain
    assert reverse("account_signup") in message.context["text"]


def test_signing_up_twice_tells_only_the_owner_of_the_address(client: Client) -> None:
    member = MemberFactory.create()
    response = client.post(
        reverse("account_signup"), {"email": member.email, "password1": PASSWORD, "name": "Ada"}
    )
    assert response.status_code == 302
    message = only_message()
    assert message.goes_to == member.email
    assert message.context["subject"] == "You already have an account"


def test_the_mail_goes_out_in_the_language_of_the_page_and_is_forgotten(
    client: Client, settings: Any
) -> None:
    client.post(
        reverse("account_signup"),
        {"email": "new@example.org", "password1": PASSWORD, "name": "Ada"},
        headers={"accept-language": "fr"},
    )
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert only_message().context["language"] == "fr"
    assert deliver_due(clock=timezone.now, lasting=timedelta(minutes=1)) == 1
    (sent,) = mail.outbox
    assert sent.to == ["new@example.org"]
    assert isinstance(sent, EmailMultiAlternatives)
    assert "/account/confirm-email/" in sent.body
    assert "/account/confirm-email/" in str(sent.alternatives[0][0])
    message = Message.objects.get()
    assert (message.context, message.text, message.html) == ({}, "", "")
