"""Reservations and usage as tests need them, written straight to the tables."""

from datetime import timedelta

import factory
from schedule.models import Calendar, Event

from booking.models import (
    Displacement,
    Exchange,
    Offer,
    Policy,
    Reservation,
    Series,
    UsageSession,
    WaitlistEntry,
)
from booking.states import ReservationState, SessionSource, WishState
from machines.services.events import shared_rule
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


class EventFactory(factory.django.DjangoModelFactory[Event]):
    """Two hours every week, for three weeks; give it a start."""

    class Meta:
        model = Event

    calendar = factory.LazyFunction(lambda: Calendar.objects.create(name="series", slug="series"))
    title = "18:00"
    end = factory.LazyAttribute(lambda event: event.start + timedelta(hours=2))
    rule = factory.LazyFunction(lambda: shared_rule("WEEKLY", ""))
    end_recurring_period = factory.LazyAttribute(lambda event: event.end + timedelta(weeks=2))


class SeriesFactory(factory.django.DjangoModelFactory[Series]):
    """A series on one machine without any row yet."""

    class Meta:
        model = Series

    event = factory.SubFactory(EventFactory)
    machine = factory.SubFactory(MachineFactory)
    member = factory.SubFactory(MemberFactory)
    created_by = factory.SelfAttribute("member")
    materialised_until = factory.LazyAttribute(lambda series: series.event.end)


class WishFactory(factory.django.DjangoModelFactory[WaitlistEntry]):
    """A wish for an hour on one machine; give it a start."""

    class Meta:
        model = WaitlistEntry

    member = factory.SubFactory(MemberFactory)
    machine = factory.SubFactory(MachineFactory)
    space = factory.SelfAttribute("machine.space")
    duration = timedelta(hours=1)
    latest_at = factory.LazyAttribute(lambda wish: wish.earliest_at + wish.duration)


class OfferFactory(factory.django.DjangoModelFactory[Offer]):
    """An open offer of just the time that was wished for, kept until its start."""

    class Meta:
        model = Offer

    entry = factory.SubFactory(WishFactory, state=WishState.OFFERED)
    expires_at = factory.SelfAttribute("entry.earliest_at")
    made_at = factory.LazyAttribute(lambda offer: offer.expires_at - timedelta(days=1))
    reservation = factory.SubFactory(
        ReservationFactory,
        machine=factory.SelfAttribute("..entry.machine"),
        member=factory.SelfAttribute("..entry.member"),
        starts_at=factory.SelfAttribute("..entry.earliest_at"),
        ends_at=factory.SelfAttribute("..entry.latest_at"),
        expires_at=factory.SelfAttribute("..expires_at"),
        state=ReservationState.HELD,
    )


class DisplacementFactory(factory.django.DjangoModelFactory[Displacement]):
    """An hour that was lost, and one two days later held until a day before; give it a start."""

    class Meta:
        model = Displacement

    ends_at = factory.LazyAttribute(lambda lost: lost.starts_at + timedelta(hours=1))
    machine = factory.SelfAttribute("reservation.machine")
    reason = "New lens"
    expires_at = factory.LazyAttribute(lambda lost: lost.starts_at + timedelta(days=1))
    created_at = factory.LazyAttribute(lambda lost: lost.starts_at - timedelta(days=1))
    created_by = factory.SubFactory(MemberFactory)
    reservation = factory.SubFactory(
        ReservationFactory,
        starts_at=factory.LazyAttribute(
            lambda row: row.factory_parent.starts_at + timedelta(days=2)
        ),
        expires_at=factory.LazyAttribute(
            lambda row: row.factory_parent.starts_at + timedelta(days=1)
        ),
        state=ReservationState.HELD,
    )


class ExchangeFactory(factory.django.DjangoModelFactory[Exchange]):
    """An open proposal to hand a reservation over, until its start."""

    class Meta:
        model = Exchange

    proposed_by = factory.SelfAttribute("reservation.member")
    proposed_to = factory.SubFactory(MemberFactory)
    sequence = factory.SelfAttribute("reservation.sequence")
    created_at = factory.SelfAttribute("reservation.created_at")
    expires_at = factory.SelfAttribute("reservation.starts_at")
