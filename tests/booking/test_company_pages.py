"""The page of a company, and the staff pages on which contracts are agreed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from billing.models import Contract, GuaranteedWindow
from booking.models import Reservation
from booking.queries.companies import overview_of
from booking.services.changing import charge_company
from booking.services.guarantees import hold_guaranteed
from booking.states import ReservationState
from machines.models import Machine
from members.models import Company, Invitation, Member
from spaces.models import Space
from tests.factories.billing import ContractFactory, GuaranteedWindowFactory
from tests.factories.booking import ReservationFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import CompanyFactory, DelegateFactory, MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 6, tzinfo=UTC)
SOON = datetime(2026, 5, 12, 6, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Any:
    """The clock stands at NOW, a Monday morning."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def machine() -> Machine:
    """A machine that is always open."""
    return MachineFactory()


@pytest.fixture
def staff(machine: Machine) -> Client:
    """The browser of somebody who works in the space."""
    return web(RoleFactory(space=machine.space).member)


def web(member: Member) -> Client:
    """The browser of `member`."""
    client = Client()
    client.force_login(member)
    return client


def page(company: Company) -> str:
    """The page of a company for its people."""
    return reverse("booking:company", args=[company.slug])


def of_space(space: Space, company: Company, name: str = "space_company", *more: int) -> str:
    """A staff page about a company."""
    return reverse(f"booking:{name}", args=[space.slug, company.slug, *more])


TERMS = {
    "start_date": "2026-05-01",
    "end_date": "2026-12-31",
    "hours": "10",
    "period": "month",
    "horizon_days": "",
    "reference": "R-7",
}


def test_a_request_that_is_overdue_takes_no_hours_and_is_not_to_come(machine: Machine) -> None:
    contract = ContractFactory(space=machine.space, included_minutes=600)
    booker = DelegateFactory(company=contract.company).member
    row = ReservationFactory.create(
        machine=machine,
        member=booker,
        company=contract.company,
        state=ReservationState.PENDING,
        starts_at=SOON,
        ends_at=SOON + timedelta(hours=2),
        expires_at=NOW + timedelta(hours=1),
    )
    charge_company(row, by=booker, now=NOW)
    assert overview_of(contract.company, now=NOW).agreed[0].account.used == 120
    found = overview_of(contract.company, now=NOW + timedelta(hours=1))
    assert (found.agreed[0].account.used, found.upcoming) == (0, [])


