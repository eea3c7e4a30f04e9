"""Reserving by keyboard, by finger and by form; refusals, a lost race, undoing."""

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from booking.models import Policy, RefusedTry, Reservation
from booking.states import ReservationState
from members.models import Member
from tests.booking.lively import Lively, at
from tests.factories.members import MemberFactory
from tests.journeys.browsing import PHONE, Browsing, inspect
from tests.journeys.pages import Finger, answer, choose_span, expect_span, span_in_form

pytestmark = [pytest.mark.django_db(transaction=True)]

WEDNESDAY = date(2026, 10, 21)
LASER = "/machines/atelier/speedy/?week=2026-10-19"
GAP = ".lane[data-date='2026-10-21'] .free a"
MINE = re.compile(r"/reservations/\d+/$")


def held(member: Member) -> Reservation:
    """The newest reservation of somebody."""
    return Reservation.objects.filter(member=member).latest("pk")


def test_by_keyboard_alone(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open(LASER, lively.maker)
    tab_to(page, "document.activeElement.matches(\".lane[data-date='2026-10-21'] .free a\")")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Enter")
    expect_span(page, "2026-10-21", "08:15", "09:30")
    expect(page.locator("#reserve [name=purpose]")).to_be_focused()
    expect(page.locator("#verdict")).to_contain_text("You can reserve this time.")
    page.keyboard.type("Typed, not clicked")
    tab_to(page, "document.activeElement.matches('#reserve button[type=submit]')")
    page.keyboard.press("Enter")
    page.wait_for_url(MINE)
    made = held(lively.maker)
    assert (made.starts_at, made.ends_at) == (at("08:15", WEDNESDAY), at("09:30", WEDNESDAY))
    assert made.purpose == "Typed, not clicked"


def tab_to(page: Page, is_there: str) -> None:
    """Press Tab until the page says that one is there."""
    for _press in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(is_there):
            return
    pytest.fail(f"not reached by Tab: {is_there}")


def test_by_a_long_press(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open(f"{LASER}&view=grid", lively.maker, viewport=PHONE, has_touch=True)
    page.locator(GAP).scroll_into_view_if_needed()
    box = page.locator(GAP).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, max(box["y"], 0) + 120
    finger = Finger(page)
    finger.down(x, y)
    expect(page.locator(".choice")).to_have_count(1)
    finger.move(x, y + 30)
    finger.move(x, y + 60)
    finger.up()
    day, start, _end = span_in_form(page)
    assert day == "2026-10-21"
    expect(page.locator("#verdict")).to_contain_text("You can reserve this time.")
    answer(page, "Reserve")
    page.wait_for_url(MINE)
    assert held(lively.maker).starts_at == at(start, WEDNESDAY)
    inspect(page, "booked-by-touch")


def test_without_a_script(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open("/machines/", lively.maker, java_script_enabled=False)
    page.get_by_label("Search").fill("speedy")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Speedy 400").click()
    page.locator(GAP).click()
    choose_span(page, "2026-10-21", "18:00", "20:00")
    page.get_by_label("What will you make?").fill("No script")
    answer(page, "Reserve")
    page.wait_for_url(MINE)
    made = held(lively.maker)
    assert (made.starts_at, made.ends_at) == (at("18:00", WEDNESDAY), at("20:00", WEDNESDAY))


def test_refused_with_all_reasons_and_nothing_lost(browsing: Browsing, lively: Lively) -> None:
    Policy.objects.create(
        space=lively.space, category=lively.laser.category, horizon_days=30, membership_needed=True
    )
    stranger = MemberFactory.create()
    page = browsing.open("/machines/atelier/speedy/reserve/", stranger)
    choose_span(page, "2027-06-01", "03:00", "03:15")
    page.get_by_label("What will you make?").fill("A clock")
    with browsing.refusing(422):
        answer(page, "Reserve")
        expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    expect_span(page, "2027-06-01", "03:00", "03:15")
    expect(page.get_by_label("What will you make?")).to_have_value("A clock")
    tried = RefusedTry.objects.get()
    assert {"HORIZON", "TOO_SHORT", "CLOSED", "MEMBERSHIP_INACTIVE"} <= set(tried.codes)
    assert page.locator("#reserve .errorlist li").count() == len(tried.codes)
    inspect(page, "refused")


def test_a_lost_race_is_told_politely(browsing: Browsing, lively: Lively) -> None:
    """Two people look at the same free gap; one of them is slower by a click."""
    slower, asked = MemberFactory.create(), "?date=2026-10-21&start=10:00&end=11:00"
    pages = [
        browsing.open(f"/machines/atelier/speedy/reserve/{asked}", person)
        for person in (lively.maker, slower)
    ]
    answer(pages[0], "Reserve")
    pages[0].wait_for_url(MINE)
    pages[1].get_by_label("What will you make?").fill("Too late")
    with browsing.refusing(409):
        answer(pages[1], "Reserve")
        expect(pages[1].locator("main")).to_contain_text("Someone else has this time.")
    expect(pages[1].get_by_label("What will you make?")).to_have_value("Too late")
    inspect(pages[1], "lost-race")
    assert not Reservation.objects.filter(member=slower).exists()
    choose_span(pages[1], "2026-10-21", "11:00", "12:00")
    answer(pages[1], "Reserve")
    pages[1].wait_for_url(MINE)
    assert held(slower).starts_at == at("11:00", WEDNESDAY)


def test_cancelled_and_undone_by_staff(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open(f"/reservations/{lively.own.pk}/", lively.maker)
    page.get_by_text("Cancel this reservation").click()
    inspect(page, "cancel-asked")
    answer(page, "Yes, cancel it")
    expect(page.locator("main")).to_contain_text("Cancelled. The time is free again.")
    lively.own.refresh_from_db()
    assert lively.own.state == ReservationState.CANCELLED
    desk = browsing.open(f"/reservations/{lively.own.pk}/", lively.staff)
    answer(desk, "Undo the cancellation")
    expect(desk.locator("main")).to_contain_text("The reservation stands again.")
    lively.own.refresh_from_db()
    assert lively.own.state == ReservationState.CONFIRMED


def test_from_auckland_across_the_change_of_clocks(browsing: Browsing, lively: Lively) -> None:
    """Both passes of two o'clock can be told apart and are the moments that were meant."""
    lively.space.calendars.all().delete()
    page = browsing.open(
        "/machines/atelier/speedy/reserve/?date=2026-10-25",
        lively.maker,
        timezone_id="Pacific/Auckland",
        locale="en-NZ",
    )
    times = page.locator("#reserve [name=start] option").evaluate_all(
        "all => all.map(o => o.value)"
    )
    assert times.index("02:45") < times.index("02:00/2") < times.index("03:00")
    choose_span(page, "2026-10-25", "02:30", "02:30/2")
    page.locator("#reserve [name=purpose]").fill("The hour that comes twice")
    expect(page.locator("#verdict")).to_contain_text("You can reserve this time.")
    answer(page, "Reserve")
    page.wait_for_url(MINE)
    made = held(lively.maker)
    assert made.starts_at.isoformat() == "2026-10-25T00:30:00+00:00"
    assert made.ends_at.isoformat() == "2026-10-25T01:30:00+00:00"
    page.goto("/machines/atelier/speedy/?week=2026-10-19")
    names = page.locator(".lane[data-date='2026-10-25']").get_attribute("data-names") or ""
    assert names.split().index("02:00/2") - names.split().index("02:00") == 4
    assert len(names.split()) == 25 * 4 + 1


def test_at_the_machine_with_a_phone(browsing: Browsing, lively: Lively) -> None:
    """The page behind the QR code: in and out."""
    lively.own.starts_at, lively.own.ends_at = at("12:30"), at("13:30")
    lively.own.occupied_from, lively.own.occupied_until = lively.own.starts_at, lively.own.ends_at
    lively.own.save()
    Policy.objects.create(
        space=lively.space, category=lively.laser.category, early_check_in=at("12:30") - at("11:00")
    )
    Reservation.objects.filter(machine=lively.laser, state=ReservationState.IN_USE).delete()
    page = browsing.open("/at/atelier/speedy/", lively.maker, viewport=PHONE, has_touch=True)
    answer(page, "Check in")
    expect(page.locator("main")).to_contain_text("You are using this machine")
    answer(page, "Check out")
    expect(page.locator("main")).to_contain_text("Checked out")
    lively.own.refresh_from_db()
    assert lively.own.state == ReservationState.COMPLETED
