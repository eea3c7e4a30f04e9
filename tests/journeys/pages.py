"""What hands do on the pages: drag, touch, choose, press."""

from datetime import timedelta

from django.utils.timezone import now
from playwright.sync_api import CDPSession, Page, expect


def drag(page: Page, selector: str, start: float, end: float) -> None:
    """Drag the mouse down an item, from one part of its height to another."""
    # Until its scripts have run the page may still move under the mouse.
    page.wait_for_load_state("load")
    item = page.locator(selector)
    item.scroll_into_view_if_needed()
    box = item.bounding_box()
    assert box is not None
    x = box["x"] + box["width"] / 2
    page.mouse.move(x, box["y"] + box["height"] * start)
    page.mouse.down()
    page.mouse.move(x, box["y"] + box["height"] * (start + end) / 2, steps=4)
    page.mouse.move(x, box["y"] + box["height"] * end, steps=4)
    page.mouse.up()


def drag_on_board(page: Page, item: str, quarters: int, rows: float = 0) -> None:
    """Drag a reservation of the day board along its lane, and to another row."""
    page.locator(item).scroll_into_view_if_needed()
    box = page.locator(item).bounding_box()
    lane = page.locator(".board .lane").first
    lane_box = lane.bounding_box()
    assert box is not None
    assert lane_box is not None
    quarter = lane_box["width"] / int(
        lane.evaluate("e => getComputedStyle(e).getPropertyValue('--n')")
    )
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + quarters * quarter / 2, y + rows * lane_box["height"] / 2, steps=5)
    page.mouse.move(x + quarters * quarter, y + rows * lane_box["height"], steps=5)
    page.mouse.up()


def drag_edge(page: Page, item: str, edge: str, quarters: int) -> None:
    """Drag the upper ("start") or lower ("end") edge of a reservation in the week."""
    page.locator(item).scroll_into_view_if_needed()
    box = page.locator(item).bounding_box()
    assert box is not None
    quarter = float(
        page.locator(item).evaluate(
            "e => e.closest('.lane').getBoundingClientRect().height"
            " / getComputedStyle(e.closest('.lane')).getPropertyValue('--n')"
        )
    )
    x = box["x"] + box["width"] / 2
    y = box["y"] + (3 if edge == "start" else box["height"] - 3)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + quarters * quarter / 2, steps=3)
    page.mouse.move(x, y + quarters * quarter, steps=3)
    page.mouse.up()


class Finger:
    """One finger on a screen that can be touched."""

    def __init__(self, page: Page) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)

    def down(self, x: float, y: float) -> None:
        """Touch."""
        self._send("touchStart", [{"x": x, "y": y}])

    def move(self, x: float, y: float) -> None:
        """Slide."""
        self._send("touchMove", [{"x": x, "y": y}])

    def up(self) -> None:
        """Let go."""
        self._send("touchEnd", [])

    def _send(self, kind: str, points: list[dict[str, float]]) -> None:
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def expect_span(page: Page, day: str, start: str, end: str) -> None:
    """Wait until the form to reserve has this day and these two times."""
    form = page.locator("#reserve")
    for name, value in (("date", day), ("start", start), ("end", end)):
        expect(form.locator(f"[name={name}]")).to_have_value(value)


def swipe(page: Page, finger: Finger, x: float, ways: tuple[float, ...]) -> None:
    """Slide a finger from one height to the others, and rest at the last.

    The page's clock stands still while it slides: on a slow machine it would seem to rest before.
    """
    page.clock.install(time=now())
    page.clock.pause_at(now() + timedelta(hours=1))
    start, *others = ways
    finger.down(x, start)
    for y in others:
        finger.move(x, y)
    page.clock.run_for(1000)
    finger.up()


def span_in_form(page: Page) -> tuple[str, str, str]:
    """The day and the two times in the form to reserve."""
    form = page.locator("#reserve")
    return (
        form.locator("[name=date]").input_value(),
        form.locator("[name=start]").input_value(),
        form.locator("[name=end]").input_value(),
    )


def choose_span(page: Page, day: str, start: str, end: str) -> None:
    """Fill in a day and two times."""
    form = page.locator("main form:has([name=start])")
    form.locator("[name=date]").fill(day)
    form.locator("[name=start]").select_option(start)
    form.locator("[name=end]").select_option(end)


def answer(page: Page, label: str) -> None:
    """Press a button of the page."""
    page.get_by_role("main").get_by_role("button", name=label, exact=True).first.click()