def test_the_company_sees_what_is_left_and_what_it_reserved(machine: Machine) -> None:
    contract = ContractFactory(space=machine.space, included_minutes=600)
    booker = DelegateFactory(company=contract.company).member
    answer = web(booker).post(
        reverse("booking:reserve", args=[machine.space.slug, machine.slug]),
        {
            "date": "2026-05-12",
            "start": "08:00",
            "end": "10:30",
            "company": contract.company.pk,
            "purpose": "Fixture",
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    shown = web(booker).get(page(contract.company)).content.decode().replace("\u00a0", " ")
    for text in ("7 h 30 min", "10 h", "May 2026", "2 h 30 min", "Fixture", booker.name):
        assert text in shown


def test_a_date_is_confirmed_or_given_back_on_the_page() -> None:
    window = GuaranteedWindowFactory()
    company = window.contract.company
    booker = DelegateFactory(company=company).member
    contact = DelegateFactory(company=company, kind="invoice").member
    hold_guaranteed(NOW)
    held, other = Reservation.objects.order_by("starts_at")[:2]
    assert "Give back" in web(booker).get(page(company)).content.decode()
    assert "Give back" not in web(contact).get(page(company)).content.decode()
    confirm = reverse("booking:guarantee_confirm", args=[company.slug, held.pk])
    assert web(MemberFactory()).post(confirm).status_code == 404
    assert "Only those who book" in web(contact).post(confirm, follow=True).content.decode()
    assert web(booker).post(confirm).status_code == 302
    held.refresh_from_db()
    assert (held.state, held.member) == (ReservationState.CONFIRMED, booker)
    cancel = reverse("booking:reservation_cancel", args=[other.pk])
    assert web(booker).post(cancel, {"next": page(company)})["Location"] == page(company)
    other.refresh_from_db()
    assert other.state == ReservationState.CANCELLED


def test_staff_agree_a_contract_and_errors_stand_beside_their_fields(
    staff: Client, machine: Machine
) -> None:
    company = CompanyFactory()
    address = of_space(machine.space, company)
    assert staff.post(address, TERMS).status_code == 302
    contract = Contract.objects.get()
    assert (contract.included_minutes, contract.reference) == (600, "R-7")
    overlapping = staff.post(address, {**TERMS, "start_date": "2026-12-31", "end_date": ""})
    assert overlapping.status_code == 422
    assert list(overlapping.context["form"].errors) == ["start_date"]
    backwards = staff.post(address, {**TERMS, "end_date": "2026-04-01"})
    assert list(backwards.context["form"].errors) == ["end_date"]
    own = of_space(machine.space, company, "contract", contract.pk)
    assert staff.post(own, {**TERMS, "hours": "2.25"}).status_code == 302
    contract.refresh_from_db()
    assert contract.included_minutes == 135
    assert "2.25" in staff.get(own).content.decode()


def test_staff_keep_hours_for_a_company_and_learn_what_stands_in_the_way(
    staff: Client, machine: Machine
) -> None:
    contract = ContractFactory(space=machine.space)
    ReservationFactory(machine=machine, starts_at=SOON)
    address = of_space(machine.space, contract.company, "guaranteed_window_new", contract.pk)
    hours = {
        "target": f"m{machine.pk}",
        "weekdays": ["1"],
        "start_time": "08:00",
        "end_time": "12:00",
        "release_days": "2",
        "end_date": "",
    }
    assert staff.post(address, {**hours, "weekdays": []}).status_code == 422
    shown = staff.post(address, hours, follow=True).content.decode()
    assert "Some dates could not be held" in shown
    assert "12 May 2026, 08:00" in shown
    window = GuaranteedWindow.objects.get()
    assert window.reservations.filter(state=ReservationState.HELD).count() == 7
    own = of_space(machine.space, contract.company, "guaranteed_window", contract.pk, window.pk)
    staff.post(own, {**hours, "end_date": "2026-05-19"})
    window.refresh_from_db()
    assert window.end_date == date(2026, 5, 19)
    assert window.reservations.filter(state=ReservationState.HELD).count() == 1


def test_a_space_without_a_clock_takes_no_page_down(staff: Client, machine: Machine) -> None:
    """Of all others the company sees what it has, and staff what they can change."""
    broken = GuaranteedWindowFactory(contract__space=machine.space, machine=machine)
    contract = broken.contract
    sound = GuaranteedWindowFactory(contract__company=contract.company)
    booker = DelegateFactory(company=contract.company).member
    hold_guaranteed(NOW)
    for row in (machine, sound.machine):
        ReservationFactory(
            machine=row,
            starts_at=NOW + timedelta(hours=1),
            company=contract.company,
            member=booker,
            purpose=f"On {row.name}",
        )
    charge_company(Reservation.objects.latest("pk"), by=booker, now=NOW)
    Space.objects.filter(pk=machine.space_id).update(timezone="Mars/Olympus")
    shown = web(booker).get(page(contract.company)).content.decode()
    assert f"The clock of {machine.space.name} cannot be read" in shown
    assert "Give back" in shown
    assert (f"On {machine.name}" in shown, f"On {sound.machine.name}" in shown) == (False, True)
    own = of_space(machine.space, contract.company, "contract", contract.pk)
    saved = staff.post(own, TERMS, follow=True).content.decode()
    assert "The dates of some guaranteed windows could not be held." in saved
    one = of_space(machine.space, contract.company, "guaranteed_window", contract.pk, broken.pk)
    assert "no time zone is called" in staff.get(one).content.decode()
    assert "cannot be read" in staff.get(of_space(machine.space, contract.company)).content.decode()


def test_staff_found_a_company_and_its_administrator_is_invited(
    staff: Client, machine: Machine
) -> None:
    address = reverse("booking:space_companies", args=[machine.space.slug])
    new = {"name": "Limmat Medtech AG", "email": "boss@example.org"}
    assert staff.post(address, {**new, "email": "x"}).status_code == 422
    for _again in range(2):
        assert staff.post(address, new).status_code == 302
    assert list(Company.objects.order_by("pk").values_list("slug", flat=True)) == [
        "limmat-medtech-ag",
        "limmat-medtech-ag-2",
    ]
    assert {each.kind for each in Invitation.objects.all()} == {"admin"}


def test_a_contract_is_not_reached_through_another_space(staff: Client, machine: Machine) -> None:
    elsewhere = ContractFactory()
    window = GuaranteedWindowFactory(contract=elsewhere)
    for name, more in (
        ("contract", [elsewhere.pk]),
        ("guaranteed_window", [elsewhere.pk, window.pk]),
    ):
        address = of_space(machine.space, elsewhere.company, name, *more)
        assert staff.get(address).status_code == 404
        assert staff.post(address, TERMS).status_code == 404
