"""A space decides to publish, and a visitor reads it."""

import pytest
from playwright.sync_api import expect

from tests.booking.lively import Lively
from tests.journeys.browsing import PHONE, Browsing, inspect

pytestmark = [pytest.mark.django_db(transaction=True)]


def test_a_space_publishes_what_it_looked_at(browsing: Browsing, lively: Lively) -> None:
    staff = browsing.open("/spaces/atelier/open-data/", lively.staff, viewport=PHONE)
    staff.get_by_label("Everybody may have the open data of this space").check()
    staff.get_by_label("CC0: do as you like").check()
    staff.get_by_role("button", name="Preview").click()
    expect(staff.locator("#preview")).to_contain_text("This is what everybody would see")
    inspect(staff, "journey-open-data-preview")
    staff.get_by_role("button", name="Save", exact=True).click()
    expect(staff.get_by_role("link", name="What everybody sees")).to_be_visible()
    visitor = browsing.open("/open-data/atelier/")
    expect(visitor.locator("main")).to_contain_text("No month has been published yet")
    link = visitor.locator("a[href$='/machines.csv']").get_attribute("href")
    assert "Speedy" in visitor.request.get(f"{visitor.url.partition('/open-data')[0]}{link}").text()
