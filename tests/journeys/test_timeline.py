"""The calendar in a real browser: choosing by mouse, finger and keyboard, moving, reading."""

import os
from collections.abc import Iterator

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from booking.models import Reservation
from members.models import Member
from tests.booking.lively import NOW, Lively, at, lively_space
from tests.factories.members import MembershipFactory

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

pytestmark = [pytest.mark.django_db(transaction=True)]

AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
LASER = "/machines/atelier/speedy/?week=2026-10-19"
BOARD = "/spaces/atelier/board/?day=2026-10-20"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    flags += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    return browser_type_launch_args | {"executable_path": "/usr/bin/chromium", "args": flags}


@pytest.fixture
def lively() -> Iterator[Lively]:
    with time_machine.travel(NOW, tick=True):
        world = lively_space()
        MembershipFactory.create(member=world.maker, space=world.space)
        yield world


class Browsing:
    """A browser signed in as someone; it fails on any console error."""

    def __init__(self, browser: Browser, server: LiveServer) -> None:
        self._browser, self._server = browser, server
        self.errors: list[str] = []
        self._contexts: list[BrowserContext] = []

    def open(self, address: str, person: Member | None = None, **options: object) -> Page:
        context = self._browser.new_context(base_url=self._server.url, **options)
        self._contexts.append(context)
        if person is not None:
            client = Client()
            client.force_login(person)
            session = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": self._server.url}])
        page = context.new_page()
        page.on("console", lambda told: self._note(told.type, told.text))
        page.on("pageerror", lambda error: self._note("error", str(error)))
        page.goto(address)
        return page

    def _note(self, kind: str, text: str) -> None:
        if kind == "error" and "409" not in text and "422" not in text:
            self.errors.append(text)

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def browsing(browser: Browser, live_server: LiveServer, lively: Lively) -> Iterator[Browsing]:
    each = Browsing(browser, live_server)
    yield each
    each.close()
    assert each.errors == []


def drag(page: Page, selector: str, start: float, end: float) -> None:
    """Drag down an item, from one part of its height to another."""
    box = page.locator(selector).bounding_box()
    assert box is not None
    x = box["x"] + box["width"] / 2
    page.mouse.move(x, box["y"] + box["height"] * start)
    page.mouse.down()
    page.mouse.move(x, box["y"] + box["height"] * (start + end) / 2, steps=4)
    page.mouse.move(x, box["y"] + box["height"] * end, steps=4)
    page.mouse.up()


def chosen(page: Page) -> tuple[str, str, str]:
    form = page.locator("#reserve")
    return (
        form.locator("[name=date]").input_value(),
        form.locator("[name=start]").input_value(),
        form.locator("[name=end]").input_value(),
    )


WEDNESDAY = ".lane[data-date='2026-10-21'] .free a"


def test_a_drag_over_a_gap_fills_the_form(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open(LASER, lively.maker, viewport={"width": 1280, "height": 1400})
    # The gap is 08:00 to 22:00, 56 quarters high: from within 10:00 to within 11:45.
    drag(page, WEDNESDAY, 8.5 / 56, 15.5 / 56)
    assert chosen(page) == ("2026-10-21", "10:00", "12:00")
    expect(page.locator(".told")).to_have_text("2026-10-21, 10:00 to 12:00 is in the form.")
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
    assert chosen(page) == ("2026-10-21", "10:00", "11:00")


def test_the_keyboard_chooses_and_is_told_what(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open(LASER, lively.maker)
    page.locator(WEDNESDAY).focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".told")).to_contain_text("Chosen: 2026-10-21, 08:00 to 09:00.")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator(".told")).to_contain_text("08:30 to 09:45.")
    page.keyboard.press("Escape")
    expect(page.locator(".told")).to_have_text("Nothing chosen.")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Enter")
    assert chosen(page) == ("2026-10-21", "08:00", "09:15")


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
    assert chosen(page)[0] == "2026-10-21"


def test_a_swipe_over_a_gap_chooses_nothing(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open(
        f"{LASER}&view=grid", lively.maker, viewport={"width": 390, "height": 844}, has_touch=True
    )
    box = page.locator(WEDNESDAY).bounding_box()
    assert box is not None
    touch = page.context.new_cdp_session(page)
    for kind, y in (("touchStart", 700), ("touchMove", 650), ("touchMove", 500)):
        points = [{"x": box["x"] + 20, "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    page.wait_for_timeout(500)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator(".choice")).to_have_count(0)


def test_without_a_script_every_gap_is_a_link_to_the_filled_form(
    browsing: Browsing, lively: Lively
) -> None:
    page = browsing.open(LASER, lively.maker, java_script_enabled=False)
    page.locator(WEDNESDAY).click()
    assert chosen(page) == ("2026-10-21", "08:00", "09:00")


def move_by(page: Page, item: str, quarters: int, rows: int = 0) -> None:
    """Drag a reservation along its lane, and to another row of the board."""
    box = page.locator(item).bounding_box()
    lane_box = page.locator(".board .lane").first.bounding_box()
    assert box is not None
    assert lane_box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    quarter = lane_box["width"] / 56
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + quarters * quarter / 2, y + rows * lane_box["height"] / 2, steps=5)
    page.mouse.move(x + quarters * quarter, y + rows * lane_box["height"], steps=5)
    page.mouse.up()


def test_staff_drags_a_reservation_to_another_time(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open(BOARD, lively.staff, viewport={"width": 1280, "height": 900})
    move_by(page, f"[data-move='{lively.own.pk}']", 8)
    expect(page.locator(".told")).to_have_text("Moved to 2026-10-20, 19:00 to 20:00.")
    moved = Reservation.objects.get(pk=lively.own.pk)
    assert (moved.starts_at, moved.ends_at) == (at("19:00"), at("20:00"))
    expect(page.locator(f"[data-move='{lively.own.pk}']")).to_contain_text("19:00–20:00")


def test_a_refused_move_is_put_back_and_says_why(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open(BOARD, lively.staff, viewport={"width": 1280, "height": 900})
    move_by(page, f"[data-move='{lively.own.pk}']", -10)
    expect(page.locator(".told.error")).to_contain_text("Someone else has this time.")
    expect(page.locator(".is-dragged")).to_have_count(0)
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(browsing: Browsing, lively: Lively, width: int, scheme: str) -> None:
    addresses = {LASER: lively.maker, BOARD: lively.staff, f"{LASER}&view=grid": None}
    addresses["/spaces/atelier/board/?week=2026-10-19"] = lively.staff
    for address, person in addresses.items():
        page = browsing.open(
            address, person, viewport={"width": width, "height": 900}, color_scheme=scheme
        )
        assert browsing.errors == []
        found = Axe().run(page, options=AXE).response["violations"]
        assert [(each["id"], each["nodes"][0]["target"]) for each in found] == []
        # The checker loads style sheets in its own way, which the policy of the page refuses.
        browsing.errors.clear()
