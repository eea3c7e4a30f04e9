"""The mail of the day: what it gathers, what it leaves out, and what a crash does to it."""

import re
import threading
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, connections, transaction

from notifications import digests, outbox
from notifications.clicks import Key, read_key
from notifications.delivery import deliver_due
from notifications.kinds import DIGEST
from notifications.models import Message, Preference
from notifications.services.preferences import Choice, choose
from notifications.states import MAX_ATTEMPTS, MessageState
from tests.factories.members import MemberFactory
from tests.factories.notifications import (
    CONTEXT,
    EndpointFactory,
    MessageFactory,
    PreferenceFactory,
)
from tests.notifications.backends import Killed
from tests.smtp import PATIENCE, Mailbox

pytestmark = pytest.mark.django_db

ZURICH = ZoneInfo("Europe/Zurich")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
OWN = CONTEXT | {"is_own": True}
CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
NOW = datetime(2026, 5, 1, 14, 1, tzinfo=ZURICH)
EVENING = datetime(2026, 5, 1, 18, tzinfo=ZURICH)


@pytest.fixture
def reader() -> Preference:
    """Somebody who wants one mail a day, at six in the evening."""
    return PreferenceFactory.create(digest_time=time(18), member__name="Ada & Co.")


def deliver(now: datetime = NOW) -> None:
    deliver_due(clock=lambda: now.astimezone(UTC), lasting=MINUTE)


def post(reader: Preference, **fields: object) -> Message:
    """A confirmation of what the reader has just done."""
    return MessageFactory.create(
        recipient=reader.member, **{"context": OWN | {"name": reader.member.name}} | fields
    )


def states(*messages: Message) -> list[str]:
    return [Message.objects.get(pk=message.pk).state for message in messages]


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return body.get_content().replace("\r\n", "\n")


def test_what_can_wait_is_told_in_one_mail(smtp_server: Mailbox, reader: Preference) -> None:
    first = post(reader, attachment=CALENDAR)
    second = post(reader, kind="reservation_moved", context=OWN | {"machine": "Mill <3"})
    deliver()
    assert smtp_server.mails == []
    assert states(first, second) == [MessageState.GATHERED] * 2
    deliver(EVENING)
    (mail,) = smtp_server.mails
    assert mail["Subject"].strip() == "2 messages from Établi"
    for row in (first, second):
        row.refresh_from_db()
        assert row.state == MessageState.DIGESTED
        assert row.sent_at == EVENING
        assert row.digest is not None
        assert row.digest.state == MessageState.SENT
        assert row.subject in part(mail, "plain")
    text, html = part(mail, "plain"), part(mail, "html")
    assert text.count("Hello") == html.count("Hello") == 1
    assert text.count("\n--\n") == 1
    assert "Mill &lt;3" in html
    assert html.count("<h1>") == 1
    assert html.count("<h2>") == 2
    assert [each.get_content_type() for each in mail.iter_attachments()] == ["text/calendar"]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"/{reader.pk}:confirmations:" in mail["List-Unsubscribe"]
    deliver(EVENING + DAY)
    assert len(smtp_server.mails) == 1


def test_each_part_has_its_buttons_in_the_mail_and_none_in_the_log(
    smtp_server: Mailbox, reader: Preference
) -> None:
    first = post(reader)
    told_only = post(reader, kind="reservation_cancelled")
    last = post(reader, kind="reservation_moved")
    deliver()
    deliver(EVENING)
    (mail,) = smtp_server.mails
    assert states(first, told_only, last) == [MessageState.DIGESTED] * 3
    text, html = part(mail, "plain"), part(mail, "html")
    pressed = [Key(first.pk, "cancel"), Key(last.pk, "cancel")]
    for told in (text, html):
        assert [read_key(key) for key in re.findall(r"/do/([^/\s]+)/", told)] == pressed
    first.refresh_from_db()
    assert text.index(f"* {first.subject}", text.index("\n--\n")) < text.index("/do/")
    sections = html.split("<section>")[1:]
    assert ["/do/" in section for section in sections] == [True, False, True]
    for row in Message.objects.all():
        assert "/do/" not in row.text + row.html


def test_a_mail_with_one_message_is_called_as_that_message(
    smtp_server: Mailbox, reader: Preference
) -> None:
    message = post(reader)
    deliver()
    deliver(EVENING)
    message.refresh_from_db()
    assert smtp_server.mails[0]["Subject"].strip() == message.subject


