"""A server with as many threads as there are clients, on the test database."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.utils.timezone import now

from bench.server import serving
from members.models import Member
from members.services.tokens import create_token
from members.states import Scope
from tests.factories.members import MemberFactory
from tests.races.clients import CLIENTS

WORKERS = 2


@pytest.fixture
def port(transactional_db: None) -> Iterator[int]:
    """The port of gunicorn, which serves the test database."""
    of = connection.settings_dict
    user = f"{of['USER']}:{of['PASSWORD']}" if of["PASSWORD"] else of["USER"]
    address = f"postgres://{user}@{of['HOST']}:{of['PORT']}/{of['NAME']}"
    with serving(address, workers=WORKERS, threads=CLIENTS // WORKERS) as found:
        yield found


def token_of(member: Member, scope: Scope = Scope.BOOK) -> str:
    """A token with which a client acts for `member`."""
    return create_token(member=member, scopes=[scope], name="", expires_at=None, now=now())[1]


@pytest.fixture
def crowd(transactional_db: None) -> list[Member]:
    """As many members as there are clients."""
    return MemberFactory.create_batch(CLIENTS)
