"""A worker that is killed after its message arrived: the copy that follows is known as one."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.utils import timezone

from notifications.models import Message
from notifications.states import BESIDE_MAIL, MessageState
from notifications.tasks import relay, relay_beside_mail
from tests.factories.notifications import EndpointFactory, MessageFactory
from tests.listening import listening
from tests.smtp import Mailbox
from tests.smtp import listening as mail_server
from tests.workers import Process, celery

pytestmark = pytest.mark.django_db(transaction=True)

ROOM = {"room": "!a:example.org"}


def test_a_kill_between_arrival_and_commit_doubles_no_message_for_its_receiver(
    tmp_path: Path,
) -> None:
    mail = MessageFactory.create(send_after=timezone.now())
    with listening() as program, listening() as home, mail_server(Mailbox()) as port:
        EndpointFactory.create(member=mail.recipient, address={"url": program.url})
        EndpointFactory.create(
            member=mail.recipient,
            channel="matrix",
            address={"server": home.url, **ROOM},
            keys={"token": "syt"},
        )
        program.go_on.clear()
        home.go_on.clear()

        def worker() -> AbstractContextManager[Process]:
            return celery("worker", "-c", "2", "-l", "WARNING", smtp_port=port, folder=tmp_path)

        with worker() as running:
            relay.delay()
            until(lambda: Message.objects.count() == 3)
            relay_beside_mail.delay()
            until(lambda: bool(program.calls or home.calls))
            running.kill()
        assert Message.objects.filter(state=MessageState.PENDING).count() == 2
        program.go_on.set()
        home.go_on.set()
        with worker():
            relay_beside_mail.delay()
            until(lambda: Message.objects.filter(state=MessageState.SENT).count() == 3)

    assert len({call.headers["webhook-id"] for call in program.calls}) == 1
    assert len({call.path for call in home.calls}) == 1
    assert len(program.calls) + len(home.calls) == 3
    assert Message.objects.filter(channel__in=BESIDE_MAIL).count() == 2


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 180
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)
