"""Staff asks how the machines were used: the question is put right, read in words, and followed."""

import pytest
from playwright.sync_api import expect

from reports.services.rollup import rebuild_all
from tests.booking.lively import NOW, Lively
from tests.journeys.browsing import DESK, PHONE, Browsing, inspect

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_a_question_is_put_right_and_followed_to_the_sessions(
    browsing: Browsing, lively: Lively, viewport: dict[str, int]
) -> None:
    rebuild_all(now=NOW)
    page = browsing.open("/spaces/atelier/utilisation/", lively.staff, viewport=viewport)
    page.get_by_label("from").fill("2026-10-31")
    page.get_by_label("until").fill("2026-10-01")
    page.get_by_label("Compared with").select_option("a year ago")
    page.get_by_label("until").press("Enter")
    form = page.locator(".report-filter")
    expect(form).to_contain_text("The last day lies before the first.")
    expect(page.get_by_label("from")).to_have_value("2026-10-31")
    page.get_by_label("from").fill("2026-10-01")
    page.get_by_label("until").fill("2026-10-31")
    page.get_by_role("button", name="Show").press("Enter")
    expect(page.get_by_role("heading", level=2, name="In words")).to_be_visible()
    expect(page.locator("main")).to_contain_text(
        "Of October 2025 there are no figures to compare with."
    )
    table = page.locator("details", has_text="The same as a table").first
    table.locator("summary").press("Enter")
    expect(table.get_by_role("columnheader", name="Used")).to_be_visible()
    inspect(page, f"report-{viewport['width']}")
    page.get_by_role("link", name="The sessions behind these figures").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sessions behind the figures")
