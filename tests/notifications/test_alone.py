"""However slow the servers of strangers are, one worker at a time waits for them."""

import threading
import time

import pytest
from django.db import connections
from django.utils import timezone

from notifications.models import Message
from notifications.states import MessageState
from notifications.tasks import relay_beside_mail
from tests.factories.notifications import EndpointFactory, MessageFactory
from tests.listening import Listener, listening

pytestmark = pytest.mark.django_db(transaction=True)


def waiting_for(server: Listener) -> Message:
    endpoint = EndpointFactory.create(address={"url": server.url})
    return MessageFactory.create(
        recipient=endpoint.member,
        endpoint=endpoint,
        channel=endpoint.channel,
        send_after=timezone.now(),
    )


def relay_apart() -> None:
    """Relay in a thread with a connection of its own."""
    try:
        relay_beside_mail()
    finally:
        connections.close_all()


def test_a_relay_beside_mail_leaves_everything_to_the_one_that_runs() -> None:
    with listening() as slow, listening() as other:
        slow.go_on.clear()
        waiting_for(slow)
        waiting_for(other)
        worker = threading.Thread(target=relay_apart)
        worker.start()
        try:
            deadline = time.monotonic() + 60
            while not slow.calls and time.monotonic() < deadline:
                time.sleep(0.02)
            assert relay_beside_mail() == 0
            assert (len(slow.calls), other.calls) == (1, [])
        finally:
            slow.go_on.set()
            worker.join()
        assert len(other.calls) == 1
        waiting_for(other)
        assert relay_beside_mail() == 1
    assert Message.objects.filter(state=MessageState.SENT).count() == 3
