"""Staff takes a report along, has what takes long made, and mails it every month."""

import pytest
from django.utils.timezone import now
from playwright.sync_api import expect

from reports.exports import writing
from reports.models import SavedReport
from reports.services.making import make_exports
from tests.booking.lively import Lively
from tests.factories.booking import UsageSessionFactory
from tests.journeys.browsing import DESK, PHONE, Browsing, inspect

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_what_takes_long_is_made_and_the_report_is_mailed(
    browsing: Browsing,
    lively: Lively,
    viewport: dict[str, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writing, "MOST_AT_ONCE", 0)
    UsageSessionFactory.create(machine=lively.laser, started_at=now(), ended_at=now())
    width = viewport["width"]
    files = "/reports/utilisation/sessions.xlsx?scope=space:atelier"
    page = browsing.open(files, lively.staff, viewport=viewport)
    inspect(page, f"file-long-{width}")
    page.get_by_role("button", name="Make the file").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    make_exports(clock=now)
    # The page asks by itself.
    expect(page.get_by_role("link", name="Fetch the file")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Fetch the file").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    page.goto("/reports/saved/new/?scope=space:atelier")
    page.get_by_label("Name").fill("Board")
    page.get_by_label("Period").select_option("3")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("main")).to_contain_text("Every month: the three months before.")
    page.get_by_role("button", name="Send now Board").click()
    expect(page.get_by_role("main")).to_contain_text("goes out within a minute")
    inspect(page, f"saved-sent-{width}")
    assert SavedReport.objects.get().asked_at is not None
