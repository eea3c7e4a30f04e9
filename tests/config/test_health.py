"""The page that tells whether all parts work."""

import socket
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now
from pytest_django import Settings

from notifications.heartbeats import BEAT, WORKER, beat
from tests.factories.notifications import MessageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def hung_redis(settings: Settings) -> Iterator[None]:
    """An address that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        yield


def everybody_at_work() -> None:
    for name in (WORKER, BEAT):
        beat(name=name, now=now())


def test_all_parts_work(client: Client) -> None:
    everybody_at_work()
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json()["ok"] is True
    assert answer.json()["parts"]["mail"] == {"ok": True, "oldest_unsent_seconds": 0}


def test_a_hung_redis_is_told_and_not_waited_for(client: Client, hung_redis: None) -> None:
    everybody_at_work()
    started = time.monotonic()
    answer = client.get("/health")
    assert time.monotonic() - started < 60
    assert answer.status_code == 503
    assert answer.json()["parts"]["redis"] == {"ok": False}
    assert answer.json()["parts"]["database"] == {"ok": True}


def test_a_worker_that_was_never_seen_is_told(client: Client) -> None:
    beat(name=BEAT, now=now())
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["parts"]["worker"] == {"ok": False, "silent_seconds": None}


def test_a_silent_beat_is_told(client: Client) -> None:
    beat(name=WORKER, now=now())
    beat(name=BEAT, now=now() - timedelta(hours=1))
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["parts"]["beat"]["silent_seconds"] >= 3600


def test_mail_that_waits_too_long_is_told(client: Client) -> None:
    everybody_at_work()
    MessageFactory(send_after=now() - timedelta(hours=1))
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["parts"]["mail"]["oldest_unsent_seconds"] >= 3600
