"""Staff writes down what comes in, counts what is there, and sees what to order."""

import pytest
from playwright.sync_api import expect

from machines.models import Consumable
from tests.booking.lively import Lively
from tests.journeys.browsing import DESK, PHONE, Browsing, inspect

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_a_consumable_comes_in_is_counted_and_is_low(
    browsing: Browsing, lively: Lively, viewport: dict[str, int]
) -> None:
    page = browsing.open("/spaces/atelier/inventory/", lively.staff, viewport=viewport)
    page.get_by_role("link", name="Stock", exact=True).click()
    page.get_by_role("main").get_by_role("link", name="New consumable").first.click()
    page.get_by_label("Name").fill("PETG")
    page.get_by_label("Counted in").select_option("g")
    page.get_by_label("Price per unit").fill("0.045")
    page.get_by_label("Minimum").fill("500")
    page.get_by_label("To be ordered at a time").fill("4000")
    page.get_by_role("button", name="Save").click()
    page.get_by_label("Quantity (g)").fill("1000")
    page.get_by_role("button", name="Write down").click()
    expect(page.locator("main")).to_contain_text("In stock now: 1,000")
    page.get_by_role("link", name="Stock", exact=True).first.click()
    page.get_by_role("link", name="Count", exact=True).click()
    page.get_by_label("PETG (g)").fill("420")
    page.get_by_role("button", name="Write down what was counted").click()
    expect(page.locator("main")).to_contain_text("1 difference was set right.")
    expect(page.get_by_role("table")).to_contain_text("4,000")
    inspect(page, f"stock-low-{viewport['width']}")
    page.get_by_role("link", name="PETG").click()
    page.get_by_role("button", name="Undo: difference of a count").click()
    expect(page.locator("main")).to_contain_text("as it was before")
    assert Consumable.objects.get().quantity == 1000
    inspect(page, f"stock-undone-{viewport['width']}")
