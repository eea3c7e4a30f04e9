import threading
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.db import connection as database
from django.db import connections

from notifications import outbox
from notifications.delivery import deliver_due
from notifications.models import Message
from notifications.states import MAX_ATTEMPTS, MessageState, retry_after
from tests.factories.notifications import MessageFactory
from tests.smtp import PATIENCE, Mailbox, free_port

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def deliver_apart() -> None:
    """Deliver in a thread with a connection of its own."""
    try:
        deliver()
    finally:
        connections.close_all()


def deliver(now: datetime = NOW) -> int:
    return deliver_due(clock=lambda: now, lasting=MINUTE)


def test_a_due_message_is_sent_once_and_kept_as_the_log(smtp_server: Mailbox) -> None:
    message = MessageFactory.create()
    assert deliver() == 1
    assert deliver() == 0
    message.refresh_from_db()
    assert (message.state, message.attempts, message.sent_at) == (MessageState.SENT, 1, NOW)
    (mail,) = smtp_server.mails
    assert mail["To"] == message.goes_to
    assert mail["Subject"].strip() == message.subject
    assert message.subject == "Reserved: Laser cutter, Tuesday 5 May 2026, 10:00–12:00"
    assert part(mail, "text/plain").startswith(message.text)
    assert part(mail, "text/html").startswith(message.html.partition("<!-- end of body -->")[0])
    assert "Europe/Zurich, UTC+2" in message.text


def part(mail: EmailMessage, kind: str) -> str:
    (found,) = [each for each in mail.walk() if each.get_content_type() == kind]
    content = found.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


def test_what_is_not_yet_due_waits(smtp_server: Mailbox) -> None:
    MessageFactory.create(send_after=NOW + MINUTE)
    assert deliver() == 0
    assert deliver(NOW + MINUTE) == 1


def test_what_is_no_longer_useful_expires_unsent(smtp_server: Mailbox) -> None:
    message = MessageFactory.create(expires_at=NOW)
    still_useful = MessageFactory.create(expires_at=NOW + MINUTE)
    assert deliver() == 1
    message.refresh_from_db()
    still_useful.refresh_from_db()
    assert (message.state, still_useful.state) == (MessageState.EXPIRED, MessageState.SENT)


def test_a_withdrawn_message_is_never_sent(smtp_server: Mailbox) -> None:
    message = MessageFactory.create()
    outbox.withdraw(subject_key=message.subject_key)
    assert deliver() == 0
    assert smtp_server.mails == []


def test_a_broken_template_does_not_hold_up_the_others(smtp_server: Mailbox) -> None:
    broken = MessageFactory.create(kind="no_such_kind")
    fine = MessageFactory.create()
    deliver()
    broken.refresh_from_db()
    fine.refresh_from_db()
    assert fine.state == MessageState.SENT
    assert (broken.state, broken.attempts) == (MessageState.PENDING, 1)
    assert "TemplateDoesNotExist" in broken.last_error


def test_a_refused_mail_is_tried_again_ever_later_and_given_up_visibly(
    smtp_server: Mailbox,
) -> None:
    smtp_server.answer = "550 no"
    message = MessageFactory.create()
    now = NOW
    waits = []
    for _attempt in range(MAX_ATTEMPTS):
        deliver(now)
        message.refresh_from_db()
        waits.append(message.send_after - now)
        now = message.send_after
    assert message.state == MessageState.FAILED
    assert "550" in message.last_error
    assert waits[:3] == [MINUTE, 2 * MINUTE, 4 * MINUTE]
    assert waits[:-1] == sorted(waits[:-1])
    assert retry_after(MAX_ATTEMPTS) == timedelta(hours=2)
    smtp_server.answer = "250 OK"
    assert deliver(now + timedelta(days=1)) == 0
    assert smtp_server.refused == MAX_ATTEMPTS


ABOUT_ITSELF = [
    ("MAIL", "451 4.3.0 later"),
    ("MAIL", "452 4.3.1 disk full"),
    ("MAIL", "421 4.3.2 closing"),
    ("RCPT", "421 4.3.2 closing"),
    ("DATA", "452 4.3.1 disk full"),
]
ABOUT_THIS_MAIL = [("RCPT", "450 4.2.0 greylisted"), ("RCPT", "452 4.2.2 full"), ("DATA", "451 no")]


