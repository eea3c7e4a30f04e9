"""Every page there is, as a visitor, a maker and staff see it, holds the house's promises.

Which pages there are is told by `tests.journeys.rooms`.
"""

import re
from collections.abc import Iterator
from contextlib import nullcontext
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import Browser, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from members.models import Member
from tests.booking.lively import NOW
from tests.factories.members import PASSWORD
from tests.journeys.browsing import DESK, LOOKS, PHONE, Browsing, inspect, too_wide
from tests.journeys.conftest import browsed, inhabited
from tests.journeys.house import House, furnished
from tests.journeys.rooms import ROOMS
from tests.journeys.serving import GATE, serving

pytestmark = [pytest.mark.django_db(transaction=True)]

SECURED = {
    "mfa-on": "/account/2fa/",
    "recovery-codes": "/account/2fa/recovery-codes/",
    "recovery-codes-new": "/account/2fa/recovery-codes/generate/",
    "totp-off": "/account/2fa/totp/deactivate/",
    "webauthn-list": "/account/2fa/webauthn/",
    "webauthn-edit": "/account/2fa/webauthn/keys/{key}/edit/",
    "webauthn-remove": "/account/2fa/webauthn/keys/{key}/remove/",
    "reauthenticate": "/account/reauthenticate/",
    "mfa-reauthenticate": "/account/2fa/reauthenticate/",
    "webauthn-reauthenticate": "/account/2fa/webauthn/reauthenticate/",
}
"""For somebody with a second factor: a code and a key."""

MISSING = {"404": "/nowhere/", "404-machine": "/machines/atelier/nothing/"}
VISITOR = {name: address for room in ROOMS for name, address in room.visitor.items()}
MAKER = {name: address for room in ROOMS for name, address in room.maker.items()}
STAFF = {name: address for room in ROOMS for name, address in room.staff.items()}
PAGES = VISITOR | MAKER | STAFF | MISSING
NO_PAGES = {name for room in ROOMS for name in room.no_pages}


@pytest.fixture
def _django_db_helper() -> None:
    """Instead of the one of pytest-django, which empties the database behind every test."""


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """A space in which every page has something to show: furnished once, for looking only."""
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=True):
        yield furnished(inhabited())
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture(scope="module")
def server(house: House) -> Iterator[LiveServer]:
    """One that serves it all the while; that of pytest-django empties the house behind a test."""
    yield from serving()


@pytest.fixture
def browsing(browser: Browser, server: LiveServer) -> Iterator[Browsing]:
    """A browser that fails the test on any console error, failed request or refusal."""
    yield from browsed(browser, server)


class Visits:
    """Turns pages over in one browser for each person and language.

    A browser of its own for each page would fetch and compile the same files every time.
    """

    def __init__(self, browsing: Browsing, house: House) -> None:
        self.browsing, self._house = browsing, house
        self._pages: dict[tuple[Member | None, str], Page] = {}

    def open(self, name: str, language: str, size: ViewportSize) -> Page:
        """The page `name`, as whoever it is for."""
        house = self._house
        person = house.maker if name in MAKER else house.staff if name in STAFF else None
        address = PAGES[name].format(**house.names)
        page = self._pages.get((person, language)) or self._first(person, language)
        page.set_viewport_size(size)
        page.goto(address)
        return page

    def _first(self, person: Member | None, language: str) -> Page:
        page = self.browsing.open("about:blank", person, service_workers="block")
        name = settings.LANGUAGE_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": language, "url": self.browsing.home}])
        return self._pages.setdefault((person, language), page)


@pytest.fixture(scope="module")
def browsers(browser: Browser, server: LiveServer, house: House) -> Iterator[Visits]:
    """Those of everybody, for looking only."""
    each = Visits(Browsing(browser, server), house)
    yield each
    each.browsing.close()
    GATE.shut()


@pytest.fixture
def visits(browsers: Visits) -> Iterator[Visits]:
    """The same, and nothing has gone wrong in any of them."""
    GATE.open()
    yield browsers
    assert browsers.browsing.told() == []


@pytest.mark.parametrize("name", PAGES)
def test_it_is_in_order(visits: Visits, name: str) -> None:
    with visits.browsing.refusing(404) if name in MISSING else nullcontext():
        inspect(visits.open(name, "en", DESK), name, LOOKS)
        # In German words are longest: nothing else is different there.
        page = visits.open(name, "de", PHONE)
        expect(page.locator("html")).to_have_attribute("lang", "de")
        page.wait_for_load_state("load")
        assert too_wide(page) <= 0


def test_a_passkey_and_a_code(browsing: Browsing, house: House) -> None:
    """Somebody adds both, sees every page about them, and signs in with either."""
    page = browsing.open("/account/2fa/webauthn/add/", house.maker)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    key |= {"hasUserVerification": True, "isUserVerified": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    page.get_by_label("Name").fill("My phone")
    page.get_by_label("Passwordless").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/recovery-codes/")
    inspect(page, "recovery-codes-first", LOOKS)
    TOTP.activate(house.maker, generate_totp_secret())
    number = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN).pk
    for name, address in SECURED.items():
        page.goto(address.format(key=number))
        inspect(page, name, LOOKS)
    page.get_by_role("button", name=house.maker.name).or_(
        page.locator("header summary", has_text=house.maker.name)
    ).first.click()
    page.get_by_role("button", name="Sign out").click()

    page.goto("/account/login/")
    page.locator("#passkey_login").click()
    page.wait_for_url(lambda address: "/account/" not in address)
    expect(page.locator("header")).to_contain_text(house.maker.name)

    page.context.clear_cookies()
    page.goto("/account/login/")
    page.get_by_label("Email").fill(house.maker.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign In", exact=True).click()
    page.wait_for_url("**/2fa/authenticate/")
    inspect(page, "mfa-authenticate", LOOKS)


def test_no_page_is_forgotten() -> None:
    """Every address is opened above, or is no page."""
    numbers = re.compile(r"\{\w+\}")
    opened_names = {
        resolve(urlsplit(numbers.sub("1", address)).path).view_name
        for name, address in (PAGES | SECURED).items()
        if name not in MISSING
    }
    everything = set(names(get_resolver()))
    assert everything - opened_names == NO_PAGES


def names(resolver: URLResolver, space: str = "") -> Iterator[str]:
    """The names of all addresses; the API and the plain admin count as one each."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"
        elif pattern.namespace in {"admin", "api"}:
            yield pattern.namespace
        else:
            yield from names(pattern, f"{pattern.namespace}:" if pattern.namespace else "")
