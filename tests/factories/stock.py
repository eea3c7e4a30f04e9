"""Stock as tests need it."""

import factory

from machines.models import Consumable, Supplier
from machines.states import StockUnit
from tests.factories.spaces import SpaceFactory


class SupplierFactory(factory.django.DjangoModelFactory[Supplier]):
    """Where a space orders."""

    class Meta:
        model = Supplier

    space = factory.SubFactory(SpaceFactory)
    name = factory.Sequence(lambda n: f"Supplier {n}")


class ConsumableFactory(factory.django.DjangoModelFactory[Consumable]):
    """Filament by the gram, of which nothing is there yet."""

    class Meta:
        model = Consumable

    space = factory.SubFactory(SpaceFactory)
    name = factory.Sequence(lambda n: f"Filament {n}")
    unit = StockUnit.GRAM
