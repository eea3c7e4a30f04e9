"""Who owns a machine that stands elsewhere comes first on it: others may reserve less far ahead."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from booking.facts import BookingRequest
from booking.queries.owners import for_owners
from booking.queries.terms import terms_of
from booking.services.refusing import BookingRefused
from booking.services.reservations import reserve
from machines.models import Change, Machine
from members.models import Company, Member
from members.states import Audience, DelegateKind
from tests.factories.billing import ContractFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import (
    CompanyFactory,
    DelegateFactory,
    MemberFactory,
    MembershipFactory,
    RoleFactory,
)
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
FAR = NOW + timedelta(days=20, hours=2)


def refused(
    machine: Machine, member: Member, company: Company | None = None, at: datetime = FAR
) -> str:
    """What a reservation is refused with; "" where it is kept."""
    request = BookingRequest(starts_at=at, ends_at=at + timedelta(hours=1))
    told = {"purpose": "", "by": member, "company": company, "now": NOW}
    try:
        reserve(machine=machine, member=member, request=request, **told)
    except BookingRefused as error:
        return ", ".join(each.message for each in error.refusals)
    return ""


@pytest.fixture
def acme() -> Company:
    return CompanyFactory(slug="acme", name="Acme")


@pytest.fixture
def machine(acme: Company) -> Machine:
    return MachineFactory(owner_company=acme, others_ahead_days=14)


def test_the_company_that_owns_it_reserves_further_ahead(machine: Machine, acme: Company) -> None:
    delegate, maker = DelegateFactory(company=acme).member, MemberFactory()
    assert "at most 14 days ahead" in refused(machine, maker)
    assert refused(machine, maker).startswith("Who owns this machine comes first")
    # The same person for themselves is no owner.
    assert refused(machine, delegate)
    assert refused(machine, delegate, acme) == ""
    assert refused(machine, maker, at=FAR - timedelta(days=7)) == ""


def test_no_contract_of_another_company_reaches_past_the_owner(machine: Machine) -> None:
    contract = ContractFactory(space=machine.space, horizon_days=60, start_date=date(2026, 1, 1))
    other = DelegateFactory(company=contract.company).member
    assert "at most 14 days ahead" in refused(machine, other, contract.company)


def test_the_people_of_a_space_that_owns_it_come_first() -> None:
    owner = SpaceFactory()
    machine = MachineFactory(owner_space=owner, others_ahead_days=14)
    assert refused(machine, MemberFactory())
    assert refused(machine, MembershipFactory(space=owner, end_date=date(2026, 5, 3)).member)
    assert refused(machine, MembershipFactory(space=owner).member) == ""
    assert refused(machine, RoleFactory(space=owner).member, at=FAR + timedelta(hours=3)) == ""


@pytest.mark.parametrize("count", [1, 3])
def test_of_many_machines_of_other_spaces_it_is_asked_once(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    member = MemberFactory()
    machines = []
    for number in range(count):
        owner = SpaceFactory()
        MembershipFactory(space=owner, member=member, end_date=None if number else NOW.date())
        machines.append(MachineFactory(owner_space=owner, others_ahead_days=14))
    terms = {each.pk: terms_of(each, audience=Audience.MAKER) for each in machines}
    with django_assert_num_queries(2):
        found = for_owners(terms, machines, member=member, company=None, now=NOW)
    assert all(found[each.pk] == terms[each.pk].of_owner() for each in machines)
    with django_assert_num_queries(0):
        assert for_owners(terms, [], member=member, company=None, now=NOW) == terms


def test_who_owns_nothing_is_not_asked_about(machine: Machine) -> None:
    """As many questions to the database as without an owner."""
    plain = MachineFactory(space=machine.space, category=machine.category)
    member, soon = MemberFactory(), NOW + timedelta(days=2)
    asked = []
    for each in (machine, plain, machine, plain):
        with CaptureQueriesContext(connection) as queries:
            refused(each, member, at=soon)
        asked.append(len(queries))
        soon += timedelta(days=1)
    assert asked[2] == asked[3]


def test_pages_tell_others_how_far_they_may_reserve(machine: Machine) -> None:
    terms = terms_of(machine, audience=Audience.MAKER)
    assert (terms.horizon_days, terms.owner_horizon_days) == (14, 60)
    assert terms.of_owner().horizon_days == 60
    assert terms.agreed(90).horizon_days == 14
    Machine.objects.update(others_ahead_days=200)
    machine.refresh_from_db()
    assert terms_of(machine, audience=Audience.MAKER).owner_horizon_days is None


def page(machine: Machine) -> str:
    return reverse("booking:machine_priority", args=[machine.space.slug, machine.slug])


def test_the_owner_says_who_comes_first(client: Client, machine: Machine, acme: Company) -> None:
    admin = DelegateFactory(company=acme, kind=DelegateKind.ADMIN).member
    client.force_login(admin)
    assert "Acme" in client.get(page(machine)).text
    assert "Your machines" in client.get(reverse("booking:company", args=["acme"])).text
    assert client.post(page(machine), {"others_ahead_days": "-1"}).status_code == 422
    client.post(page(machine), {"others_ahead_days": "3"})
    machine.refresh_from_db()
    assert machine.others_ahead_days == 3
    assert Change.objects.get().made_by == admin
    client.post(page(machine), {"others_ahead_days": ""})
    machine.refresh_from_db()
    assert machine.others_ahead_days is None


def test_nobody_else_says_it(client: Client, machine: Machine, acme: Company) -> None:
    for stranger in (MemberFactory(), DelegateFactory(company=acme).member, RoleFactory().member):
        client.force_login(stranger)
        assert client.get(page(machine)).status_code == 403
        assert client.post(page(machine), {"others_ahead_days": "3"}).status_code == 403
    client.force_login(RoleFactory(space=machine.space).member)
    assert client.get(page(machine)).status_code == 200
    owner = RoleFactory()
    Machine.objects.update(owner_company=None, owner_space=owner.space)
    client.force_login(owner.member)
    assert client.get(page(machine)).status_code == 200
    listed = client.get(reverse("machines:inventory", args=[owner.space.slug])).text
    assert "Yours, in other spaces" in listed


def test_whose_a_machine_is_shows_to_their_own_people(
    client: Client, machine: Machine, acme: Company
) -> None:
    shown = reverse("booking:machine", args=[machine.space.slug, machine.slug])
    assert "Belongs to" not in client.get(shown).text
    client.force_login(DelegateFactory(company=acme).member)
    assert "Belongs to Acme" in client.get(shown).text