def test_what_cannot_wait_or_must_arrive_comes_by_itself(
    smtp_server: Mailbox, reader: Preference
) -> None:
    today = {"starts_at": "2026-05-01T19:00:00+00:00", "ends_at": "2026-05-01T20:00:00+00:00"}
    of_today = post(reader, context=OWN | today)
    by_others = post(reader, kind="reservation_cancelled", context=CONTEXT)
    lost = post(reader, kind="displaced_cancelled")
    deliver()
    assert states(of_today, by_others, lost) == [MessageState.SENT] * 3
    assert not Message.objects.filter(kind=DIGEST).exists()


def test_a_reminder_that_would_be_useless_by_then_comes_by_itself(
    smtp_server: Mailbox, reader: Preference, settings: object
) -> None:
    settings.MESSAGES_ASKED_ABOUT = settings.MESSAGES_TOLD_TOGETHER = {}
    starts_at = EVENING + timedelta(minutes=30)
    context = CONTEXT | {"starts_at": starts_at.isoformat()}
    useless = post(reader, kind="reservation_reminder", context=context, expires_at=starts_at)
    useful = post(reader, kind="reservation_reminder", expires_at=EVENING + DAY)
    deliver()
    assert states(useless, useful) == [MessageState.SENT, MessageState.GATHERED]


def test_what_was_called_back_or_is_over_is_left_out(
    smtp_server: Mailbox, reader: Preference
) -> None:
    called_back = post(reader)
    over = post(reader, expires_at=EVENING + 2 * DAY)
    stands = post(reader)
    deliver()
    assert outbox.withdraw(subject_key=called_back.subject_key) == 1
    deliver(EVENING + 3 * DAY)
    assert states(called_back, over, stands) == [
        MessageState.WITHDRAWN,
        MessageState.EXPIRED,
        MessageState.DIGESTED,
    ]


def test_where_nothing_is_left_no_mail_is_sent(smtp_server: Mailbox, reader: Preference) -> None:
    message = post(reader)
    deliver()
    outbox.withdraw(subject_key=message.subject_key)
    deliver(EVENING)
    assert Message.objects.get(kind=DIGEST).state == MessageState.WITHDRAWN
    assert smtp_server.mails == []


def test_what_was_turned_off_meanwhile_is_left_out(
    smtp_server: Mailbox, reader: Preference
) -> None:
    message = post(reader)
    deliver()
    Preference.objects.update(muted=["confirmations"])
    deliver(EVENING)
    assert states(message) == [MessageState.MUTED]
    assert smtp_server.mails == []


def test_a_part_that_cannot_be_written_does_not_hold_up_the_others(
    smtp_server: Mailbox, reader: Preference
) -> None:
    broken, fine = post(reader), post(reader)
    deliver()
    Message.objects.filter(pk=broken.pk).update(context=OWN | {"zone": "Mars/Olympus"})
    deliver(EVENING)
    assert states(broken, fine) == [MessageState.FAILED, MessageState.DIGESTED]
    broken.refresh_from_db()
    assert "ZoneInfoNotFoundError" in broken.last_error


def test_a_gathered_message_that_moves_is_told_as_it_is_then(
    smtp_server: Mailbox, reader: Preference
) -> None:
    message = post(reader)
    deliver()
    moved = outbox.draft(
        recipient=reader.member,
        subject_key=message.subject_key,
        kind=message.kind,
        dedupe_key="another",
        send_after=EVENING + DAY,
        context=OWN,
    )
    outbox.keep([moved], subject_keys=[message.subject_key], kinds=[message.kind], now=NOW)
    deliver(EVENING)
    assert states(message) == [MessageState.PENDING]
    assert smtp_server.mails == []


def test_each_clock_has_its_own_evening(smtp_server: Mailbox) -> None:
    far = MemberFactory.create(timezone="Pacific/Auckland")
    reader = PreferenceFactory.create(member=far, digest_time=time(18))
    post(reader)
    deliver()
    assert Message.objects.get(kind=DIGEST).send_after == datetime(2026, 5, 2, 6, tzinfo=UTC)


def test_another_choice_lets_it_wait_anew(smtp_server: Mailbox, reader: Preference) -> None:
    message = post(reader)
    deliver()
    choose(member=reader.member, choice=Choice(digest_time=time(8)), now=NOW)
    deliver(NOW + MINUTE)
    assert states(message) == [MessageState.GATHERED]
    choose(member=reader.member, choice=Choice(), now=NOW + MINUTE)
    deliver(NOW + 2 * MINUTE)
    assert states(message) == [MessageState.SENT]
    deliver(EVENING + DAY)
    assert len(smtp_server.mails) == 1


