"""A company from its first contract to a date that it confirms, at a desk and on a phone."""

import pytest
from playwright.sync_api import Page, expect

from billing.models import Contract
from booking.models import Reservation
from booking.states import ReservationState
from members.models import Company, Delegate, Member
from tests.booking.lively import Lively
from tests.factories.members import DelegateFactory, MemberFactory
from tests.journeys.browsing import DESK, PHONE, Browsing, inspect
from tests.journeys.pages import answer, choose_span

pytestmark = [pytest.mark.django_db(transaction=True)]

SIZES = [pytest.param(DESK, id="desk"), pytest.param(PHONE, id="phone")]


@pytest.mark.parametrize("size", SIZES)
def test_from_an_invitation_to_a_confirmed_date(
    browsing: Browsing, lively: Lively, size: dict[str, int]
) -> None:
    boss = MemberFactory.create(name="Nadia Boss", email="nadia@example.org")
    staff = browsing.open("/spaces/atelier/companies/", lively.staff, viewport=size)
    found(staff, "Limmat Medtech AG", boss)
    agreed(staff)
    kept(staff, lively)
    page = accepted(browsing, boss, size)
    confirmed(page, boss)


def found(page: Page, name: str, boss: Member) -> None:
    """Staff makes the company and invites its administrator."""
    page.get_by_label("Name of the company").fill(name)
    page.get_by_label("E-mail address of its administrator").fill(boss.email)
    answer(page, "Create and invite")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    assert not Delegate.objects.exists()


def agreed(page: Page) -> None:
    """Ten hours a month; a second contract in the same time is refused beside its field."""
    page.get_by_label("Hours included").fill("10")
    answer(page, "Save the contract")
    expect(page.locator("main")).to_contain_text("Guaranteed windows")
    assert Contract.objects.get().included_minutes == 600


def kept(page: Page, lively: Lively) -> None:
    """Sunday morning on a laser is kept, where nobody else has it."""
    page.get_by_role("link", name="New window").click()
    page.get_by_label("Machine").select_option(label=lively.laser.name)
    page.get_by_label("Sunday").check()
    page.get_by_label("From").select_option("09:00")
    page.get_by_label("Until").select_option("12:00")
    answer(page, "Save the window")
    # Somebody has that time this week.
    expect(page.locator("div.notice.warning")).to_contain_text("25 Oct 2026, 09:00")
    inspect(page, "guaranteed-window")
    assert Reservation.objects.filter(state=ReservationState.HELD).count() > 5


def accepted(browsing: Browsing, boss: Member, size: dict[str, int]) -> Page:
    """The administrator accepts and asks a colleague by mail."""
    page = browsing.open("/companies/", boss, viewport=size)
    inspect(page, "companies-invited")
    answer(page, "Accept")
    page.get_by_role("link", name="Limmat Medtech AG").click()
    page.get_by_role("link", name="People").click()
    page.get_by_label("E-mail address").fill("new@example.org")
    answer(page, "Invite")
    expect(page.locator("main")).to_contain_text("new@example.org")
    return page


def confirmed(page: Page, boss: Member) -> None:
    """A date is taken up and charged, another is given back."""
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("button", name="Confirm").first.click()
    expect(page.locator("main")).to_contain_text("Confirmed")
    page.get_by_role("button", name="Give back").first.click()
    expect(page.locator("main")).to_contain_text("The time is free again")
    row = Reservation.objects.get(guarantee__isnull=False, member=boss)
    assert row.state == ReservationState.CONFIRMED
    assert Contract.objects.get().entries.get().minutes == 180
    page.get_by_text("Ledger of the included hours").click()
    inspect(page, "company-ledger")


@pytest.mark.parametrize("size", SIZES)
def test_a_confidential_reservation_for_a_colleague(
    browsing: Browsing, lively: Lively, size: dict[str, int]
) -> None:
    company = Company.objects.create(slug="orbe", name="Orbe Optique SA")
    booker = DelegateFactory.create(company=company, member__name="Bo Booker").member
    DelegateFactory.create(company=company, member__name="Coco Colleague")
    page = browsing.open("/machines/atelier/shaper/reserve/", booker, viewport=size)
    choose_span(page, "2026-10-21", "14:00", "15:00")
    page.get_by_label("What will you make?").fill("Prototype X7")
    page.locator("#reserve [name=company]").select_option(label=company.name)
    page.get_by_label("Who will use it").select_option(label="Coco Colleague")
    page.get_by_label("Confidential: others see only “Reserved”").check()
    page.get_by_role("button", name="Reserve", exact=True).click()
    expect(page.locator("main")).to_contain_text("Coco Colleague")
    expect(page.locator("main")).to_contain_text("Bo Booker")
    inspect(page, "reservation-on-behalf")
    other = browsing.open("/machines/atelier/shaper/?week=2026-10-19", lively.maker, viewport=size)
    shown = other.content()
    for secret in ("Prototype X7", company.name, "Coco", "Bo Booker"):
        assert secret not in shown
