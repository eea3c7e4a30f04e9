"""The calendar in a real browser: choosing by mouse, finger and keyboard, moving, reading."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from booking.models import Reservation
from tests.booking.lively import Lively, at
from tests.journeys.browsing import Browsing
from tests.journeys.pages import Finger, drag, drag_on_board, expect_span, swipe

pytestmark = [pytest.mark.django_db(transaction=True)]

LASER = "/machines/atelier/speedy/?week=2026-10-19"
BOARD = "/spaces/atelier/board/?day=2026-10-20"


WEDNESDAY = ".lane[data-date='2026-10-21'] .free a"


def test_a_drag_over_a_gap_fills_the_form(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open(LASER, lively.maker, viewport={"width": 1280, "height": 1400})
    # The gap is 08:00 to 22:00, 56 quarters high: from within 10:00 to within 11:45.
    drag(page, WEDNESDAY, 8.5 / 56, 15.5 / 56)
    expect_span(page, "2026-10-21", "10:00", "12:00")
    expect(page.locator(".told")).to_have_text(
        "Wednesday 21 October, 10:00 to 12:00 is in the form."
    )
    expect(page.locator("#reserve [name=purpose]")).to_be_focused()


def test_the_times_are_those_of_the_space_in_any_browser(
    browsing: Browsing, lively: Lively
) -> None:
    page = browsing.open(
        LASER,
        lively.maker,
        viewport={"width": 1280, "height": 1400},
        timezone_id="Pacific/Auckland",
        locale="en-NZ",
    )
    drag(page, WEDNESDAY, 8.5 / 56, 11.5 / 56)
    expect_span(page, "2026-10-21", "10:00", "11:00")


def test_the_keyboard_chooses_and_is_told_what(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open(LASER, lively.maker)
    page.locator(WEDNESDAY).focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".told")).to_contain_text("Wednesday 21 October, 08:00 to 09:00.")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator(".told")).to_contain_text("08:30 to 09:45.")
    page.keyboard.press("Escape")
    expect(page.locator(".told")).to_have_text("Nothing chosen.")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Enter")
    expect_span(page, "2026-10-21", "08:00", "09:15")


def test_a_long_press_chooses(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open(
        f"{LASER}&view=grid", lively.maker, viewport={"width": 390, "height": 844}, has_touch=True
    )
    gap = page.locator(WEDNESDAY)
    gap.scroll_into_view_if_needed()
    box = gap.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, max(box["y"], 0) + 120
    touch = page.context.new_cdp_session(page)

    def finger(kind: str, at_y: float) -> None:
        points = [] if kind == "touchEnd" else [{"x": x, "y": at_y}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    finger("touchStart", y)
    page.wait_for_timeout(500)
    expect(page.locator(".choice")).to_have_count(1)
    finger("touchMove", y + 40)
    finger("touchMove", y + 80)
    finger("touchEnd", y)
    expect(page.locator(".told")).to_contain_text("is in the form")
    expect(page.locator("#reserve [name=date]")).to_have_value("2026-10-21")


def test_a_swipe_over_a_gap_chooses_nothing(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open(
        f"{LASER}&view=grid", lively.maker, viewport={"width": 390, "height": 844}, has_touch=True
    )
    box = page.locator(WEDNESDAY).bounding_box()
    assert box is not None
    swipe(page, Finger(page), box["x"] + 20, (700, 650, 500))
    expect(page.locator(".choice")).to_have_count(0)


def test_without_a_script_every_gap_is_a_link_to_the_filled_form(
    browsing: Browsing, lively: Lively
) -> None:
    page = browsing.open(LASER, lively.maker, java_script_enabled=False)
    page.locator(WEDNESDAY).click()
    expect_span(page, "2026-10-21", "08:00", "09:00")


def test_staff_drags_a_reservation_to_another_time(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open(BOARD, lively.staff, viewport={"width": 1280, "height": 900})
    drag_on_board(page, f"[data-move='{lively.own.pk}']", 8)
    expect(page.locator(".told p")).to_have_text("Moved: Speedy 400, Tue 20 Oct 19:00–20:00.")
    moved = Reservation.objects.get(pk=lively.own.pk)
    assert (moved.starts_at, moved.ends_at) == (at("19:00"), at("20:00"))
    expect(page.locator(f"[data-move='{lively.own.pk}']")).to_contain_text("19:00–20:00")


def test_a_refused_move_is_put_back_and_says_why(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open(BOARD, lively.staff, viewport={"width": 1280, "height": 900})
    with browsing.refusing(409):
        drag_on_board(page, f"[data-move='{lively.own.pk}']", -10)
        expect(page.locator(".told.error")).to_contain_text("Someone else has this time.")
    expect(page.locator(".is-moving")).to_have_count(0)
    expect(page.locator(".choice")).to_have_count(0)
    assert Reservation.objects.get(pk=lively.own.pk).starts_at == at("17:00")


@pytest.mark.parametrize("what", ["move", "open"])
def test_who_was_signed_out_meanwhile_is_led_to_the_login(
    browsing: Browsing, lively: Lively, what: str
) -> None:
    page = browsing.open(BOARD, lively.staff, viewport={"width": 1280, "height": 900})
    Session.objects.all().delete()
    if what == "move":
        drag_on_board(page, f"[data-move='{lively.own.pk}']", 8)
    else:
        page.locator(f"[data-move='{lively.own.pk}']").click()
    page.wait_for_url("**/account/login/?next=/spaces/**")
    assert Reservation.objects.get(pk=lively.own.pk).starts_at == at("17:00")


def test_what_is_chosen_on_the_board_opens_beside_it(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open(BOARD, lively.staff, viewport={"width": 1280, "height": 900})
    page.locator(f"[data-move='{lively.reserved.pk}']").click()
    expect(page.locator("#panel")).to_contain_text("Anna Bernasconi")
    expect(page.locator("#panel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(f"[data-move='{lively.reserved.pk}']")).to_be_focused()
    page.locator("#board-next").click()
    expect(page.locator("#board-title")).to_have_text("Wednesday 21 October 2026")
