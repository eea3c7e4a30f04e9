"""What the tests of pages reach for."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from tests.booking.lively import NOW, Lively, lively_space


@pytest.fixture
def lively() -> Lively:
    """A space with some life in it."""
    return lively_space()


@pytest.fixture
def staff(client: Client, lively: Lively) -> Iterator[Client]:
    """A browser in which the staff of the lively space has signed in, on its Tuesday."""
    client.force_login(lively.staff)
    with time_machine.travel(NOW, tick=False):
        yield client
