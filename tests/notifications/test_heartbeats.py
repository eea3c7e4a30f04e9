from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from notifications.heartbeats import WORKER, beat, oldest_due, signs_of_life
from notifications.states import MessageState
from notifications.tasks import beat_heart, relay
from tests.factories.notifications import MessageFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_a_heart_that_never_beat_is_not_one_that_stopped() -> None:
    assert signs_of_life(NOW).worker_at is None
    beat(name=WORKER, now=NOW - timedelta(minutes=3))
    beat(name=WORKER, now=NOW - timedelta(minutes=2))
    signs = signs_of_life(NOW)
    assert (signs.worker_at, signs.beat_at) == (NOW - timedelta(minutes=2), None)
    assert (signs.worker_is_silent, signs.beat_is_silent) == (False, True)


def test_the_task_is_the_sign_of_life_of_the_worker() -> None:
    beat_heart()
    assert not signs_of_life(timezone.now()).worker_is_silent


def test_the_oldest_message_that_is_due_tells_how_late_we_are() -> None:
    assert oldest_due(NOW) == timedelta(0)
    MessageFactory.create(send_after=NOW + timedelta(hours=1))
    MessageFactory.create(send_after=NOW - timedelta(hours=2), state=MessageState.SENT)
    assert oldest_due(NOW) == timedelta(0)
    MessageFactory.create(send_after=NOW - timedelta(minutes=5))
    assert oldest_due(NOW) == timedelta(minutes=5)


def test_a_relay_with_nothing_to_send_does_nothing() -> None:
    assert relay() == 0