def refuse(server: Mailbox, command: str, answer: str) -> None:
    if command == "DATA":
        server.answer = answer
    else:
        server.answers[command] = answer


def accept_again(server: Mailbox) -> None:
    server.answers, server.answer = {}, "250 OK"


@pytest.mark.parametrize(("command", "answer"), ABOUT_ITSELF)
def test_a_night_without_room_costs_no_attempt_and_loses_no_mail(
    smtp_server: Mailbox, command: str, answer: str
) -> None:
    refuse(smtp_server, command, answer)
    messages = MessageFactory.create_batch(2)
    # Each round ends with the first refusal, and the next one begins with another message.
    assert [deliver(), deliver(), deliver()] == [1, 1, 0]
    for minutes in range(1, 12 * 60, 60):
        deliver(NOW + minutes * MINUTE)
    for message in messages:
        message.refresh_from_db()
        assert (message.state, message.attempts) == (MessageState.PENDING, 0)
        assert answer[:3] in message.last_error
    accept_again(smtp_server)
    assert deliver(NOW + timedelta(hours=12, minutes=1)) == 2
    assert len(smtp_server.mails) == 2


@pytest.mark.parametrize(("command", "answer"), ABOUT_THIS_MAIL)
def test_what_is_refused_for_now_is_tried_for_days_and_the_others_go_out(
    smtp_server: Mailbox, command: str, answer: str
) -> None:
    refuse(smtp_server, command, answer)
    message, other = MessageFactory.create_batch(2)
    assert deliver() == 2
    other.delete()
    now = NOW
    while message.state == MessageState.PENDING:
        deliver(now)
        message.refresh_from_db()
        now = max(now, message.send_after)
    assert message.state == MessageState.FAILED
    assert answer[:3] in message.last_error
    assert timedelta(days=5) < now - NOW < timedelta(days=6)


def test_a_mail_that_breaks_the_line_does_not_hold_up_the_others(smtp_server: Mailbox) -> None:
    smtp_server.hangs_up_on = 1
    broken, fine = MessageFactory.create_batch(2)
    assert deliver() == 2
    broken.refresh_from_db()
    fine.refresh_from_db()
    assert (broken.state, broken.attempts) == (MessageState.PENDING, 1)
    assert "SMTPServerDisconnected" in broken.last_error
    assert fine.state == MessageState.SENT
    assert deliver(NOW + MINUTE) == 1


def test_after_a_refusal_the_same_message_arrives_with_the_same_id(smtp_server: Mailbox) -> None:
    message = MessageFactory.create()
    smtp_server.answer = "550 not now"
    deliver()
    smtp_server.answer = "250 OK"
    deliver(NOW + 2 * MINUTE)
    Message.objects.update(state=MessageState.PENDING)
    deliver(NOW + 3 * MINUTE)
    first, again = smtp_server.mails
    assert first["Message-ID"] == again["Message-ID"]
    assert str(message.pk) in first["Message-ID"]


def test_while_no_server_answers_no_attempt_is_used_up(settings: Any) -> None:
    settings.EMAIL_BACKEND = "notifications.channels.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    first, second = MessageFactory.create(), MessageFactory.create()
    assert deliver() == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.attempts, second.last_error) == (MessageState.PENDING, 0, "")
    assert "ConnectionRefusedError" in first.last_error


def test_a_batch_shares_one_connection(smtp_server: Mailbox, settings: Any) -> None:
    settings.EMAIL_BACKEND = "tests.notifications.backends.CountingBackend"
    from tests.notifications.backends import CountingBackend

    CountingBackend.opened = 0
    MessageFactory.create_batch(5)
    assert deliver() == 5
    assert len(smtp_server.mails) == 5
    assert CountingBackend.opened == 1


def test_a_batch_ends_when_its_time_is_over(smtp_server: Mailbox) -> None:
    MessageFactory.create_batch(5)
    clock = iter([NOW, NOW, NOW, NOW + 30 * MINUTE])
    assert deliver_due(clock=lambda: next(clock), lasting=MINUTE) == 1


