"""What goes by mail is told on the other channels of its reader: once each, and only that."""

import json
import threading
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection, connections

from members.models import Member
from notifications import kinds, outbox
from notifications.delivery import deliver_due
from notifications.kinds import DIGEST, Group
from notifications.models import Message
from notifications.states import BESIDE_MAIL, MessageState
from tests.factories.members import MemberFactory
from tests.factories.notifications import (
    CONTEXT,
    EndpointFactory,
    MessageFactory,
    PreferenceFactory,
)
from tests.listening import listening
from tests.smtp import PATIENCE, Mailbox, free_port

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def member() -> Member:
    return MemberFactory.create()


def mails(now: datetime = NOW) -> int:
    return deliver_due(clock=lambda: now, lasting=MINUTE)


def others(now: datetime = NOW) -> int:
    return deliver_due(clock=lambda: now, lasting=MINUTE, channels=BESIDE_MAIL)


def siblings() -> list[Message]:
    return list(Message.objects.filter(channel__in=BESIDE_MAIL).order_by("pk"))


def test_each_active_endpoint_of_the_reader_gets_a_sibling(
    smtp_server: Mailbox, member: Member
) -> None:
    first, second = EndpointFactory.create_batch(2, member=member)
    EndpointFactory.create(member=member, is_active=False, disabled_at=NOW)
    EndpointFactory.create()
    mail = MessageFactory.create(recipient=member, expires_at=NOW + MINUTE, space_key="7")
    assert mails() == 1
    assert [each.endpoint for each in siblings()] == [first, second]
    for each in siblings():
        assert (each.state, each.channel) == (MessageState.PENDING, "webhook")
        for name in ("recipient", "kind", "subject_key", "space_key", "context", "expires_at"):
            assert getattr(each, name) == getattr(mail, name)


def test_nobody_is_told_twice_however_often_the_mail_is_tried(
    smtp_server: Mailbox, member: Member
) -> None:
    smtp_server.answer = "451 later"
    EndpointFactory.create(member=member)
    MessageFactory.create(recipient=member)
    mails()
    mails(NOW + 2 * MINUTE)
    smtp_server.answer = "250 OK"
    mails(NOW + 10 * MINUTE)
    assert (len(siblings()), len(smtp_server.mails)) == (1, 1)


NO_SIBLINGS = """
    CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RAISE EXCEPTION 'no siblings today'; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON notifications_message
        FOR EACH ROW WHEN (NEW.endpoint_id IS NOT NULL) EXECUTE FUNCTION pg_temp.refuse();
"""


def test_a_mail_is_sent_once_though_its_siblings_cannot_be_posted(
    smtp_server: Mailbox, member: Member
) -> None:
    EndpointFactory.create(member=member)
    mail = MessageFactory.create(recipient=member)
    with connection.cursor() as cursor:
        cursor.execute(NO_SIBLINGS)
    assert (mails(), mails(NOW + timedelta(days=1))) == (1, 0)
    mail.refresh_from_db()
    assert (len(smtp_server.mails), mail.state) == (1, MessageState.SENT)
    assert "no siblings today" in mail.last_error
    assert mail.text


