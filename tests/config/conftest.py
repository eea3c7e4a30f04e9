"""What the tests of the whole house have."""

from collections.abc import Iterator
from copy import deepcopy

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from tests.config.doors.door import World, furnished


@pytest.fixture(scope="module")
def _furnished(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Furnished once for hundreds of tests, each of which takes back what it does."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield furnished()
        transaction.set_rollback(True)


@pytest.fixture
def world(_furnished: World, db: None) -> World:
    """A space, with one thing of each kind."""
    return deepcopy(_furnished)
