"""What stands below a mail, and what tells mail programs how to turn it off."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from notifications.delivery import deliver_due
from notifications.models import Message
from notifications.unsubscribing import Switch, key_of, switch_of
from tests.factories.members import MemberFactory
from tests.factories.notifications import CONTEXT, MessageFactory
from tests.notifications.test_delivery import part
from tests.smtp import Mailbox

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, 0, 30, tzinfo=UTC)
OWN = CONTEXT | {"is_own": True}
CHOICES = "http://127.0.0.1:8000/profile/messages/"


def deliver() -> None:
    deliver_due(clock=lambda: NOW, lasting=timedelta(minutes=1))


def test_what_may_be_turned_off_says_how_in_head_and_foot(smtp_server: Mailbox) -> None:
    message = MessageFactory.create(context=OWN)
    deliver()
    (mail,) = smtp_server.mails
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = mail["List-Unsubscribe"].strip()
    assert address.startswith("<http://127.0.0.1:8000/messages/unsubscribe/")
    assert address.endswith("/>")
    for kind in ("text/plain", "text/html"):
        told = part(mail, kind)
        assert address.strip("<>") in told
        assert CHOICES in told
    assert "No more messages of this kind (Confirmations):" in part(mail, "text/plain")
    assert "No more messages of this kind: Confirmations" in part(mail, "text/html")
    assert part(mail, "text/html").index('class="foot"') < part(mail, "text/html").index(CHOICES)
    key = address.strip("<>").split("/")[-2]
    assert switch_of(key) == Switch(message.recipient_id, ("confirmations",))


def test_what_must_arrive_names_only_the_page(smtp_server: Mailbox) -> None:
    MessageFactory.create(kind="reservation_cancelled")
    deliver()
    (mail,) = smtp_server.mails
    assert mail["List-Unsubscribe"] is None
    assert mail["List-Unsubscribe-Post"] is None
    assert "unsubscribe" not in mail.as_string()
    assert CHOICES in part(mail, "text/plain")
    assert CHOICES in part(mail, "text/html")


def test_what_goes_to_an_address_has_no_foot(smtp_server: Mailbox) -> None:
    context = {"subject": "Confirm", "text": "…", "language": "en"}
    MessageFactory.create(recipient=None, address="a@example.org", kind="account", context=context)
    deliver()
    assert "profile" not in smtp_server.mails[0].as_string()


def test_the_log_holds_no_key(smtp_server: Mailbox) -> None:
    message = MessageFactory.create(context=OWN)
    deliver()
    row = Message.objects.get(pk=message.pk)
    assert "unsubscribe" not in row.text + row.html


def test_the_foot_is_in_the_readers_language(smtp_server: Mailbox) -> None:
    MessageFactory.create(recipient=MemberFactory.create(language="fr"), context=OWN)
    deliver()
    assert "Plus de messages de ce genre" in part(smtp_server.mails[0], "text/plain")


@pytest.mark.parametrize("key", ["", "1:reminders", "1:reminders:forged", "x:y:z", "\0", "é:1:2"])
def test_a_key_that_we_did_not_make_opens_nothing(key: str, client: Client) -> None:
    assert switch_of(key) is None


def test_a_key_opens_what_it_was_made_for_and_nothing_else() -> None:
    key = key_of(Switch(7, ("reminders",)))
    assert switch_of(key) == Switch(7, ("reminders",))
    assert switch_of(key.replace("7:", "8:", 1)) is None
    assert switch_of(key.replace("reminders", "approvals")) is None


def test_a_key_may_be_of_all_that_a_digest_tells() -> None:
    switch = Switch(7, ("reminders", "approvals"))
    assert switch_of(key_of(switch)) == switch
