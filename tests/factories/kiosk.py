"""Tablets, badges, questions and corrections as tests need them."""

import uuid
from datetime import timedelta

import factory
from django.contrib.auth.hashers import make_password

from booking.models import Correction, Kiosk, KioskEntry, Question
from booking.states import KioskAct, KioskOutcome, QuestionKind
from members.models import Badge, Pin
from members.services.badges import digest_of
from members.services.tokens import digest_of as digest_of_secret
from tests.factories.booking import UsageSessionFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory

PIN = "2580"
SECRET = "secret of a tablet"


class BadgeFactory(factory.django.DjangoModelFactory[Badge]):
    """A badge whose number is `read`."""

    class Meta:
        model = Badge
        exclude = ("read",)

    read = factory.Sequence(lambda n: f"04:A1:B2:{n:04X}")
    member = factory.SubFactory(MemberFactory)
    name = "Blue key fob"
    digest = factory.LazyAttribute(lambda badge: digest_of(badge.read))


class PinFactory(factory.django.DjangoModelFactory[Pin]):
    """The PIN of a member is PIN."""

    class Meta:
        model = Pin

    member = factory.SubFactory(MemberFactory)
    digest = factory.LazyFunction(lambda: make_password(PIN))


class KioskFactory(factory.django.DjangoModelFactory[Kiosk]):
    """A paired tablet whose secret is SECRET, for all machines of the space of `machine`."""

    class Meta:
        model = Kiosk
        exclude = ("stands_at",)

    stands_at = factory.SubFactory(MachineFactory)
    space = factory.SelfAttribute("stands_at.space")
    name = "Tablet beside the lasers"
    secret_digest = factory.LazyFunction(lambda: digest_of_secret(SECRET))
    created_by = factory.SubFactory(MemberFactory)


class KioskEntryFactory(factory.django.DjangoModelFactory[KioskEntry]):
    """A check-in that could not be done any more."""

    class Meta:
        model = KioskEntry

    machine = factory.SubFactory(MachineFactory)
    kiosk = factory.SubFactory(
        KioskFactory, stands_at=factory.SelfAttribute("..machine"), secret_digest=""
    )
    key = factory.LazyFunction(uuid.uuid4)
    act = KioskAct.CHECK_IN
    happened_at = factory.SelfAttribute("kiosk.created_at")
    received_at = factory.SelfAttribute("happened_at")
    outcome = KioskOutcome.TO_SETTLE
    reasons = ["TAKEN"]


class QuestionFactory(factory.django.DjangoModelFactory[Question]):
    """How a machine is left."""

    class Meta:
        model = Question

    machine = factory.SubFactory(MachineFactory)
    space = factory.SelfAttribute("machine.space")
    kind = QuestionKind.CONDITION


class CorrectionFactory(factory.django.DjangoModelFactory[Correction]):
    """Its user asks for an end an hour after the start."""

    class Meta:
        model = Correction

    session = factory.SubFactory(UsageSessionFactory)
    machine = factory.SelfAttribute("session.machine")
    member = factory.SelfAttribute("session.member")
    started_at = factory.SelfAttribute("session.started_at")
    ended_at = factory.LazyAttribute(lambda row: row.started_at + timedelta(hours=1))
    asked_by = factory.SelfAttribute("session.member")
    asked_at = factory.SelfAttribute("ended_at")
