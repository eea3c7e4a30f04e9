"""Staff sets when people are reminded, and sees that what is reserved follows."""

from datetime import timedelta

import pytest
from playwright.sync_api import Route, expect

from booking import notices
from booking.services.reminders import follow_rules
from notifications.models import Message
from tests.booking.lively import NOW, Lively, reserve
from tests.journeys.browsing import DESK, PHONE, Browsing, inspect
from tests.journeys.house import TOMORROW, WEEK

HOUR = timedelta(hours=1)

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_a_reminder_is_set_and_what_is_reserved_follows(
    browsing: Browsing, lively: Lively, viewport: dict[str, int]
) -> None:
    row = reserve(lively.laser, "10:00", "12:00", TOMORROW + WEEK, member=lively.maker)
    notices.keep_reminders(row, now=NOW)
    page = browsing.open("/spaces/atelier/policies/", lively.staff, viewport=viewport)
    page.get_by_role("link", name="Reminders", exact=True).click()
    expect(page.locator("main")).to_contain_text("Remind everybody 24 hours before the start.")
    page.get_by_role("link", name="New reminder").click()
    page.get_by_label("How long before or after").fill("2 h")
    page.get_by_label("Category").select_option("Lasers")
    page.get_by_label("Of whose reservations").select_option("makers")
    sentence = "Remind makers of Lasers 2 hours before the start."
    expect(page.locator("#words")).to_contain_text(sentence)
    page.get_by_label("When", exact=True).select_option("before a contract ends")
    with browsing.refusing(422):
        page.get_by_role("button", name="Save the reminder").click()
        expect(page.locator("main")).to_contain_text("This has nothing to do with a category")
    inspect(page, f"reminder-wrong-{viewport['width']}")
    page.get_by_label("When", exact=True).select_option("before the start")
    page.get_by_role("button", name="Save the reminder").click()
    expect(page.locator("main")).to_contain_text(sentence)
    expect(page.locator("main")).to_contain_text("being brought in line")
    follow_rules(NOW + HOUR)
    assert Message.objects.get(subject_key=row.subject_key).send_after == row.starts_at - 2 * HOUR
    page.reload()
    expect(page.get_by_role("table")).to_contain_text("Mira Maker")
    page.get_by_role("button", name=f"Switch off: {sentence}").click()
    expect(page.get_by_role("button", name=f"Switch on: {sentence}")).to_be_visible()
    inspect(page, f"reminder-off-{viewport['width']}")


def test_what_is_entered_before_the_scripts_arrive_is_told_in_words(
    browsing: Browsing, lively: Lively
) -> None:
    page = browsing.open("/spaces/atelier/reminders/", lively.staff)
    held: list[Route] = []

    def hold_back(script: Route) -> None:
        held.append(script)

    page.route("**/htmx*.js", hold_back)
    page.get_by_role("link", name="New reminder").click()
    page.get_by_label("How long before or after").fill("2 h")
    page.get_by_label("Category").select_option("Lasers")
    for script in held:
        script.continue_()
    sentence = "Remind everybody who has reserved Lasers 2 hours before the start."
    expect(page.locator("#words")).to_contain_text(sentence)
