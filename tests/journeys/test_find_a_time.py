"""Finding the earliest time over all machines, at a desk, on a phone and without scripts."""

import re

import pytest
from playwright.sync_api import expect

from booking.models import Reservation
from tests.booking.lively import Lively
from tests.journeys.browsing import PHONE, Browsing, inspect
from tests.journeys.pages import answer, span_in_form

pytestmark = [pytest.mark.django_db(transaction=True)]

MINE = re.compile(r"/reservations/\d+/$")


def test_from_the_catalogue_to_a_reservation(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open("/machines/", lively.maker)
    page.get_by_role("link", name="Find a time").click()
    page.get_by_label("Search").fill("speedy")
    page.get_by_label("How long").select_option("120")
    page.get_by_label("From day").fill("2026-10-21")
    page.get_by_label("Until day").fill("2026-10-27")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("#count")).to_have_text(re.compile("1 offer"))
    offer = page.locator("#results article").first
    offered = offer.locator("time").first.get_attribute("datetime") or ""
    inspect(page, "find-a-time-found")
    offer.get_by_role("link", name="Speedy 400").click()
    day, start, _end = span_in_form(page)
    assert offered.startswith(f"{day}T{start}")
    expect(page.locator("#verdict")).to_contain_text("You can reserve this time.")
    answer(page, "Reserve")
    page.wait_for_url(MINE)
    made = Reservation.objects.filter(member=lively.maker).latest("pk")
    assert (made.ends_at - made.starts_at).total_seconds() == 2 * 3600


def test_on_a_phone_without_a_script_looking_wider(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open(
        "/machines/find-a-time/", lively.maker, viewport=PHONE, java_script_enabled=False
    )
    page.get_by_label("Search").fill("speedy")
    page.get_by_label("How long").select_option("1440")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("heading", name="Nothing is free for so long")).to_be_visible()
    while page.get_by_role("link", name=re.compile("^Only")).count():
        page.get_by_role("link", name=re.compile("^Only")).click()
    expect(page.get_by_label("Search")).to_have_value("speedy")
    page.locator("#results").get_by_role("link", name="Speedy 400").click()
    expect(page.get_by_role("heading", name="Reserve Speedy 400")).to_be_visible()
