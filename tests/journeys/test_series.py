"""A course that comes again every week: planned, seen date by date, kept, moved, given back."""

import pytest
from playwright.sync_api import Page, expect

from booking.models import Series
from tests.booking.lively import Lively, reserve
from tests.journeys.browsing import DESK, PHONE, Browsing, inspect
from tests.journeys.house import TOMORROW, WEEK

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_weekly_course(
    browsing: Browsing, lively: Lively, size: dict[str, int], *, script: bool
) -> None:
    reserve(lively.mill, "18:00", "19:00", TOMORROW + WEEK, purpose="Somebody else")
    page = browsing.open(
        "/machines/atelier/shaper/reserve/?date=2026-10-21&start=18:00&end=20:00",
        lively.maker,
        viewport=size,
        java_script_enabled=script,
    )
    page.get_by_label("What will you make?").fill("Evening course")
    page.get_by_role("button", name="Repeat…").click()
    expect(page.get_by_label("What will you make?")).to_have_value("Evening course")
    expect(page.get_by_label("Day", exact=True)).to_have_value("2026-10-21")

    page.get_by_label("Number of dates").fill("4")
    page.get_by_role("button", name="See the dates").click()
    expect(page.get_by_text("3 of 4 dates are free")).to_be_visible()
    # 18:00 stays 18:00 over the clock change.
    expect(page.get_by_text("Wed 11 Nov, 18:00")).to_be_visible()
    expect(page.locator(".dates .off")).to_contain_text("taken")
    if script:
        inspect(page, "series-preview")
    page.get_by_label("leave out: 28 October 2026").check()
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_text("All 3 dates are free")).to_be_visible()
    page.get_by_role("button", name="Reserve all 3").click()

    expect(page.get_by_role("status").or_(page.locator(".messages"))).to_contain_text(
        "3 dates are reserved"
    )
    expect(page.locator("main")).to_contain_text("Every week on Wednesday, 18:00–20:00")
    move_from_the_second_on(page)
    give_the_rest_back(page)


def move_from_the_second_on(page: Page) -> None:
    """From 4 November on, Thursdays at nine."""
    page.get_by_role("link", name="Move dates").click()
    page.get_by_label("From this date on").select_option("2026-11-04")
    page.get_by_label("New day of the first of them").fill("2026-11-05")
    page.get_by_label("From", exact=True).select_option("09:00")
    page.get_by_label("To", exact=True).select_option("11:00")
    page.get_by_role("button", name="See the dates").click()
    expect(page.get_by_text("Thu 12 Nov, 09:00")).to_be_visible()
    page.get_by_role("button", name="Move them").click()
    expect(page.locator("main")).to_contain_text("Every week on Thursday, 09:00–11:00")


def give_the_rest_back(page: Page) -> None:
    """All of the moved ones at once."""
    page.locator("summary", has_text="Cancel dates").click()
    page.get_by_role("button", name="Yes, cancel them").click()
    expect(page.locator(".messages")).to_contain_text("2 dates are cancelled")
    assert Series.objects.count() == 2
    page.goto("/series/")
    expect(page.locator("main")).to_contain_text("1 date to come")
