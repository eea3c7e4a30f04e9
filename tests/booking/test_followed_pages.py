"""The pages on which staff have a space or a machine follow calendars from elsewhere."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from booking.models import Displacement, Reservation
from booking.states import DisplacementState
from machines.models import FollowedCalendar
from machines.queries.opening import opening_of
from machines.states import Following
from spaces.intervals import DAY
from tests.booking.lively import TUESDAY, Lively, reserve
from tests.booking.test_displaced_pages import choosing, options
from tests.machines.calendars import span
from tests.machines.followed.files import ZURICH, calendar, event
from tests.machines.followed.server import Given, Server, serving

pytestmark = pytest.mark.django_db

THURSDAY = TUESDAY + 2 * DAY
LIST = "/spaces/atelier/calendars/"
OF_MACHINE = "/spaces/atelier/machines/speedy/calendars/"
COURSE = event(f"{ZURICH}:20261022T090000", f"{ZURICH}:20261022T130000")
WINDOW = span("2026-10-20T00:00", "2026-12-01T00:00")


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    """A server that may be called although it is on this machine."""
    settings.PRIVATE_NETWORKS_ALLOWED = ("127.0.0.0/8",)
    with serving() as each:
        yield each


def file(content: bytes, name: str = "courses.ics") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/calendar")


def upload(staff: Client, content: bytes, address: str = LIST, **typed: object) -> str:
    """Give a file, and return the address of the page that shows what it would close."""
    sent = staff.post(address, {"meaning": "closure", "file": file(content), **typed})
    assert sent.status_code == 302, sent.content.decode()
    return str(sent["Location"])


def page_at(staff: Client, address: str) -> str:
    shown = staff.get(address)
    assert shown.status_code == 200
    return shown.content.decode()


def typed_in(page: str, **changes: str) -> dict[str, str]:
    """What the form of a calendar's page sends, with the preview that it shows."""
    fingerprint = re.search(r'name="previewed" value="(\w+)"', page)
    assert fingerprint is not None
    name = re.search(r'name="name" value="([^"]*)"', page)
    assert name is not None
    sent = {"name": name[1], "meaning": "closure", "previewed": fingerprint[1], "step": "save"}
    return sent | changes


def follow(staff: Client, address: str) -> str:
    """Save what the page of a draft shows; the page afterwards."""
    page = page_at(staff, address)
    saved = staff.post(address, typed_in(page) | choosing(page, "Leave"), follow=True)
    assert saved.redirect_chain, saved.content.decode()
    return saved.content.decode()


def test_an_empty_list_says_what_it_is_for_and_is_found(staff: Client) -> None:
    assert "No calendar is followed" in page_at(staff, LIST)
    assert "No calendar is followed" in page_at(staff, OF_MACHINE)
    assert LIST in page_at(staff, "/spaces/atelier/closures/")
    assert OF_MACHINE in page_at(staff, "/spaces/atelier/machines/speedy/hours/")


def test_a_file_is_shown_before_it_closes_anything(staff: Client, lively: Lively) -> None:
    broken = event("", "", uid="b", summary="Exam")
    address = upload(staff, calendar("X-WR-CALNAME:Courses", COURSE, broken))
    page = page_at(staff, address)
    assert "Courses" in page
    assert "Nothing is saved yet." in page
    assert "Thu 22 Oct 09:00–13:00" in page
    assert re.search(r"Exam\s*<span[^>]*>not read</span>", page)
    assert "It has no start." in page
    assert not opening_of(lively.space, WINDOW).closures
    assert "No calendar is followed" in page_at(staff, LIST)
    followed = follow(staff, address)
    assert "“Courses” is followed." in followed
    assert [each.reason for each in opening_of(lively.space, WINDOW).closures] == ["Course"]
    listed = page_at(staff, LIST)
    assert "1 date to come" in listed
    assert "1 event to look at" in listed


def test_who_is_in_the_way_is_displaced_as_by_any_closure(staff: Client, lively: Lively) -> None:
    boxes = Reservation.objects.get(purpose="Boxes")
    address = upload(staff, calendar(COURSE))
    page = page_at(staff, address)
    assert "1 reservation is in the way" in page
    saved = staff.post(address, typed_in(page) | choosing(page, "Propose"))
    assert saved.status_code == 302
    lost = Displacement.objects.get()
    assert (lost.reservation, lost.state) == (boxes, DisplacementState.OPEN)
    assert lost.reason == "courses"


def test_who_is_left_as_they_are_stays_in_sight(staff: Client, lively: Lively) -> None:
    address = upload(staff, calendar(COURSE))
    page = follow(staff, address)
    assert "1 reservation is in the way" in page
    assert "1 reservation is in the way" in page_at(staff, LIST)
    saved = staff.post(address, typed_in(page) | choosing(page, "Cancel"), follow=True)
    assert "Saved." in saved.content.decode()
    assert "in the way" not in saved.content.decode()
    assert "in the way" not in page_at(staff, LIST)


def test_a_machines_calendar_concerns_that_machine(staff: Client, lively: Lively) -> None:
    reserve(lively.mill, "10:00", "11:00", THURSDAY, member=lively.maker)
    address = upload(staff, calendar(COURSE), OF_MACHINE)
    page = page_at(staff, address)
    assert "Speedy 400 · courses.ics" in re.sub(r"\s+", " ", page)
    assert f'href="{OF_MACHINE}"' in page
    assert len(options(page)) == 1
    follow(staff, address)
    assert opening_of(lively.laser, WINDOW).closures
    assert not opening_of(lively.mill, WINDOW).closures
    assert "Speedy 400 ·" in re.sub(r"\s+", " ", page_at(staff, LIST))
    assert "1 date to come" in page_at(staff, OF_MACHINE)
    assert "No calendar" in page_at(staff, "/spaces/atelier/machines/shaper/calendars/")


