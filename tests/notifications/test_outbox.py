from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from members.models import Member
from notifications import outbox
from notifications.models import Message
from notifications.states import MessageState
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def member() -> Member:
    return MemberFactory.create()


def post(member: Member, **changes: Any) -> None:
    message = outbox.draft(
        **{
            "recipient": member,
            "kind": "reminder",
            "subject_key": "thing:1",
            "dedupe_key": "reminder:1",
            "context": {"a": 1},
            "send_after": NOON,
            **changes,
        }
    )
    outbox.post(message)


def reschedule(**changes: Any) -> bool:
    return outbox.reschedule(
        **{
            "subject_key": "thing:1",
            "kind": "reminder",
            "dedupe_key": "reminder:2",
            "send_after": NOON + timedelta(days=1),
            "context": {"a": 2},
            **changes,
        }
    )


def test_the_same_message_cannot_be_posted_twice(member: Member) -> None:
    post(member)
    post(member, context={"a": 2})
    assert [message.context for message in Message.objects.all()] == [{"a": 1}]


def test_a_message_needs_somebody_to_go_to(member: Member) -> None:
    post(member, recipient=None, address="nobody@example.org")
    assert Message.objects.get().goes_to == "nobody@example.org"


def test_withdrawing_calls_back_only_what_waits_about_that_thing(member: Member) -> None:
    post(member)
    post(member, dedupe_key="other", subject_key="thing:2")
    post(member, dedupe_key="news", kind="news")
    post(member, dedupe_key="sent")
    Message.objects.filter(dedupe_key="sent").update(state=MessageState.SENT)
    assert outbox.withdraw(subject_key="thing:1", kinds=["reminder"]) == 1
    states = dict(Message.objects.values_list("dedupe_key", "state"))
    assert states == {
        "reminder:1": "withdrawn",
        "other": "pending",
        "news": "pending",
        "sent": "sent",
    }


def test_rescheduling_moves_the_row_and_what_it_says(member: Member) -> None:
    post(member)
    pk = Message.objects.get().pk
    assert reschedule(expires_at=NOON + timedelta(days=2))
    message = Message.objects.get()
    assert (message.pk, message.dedupe_key, message.context) == (pk, "reminder:2", {"a": 2})
    assert message.send_after == NOON + timedelta(days=1)
    assert message.expires_at == NOON + timedelta(days=2)


def test_rescheduling_revives_what_was_withdrawn(member: Member) -> None:
    post(member)
    outbox.withdraw(subject_key="thing:1")
    assert reschedule(dedupe_key="reminder:1")
    assert Message.objects.get().state == MessageState.PENDING


def test_what_was_sent_is_not_moved(member: Member) -> None:
    post(member)
    Message.objects.update(state=MessageState.SENT)
    assert not reschedule()


def test_rescheduling_onto_a_key_that_was_sent_sends_nothing_again(member: Member) -> None:
    post(member, dedupe_key="reminder:2")
    Message.objects.update(state=MessageState.SENT)
    post(member)
    assert reschedule()
    assert dict(Message.objects.values_list("dedupe_key", "state")) == {
        "reminder:1": "withdrawn",
        "reminder:2": "sent",
    }
