"""Who may open which page of upkeep."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile

from machines.models import MaintenanceJob
from machines.services.maintenance import read_counter
from tests.config.doors.door import World, of_machine, of_space, staff
from tests.factories.machines import CounterFactory, MaintenancePlanFactory

LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)


def of_plan(world: World) -> list[Any]:
    plan = MaintenancePlanFactory(machine=world.machine, counted_from=LONG_AGO)
    return [*of_machine(world), plan.pk]


def of_counter(world: World) -> list[Any]:
    return [*of_machine(world), CounterFactory(machine=world.machine).pk]


def of_reading(world: World) -> list[Any]:
    counter = CounterFactory(machine=world.machine)
    reading = read_counter(counter=counter, value=Decimal(1), by=None, now=LONG_AGO)
    return [*of_machine(world), counter.pk, reading.pk]


def of_photo(world: World) -> list[Any]:
    job = MaintenanceJob.objects.create(
        machine=world.machine, title="Cleaned", done_at=LONG_AGO, photo=ContentFile(b"x", "x.jpg")
    )
    return [*of_space(world), job.pk]


DOORS = {
    "booking:upkeep": staff(of_space),
    "booking:upkeep_photo": staff(of_photo),
    "booking:machine_upkeep": staff(of_machine),
    "booking:upkeep_new": staff(of_machine, post=True),
    "booking:upkeep_plan": staff(of_plan, post=True),
    "booking:upkeep_place": staff(of_plan, post=True),
    "booking:upkeep_job": staff(of_plan, post=True),
    "booking:counter_new": staff(of_machine, post=True),
    "booking:counter": staff(of_counter, post=True),
    "booking:counter_reading": staff(of_reading, post=True),
}
