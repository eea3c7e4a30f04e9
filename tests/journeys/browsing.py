"""A real browser in the hands of a person, and what every page must hold to."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypeAlias

from allauth.account.models import EmailAddress
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.utils import timezone
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    ViewportSize,
)
from pytest_django.live_server_helper import LiveServer

from members.models import Member

AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
    "preload": False,
}
COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe that look at colours; they take as long as all others together."""

COLOURS_ALONE = AXE | {"runOnly": {"type": "rule", "values": COLOURS}}
PATIENCE = 60_000
"""Milliseconds that a page is waited for: the machine may be busy."""

DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
Look: TypeAlias = tuple[ViewportSize, Literal["light", "dark"], dict[str, Any]]
LOOKS: tuple[Look, ...] = (
    (DESK, "light", AXE),
    (DESK, "dark", COLOURS_ALONE),
    (PHONE, "dark", AXE),
)
"""Light and dark at a desk, where only colours differ; a phone has an order of its own."""

IN_PASSING: tuple[Look, ...] = (LOOKS[0], LOOKS[2])
"""What a story looks at: its pages were seen at a desk in the dark where every page was."""

ON_A_PHONE: tuple[Look, ...] = ((PHONE, "light", AXE), (PHONE, "dark", COLOURS_ALONE))
PICTURES = os.environ.get("JOURNEY_PICTURES", "")
"""A folder that keeps a picture of every page that was looked at; empty: none are kept."""

AT_ONCE = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { transition: none !important }");
    document.adoptedStyleSheets = [sheet];
}"""
"""Colours must not be looked at while they fade from one to another."""

STAYING = """{
    const { setTimeout: later, clearTimeout: never } = window;
    const held = new Map();
    window.setTimeout = (act, delay, ...given) => {
        const isLong = delay >= 3000;
        const timer = later(act, isLong ? 1e6 : delay, ...given);
        if (isLong) held.set(timer, act);
        return timer;
    };
    window.clearTimeout = (timer) => { held.delete(timer); never(timer); };
    window.letPass = () => new Set(held.values()).forEach((act) => act());
}"""
"""What a page shows for some seconds is not gone before a busy machine has looked: `let_pass`."""

ABORTED = "net::ERR_ABORTED"
"""What a request is told when its page is left, or when its answer is a file to keep."""

DISCONNECTED = "net::ERR_INTERNET_DISCONNECTED"


class Browsing:
    """Opens pages as several people; notes whatever goes wrong on any of them."""

    def __init__(self, browser: Browser, server: LiveServer) -> None:
        self._browser, self._server = browser, server
        self._contexts: list[BrowserContext] = []
        self._allowed: set[int] = set()
        self.errors: list[str] = []

    def open(self, address: str, person: Member | None = None, **options: Any) -> Page:
        """A page at `address` in a browser of its own, where `person` has just signed in."""
        options = {"viewport": DESK, "reduced_motion": "reduce"} | options
        context = self._browser.new_context(base_url=self._server.url, **options)
        context.set_default_timeout(PATIENCE)
        context.add_init_script(STAYING)
        self._contexts.append(context)
        if person is not None:
            client = Client()
            EmailAddress.objects.get_or_create(
                user=person, email=person.email, verified=True, primary=True
            )
            client.force_login(person)
            store = client.session
            told = {"method": "password", "at": timezone.now().timestamp(), "reauthenticated": True}
            store["account_authentication_methods"] = [told]
            store["account_authentication_methods_user"] = str(person.pk)
            store.save()
            session = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": self._server.url}])
        page = context.new_page()
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self._note(f"{page.url}: {error}"))
        page.on("requestfailed", self._note_failed)
        page.on("response", self._note_response)
        page.goto(address)
        return page

    @contextmanager
    def refusing(self, *statuses: int) -> Iterator[None]:
        """Answers with these statuses are what the story is about here."""
        self._allowed |= set(statuses)
        yield
        self._allowed -= set(statuses)

    @contextmanager
    def without_network(self, page: Page) -> Iterator[None]:
        """What fails for want of a network is what the story is about here."""
        page.context.set_offline(True)
        yield
        page.context.set_offline(False)

    @property
    def home(self) -> str:
        """The address of the server."""
        return self._server.url

    def told(self) -> list[str]:
        """What has gone wrong since this was asked last."""
        told, self.errors = self.errors, []
        return told

    def close(self) -> None:
        """Put all browsers away."""
        for context in self._contexts:
            context.close()

    def _note(self, error: str) -> None:
        # Only a browser says so from which a story took the network; it may say it late.
        if DISCONNECTED not in error:
            self.errors.append(error)

    def _note_console(self, told: ConsoleMessage) -> None:
        allowed = any(f"status of {status}" in told.text for status in self._allowed)
        # What axe does in the page has no address; all that is ours has one.
        is_ours = bool(told.location["url"])
        if told.type in {"error", "warning"} and is_ours and not allowed:
            self._note(f"{told.page.url if told.page else ''}: {told.text}")

    def _note_failed(self, request: Request) -> None:
        if request.failure != ABORTED:
            self._note(f"{request.method} {request.url}: {request.failure}")

    def _note_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._allowed:
            self._note(f"{response.request.method} {response.url}: {response.status}")


def let_pass(page: Page) -> None:
    """Let the seconds go by that the page waits for."""
    page.evaluate("letPass()")


def inspect(page: Page, name: str = "", looks: tuple[Look, ...] = IN_PASSING) -> None:
    """Hold a page to the house's promises, at a desk in the light and on a phone in the dark.

    A story on a phone is looked at there only. `name` names its pictures where they are kept.
    """
    before = page.viewport_size
    for size, scheme, rules in ON_A_PHONE if before == PHONE else looks:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        hold(page, rules)
        keep_picture(page, f"{name}-{size['width']}-{scheme}" if name else "")
    page.emulate_media(color_scheme="light")
    if before:
        page.set_viewport_size(before)


def hold(page: Page, rules: dict[str, Any] = AXE) -> None:
    """One heading, a language, nothing wider than the window, nothing that axe finds."""
    # Until its styles are there, a page is wider than it will be.
    page.wait_for_load_state("load")
    where = f"{page.url} at {page.viewport_size}"
    assert page.locator("h1").count() == 1, f"{where}: {page.locator('h1').all_inner_texts()}"
    assert page.locator("html").get_attribute("lang"), where
    assert too_wide(page) <= 0, f"{where}: {too_wide(page)} px too wide"
    page.evaluate(AT_ONCE)
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate("options => axe.run(options).then(found => found.violations)", rules)
    told = [(each["id"], [node["target"] for node in each["nodes"]][:3]) for each in found]
    assert not told, f"{where}: {told}"


def too_wide(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def keep_picture(page: Page, name: str) -> None:
    """A picture of the whole page, where pictures are wanted."""
    if PICTURES and name:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def set_language(page: Page, language: str) -> None:
    """Choose a language in the menu of the page."""
    page.locator("header .menu:has(button[name=language]) summary").click()
    with page.expect_navigation():
        page.locator(f"button[name=language][value={language}]").click()
