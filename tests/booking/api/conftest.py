"""A machine, people and clients that call the API."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from django.utils.timezone import now

from machines.models import Machine
from members.models import Member
from members.services.tokens import create_token
from members.states import Scope
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def frozen_clock() -> object:
    """The clock stands at NOW, a Monday morning."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def machine() -> Machine:
    """A machine that is always open."""
    return MachineFactory()


@pytest.fixture
def member() -> Member:
    """Somebody who calls."""
    return MemberFactory()


def client_of(member: Member, *scopes: Scope) -> Client:
    """A client that sends a token of `member`."""
    _token, secret = create_token(
        member=member, scopes=list(scopes), name="test", expires_at=None, now=now()
    )
    return Client(headers={"Authorization": f"Bearer {secret}", "Accept-Language": "en"})


@pytest.fixture
def client(member: Member) -> Client:
    """A client that may book for `member`."""
    return client_of(member, Scope.BOOK)
