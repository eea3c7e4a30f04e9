"""A machine breaks: told at the QR code on a phone, judged at the desk, mended, told again."""

import pytest
from playwright.sync_api import expect

from machines.models import Fault
from spaces.intervals import DAY
from tests.booking.lively import TUESDAY, Lively
from tests.journeys.browsing import PHONE, Browsing, inspect
from tests.journeys.pages import answer

pytestmark = [pytest.mark.django_db(transaction=True)]


def test_from_the_report_to_the_repair(browsing: Browsing, lively: Lively) -> None:
    phone = browsing.open("/at/atelier/speedy/", lively.maker, viewport=PHONE, has_touch=True)
    phone.get_by_role("link", name="Something is wrong? Report it").tap()
    phone.get_by_label("It broke while I used it").check()
    phone.get_by_label("In your words").fill("Sparks under the lid")
    phone.get_by_label("Somebody could get hurt").check()
    phone.get_by_role("button", name="Tell the staff").tap()
    expect(phone.locator("main")).to_contain_text("has not looked at it yet")
    fault = Fault.objects.get(reported_by=lively.maker)
    assert fault.stoppages.open().exists()

    page = browsing.open("/spaces/atelier/faults/", lively.staff)
    page.get_by_role("link", name="Sparks under the lid").click()
    page.get_by_label("How bad is it?").select_option("serious")
    page.get_by_label("Likely mended by").fill((TUESDAY + 2 * DAY).isoformat())
    page.get_by_label("What is known").fill("The cable is burnt")
    answer(page, "Save")
    expect(page.locator("main")).to_contain_text("reservations are in the way")
    inspect(page, "fault-displaces")
    answer(page, "Cancel them")
    answer(page, "Save")
    expect(page.locator("main")).to_contain_text("likely mended by")
    page.get_by_label("What was done").fill("New cable")
    answer(page, "Resolved")
    expect(page.locator("main")).to_contain_text("It is not mended after all")

    phone.reload()
    expect(phone.locator("main")).to_contain_text("New cable")
