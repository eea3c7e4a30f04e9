"""A server on the test database, and a crowd that wants something of it."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.utils.timezone import now

from bench._server import serving
from members.models import Member
from members.services.tokens import create_token
from members.states import Scope
from tests.factories.members import MemberFactory
from tests.races.clients import CLIENTS, TIMEOUT
from tests.races.looking import deadlocks

WORKERS, THREADS = 2, 8
"""As many threads as there are connections in the pool: more would only wait for one of those."""


@pytest.fixture(scope="package")
def served(django_db_setup: None) -> Iterator[int]:
    """The port of gunicorn, which serves the test database: its start takes as long as a race."""
    of = connection.settings_dict
    user = f"{of['USER']}:{of['PASSWORD']}" if of["PASSWORD"] else of["USER"]
    address = f"postgres://{user}@{of['HOST']}:{of['PORT']}/{of['NAME']}"
    with serving(address, workers=WORKERS, threads=THREADS, keep_alive=2 * TIMEOUT) as found:
        yield found


@pytest.fixture(autouse=True)
def _from_here_on(transactional_db: None) -> None:
    """Deadlocks of other tests that this process ran are not those of a race."""
    deadlocks.forget()


@pytest.fixture
def port(transactional_db: None, served: int) -> int:
    """Where the clients call."""
    return served


def token_of(member: Member, scope: Scope = Scope.BOOK) -> str:
    """A token with which a client acts for `member`."""
    return create_token(member=member, scopes=[scope], name="", expires_at=None, now=now())[1]


@pytest.fixture
def crowd(transactional_db: None) -> list[Member]:
    """As many members as there are clients."""
    return MemberFactory.create_batch(CLIENTS)