def test_another_channel_is_told_of_the_digest_where_it_wants_any_of_it(
    smtp_server: Mailbox, reader: Preference
) -> None:
    wants, wants_not = (
        EndpointFactory.create(member=reader.member, groups=[group])
        for group in ("confirmations", "reminders")
    )
    post(reader)
    deliver()
    deliver(EVENING)
    assert wants.messages.get().kind == DIGEST
    assert not wants_not.messages.exists()


def test_a_digest_that_is_given_up_gives_its_parts_up(
    smtp_server: Mailbox, reader: Preference
) -> None:
    message = post(reader)
    deliver()
    smtp_server.answer = "550 no"
    Message.objects.filter(kind=DIGEST).update(attempts=MAX_ATTEMPTS - 1)
    deliver(EVENING)
    message.refresh_from_db()
    assert message.state == MessageState.FAILED
    assert "550" in message.last_error


@pytest.mark.django_db(transaction=True)
class TestACrash:
    def test_a_worker_killed_after_sending_has_told_nothing_as_far_as_we_know(
        self, smtp_server: Mailbox, reader: Preference, settings: object
    ) -> None:
        first, second = post(reader), post(reader)
        deliver()
        settings.EMAIL_BACKEND = "tests.notifications.backends.DyingBackend"
        with pytest.raises(Killed):
            deliver(EVENING)
        assert states(first, second) == [MessageState.GATHERED] * 2
        settings.EMAIL_BACKEND = "notifications.channels.smtp.EmailBackend"
        deliver(EVENING + MINUTE)
        assert states(first, second) == [MessageState.DIGESTED] * 2
        # The server had it already: a copy, which mail programs know by its Message-ID.
        one, again = smtp_server.mails
        assert one["Message-ID"] == again["Message-ID"]
        assert part(one, "plain") == part(again, "plain")

    def test_two_workers_gather_into_one_mail(
        self, smtp_server: Mailbox, reader: Preference
    ) -> None:
        messages = [post(reader) for _number in range(20)]
        workers = [threading.Thread(target=deliver_apart, args=(NOW,)) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        deliver(EVENING)
        assert set(states(*messages)) == {MessageState.DIGESTED}
        assert len(smtp_server.mails) == 1

    def test_what_is_gathered_while_it_is_sent_goes_with_the_next(
        self, smtp_server: Mailbox, reader: Preference
    ) -> None:
        first = post(reader)
        deliver()
        smtp_server.go_on.clear()
        worker = threading.Thread(target=deliver_apart, args=(EVENING,))
        worker.start()
        assert smtp_server.holding.wait(PATIENCE)
        late = post(reader)
        # A worker whose clock is a little behind gathers it for the mail that is on its way.
        deliver(EVENING - MINUTE)
        assert states(late) == [MessageState.GATHERED]
        smtp_server.go_on.set()
        worker.join()
        assert states(first, late) == [MessageState.DIGESTED, MessageState.GATHERED]
        late.refresh_from_db()
        assert late.digest.send_after == EVENING + DAY
        deliver(EVENING + DAY)
        assert states(late) == [MessageState.DIGESTED]
        assert len(smtp_server.mails) == 2

    def test_what_is_left_out_can_be_moved_while_the_others_are_sent(
        self, smtp_server: Mailbox, reader: Preference
    ) -> None:
        told, over = post(reader), post(reader, expires_at=EVENING + 2 * DAY)
        deliver()
        Message.objects.filter(pk=over.pk).update(expires_at=EVENING)
        smtp_server.go_on.clear()
        worker = threading.Thread(target=deliver_apart, args=(EVENING,))
        worker.start()
        assert smtp_server.holding.wait(PATIENCE)
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '30s'")
                assert outbox.withdraw(subject_key=over.subject_key) == 1
        finally:
            smtp_server.go_on.set()
            worker.join()
        assert states(told, over) == [MessageState.DIGESTED, MessageState.WITHDRAWN]

    def test_what_is_gathered_while_nothing_is_left_to_tell_goes_with_the_next(
        self, smtp_server: Mailbox, reader: Preference
    ) -> None:
        first, late = post(reader), post(reader, send_after=EVENING + MINUTE)
        deliver()
        outbox.withdraw(subject_key=first.subject_key)
        worker = threading.Thread(target=deliver_apart, args=(EVENING,))
        with transaction.atomic():
            digests.gather(late, at=EVENING.astimezone(UTC))
            worker.start()
            worker.join(0.5)
        worker.join()
        assert states(late) == [MessageState.PENDING]
        deliver(EVENING + MINUTE)
        late.refresh_from_db()
        assert late.digest.send_after == EVENING + DAY


def deliver_apart(now: datetime) -> None:
    """Deliver in a thread with a connection of its own."""
    try:
        deliver(now)
    finally:
        connections.close_all()
