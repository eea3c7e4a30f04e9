"""A machine breaks: told at the QR code on a phone, judged at the desk, mended, told again."""

import pytest
from playwright.sync_api import expect

from machines.models import Fault
from machines.services.dependencies import add_need
from spaces.intervals import DAY
from tests.booking.lively import TUESDAY, Lively, at
from tests.factories.machines import MachineFactory
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


def test_no_extraction_no_mill(browsing: Browsing, lively: Lively) -> None:
    extraction = MachineFactory.create(space=lively.space, name="Extraction", slug="extraction")
    add_need(machine=lively.mill, needs=extraction, now=at("08:00"))
    phone = browsing.open("/at/atelier/extraction/fault/", lively.maker, viewport=PHONE)
    phone.get_by_label("I found it broken").check()
    phone.get_by_label("In your words").fill("It smokes")
    phone.get_by_label("Somebody could get hurt").check()
    phone.get_by_role("button", name="Tell the staff").click()
    expect(phone.locator("main")).to_contain_text("has not looked at it yet")
    phone.goto("/at/atelier/shaper/")
    expect(phone.locator("main")).to_contain_text("It needs Extraction, which is out of order.")
    expect(phone.get_by_role("button", name="Check in")).to_have_count(0)
    phone.goto("/reservations/")
    phone.get_by_role("link", name="What I reported").click()
    expect(phone.get_by_role("link", name="It smokes")).to_be_visible()
    page = browsing.open("/spaces/atelier/faults/", lively.staff)
    page.get_by_role("link", name="It smokes").click()
    page.get_by_label("What was done").fill("New filter")
    answer(page, "Resolved")
    expect(page.locator("main")).to_contain_text("It is not mended after all")
    phone.reload()
    expect(phone.locator("main")).to_contain_text("New filter")
    phone.goto("/at/atelier/shaper/")
    expect(phone.get_by_role("button", name="Check in")).to_be_visible()
