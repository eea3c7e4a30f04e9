"""A machine and somebody who books it."""

from datetime import timedelta

import pytest

from machines.models import Machine, Pool
from members.models import Member
from tests.factories.booking import PolicyFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory


@pytest.fixture
def machine() -> Machine:
    """One that is always open, two years ahead."""
    policy = PolicyFactory(horizon_days=730, cancellation_window=timedelta(days=1))
    found: Machine = policy.machine
    return found


@pytest.fixture
def pool(machine: Machine) -> Pool:
    """A pool of the machine and one like it."""
    found: Pool = Pool.objects.create(space=machine.space, slug="mk4", name="Prusa MK4")
    twin = MachineFactory(space=machine.space, category=machine.category)
    PolicyFactory(machine=twin, horizon_days=730, cancellation_window=timedelta(days=1))
    for unit in (machine, twin):
        unit.pool = found
        unit.save()
    return found


@pytest.fixture
def maker() -> Member:
    """Somebody without any role."""
    return MemberFactory(name="Mira Maker")
