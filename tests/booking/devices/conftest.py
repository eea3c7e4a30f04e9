"""A machine with a device that tells of it."""

from datetime import UTC, datetime

import pytest

from machines.models import Device, Machine
from tests.factories.machines import MachineFactory, MeterFactory

START = datetime(2026, 5, 4, 8, tzinfo=UTC)
"""A Monday."""


@pytest.fixture
def machine() -> Machine:
    made: Machine = MachineFactory(name="Laser")
    return made


@pytest.fixture
def device(machine: Machine) -> Device:
    meter = MeterFactory(machine=machine, device__name="Plug of the laser")
    found: Device = meter.device
    return found
