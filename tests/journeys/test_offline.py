"""The installed app where there is no network."""

import pytest
from playwright.sync_api import expect

from tests.booking.lively import Lively
from tests.journeys.browsing import PHONE, Browsing, inspect

pytestmark = [pytest.mark.django_db(transaction=True)]

INSTALLED = """
    const ask = window.matchMedia.bind(window);
    const isInstalled = "(display-mode: standalone)";
    window.matchMedia = (query) => (query === isInstalled ? { matches: true } : ask(query));
"""
"""Chromium without a screen cannot install anything."""

IS_KEPT = """async () => {
    const page = await caches.match("/offline/", { ignoreVary: true });
    return Boolean(page && navigator.serviceWorker.controller);
}"""


def test_the_page_that_is_kept(browsing: Browsing) -> None:
    page = browsing.open("/offline/", locale="fr-CH")
    expect(page.get_by_role("heading")).to_have_text("Il n’y a pas de réseau ici")
    inspect(page, "offline")


def test_it_says_so_itself_and_goes_on_when_the_network_is_back(
    browsing: Browsing, lively: Lively
) -> None:
    page = browsing.open("/machines/", lively.maker, viewport=PHONE)
    page.context.add_init_script(INSTALLED)
    page.reload()
    page.wait_for_function(IS_KEPT)
    page.evaluate("navigator.serviceWorker.ready.then((found) => found.active.state)")
    page.goto("/machines/")

    page.context.set_offline(True)
    page.goto("/reservations/")
    expect(page.get_by_role("heading")).to_have_text("There is no network here")
    expect(page.get_by_text(lively.maker.name)).to_have_count(0)

    page.context.set_offline(False)
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My reservations")
