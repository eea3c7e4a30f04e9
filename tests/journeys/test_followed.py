"""Staff have the space follow a calendar from elsewhere, at a desk and on a phone."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from booking.models import Displacement
from booking.states import DisplacementState
from machines.services.followed.refreshing import refresh_due
from spaces.intervals import DAY
from tests.booking.lively import NOW, Lively
from tests.journeys.browsing import PHONE, Browsing, inspect
from tests.journeys.pages import answer
from tests.machines.followed.files import ZURICH, calendar, event
from tests.machines.followed.server import Given, serving

pytestmark = [pytest.mark.django_db(transaction=True)]

LIST = "/spaces/atelier/calendars/"
COURSE = event(f"{ZURICH}:20261022T090000", f"{ZURICH}:20261022T130000", summary="First aid")
EXAM = event(f"{ZURICH}:20261029T090000", f"{ZURICH}:20261029T130000", uid="b", summary="Exam")


def test_from_the_address_to_the_day_it_is_gone(
    browsing: Browsing, lively: Lively, settings: Any
) -> None:
    settings.PRIVATE_NETWORKS_ALLOWED = ("127.0.0.0/8",)
    with serving() as server:
        server.answers["/courses.ics"] = Given(calendar("X-WR-CALNAME:Courses", COURSE))
        page = browsing.open("/spaces/atelier/closures/", lively.staff)
        page.get_by_role("link", name="Followed calendars", exact=True).click()
        page.get_by_label("Address of the calendar").fill(f"{server.url}/courses.ics")
        answer(page, "Look at it")
        expect(page.locator("main")).to_contain_text("First aid · Thu 22 Oct 09:00–13:00")
        expect(page.locator("main")).to_contain_text("1 reservation is in the way")
        inspect(page, "followed-draft")
        answer(page, "Follow this calendar")
        expect(page.locator("main")).to_contain_text("“Courses” is followed.")
        assert Displacement.objects.get().state == DisplacementState.OPEN
        server.answers["/courses.ics"] = Given(calendar(COURSE, EXAM))
        answer(page, "Read it again now")
        expect(page.locator("main")).to_contain_text("Read again: 1 new, 0 changed, 0 gone.")
        server.answers["/courses.ics"] = Given(status=404)
        refresh_due(NOW + DAY)
    page.goto(LIST)
    expect(page.locator("main")).to_contain_text("could not be read")
    expect(page.locator("main")).to_contain_text("2 dates to come")
    inspect(page, "followed-gone")
    page.get_by_role("link", name="Courses", exact=True).click()
    answer(page, "Follow it no more")
    expect(page.locator("main")).to_contain_text("No calendar is followed")


def test_a_file_for_one_machine_on_a_phone(
    browsing: Browsing, lively: Lively, tmp_path: Path
) -> None:
    path = tmp_path / "exams.ics"
    path.write_bytes(calendar(EXAM, event("", "", uid="c", summary="Someday")))
    phone = browsing.open(
        "/spaces/atelier/machines/speedy/calendars/", lively.staff, viewport=PHONE, has_touch=True
    )
    phone.get_by_label("or a file").set_input_files(path)
    phone.get_by_label("Busy time").check()
    answer(phone, "Look at it")
    expect(phone.locator("main")).to_contain_text("It has no start.")
    answer(phone, "Follow this calendar")
    expect(phone.locator("main")).to_contain_text("“exams” is followed.")
    inspect(phone, "followed-machine")
    public = browsing.open("/machines/atelier/speedy/?date=2026-10-29&view=agenda", viewport=PHONE)
    expect(public.locator("main")).to_contain_text("Besetzt")
    expect(public.locator("main")).not_to_contain_text("Exam")
