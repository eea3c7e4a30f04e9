"""A maker is told on other channels too: a room, a program of their own, their browser."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from email.message import EmailMessage
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from notifications.models import Endpoint
from notifications.tasks import relay_beside_mail
from tests.booking.lively import Lively
from tests.journeys.browsing import DESK, PHONE, Browsing, inspect
from tests.journeys.post import Post
from tests.listening import Listener, listening
from tests.notifications.receiving import Browser

pytestmark = [pytest.mark.django_db(transaction=True)]

SUBSCRIBED = """told => {
    PushManager.prototype.subscribe = async () => ({ toJSON: () => told });
}"""
"""What the push service of the browser's maker would do, which no test can reach."""

SCREEN = """() => {
    self.shown = [];
    self.registration.showNotification = async (title, { body, tag, data }) => {
        self.shown.push([title, body, tag, data.url]);
    };
}"""
"""Where notifications would be shown: a browser without windows shows none."""


@pytest.fixture
def servers() -> Iterator[tuple[Listener, Listener]]:
    """A program of the maker, and the home server of their room."""
    with ExitStack() as stack:
        yield stack.enter_context(listening()), stack.enter_context(listening())


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem").filter(has_text=name)


def try_out(page: Page, post: Post, name: str, server: Listener) -> None:
    """Send a test to the channel `name`, and look at the page once it has arrived."""
    before = len(server.calls)
    page.get_by_role("button", name=f"Send a test to {name}").click()
    expect(page.get_by_text(f"A test is on its way to “{name}”")).to_be_visible()
    endpoint = Endpoint.objects.get(name=name)

    def is_settled() -> bool:
        return len(server.calls) > before and not endpoint.messages.pending().exists()

    post.wake_until(relay_beside_mail, is_settled)
    page.reload()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desktop", "phone"])
def test_a_room_and_a_program(
    browsing: Browsing,
    lively: Lively,
    post: Post,
    servers: tuple[Listener, Listener],
    size: dict[str, int],
) -> None:
    program, home = servers
    page = browsing.open("/profile/", lively.maker, viewport=size)
    page.get_by_role("navigation", name="Your account").get_by_role("link", name="Channels").click()
    inspect(page, "channels-none")

    page.get_by_text("Add a webhook").click()
    form = page.locator("form").filter(has=page.get_by_role("button", name="Add webhook"))
    form.get_by_label("Address").fill("https://10.0.0.1/")
    form.get_by_label("Name").fill("Door")
    with browsing.refusing(422):
        form.get_by_role("button").click()
        expect(form.get_by_text("Give an address that begins with https://")).to_be_visible()
    form.get_by_label("Address").fill(f"{program.url}/hook")
    form.get_by_role("button").click()
    secret = page.locator("#secret").inner_text()
    assert secret.startswith("whsec_")
    inspect(page, "channels-secret")
    page.goto("/profile/channels/")
    expect(page.get_by_text(secret)).to_have_count(0)

    page.get_by_text("Add a room").click()
    form = page.locator("form").filter(has=page.get_by_role("button", name="Add room"))
    form.get_by_label("Home server").fill(home.url)
    form.get_by_label("Room").fill("!workshop:example.org")
    form.get_by_label("Access token").fill("syt_secret")
    form.get_by_label("Name").fill("Workshop")
    form.get_by_role("button").click()
    expect(row(page, "Workshop")).to_contain_text("not used yet")

    with post.working():
        try_out(page, post, "Workshop", home)
        expect(row(page, "Workshop")).to_contain_text("works")
        program.status = 410
        try_out(page, post, "Door", program)
        expect(row(page, "Door")).to_contain_text("switched off")
        expect(row(page, "Door")).to_contain_text("HTTP 410 Gone")
        inspect(page, "channels-switched-off")
        mail: EmailMessage = post.mail(1)
        assert mail["Subject"].strip() == "“Door” is switched off"
        program.status = 200
        page.get_by_role("button", name="Switch on Door again").click()
        try_out(page, post, "Door", program)
        expect(row(page, "Door")).to_contain_text("works")

    row(page, "Door").locator("summary").click()
    page.get_by_role("button", name="Remove Door").click()
    expect(page.get_by_text("“Door” is removed.")).to_be_visible()
    expect(row(page, "https")).to_have_count(0)


def test_a_browser_that_does_not_want_to_is_told_how(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open("/profile/channels/", lively.maker)
    page.get_by_role("button", name="Notify me in this browser").click()
    expect(page.get_by_text("This browser does not allow notifications")).to_be_visible()
    inspect(page, "channels-denied")


def test_a_browser_is_notified(browsing: Browsing, lively: Lively, post: Post) -> None:
    device = Browser()
    page = browsing.open("/profile/channels/", lively.maker)
    page.context.grant_permissions(["notifications"])
    with listening() as service:
        page.evaluate(SUBSCRIBED, {"endpoint": f"{service.url}/push", "keys": device.keys})
        page.get_by_label("Name").first.fill("My laptop")
        page.get_by_role("button", name="Notify me in this browser").click()
        expect(row(page, "My laptop")).to_contain_text("not used yet")
        with post.working():
            try_out(page, post, "My laptop", service)
        expect(row(page, "My laptop")).to_contain_text("works")
        payload = device.read(service.calls[0].body).decode()

    told = json.loads(payload)
    (worker,) = page.context.service_workers
    worker.evaluate(SCREEN)
    deliver(page, payload)
    for _ in range(600):
        if shown := worker.evaluate("self.shown"):
            break
        page.wait_for_timeout(50)
    assert shown == [[told[name] for name in ("title", "body", "tag", "url")]]


def deliver(page: Page, payload: str) -> None:
    """Hand `payload` to the service worker, as the browser does once it has decrypted it."""
    devtools = page.context.new_cdp_session(page)
    registrations: list[dict[str, Any]] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registrations.extend(told["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    while not registrations:
        page.wait_for_timeout(50)
    registration = registrations[0]
    devtools.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": registration["scopeURL"].rstrip("/"),
            "registrationId": registration["registrationId"],
            "data": payload,
        },
    )


def test_without_javascript_the_page_says_that_browsers_need_it(
    browsing: Browsing, lively: Lively
) -> None:
    page = browsing.open("/profile/channels/", lively.maker, java_script_enabled=False)
    expect(page.get_by_text("This needs JavaScript")).to_be_visible()
    expect(page.get_by_role("button", name="Notify me in this browser")).to_be_hidden()
    page.get_by_text("Add a room").click()
    expect(page.get_by_role("button", name="Add room")).to_be_visible()
