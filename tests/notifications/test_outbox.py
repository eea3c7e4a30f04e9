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
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


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


def keep(
    member: Member,
    *keys: str,
    now: datetime = NOON - HOUR,
    late_ones_stay: bool = False,
    **changes: Any,
) -> None:
    """Have reminders of the thing wait under `keys`, a day after noon."""
    told = {
        "recipient": member,
        "kind": "reminder",
        "subject_key": "thing:1",
        "context": {"a": 2},
        "send_after": NOON + DAY,
        **changes,
    }
    wanted = [outbox.draft(**told, dedupe_key=key) for key in keys]
    outbox.keep(
        wanted,
        subject_keys=["thing:1"],
        kinds=["reminder"],
        now=now,
        late_ones_stay=late_ones_stay,
    )


def states() -> dict[str, str]:
    return dict(Message.objects.order_by("pk").values_list("dedupe_key", "state"))


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


def test_what_is_kept_is_moved_with_what_it_says(member: Member) -> None:
    post(member)
    pk = Message.objects.get().pk
    keep(member, "reminder:2", expires_at=NOON + 2 * DAY)
    message = Message.objects.get()
    assert (message.pk, message.dedupe_key, message.context) == (pk, "reminder:2", {"a": 2})
    assert (message.send_after, message.expires_at) == (NOON + DAY, NOON + 2 * DAY)


def test_what_is_no_longer_wanted_is_withdrawn_and_what_is_new_is_posted(member: Member) -> None:
    post(member)
    post(member, dedupe_key="news", kind="news")
    keep(member, "reminder:2", "reminder:3")
    assert states() == {"reminder:2": "pending", "news": "pending", "reminder:3": "pending"}
    keep(member, "reminder:3")
    assert states() == {"reminder:2": "withdrawn", "news": "pending", "reminder:3": "pending"}
    keep(member)
    assert states() == {"reminder:2": "withdrawn", "news": "pending", "reminder:3": "withdrawn"}


def test_what_was_withdrawn_is_revived(member: Member) -> None:
    post(member)
    outbox.withdraw(subject_key="thing:1")
    keep(member, "reminder:1")
    message = Message.objects.get()
    assert (message.state, message.send_after) == (MessageState.PENDING, NOON + DAY)


@pytest.mark.parametrize("state", [MessageState.SENT, MessageState.EXPIRED, MessageState.FAILED])
def test_a_key_is_used_once(member: Member, state: MessageState) -> None:
    post(member)
    Message.objects.update(state=state)
    keep(member, "reminder:1")
    assert states() == {"reminder:1": state}
    keep(member, "reminder:2")
    assert states() == {"reminder:1": state, "reminder:2": "pending"}


def test_what_is_due_goes_on_waiting_but_is_not_made_anew(member: Member) -> None:
    post(member)
    late = NOON + HOUR
    keep(member, "reminder:1", send_after=NOON, now=late)
    assert states() == {"reminder:1": "pending"}
    outbox.withdraw(subject_key="thing:1")
    keep(member, "reminder:1", "reminder:2", send_after=NOON, now=late)
    assert states() == {"reminder:1": "withdrawn"}


def test_where_late_ones_stay_a_waiting_one_takes_their_place_in_its_time(member: Member) -> None:
    post(member, send_after=NOON + 2 * HOUR)
    keep(member, "reminder:2", "reminder:3", send_after=NOON, now=NOON + HOUR, late_ones_stay=True)
    message = Message.objects.get()
    assert (message.dedupe_key, message.state) == ("reminder:2", MessageState.PENDING)
    assert (message.send_after, message.context) == (NOON + 2 * HOUR, {"a": 2})
    outbox.withdraw(subject_key="thing:1")
    keep(member, "reminder:3", send_after=NOON, now=NOON + HOUR, late_ones_stay=True)
    assert states() == {"reminder:2": "withdrawn"}


def test_what_could_not_be_sent_stays_put_off_while_it_is_the_same(member: Member) -> None:
    post(member)
    Message.objects.update(attempts=3, send_after=NOON + HOUR)
    keep(member, "reminder:1", send_after=NOON)
    message = Message.objects.get()
    assert (message.attempts, message.send_after) == (3, NOON + HOUR)
    keep(member, "reminder:2")
    message = Message.objects.get()
    assert (message.attempts, message.send_after) == (0, NOON + DAY)


@pytest.mark.parametrize("count", [1, 3])
def test_keeping_takes_a_fixed_number_of_queries(
    member: Member, count: int, django_assert_num_queries: Any
) -> None:
    post(member)
    post(member, dedupe_key="gone")
    with django_assert_num_queries(5):
        # The savepoint twice, the look, what stays or is moved, what is new.
        keep(member, "reminder:1", *(f"new:{number}" for number in range(count + 1)))


def test_keys_that_were_never_posted_are_told(member: Member) -> None:
    post(member)
    assert outbox.unknown(["reminder:1", "reminder:2"]) == {"reminder:2"}
    assert outbox.unknown([]) == set()
