"""Staff says what comes again on a machine, has time put aside, and writes down what was done."""

import pytest
from playwright.sync_api import expect

from booking.services.upkeep_plans import place_due
from tests.booking.lively import NOW, Lively
from tests.journeys.browsing import DESK, PHONE, Browsing, inspect

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_upkeep_is_planned_put_aside_and_done(
    browsing: Browsing, lively: Lively, viewport: dict[str, int]
) -> None:
    page = browsing.open("/spaces/atelier/inventory/", lively.staff, viewport=viewport)
    page.get_by_role("link", name="Maintenance", exact=True).click()
    expect(page.locator("main")).to_contain_text("No plan yet")
    page.goto(page.url.replace("upkeep", "machines/speedy/maintenance"))
    page.get_by_role("link", name="Plans and history").click()
    page.get_by_role("link", name="New plan").click()
    page.get_by_label("What is done").fill("Clean the lens")
    page.get_by_label("Every", exact=True).fill("30")
    page.get_by_label("Last done on").fill("2026-09-28")
    page.get_by_label("How long the machine is needed").fill("1 h")
    page.get_by_label("Checklist").fill("Unplug it\nClean lens and mirrors")
    inspect(page, f"upkeep-plan-{viewport['width']}")
    page.get_by_role("button", name="Save the plan").click()
    expect(page.locator("main")).to_contain_text("due soon")
    place_due(NOW)
    page.reload()
    expect(page.locator("main")).to_contain_text("Time is put aside: Wed 28 Oct 2026, 08:00")
    page.get_by_role("link", name="Done…").click()
    page.get_by_label("Unplug it").check()
    page.get_by_label("Clean lens and mirrors").check()
    page.get_by_label("Cost").fill("12.50")
    page.get_by_role("button", name="Write it down").click()
    expect(page.locator("main")).to_contain_text("not due yet")
    expect(page.locator("main")).to_contain_text("12.50")
    inspect(page, f"upkeep-done-{viewport['width']}")
