"""A maker follows a machine and their own time in a calendar program, at a desk and on a phone."""

from urllib.parse import urlsplit

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tests.booking.following import read
from tests.booking.lively import Lively
from tests.journeys.browsing import DESK, PHONE, Browsing, inspect
from tests.journeys.pages import answer

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"viewport": DESK}, id="desk"),
        pytest.param({"viewport": PHONE, "java_script_enabled": False}, id="phone-without-script"),
    ],
)
def test_from_the_page_of_a_machine_to_a_revoked_address(
    browsing: Browsing, lively: Lively, options: dict[str, object]
) -> None:
    page = browsing.open("/machines/atelier/speedy/", lively.maker, **options)
    page.get_by_role("link", name="Subscribe to this calendar").click()
    expect(page.get_by_label("What do you want to follow?")).to_have_value(
        f"machine:{lively.laser.pk}"
    )
    page.get_by_label("Where will you read it?").fill("My phone")
    answer(page, "Make an address")
    address = address_shown(page)
    if options.get("java_script_enabled", True):
        inspect(page, "calendar-new")
    told = {each.summary for each in read(address)}
    assert told == {"Speedy 400: Reserved", "Speedy 400: Mira Maker"}

    page.goto("/profile/calendars/")
    followed = page.get_by_role("listitem").filter(has_text="My phone")
    expect(followed).to_contain_text("Speedy 400, Atelier Zürich")
    expect(followed).to_contain_text("Last read")
    expect(page.locator("#address")).to_have_count(0)
    followed.get_by_role("button").click()
    expect(page.locator("main")).to_contain_text("Nothing yet")
    assert Client().get(address).status_code == 404


def address_shown(page: Page) -> str:
    """The path of the address that is shown this once; programs are offered the same."""
    address = page.locator("#address").inner_text()
    offered = page.get_by_role("link", name="Open in my calendar program").get_attribute("href")
    assert urlsplit(offered)._replace(scheme="") == urlsplit(address)._replace(scheme="")
    return urlsplit(address).path
