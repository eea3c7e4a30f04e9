"""Reservations and usage as tests need them, written straight to the tables."""

from datetime import timedelta

import factory

from booking.models import Policy, Reservation, UsageSession
from booking.states import SessionSource
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory


class PolicyFactory(factory.django.DjangoModelFactory[Policy]):
    """The policy of one machine."""

    class Meta:
        model = Policy

    machine = factory.SubFactory(MachineFactory)
    space = factory.SelfAttribute("machine.space")


class ReservationFactory(factory.django.DjangoModelFactory[Reservation]):
    """A confirmed reservation of one hour without setup or turnaround; give it a start."""

    class Meta:
        model = Reservation

    machine = factory.SubFactory(MachineFactory)
    member = factory.SubFactory(MemberFactory)
    ends_at = factory.LazyAttribute(lambda row: row.starts_at + timedelta(hours=1))
    occupied_from = factory.SelfAttribute("starts_at")
    occupied_until = factory.SelfAttribute("ends_at")


class UsageSessionFactory(factory.django.DjangoModelFactory[UsageSession]):
    """A session without a reservation; give it a start."""

    class Meta:
        model = UsageSession

    machine = factory.SubFactory(MachineFactory)
    member = factory.SubFactory(MemberFactory)
    source = SessionSource.KIOSK
