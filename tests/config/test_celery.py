"""The worker's own start."""

import time
from pathlib import Path

import pytest
from django.utils import timezone

from config.celery import app
from notifications.heartbeats import signs_of_life
from tests.workers import celery

pytestmark = pytest.mark.django_db(transaction=True)


def test_everything_that_is_woken_is_a_task() -> None:
    app.loader.import_default_modules()
    assert {each["task"] for each in app.conf.beat_schedule.values()} <= set(app.tasks)


def test_the_worker_is_heard_of_as_soon_as_it_is_there(tmp_path: Path) -> None:
    assert signs_of_life(timezone.now()).worker_at is None
    with celery("worker", "-P", "threads", "-c", "1", smtp_port=1, folder=tmp_path):
        deadline = time.monotonic() + 180
        while signs_of_life(timezone.now()).worker_at is None:
            assert time.monotonic() < deadline, (tmp_path / "celery.log").read_text()
            time.sleep(0.2)
