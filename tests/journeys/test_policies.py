"""Staff sets the rules of the space and tries them; makers meet them where they book."""

import pytest
from playwright.sync_api import Page, expect

from booking.models import Policy, Quota
from tests.booking.lively import Lively
from tests.journeys.browsing import DESK, PHONE, Browsing, inspect

pytestmark = [pytest.mark.django_db(transaction=True)]

SIZES = pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])


@SIZES
def test_a_policy_tells_itself_while_it_is_written(
    browsing: Browsing, lively: Lively, viewport: dict[str, int]
) -> None:
    page = browsing.open("/spaces/atelier/policies/", lively.staff, viewport=viewport)
    page.get_by_role("link", name="makers, Lasers").click()
    words = page.locator("#words")
    page.get_by_label("Least time ahead").fill("2 h")
    page.get_by_label("Most days ahead").fill("30")
    page.get_by_label("Most days ahead").blur()
    expect(words).to_contain_text("Book from 2 hours to 30 days ahead.")
    page.get_by_label("May run on while the space is closed").select_option("yes")
    expect(words).to_contain_text("It may run on while the space is closed")
    row = page.locator(".hours-row").first
    for day in ("Tuesday", "Thursday"):
        row.get_by_label(day).check()
    row.get_by_label("From").select_option("17:00")
    row.get_by_label("Until").select_option("24:00")
    expect(words).to_contain_text("Only at these hours: Tue, Thu 17:00–24:00.")
    assert not Policy.objects.filter(machine=None).exists()
    inspect(page, f"policy-written-{viewport['width']}")
    page.get_by_role("button", name="Save the policy").click()
    expect(page.locator("main")).to_contain_text("Only at these hours: Tue, Thu 17:00–24:00.")
    meets_the_rules(browsing.open("/machines/atelier/speedy/", lively.maker, viewport=viewport))
    tries_them(page)


def meets_the_rules(page: Page) -> None:
    """The maker reads them on the page of the machine."""
    expect(page.locator("main")).to_contain_text("Only at these hours: Tue, Thu 17:00–24:00.")


def tries_them(page: Page) -> None:
    """The answer names the policy, and leads to it."""
    page.get_by_role("link", name="Try them out").click()
    page.get_by_label("Who").fill("mira")
    page.get_by_label("Machine").select_option("Speedy 400")
    page.get_by_label("Day").fill("2026-10-21")
    page.get_by_label("From").select_option("10:00")
    page.get_by_label("To", exact=True).select_option("12:00")
    page.get_by_role("button", name="Try", exact=True).click()
    expect(page.get_by_role("heading", level=2)).to_contain_text(
        "No: Mira Maker may not book Speedy 400 like this."
    )
    broken = page.get_by_role("row", name="broken")
    expect(broken).to_contain_text("At this time the machine is kept for others.")
    broken.get_by_role("link", name="Lasers, makers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lasers: makers")


@SIZES
def test_a_quota_is_set_and_seen_where_one_books(
    browsing: Browsing, lively: Lively, viewport: dict[str, int]
) -> None:
    page = browsing.open("/spaces/atelier/quotas/new/", lively.staff, viewport=viewport)
    page.get_by_label("Time", exact=False).first.fill("10 h")
    page.get_by_label("On", exact=True).select_option("Lasers")
    expect(page.locator("#words")).to_contain_text("Each member: 10 hours a week, Lasers.")
    page.get_by_role("button", name="Save the quota").click()
    expect(page.locator("main")).to_contain_text("Each member: 10 hours a week, Lasers.")
    assert Quota.objects.get().category == lively.laser.category
    inspect(page, f"quota-saved-{viewport['width']}")
    address = "/machines/atelier/speedy/?date=2026-10-21&start=10:00&end=12:00"
    theirs = browsing.open(address, lively.maker, viewport=viewport)
    expect(theirs.locator("#verdict")).to_contain_text("1 hour used of 10 hours a week, Lasers")
    inspect(theirs, f"quota-used-{viewport['width']}")


def test_without_a_script_a_button_tells_the_policy_in_words(
    browsing: Browsing, lively: Lively
) -> None:
    address = "/spaces/atelier/machines/speedy/policies/company/"
    page = browsing.open(address, lively.staff, java_script_enabled=False)
    page.get_by_label("Longest reservation").fill("2 h")
    page.get_by_role("button", name="Show in words").click()
    expect(page.locator("#words")).to_contain_text("From 30 minutes to 2 hours at a time")
    page.get_by_role("button", name="Save the policy").click()
    expect(page.locator("main")).to_contain_text("From 30 minutes to 2 hours at a time")
    assert Policy.objects.get(machine=lively.laser).audience == "company"
