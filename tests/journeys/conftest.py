"""What the stories have: a clock, a space with some life in it, a browser and the post."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer
from time_machine import Traveller

from tests.booking.lively import NOW, Lively, lively_space
from tests.factories.members import MembershipFactory
from tests.journeys.browsing import PATIENCE, Browsing
from tests.journeys.post import Post
from tests.journeys.serving import GATE, serving
from tests.smtp import Mailbox, listening

# What takes longer than five seconds takes so long because others use the machine too.
expect.set_options(timeout=PATIENCE)


@pytest.fixture
def clock() -> Iterator[Traveller]:
    """Tuesday, 20 October 2026, 11:40 in Zurich; it runs on from there, and can be moved."""
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


@pytest.fixture
def lively(clock: Traveller) -> Lively:
    """A space with machines of two categories and every kind of reservation."""
    return inhabited()


def inhabited() -> Lively:
    """The lively space, of which the maker is a member."""
    world = lively_space()
    MembershipFactory.create(member=world.maker, space=world.space)
    return world


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """Instead of that of pytest-django, for which every static file is a request to Django."""
    yield from serving()


@pytest.fixture
def browsing(browser: Browser, live_server: LiveServer) -> Iterator[Browsing]:
    """A browser that fails the story on any console error, failed request or refusal."""
    yield from browsed(browser, live_server)


def browsed(browser: Browser, server: LiveServer) -> Iterator[Browsing]:
    """What `browsing` is at any server."""
    GATE.open()
    each = Browsing(browser, server)
    yield each
    each.close()
    GATE.shut()
    assert each.errors == []


@pytest.fixture
def post(live_server: LiveServer, settings: Any, tmp_path: Path, worker_id: str) -> Iterator[Post]:
    """A mail server that listens, and workers to be set to work."""
    settings.BASE_URL = live_server.url
    box = Mailbox()
    with listening(box) as port:
        yield Post(port=port, box=box, folder=tmp_path, queue=f"journey-{worker_id}")