def test_what_is_changed_is_shown_before_it_is_saved(staff: Client, lively: Lively) -> None:
    free = event(f"{ZURICH}:20261105T090000", f"{ZURICH}:20261105T100000", "TRANSP:TRANSPARENT")
    address = upload(staff, calendar(free))
    page = page_at(staff, address)
    assert "1 date is marked as free and closes nothing." in page
    changed = typed_in(page, takes_free="on", meaning="busy")
    warned = staff.post(address, changed).content.decode()
    assert "new since the preview" in warned
    assert "Only staff see what the events are called" in warned
    assert not opening_of(lively.space, WINDOW).closures
    saved = staff.post(address, typed_in(warned, takes_free="on", meaning="busy"))
    assert saved.status_code == 302
    # The first language of the space is German.
    assert [each.reason for each in opening_of(lively.space, WINDOW).closures] == ["Besetzt"]


def test_a_form_that_is_wrong_keeps_what_was_typed(staff: Client) -> None:
    sent = staff.post(LIST, {"meaning": "busy", "name": "Mine", "url": "http://10.0.0.1/a.ics"})
    page = sent.content.decode()
    assert sent.status_code == 422
    assert "We do not call this address" in page
    assert 'value="http://10.0.0.1/a.ics"' in page
    assert 'value="Mine"' in page
    nothing = staff.post(LIST, {"meaning": "busy"})
    assert "Enter an address, or choose a file." in nothing.content.decode()
    both = {"meaning": "busy", "url": "example.org/a.ics", "file": file(calendar())}
    assert "not both" in staff.post(LIST, both).content.decode()
    no_calendar = staff.post(LIST, {"meaning": "busy", "file": file(b"<html>")})
    assert (no_calendar.status_code, FollowedCalendar.objects.count()) == (422, 0)
    assert "This is not a calendar" in no_calendar.content.decode()
    huge = staff.post(LIST, {"meaning": "busy", "file": file(b"x" * 5_000_001)})
    assert "larger than 5" in huge.content.decode()
    address = upload(staff, calendar(COURSE))
    unnamed = staff.post(address, {"name": "", "meaning": "closure", "step": "save"})
    assert unnamed.status_code == 422


def test_an_address_is_read_now_paused_resumed_and_let_go(
    staff: Client, server: Server, lively: Lively
) -> None:
    server.answers["/key/a.ics"] = Given(calendar(COURSE))
    sent = staff.post(LIST, {"meaning": "closure", "url": f"{server.url}/key/a.ics"})
    address = str(sent["Location"])
    page = follow(staff, address)
    assert "127.0.0.1 ·" in page
    # Whoever has the whole address has the calendar.
    assert "/key/" not in page
    server.answers["/key/a.ics"] = Given(calendar(COURSE, event(uid="b")))
    again = staff.post(f"{address}refresh/", follow=True).content.decode()
    assert "Read again: 1 new, 0 changed, 0 gone." in again
    server.answers["/key/a.ics"] = Given(status=410)
    failed = staff.post(f"{address}refresh/", follow=True).content.decode()
    assert "The server did not give the calendar out. (410 Gone)" in failed
    assert "What was known is kept." in failed
    assert "What was known is kept." in page_at(staff, LIST)
    assert "paused" in staff.post(f"{address}pause/", follow=True).content.decode()
    assert "Pause" in staff.post(f"{address}resume/", follow=True).content.decode()
    gone = staff.post(f"{address}remove/", follow=True).content.decode()
    assert "is followed no more" in gone
    assert not opening_of(lively.space, WINDOW).closures
    assert staff.get(address).status_code == 404


def test_subscriptions_are_addresses_too(staff: Client, server: Server) -> None:
    host = server.url.removeprefix("http://")
    # Nobody speaks TLS there.
    sent = staff.post(LIST, {"meaning": "closure", "url": f"webcal://{host}/a.ics"})
    assert "Nobody answers at this address." in sent.content.decode()
    assert not server.asked


def test_there_is_no_other_change(staff: Client) -> None:
    address = upload(staff, calendar(COURSE))
    assert staff.post(f"{address}explode/").status_code == 404
    assert staff.get(f"{address}pause/").status_code == 405
    staff.post(f"{address}remove/")
    assert not FollowedCalendar.objects.exists()


def test_what_a_calendar_closes_is_not_taken_back_by_hand(staff: Client, lively: Lively) -> None:
    address = upload(staff, calendar(COURSE))
    follow(staff, address)
    followed = FollowedCalendar.objects.get(state=Following.ACTIVE)
    page = page_at(staff, "/spaces/atelier/closures/")
    assert "What followed calendars close is listed with them." in page
    event_id = followed.dates.get().event_id
    assert f"/closures/{event_id}/" not in page
    assert staff.post(f"/spaces/atelier/closures/{event_id}/remove/").status_code == 404


def test_a_calendar_of_another_space_is_not_found(staff: Client, lively: Lively) -> None:
    address = upload(staff, calendar(COURSE))
    FollowedCalendar.objects.update(space=type(lively.space).objects.create(
        slug="elsewhere", name="Elsewhere", timezone="Europe/Zurich", languages=["en"],
        country="CH", city="Bern",
    ))  # fmt: skip
    assert staff.get(address).status_code == 404
