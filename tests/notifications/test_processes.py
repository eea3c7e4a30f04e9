"""The way of a message: row, beat, Redis, worker, mail server; and what a crash does to it."""

import time
from collections import Counter
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from notifications import outbox
from notifications.heartbeats import oldest_due, signs_of_life
from notifications.models import Message
from notifications.states import MessageState
from tests.factories.notifications import MessageFactory
from tests.smtp import Mailbox, listening
from tests.workers import Process, celery

pytestmark = pytest.mark.django_db(transaction=True)

MAILS = 40
AT_ONCE = 2
PATIENCE = 180


def test_a_worker_killed_while_it_sends_loses_nothing(tmp_path: Path) -> None:
    now = timezone.now()
    MessageFactory.create_batch(MAILS, send_after=now)
    withdrawn = MessageFactory.create(send_after=now)
    outbox.withdraw(subject_key=withdrawn.subject_key)
    later = MessageFactory.create(send_after=now + timedelta(days=1))
    mailbox = Mailbox()
    mailbox.seconds = 0.05

    with listening(mailbox) as port:

        def worker() -> AbstractContextManager[Process]:
            return celery(
                "worker", "-c", str(AT_ONCE), "-l", "WARNING", smtp_port=port, folder=tmp_path
            )

        schedule = str(tmp_path / "schedule")
        with celery("beat", "-s", schedule, "-l", "WARNING", smtp_port=port, folder=tmp_path):
            with worker() as running:
                mailbox.wait_for(5, seconds=PATIENCE)
                running.kill()
            with worker():
                wait_until_all_are_sent()

    arrived = Counter(mail["Message-ID"] for mail in mailbox.mails)
    assert len(arrived) == MAILS
    assert sum(arrived.values()) - MAILS <= AT_ONCE
    assert not any(f"<{each.pk}." in key for key in arrived for each in (withdrawn, later))
    assert oldest_due(timezone.now()) == timedelta(0)
    assert not signs_of_life(timezone.now()).beat_is_silent


def wait_until_all_are_sent() -> None:
    deadline = time.monotonic() + PATIENCE
    while Message.objects.filter(state=MessageState.SENT).count() < MAILS:
        assert time.monotonic() < deadline
        time.sleep(0.2)
