"""Machines as tests need them."""

from datetime import UTC, datetime, timedelta

import factory

from machines.models import (
    Category,
    Counter,
    Device,
    Fault,
    FollowedCalendar,
    Machine,
    MaintenancePlan,
    Meter,
    Stoppage,
)
from machines.states import Following, UpkeepBasis
from tests.factories.spaces import SpaceFactory


class CategoryFactory(factory.django.DjangoModelFactory[Category]):
    """A category."""

    class Meta:
        model = Category

    slug = factory.Sequence(lambda n: f"category-{n}")
    name = factory.Sequence(lambda n: f"Category {n}")


class MachineFactory(factory.django.DjangoModelFactory[Machine]):
    """A listed machine of a space that is always open."""

    class Meta:
        model = Machine

    space = factory.SubFactory(SpaceFactory)
    category = factory.SubFactory(CategoryFactory)
    slug = factory.Sequence(lambda n: f"machine-{n}")
    name = factory.Sequence(lambda n: f"Machine {n}")


class FaultFactory(factory.django.DjangoModelFactory[Fault]):
    """A fault that the staff knows of and that stops its machine; give it a start."""

    class Meta:
        model = Fault
        skip_postgeneration_save = True

    machine = factory.SubFactory(MachineFactory)
    summary = "Found broken"
    judged_at = factory.SelfAttribute("starts_at")

    @factory.post_generation
    def stoppage(self, create: bool, extracted: object, **_options: object) -> None:
        """Its machine stands still as long as it lasts."""
        if self.stops_machine:
            Stoppage.objects.create(
                fault=self, machine=self.machine, starts_at=self.starts_at, ends_at=self.ends_at
            )


class FollowedCalendarFactory(factory.django.DjangoModelFactory[FollowedCalendar]):
    """A calendar that is followed, from a file without events."""

    class Meta:
        model = FollowedCalendar

    space = factory.SubFactory(SpaceFactory)
    name = "Courses"
    filename = "courses.ics"
    state = Following.ACTIVE
    content = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    created_at = tried_at = succeeded_at = next_try_at = datetime(2026, 10, 19, 8, tzinfo=UTC)


class DeviceFactory(factory.django.DjangoModelFactory[Device]):
    """A device that tells over HTTP; give it machines with `meters`."""

    class Meta:
        model = Device

    space = factory.SubFactory(SpaceFactory)
    name = factory.Sequence(lambda n: f"Meter {n}")


class MeterFactory(factory.django.DjangoModelFactory[Meter]):
    """A device of one machine."""

    class Meta:
        model = Meter

    machine = factory.SubFactory(MachineFactory)
    device = factory.SubFactory(DeviceFactory, space=factory.SelfAttribute("..machine.space"))


class CounterFactory(factory.django.DjangoModelFactory[Counter]):
    """A counter that nobody has read."""

    class Meta:
        model = Counter
        django_get_or_create = ("machine", "name")

    machine = factory.SubFactory(MachineFactory)
    name = "Lamp hours"
    unit = "h"


class MaintenancePlanFactory(factory.django.DjangoModelFactory[MaintenancePlan]):
    """Two hours of work every thirty days; say since when it counts."""

    class Meta:
        model = MaintenancePlan

    machine = factory.SubFactory(MachineFactory)
    title = "Clean the lens"
    basis = UpkeepBasis.DAYS
    every = 30
    duration = timedelta(hours=2)
