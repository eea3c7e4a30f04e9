"""An inventory in the hands of its staff, at a desk and on a phone."""

import pytest
from django.utils.timezone import now
from playwright.sync_api import Page, expect

from booking.services.bringing import import_waiting
from machines.models import Machine
from tests.booking.lively import Lively
from tests.factories.members import RoleFactory
from tests.factories.spaces import SpaceFactory
from tests.journeys.browsing import DESK, PHONE, Browsing, inspect
from tests.journeys.pages import answer

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("size", [pytest.param(DESK, id="desk"), pytest.param(PHONE, id="phone")])
def test_ticked_changed_taken_back_and_retired(
    browsing: Browsing, lively: Lively, size: dict[str, int]
) -> None:
    page = browsing.open("/spaces/atelier/inventory/", lively.staff, viewport=size)
    changed_together(page)
    labelled(page)
    retired(page)


def changed_together(page: Page) -> None:
    """Two machines, a look at what would change, and back."""
    for name in ("Speedy 400", "Trotec Q500"):
        page.get_by_label(name, exact=True).check()
    answer(page, "Change the ticked")
    page.get_by_label("Loaded now").fill("Plywood, 4 mm")
    answer(page, "Show what would change")
    expect(page.locator("main")).to_contain_text("2 machines will change")
    inspect(page, "journey-inventory-bulk")
    answer(page, "Change them")
    expect(page.locator("main")).to_contain_text("Plywood, 4 mm")
    assert Machine.objects.filter(loaded="Plywood, 4 mm").count() == 2
    answer(page, "Take it back")
    expect(page.locator("main")).to_contain_text("Taken back.")
    assert not Machine.objects.exclude(loaded="").exists()


def labelled(page: Page) -> None:
    """Labels of just those that are ticked."""
    page.goto("/spaces/atelier/inventory/")
    answer(page, "Print labels of the ticked")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(2)
    with page.expect_download() as download:
        answer(page, "Make the PDF")
    assert download.value.suggested_filename == "labels-atelier.pdf"


def retired(page: Page) -> None:
    """Who has reserved it is moved to its twin."""
    page.goto("/spaces/atelier/machines/speedy/edit/")
    page.get_by_role("link", name="Retire").click()
    page.get_by_label("Why").fill("Sold")
    answer(page, "Retire")
    expect(page.locator("main")).to_contain_text("in the way")
    inspect(page, "journey-inventory-retire")
    answer(page, "Retire")
    expect(page.locator("main")).to_contain_text("1 machine has left service")
    assert Machine.objects.get(slug="speedy").retired_at is not None


def test_a_workbook_comes_in_while_its_progress_shows(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open("/spaces/atelier/inventory/", lively.staff)
    with page.expect_download() as download:
        page.get_by_role("link", name="Export XLSX").click()
    page.goto("/spaces/atelier/inventory/import/")
    page.get_by_label("Inventory file").set_input_files(download.value.path())
    answer(page, "Look at it")
    expect(page.locator("main")).to_contain_text("rows of a workbook")
    answer(page, "Import")
    expect(page.get_by_role("progressbar")).to_be_visible()
    import_waiting(clock=now)
    expect(page.locator("main")).to_contain_text("Imported: 0 new")


def test_from_one_space_to_another(browsing: Browsing, lively: Lively) -> None:
    RoleFactory.create(member=lively.staff, space=SpaceFactory.create(name="Nord", slug="nord"))
    page = browsing.open("/spaces/atelier/machines/trotec/edit/", lively.staff, viewport=PHONE)
    page.get_by_role("link", name="Move to another space").click()
    page.get_by_label("To", exact=True).select_option("Nord")
    page.get_by_label("Why").fill("Lent for a year")
    answer(page, "Move it")
    expect(page.locator("main")).to_contain_text("in the way")
    answer(page, "Move it")
    expect(page.locator("main")).to_contain_text("It stands in Nord now")
    page.goto("/at/atelier/trotec/")
    page.wait_for_url("**/at/nord/trotec-q500/")
