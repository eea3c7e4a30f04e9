"""From a machine that one may not use yet to the certificate for it, at a desk and on a phone."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect
from time_machine import Traveller

from booking.models import Induction
from members.models import Certification
from tests.booking.lively import Lively, at
from tests.factories.members import SkillFactory
from tests.journeys.browsing import DESK, PHONE, Browsing, inspect
from tests.journeys.pages import answer

pytestmark = [pytest.mark.django_db(transaction=True)]

THURSDAY = date(2026, 10, 22)
SIZES = [pytest.param(DESK, id="desk"), pytest.param(PHONE, id="phone")]


@pytest.mark.parametrize("size", SIZES)
def test_from_a_refusal_to_a_certificate(
    browsing: Browsing, lively: Lively, clock: Traveller, size: dict[str, int]
) -> None:
    skill = SkillFactory.create(name="Laser induction", slug="laser")
    lively.laser.skills.add(skill)
    staff = browsing.open("/spaces/atelier/inductions/", lively.staff, viewport=size)
    planned(staff)
    made = Induction.objects.get()
    maker = browsing.open(
        "/machines/atelier/speedy/reserve/?date=2026-10-23&start=20:00&end=21:00",
        lively.maker,
        viewport=size,
    )
    seated(maker)
    clock.move_to(at("19:00", THURSDAY))
    staff.goto(f"/spaces/atelier/inductions/{made.pk}/")
    concluded(staff, lively.maker.name)
    certified(maker)
    key = Certification.objects.get().key
    visitor = browsing.open(f"/certificates/{key}/", viewport=size)
    expect(visitor.locator("main")).to_contain_text("This certification is valid today.")
    expect(visitor.locator("main")).to_contain_text(lively.maker.name)


def planned(page: Page) -> None:
    """Staff plans an induction on the laser; the reservation in its way is looked at first."""
    page.get_by_role("link", name="Plan an induction").click()
    page.get_by_label("What is taught").select_option(label="Laser induction")
    page.get_by_label("Day", exact=True).fill(THURSDAY.isoformat())
    page.get_by_label("From", exact=True).select_option("18:00")
    page.get_by_label("To", exact=True).select_option("20:00")
    page.get_by_label("Speedy 400").check()
    page.get_by_label("People needed").fill("1")
    answer(page, "Plan it")
    expect(page.locator("main")).to_contain_text("Planned. Everybody can ask for a seat now.")
    inspect(page, "journey-induction-planned")


def seated(page: Page) -> None:
    """Who may not use the laser is shown the way to the induction, and takes a seat."""
    page.get_by_role("link", name="Next date: Laser induction").click()
    answer(page, "Take a seat")
    expect(page.locator("main")).to_contain_text("You have a seat.")
    inspect(page, "journey-induction-seat")


def concluded(page: Page, name: str) -> None:
    """Staff says who passed; the certification is granted in the same step."""
    page.get_by_label(f"{name} optional").select_option(label="passed")
    answer(page, "Save the list")
    expect(page.locator("main")).to_contain_text(f"Certified: {name}.")


def certified(page: Page) -> None:
    """The member finds the certification, and lets its public page tell the name."""
    page.goto("/profile/certifications/")
    page.get_by_role("button", name="Show my name").click()
    expect(page.locator("main")).to_contain_text("tells your name")
    page.get_by_role("link", name="Laser induction", exact=True).click()
    inspect(page, "journey-certificate")
