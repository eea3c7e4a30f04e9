"""Inductions as tests need them, written straight to the tables."""

from datetime import timedelta

import factory

from booking.models import Induction, InductionPlace
from booking.states import PlaceState
from tests.factories.members import MemberFactory, SkillFactory
from tests.factories.spaces import SpaceFactory


class InductionFactory(factory.django.DjangoModelFactory[Induction]):
    """Two hours for two people, decided about a day before; give it a start."""

    class Meta:
        model = Induction

    space = factory.SubFactory(SpaceFactory)
    skill = factory.SubFactory(SkillFactory)
    ends_at = factory.LazyAttribute(lambda row: row.starts_at + timedelta(hours=2))
    decide_at = factory.LazyAttribute(lambda row: row.starts_at - timedelta(days=1))
    seats = 2
    created_by = factory.SubFactory(MemberFactory)


class PlaceFactory(factory.django.DjangoModelFactory[InductionPlace]):
    """Somebody with a seat."""

    class Meta:
        model = InductionPlace

    induction = factory.SubFactory(InductionFactory)
    member = factory.SubFactory(MemberFactory)
    state = PlaceState.SEATED
