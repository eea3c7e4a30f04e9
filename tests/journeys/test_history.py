"""The past of a space in the hands of its staff, at a desk and on a phone."""

import pytest
from django.utils.timezone import now
from playwright.sync_api import expect

from booking.models import Reservation
from booking.services.bringing import import_waiting
from tests.booking.lively import Lively
from tests.journeys.browsing import DESK, PHONE, Browsing, inspect
from tests.journeys.pages import answer
from tests.journeys.rooms.history import LOG

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("size", [pytest.param(DESK, id="desk"), pytest.param(PHONE, id="phone")])
def test_a_log_is_looked_at_brought_and_taken_back(
    browsing: Browsing, lively: Lively, size: dict[str, int]
) -> None:
    page = browsing.open("/spaces/atelier/past/", lively.staff, viewport=size)
    held = Reservation.objects.count()
    log = {"name": "log.csv", "mimeType": "text/csv", "buffer": LOG.encode()}
    page.get_by_label("Log, or the files of fab-manager").set_input_files([log])  # type: ignore[list-item]
    answer(page, "Look at it")
    main = page.locator("main")
    expect(main).to_contain_text("The end does not lie after the start.")
    page.get_by_label("Ponceuse").select_option("Speedy 400")
    answer(page, "Read it this way")
    inspect(page, "journey-past-preview")
    answer(page, "Import the good rows")
    expect(page.get_by_role("progressbar")).to_be_visible()
    import_waiting(clock=now)
    # The page asks by itself.
    expect(main).to_contain_text("Imported: 3 new")
    inspect(page, "journey-past-done")
    page.get_by_role("link", name="Imported so far").click()
    expect(main).to_contain_text("3 rows imported")
    assert Reservation.objects.count() == held + 1
    inspect(page, "journey-past")
    answer(page, "Take log.csv back")
    expect(main).to_contain_text("being taken back")
    import_waiting(clock=now)
    expect(main).to_contain_text("Taken back: 3 rows are gone.")
    assert Reservation.objects.count() == held