def test_a_key_to_an_account_is_forgotten_once_it_is_sent(smtp_server: Mailbox) -> None:
    secret = {"subject": "Confirm", "text": "https://x.example/key/abc", "language": "en"}
    message = MessageFactory.create(kind="account", is_secret=True, context=secret)
    late = MessageFactory.create(
        kind="account", is_secret=True, context=secret, expires_at=NOW - MINUTE
    )
    deliver()
    message.refresh_from_db()
    late.refresh_from_db()
    assert (message.state, message.context, message.text) == (MessageState.SENT, {}, "")
    assert (late.state, late.context) == (MessageState.EXPIRED, {})
    (mail,) = smtp_server.mails
    assert "https://x.example/key/abc" in part(mail, "text/plain")


def test_a_key_to_an_account_is_forgotten_when_it_is_given_up(smtp_server: Mailbox) -> None:
    smtp_server.answer = "550 no"
    message = MessageFactory.create(
        kind="account",
        is_secret=True,
        context={"subject": "a", "text": "b"},
        attempts=MAX_ATTEMPTS - 1,
    )
    deliver()
    message.refresh_from_db()
    assert (message.state, message.context) == (MessageState.FAILED, {})


def test_the_calendar_part_names_its_method(smtp_server: Mailbox) -> None:
    text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n"
    MessageFactory.create(attachment=text)
    deliver()
    (calendar,) = [
        each for each in smtp_server.mails[0].walk() if each.get_content_type() == "text/calendar"
    ]
    assert calendar.get_param("method") == "CANCEL"
    assert calendar.get_content().replace("\r\n", "\n") == text.replace("\r\n", "\n")


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    def test_two_workers_never_send_the_same_message(self, smtp_server: Mailbox) -> None:
        MessageFactory.create_batch(60)

        workers = [threading.Thread(target=deliver_apart) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert len({mail["Message-ID"] for mail in smtp_server.mails}) == 60
        assert len(smtp_server.mails) == 60

    def test_who_loses_only_the_database_notes_what_was_taken(
        self, smtp_server: Mailbox, settings: Any
    ) -> None:
        settings.EMAIL_BACKEND = "tests.notifications.backends.CuttingBackend"
        messages = MessageFactory.create_batch(3)
        assert deliver() == 3
        assert deliver(NOW + timedelta(days=1)) == 0
        assert len(smtp_server.mails) == 3
        for message in messages:
            message.refresh_from_db()
            assert (message.state, message.attempts) == (MessageState.SENT, 1)
            assert message.subject

    def test_withdrawing_does_not_wait_for_the_mail_server(self, smtp_server: Mailbox) -> None:
        message = MessageFactory.create()
        smtp_server.go_on.clear()
        worker = threading.Thread(target=deliver_apart)
        worker.start()
        assert smtp_server.holding.wait(PATIENCE)
        with database.cursor() as cursor:
            cursor.execute("SET lock_timeout = '30s'")
        try:
            assert outbox.withdraw(subject_key=message.subject_key) == 1
        finally:
            smtp_server.answer = "451 later"
            smtp_server.go_on.set()
            worker.join()
            with database.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
        message.refresh_from_db()
        assert message.state == MessageState.WITHDRAWN
        assert deliver(NOW + timedelta(days=1)) == 0


def is_for_nobody(message: Message) -> bool:
    return False


def test_what_is_asked_about_is_withdrawn_where_it_serves_no_more(
    smtp_server: Mailbox, settings: Any
) -> None:
    settings.MESSAGES_ASKED_ABOUT = {"reservation_confirmed": f"{__name__}.is_for_nobody"}
    message = MessageFactory.create(kind="reservation_confirmed")
    assert deliver() == 1
    message.refresh_from_db()
    assert (message.state, smtp_server.mails) == (MessageState.WITHDRAWN, [])


def asks_what_the_database_refuses(message: Message) -> bool:
    with database.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")
    return True


def test_what_the_database_refuses_holds_up_nobody_and_is_given_up_visibly(
    smtp_server: Mailbox, settings: Any
) -> None:
    settings.MESSAGES_ASKED_ABOUT = {"other": f"{__name__}.asks_what_the_database_refuses"}
    broken = MessageFactory.create(kind="other")
    fine = MessageFactory.create()
    assert deliver() == 2
    broken.refresh_from_db()
    fine.refresh_from_db()
    assert fine.state == MessageState.SENT
    assert (broken.state, broken.attempts) == (MessageState.PENDING, 1)
    assert broken.send_after == NOW + MINUTE
    assert "division by zero" in broken.last_error
