"""Contracts as tests need them."""

from datetime import date, time

import factory

from billing.models import Contract, GuaranteedWindow
from tests.factories.machines import MachineFactory
from tests.factories.members import CompanyFactory
from tests.factories.spaces import SpaceFactory


class ContractFactory(factory.django.DjangoModelFactory[Contract]):
    """A contract of 2026 over 20 hours a month."""

    class Meta:
        model = Contract

    company = factory.SubFactory(CompanyFactory)
    space = factory.SubFactory(SpaceFactory)
    start_date = date(2026, 1, 1)
    end_date = date(2026, 12, 31)
    included_minutes = 20 * 60


class GuaranteedWindowFactory(factory.django.DjangoModelFactory[GuaranteedWindow]):
    """Every Tuesday from 8 to 12, released two days before."""

    class Meta:
        model = GuaranteedWindow

    contract = factory.SubFactory(ContractFactory)
    machine = factory.SubFactory(MachineFactory, space=factory.SelfAttribute("..contract.space"))
    weekdays = [1]
    start_time = time(8)
    end_time = time(12)