def test_its_siblings_are_posted_though_the_mail_server_is_away(
    member: Member, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "notifications.channels.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    with listening() as program:
        EndpointFactory.create(member=member, address={"url": program.url})
        MessageFactory.create(recipient=member)
        mails()
        others()
        assert len(program.calls) == 1


def test_mail_does_not_wait_for_other_channels(smtp_server: Mailbox, member: Member) -> None:
    with listening() as program:
        program.go_on.clear()
        endpoint = EndpointFactory.create(member=member, address={"url": program.url})
        MessageFactory.create(recipient=member, endpoint=endpoint, channel="webhook")
        MessageFactory.create(recipient=member)
        assert mails() == 1
        assert (len(smtp_server.mails), program.calls) == (1, [])


def test_keys_and_other_addresses_stay_mails(smtp_server: Mailbox, member: Member) -> None:
    EndpointFactory.create(member=member)
    told = {"subject": "Confirm", "text": "https://x.example/key", "language": "en"}
    MessageFactory.create(recipient=member, kind="account", context=told, is_secret=True)
    MessageFactory.create(recipient=member, address="new@example.org")
    MessageFactory.create(recipient=None, address="nobody@example.org")
    assert mails() == 3
    assert siblings() == []


def test_only_the_groups_that_were_chosen_go_there(
    smtp_server: Mailbox, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "_GROUPS", {})
    monkeypatch.setattr(kinds, "_BY_KIND", {})
    kinds.register(
        Group(key="news", label="News", help="", kinds=("reservation_confirmed",)),
        Group(key="times", label="Times", help="", kinds=("reservation_moved",)),
    )
    EndpointFactory.create(member=member, groups=["times"], name="times")
    EndpointFactory.create(member=member, groups=["news", "times"], name="both")
    EndpointFactory.create(member=member, groups=[], name="all")
    MessageFactory.create(recipient=member, kind="reservation_confirmed")
    mails()
    assert [each.endpoint.name for each in siblings()] == ["both", "all"]


@pytest.mark.django_db(transaction=True)
def test_what_was_withdrawn_while_its_server_talked_is_told_nowhere_else(
    smtp_server: Mailbox, member: Member
) -> None:
    EndpointFactory.create(member=member)
    mail = MessageFactory.create(recipient=member)
    smtp_server.go_on.clear()
    worker = threading.Thread(target=mails_apart)
    worker.start()
    assert smtp_server.holding.wait(PATIENCE)
    outbox.withdraw(subject_key=mail.subject_key)
    smtp_server.go_on.set()
    worker.join()
    mail.refresh_from_db()
    assert (mail.state, siblings()) == (MessageState.SENT, [])


def mails_apart() -> None:
    """Deliver in a thread with a connection of its own."""
    try:
        mails()
    finally:
        connections.close_all()


def test_withdrawing_reaches_the_siblings(smtp_server: Mailbox, member: Member) -> None:
    EndpointFactory.create(member=member)
    mail = MessageFactory.create(recipient=member)
    mails()
    outbox.withdraw(subject_key=mail.subject_key)
    assert others() == 0
    assert [each.state for each in siblings()] == [MessageState.WITHDRAWN]


def test_moving_a_message_moves_the_mail_and_calls_its_siblings_back(
    smtp_server: Mailbox, member: Member
) -> None:
    EndpointFactory.create(member=member)
    mail = MessageFactory.create(recipient=member, dedupe_key="reminder:1")
    smtp_server.answer = "451 later"
    mails()
    moved = outbox.draft(
        recipient=member,
        subject_key=mail.subject_key,
        kind=mail.kind,
        dedupe_key="reminder:2",
        send_after=NOW + 10 * MINUTE,
        context=mail.context,
    )
    outbox.keep([moved], subject_keys=[mail.subject_key], kinds=[mail.kind], now=NOW)
    assert others() == 0
    smtp_server.answer = "250 OK"
    mails(NOW + 11 * MINUTE)
    mail.refresh_from_db()
    assert mail.state == MessageState.SENT
    assert [(each.dedupe_key.split("@")[0], each.state) for each in siblings()] == [
        ("reminder:1", MessageState.WITHDRAWN),
        ("reminder:2", MessageState.PENDING),
    ]


def test_a_sibling_tells_of_no_file_and_is_kept_without_html(
    smtp_server: Mailbox, member: Member
) -> None:
    with listening() as program:
        EndpointFactory.create(member=member, address={"url": program.url})
        mail = MessageFactory.create(recipient=member, attachment=CALENDAR)
        mails()
        assert others() == 1
        told = json.loads(program.calls[0].body)
    mail.refresh_from_db()
    (sibling,) = siblings()
    assert (sibling.state, sibling.sent_at, sibling.html) == (MessageState.SENT, NOW, "")
    assert "attached for your calendar" in mail.text
    assert "attached" not in told["text"]
    assert sibling.text == told["text"]
    assert "Laser cutter is reserved for you." in sibling.text


def test_the_mail_of_the_day_is_told_as_one_and_what_was_told_is_not_gathered(
    smtp_server: Mailbox, member: Member
) -> None:
    own = CONTEXT | {"is_own": True}
    with listening() as program:
        EndpointFactory.create(member=member, address={"url": program.url})
        MessageFactory.create(recipient=member, context=own)
        mails()
        PreferenceFactory.create(member=member, digest_time=time(18))
        first = MessageFactory.create(recipient=member, context=own)
        mails()
        assert others() == 1
        first.refresh_from_db()
        assert first.state == MessageState.GATHERED
        assert mails(NOW + timedelta(hours=6)) == 1
        assert others(NOW + timedelta(hours=6)) == 1
        told = [json.loads(call.body) for call in program.calls]
    assert [each["kind"] for each in told] == ["reservation_confirmed", DIGEST]
    assert "Laser cutter is reserved for you." in told[1]["text"]


def test_a_channel_for_some_groups_is_told_only_its_parts_of_the_mail_of_the_day(
    smtp_server: Mailbox, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "_GROUPS", {})
    monkeypatch.setattr(kinds, "_BY_KIND", {})
    kinds.register(
        Group(key="news", label="News", help="", kinds=("reservation_confirmed",)),
        Group(key="times", label="Times", help="", kinds=("reservation_cancelled",)),
        Group(key="more", label="More", help="", kinds=("reservation_moved",)),
    )
    for groups in (["news"], ["news", "times"], [], ["more"]):
        EndpointFactory.create(member=member, groups=groups, name="+".join(groups) or "all")
    digest = MessageFactory.create(recipient=member, kind=DIGEST, context={"zone": "UTC"})
    for kind in ("reservation_confirmed", "reservation_cancelled"):
        MessageFactory.create(
            recipient=member, kind=kind, digest=digest, state=MessageState.GATHERED
        )
    assert mails() == 1
    told = {each.endpoint.name: each for each in siblings() if each.endpoint}
    assert set(told) == {"news", "news+times", "all"}
    assert told["news"].subject.startswith("Reserved:")
    assert "Cancelled" not in told["news"].text
    for name in ("news+times", "all"):
        assert told[name].subject == "2 messages from Établi"
        assert "Cancelled" in told[name].text


def test_what_cannot_be_written_is_told_nowhere(smtp_server: Mailbox, member: Member) -> None:
    EndpointFactory.create(member=member)
    MessageFactory.create(recipient=member, kind="no_such_kind")
    mails()
    assert siblings() == []
