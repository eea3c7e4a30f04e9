"""What readers prefer, heeded when a message is due."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from notifications.delivery import deliver_due
from notifications.models import Message, Preference
from notifications.preferring import bring_forward
from notifications.states import MessageState
from tests.factories.members import MemberFactory
from tests.factories.notifications import CONTEXT, MessageFactory, PreferenceFactory
from tests.smtp import Mailbox

pytestmark = pytest.mark.django_db

ZURICH = ZoneInfo("Europe/Zurich")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NIGHT = {"quiet_from": time(22), "quiet_until": time(7)}
OWN = CONTEXT | {"is_own": True}


def at(text: str) -> datetime:
    """A wall time in Zürich, where what the messages tell of takes place."""
    return datetime.fromisoformat(text).replace(tzinfo=ZURICH).astimezone(UTC)


def deliver(now: datetime) -> None:
    deliver_due(clock=lambda: now, lasting=MINUTE)


def told(message: Message) -> tuple[str, datetime]:
    message.refresh_from_db()
    return message.state, message.send_after


def reminder(preference: Preference, send_after: datetime, starts_at: datetime) -> Message:
    """A reminder of what begins at `starts_at`."""
    return MessageFactory.create(
        recipient=preference.member,
        kind="reservation_reminder",
        subject_key="reservation:0",
        context=CONTEXT | {"starts_at": starts_at.isoformat()},
        send_after=send_after,
        expires_at=starts_at,
    )


@pytest.fixture(autouse=True)
def _nobody_is_asked(settings: object) -> None:
    """What these messages are about is in no table."""
    settings.MESSAGES_ASKED_ABOUT = settings.MESSAGES_TOLD_TOGETHER = {}


class TestMuted:
    def test_what_is_turned_off_is_not_sent_and_the_log_says_so(self, smtp_server: Mailbox) -> None:
        preference = PreferenceFactory.create(muted=["reminders"])
        muted = reminder(preference, at("2026-05-04T10:00"), at("2026-05-05T10:00"))
        other = MessageFactory.create(recipient=preference.member, context=OWN)
        deliver(at("2026-05-04T10:00"))
        assert told(muted)[0] == MessageState.MUTED
        assert told(other)[0] == MessageState.SENT
        assert len(smtp_server.mails) == 1

    def test_what_others_do_to_ones_time_is_told_all_the_same(self, smtp_server: Mailbox) -> None:
        preference = PreferenceFactory.create(muted=["confirmations"])
        own, others = (
            MessageFactory.create(
                recipient=preference.member,
                kind="reservation_cancelled",
                context=CONTEXT | {"is_own": is_own},
            )
            for is_own in (True, False)
        )
        deliver(at("2026-05-01T14:01"))
        assert (told(own)[0], told(others)[0]) == (MessageState.MUTED, MessageState.SENT)

    def test_what_is_always_sent_cannot_be_turned_off(self, smtp_server: Mailbox) -> None:
        preference = PreferenceFactory.create(muted=["account", "losses", "decisions"])
        message = MessageFactory.create(recipient=preference.member, kind="displaced_cancelled")
        deliver(at("2026-05-01T14:01"))
        assert told(message)[0] == MessageState.SENT

    def test_nobody_else_is_touched(self, smtp_server: Mailbox) -> None:
        PreferenceFactory.create(muted=["confirmations"])
        message = MessageFactory.create(context=OWN)
        deliver(at("2026-05-01T14:01"))
        assert told(message)[0] == MessageState.SENT


class TestQuiet:
    def test_what_comes_in_the_night_waits_for_the_morning(self, smtp_server: Mailbox) -> None:
        preference = PreferenceFactory.create(**NIGHT)
        message = MessageFactory.create(
            recipient=preference.member, send_after=at("2026-05-01T23:30")
        )
        deliver(at("2026-05-01T23:30"))
        assert told(message) == (MessageState.PENDING, at("2026-05-02T07:00"))
        deliver(at("2026-05-02T06:59"))
        assert smtp_server.mails == []
        deliver(at("2026-05-02T07:00"))
        assert told(message)[0] == MessageState.SENT

    def test_what_changes_today_is_told_at_once(self, smtp_server: Mailbox) -> None:
        preference = PreferenceFactory.create(**NIGHT)
        message = MessageFactory.create(
            recipient=preference.member, send_after=at("2026-05-05T00:30")
        )
        deliver(at("2026-05-05T00:30"))
        assert told(message)[0] == MessageState.SENT

    def test_an_offer_that_would_be_over_by_the_morning_is_told_at_once(
        self, smtp_server: Mailbox
    ) -> None:
        preference = PreferenceFactory.create(**NIGHT)
        message = MessageFactory.create(
            recipient=preference.member,
            kind="waitlist_offer",
            send_after=at("2026-05-01T23:00"),
            expires_at=at("2026-05-02T03:00"),
        )
        deliver(at("2026-05-01T23:00"))
        assert told(message)[0] == MessageState.SENT

    def test_the_hours_are_those_of_the_readers_clock(self, smtp_server: Mailbox) -> None:
        far = MemberFactory.create(timezone="Pacific/Auckland")
        preference = PreferenceFactory.create(member=far, **NIGHT)
        message = MessageFactory.create(
            recipient=preference.member, send_after=at("2026-05-01T14:00")
        )
        deliver(at("2026-05-01T14:00"))
        # Midnight in Auckland; seven there is nine in the evening in Zürich.
        assert told(message) == (MessageState.PENDING, at("2026-05-01T21:00"))

    def test_what_is_about_an_account_never_waits(self, smtp_server: Mailbox) -> None:
        preference = PreferenceFactory.create(**NIGHT)
        message = MessageFactory.create(
            recipient=preference.member,
            address=preference.member.email,
            kind="account",
            context={"subject": "Confirm", "text": "…", "language": "en"},
        )
        deliver(at("2026-05-01T23:00"))
        assert told(message)[0] == MessageState.SENT

    def test_a_reminder_waits_as_long_as_it_is_of_use(self, smtp_server: Mailbox) -> None:
        preference = PreferenceFactory.create(**NIGHT)
        message = reminder(preference, at("2026-05-05T05:00"), at("2026-05-05T09:00"))
        deliver(at("2026-05-05T05:00"))
        assert told(message) == (MessageState.PENDING, at("2026-05-05T07:00"))

    def test_half_of_quiet_hours_is_none(self) -> None:
        with pytest.raises(IntegrityError, match="preference_quiet_hours_whole"):
            PreferenceFactory.create(quiet_from=time(22))


class TestBroughtForward:
    def test_a_reminder_that_the_night_would_swallow_comes_before_it(
        self, smtp_server: Mailbox
    ) -> None:
        preference = PreferenceFactory.create(**NIGHT)
        swallowed = reminder(preference, at("2026-05-05T05:00"), at("2026-05-05T06:00"))
        assert bring_forward(now=at("2026-05-04T21:40")) == 0
        assert bring_forward(now=at("2026-05-04T21:50")) == 1
        assert told(swallowed) == (MessageState.PENDING, at("2026-05-04T21:50"))
        assert bring_forward(now=at("2026-05-04T21:55")) == 0
        deliver(at("2026-05-04T21:55"))
        assert told(swallowed)[0] == MessageState.SENT

    def test_where_nobody_looked_in_time_it_comes_when_it_is_due(
        self, smtp_server: Mailbox
    ) -> None:
        preference = PreferenceFactory.create(**NIGHT)
        swallowed = reminder(preference, at("2026-05-05T05:00"), at("2026-05-05T06:00"))
        deliver(at("2026-05-05T05:00"))
        assert told(swallowed)[0] == MessageState.SENT

    def test_what_is_of_use_in_the_morning_stays(self) -> None:
        preference = PreferenceFactory.create(**NIGHT)
        reminder(preference, at("2026-05-05T05:00"), at("2026-05-05T09:00"))
        reminder(PreferenceFactory.create(), at("2026-05-05T05:00"), at("2026-05-05T06:00"))
        assert bring_forward(now=at("2026-05-04T21:55")) == 0

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_takes_one_query_and_one_for_each_that_it_brings_forward(self, count: int) -> None:
        for _number in range(count):
            preference = PreferenceFactory.create(**NIGHT)
            reminder(preference, at("2026-05-05T05:00"), at("2026-05-05T06:00"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert bring_forward(now=at("2026-05-04T21:55")) == count
        assert len(queries) == 1 + count

    def test_what_is_moved_meanwhile_keeps_its_new_moment(self) -> None:
        preference = PreferenceFactory.create(**NIGHT)
        moved = reminder(preference, at("2026-05-05T05:00"), at("2026-05-05T06:00"))
        weeks_later = at("2026-06-01T05:00")
        others_turn = [True]

        def move_first(execute: Callable[..., object], sql: str, *rest: object) -> object:
            if sql.startswith("UPDATE") and others_turn:
                others_turn.clear()
                Message.objects.update(dedupe_key="moved", send_after=weeks_later)
            return execute(sql, *rest)

        with connection.execute_wrapper(move_first):
            assert bring_forward(now=at("2026-05-04T21:55")) == 0
        assert others_turn == []
        assert told(moved) == (MessageState.PENDING, weeks_later)


def test_what_cannot_be_weighed_is_put_off_and_holds_nobody_up(smtp_server: Mailbox) -> None:
    preference = PreferenceFactory.create(**NIGHT)
    broken = MessageFactory.create(
        recipient=preference.member, context=CONTEXT | {"starts_at": "soon"}
    )
    fine = MessageFactory.create()
    now = at("2026-05-01T23:00")
    deliver(now)
    assert told(fine)[0] == MessageState.SENT
    assert told(broken) == (MessageState.PENDING, now + MINUTE)
    assert "ValueError" in broken.last_error


def test_who_wants_no_calendar_files_gets_none_and_is_not_told_of_any(
    smtp_server: Mailbox,
) -> None:
    preference = PreferenceFactory.create(wants_calendar=False)
    text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n"
    MessageFactory.create(recipient=preference.member, attachment=text)
    MessageFactory.create(attachment=text)
    deliver(at("2026-05-01T14:01"))
    without, with_it = smtp_server.mails
    assert "text/calendar" not in {part.get_content_type() for part in without.walk()}
    assert "text/calendar" in {part.get_content_type() for part in with_it.walk()}
    assert "attached" not in without.get_body(("plain",)).get_content()
    assert "attached for your calendar" in with_it.get_body(("plain",)).get_content()
