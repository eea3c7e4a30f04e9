"""Every page there is, as a visitor, a maker and staff see it, holds the house's promises."""

import re
from collections.abc import Iterator
from contextlib import nullcontext
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from tests.booking.lively import NOW
from tests.factories.members import PASSWORD
from tests.journeys.browsing import ALL_BUT_COLOURS, PHONE, Browsing, hold, inspect, set_language
from tests.journeys.conftest import browsed, inhabited
from tests.journeys.house import House, furnished

pytestmark = [pytest.mark.django_db(transaction=True)]

VISITOR = {
    "home": "/",
    "catalogue": "/machines/",
    "catalogue-empty": "/machines/?q=nothing+of+the+kind",
    "catalogue-free-at": "/machines/?date=2026-10-21&start=10:00&end=12:00",
    "find-a-time": "/machines/find-a-time/?length=120",
    "find-a-time-none": "/machines/find-a-time/?q=speedy&length=1440&space=atelier",
    "find-a-time-wrong": "/machines/find-a-time/?first=2026-10-21&last=2026-10-20",
    "machine": "/machines/atelier/speedy/",
    "machine-grid": "/machines/atelier/speedy/?view=grid",
    "machine-agenda": "/machines/atelier/speedy/?view=agenda",
    "machine-down": "/machines/atelier/stepcraft/",
    "at-machine": "/at/atelier/speedy/",
    "pool": "/pools/atelier/mk4/",
    "pool-grid": "/pools/atelier/mk4/?view=grid",
    "metrics": "/metrics/",
    "click": "/do/{click}/",
    "unsubscribe": "/messages/unsubscribe/{switch}/",
    "login": "/account/login/",
    "login-passkey": "/account/2fa/webauthn/login/",
    "signup": "/account/signup/",
    "reset": "/account/password/reset/",
    "reset-done": "/account/password/reset/done/",
    "reset-key-bad": "/account/password/reset/key/1-bad/",
    "reset-key-done": "/account/password/reset/key/done/",
    "verification-sent": "/account/confirm-email/",
    "confirm-bad": "/account/confirm-email/bad/",
    "inactive": "/account/inactive/",
}
MAKER = {
    "home-maker": "/",
    "catalogue-maker": "/machines/",
    "find-a-time-maker": "/machines/find-a-time/",
    "machine-maker": "/machines/atelier/speedy/?date=2026-10-21&start=10:00&end=12:00",
    "reserve": "/machines/atelier/speedy/reserve/?date=2026-10-21&start=10:00&end=12:00",
    "pool-maker": "/pools/atelier/mk4/?date=2026-10-21&start=10:00&end=12:00",
    "pool-reserve": "/pools/atelier/mk4/reserve/?date=2026-10-21&start=10:00&end=12:00",
    "pool-reservation": "/reservations/{of_pool}/",
    "pool-move": "/reservations/{of_pool}/move/",
    "reservations": "/reservations/",
    "cart-empty": "/cart/",
    "exchange-new": "/reservations/{own}/exchange/",
    "exchange": "/exchanges/{exchange}/",
    "reservation": "/reservations/{own}/",
    "reservation-cancelled": "/reservations/{cancelled}/",
    "move": "/reservations/{own}/move/",
    "extend": "/reservations/{running}/extend/",
    "reservation-in-use": "/reservations/{running}/",
    "at-machine-in-use": "/at/atelier/shaper/",
    "at-machine-maker": "/at/atelier/speedy/",
    "profile": "/profile/",
    "message-choices": "/profile/messages/",
    "calendars": "/profile/calendars/?about=machine:{laser}",
    "channels": "/profile/channels/",
    "email": "/account/email/",
    "password": "/account/password/change/",
    "mfa": "/account/2fa/",
    "totp": "/account/2fa/totp/activate/",
    "webauthn": "/account/2fa/webauthn/",
    "webauthn-add": "/account/2fa/webauthn/add/",
    "sessions": "/account/sessions/",
    "series-new": "/machines/atelier/speedy/series/?date=2026-10-21&start=18:00&end=19:00",
    "series-list": "/series/",
    "series": "/series/{series}/",
    "series-move": "/series/{series}/move/",
    "series-extend": "/series/{series}/extend/",
    "wish-new": "/machines/atelier/speedy/wait/?date=2026-10-20&start=14:00&end=15:00",
    "wishes": "/waitlist/",
    "offer": "/offers/{offer}/",
    "displacement": "/displacements/{displacement}/",
    "displacement-choose": "/displacements/{displacement}/choose/",
    "companies": "/companies/",
    "company": "/companies/{company}/",
    "company-people": "/companies/{company}/people/",
    "logout": "/account/logout/",
}
STAFF = {
    "board": "/spaces/atelier/board/",
    "space-series": "/spaces/atelier/series/",
    "series-staff": "/series/{series}/",
    "board-week": "/spaces/atelier/board/?week=2026-10-19",
    "board-agenda": "/spaces/atelier/board/?view=agenda",
    "board-week-agenda": "/spaces/atelier/board/?week=2026-10-19&view=agenda",
    "board-reservation": "/spaces/atelier/board/?reservation={own}",
    "board-free": "/spaces/atelier/board/?machine={laser}&date=2026-10-20&start=20:00&end=21:00",
    "board-machine": "/spaces/atelier/board/?machine={laser}",
    "block": "/spaces/atelier/machines/speedy/block/?date=2026-10-20&start=20:00&end=21:00",
    "reservation-staff": "/reservations/{cancelled}/",
    "machine-staff": "/machines/atelier/speedy/",
    "requests": "/spaces/atelier/requests/",
    "request": "/spaces/atelier/requests/{request}/",
    "space-pools": "/spaces/atelier/pools/",
    "space-pool": "/spaces/atelier/pools/mk4/",
    "displaced": "/spaces/atelier/displaced/",
    "space-waitlist": "/spaces/atelier/waitlist/",
    "policies": "/spaces/atelier/policies/",
    "policy": "/spaces/atelier/policies/categories/{category}/everybody/",
    "policy-makers": "/spaces/atelier/policies/categories/{category}/maker/",
    "machine-policies": "/spaces/atelier/machines/shaper/policies/",
    "machine-policy": "/spaces/atelier/machines/shaper/policies/company/",
    "policy-trial": "/spaces/atelier/policies/try/",
    "policy-trial-answer": "/spaces/atelier/policies/try/?person=Mira&machine=speedy"
    "&date=2026-10-21&start=10:00&end=12:00",
    "quotas": "/spaces/atelier/quotas/",
    "quota-new": "/spaces/atelier/quotas/new/",
    "quota": "/spaces/atelier/quotas/{quota}/",
    "space-reminders": "/spaces/atelier/reminders/",
    "reminder-new": "/spaces/atelier/reminders/new/",
    "reminder": "/spaces/atelier/reminders/{reminder}/",
    "prices": "/spaces/atelier/machines/speedy/prices/",
    "space-companies": "/spaces/atelier/companies/",
    "space-company": "/spaces/atelier/companies/{company}/",
    "contract": "/spaces/atelier/companies/{company}/contracts/{contract}/",
    "window-new": "/spaces/atelier/companies/{company}/contracts/{contract}/windows/new/",
    "window": "/spaces/atelier/companies/{company}/contracts/{contract}/windows/{window}/",
    "inventory": "/spaces/atelier/inventory/",
    "import": "/spaces/atelier/inventory/import/",
    "import-preview": "/spaces/atelier/inventory/import/?draft={draft}",
    "hours": "/spaces/atelier/hours/",
    "hours-staffed": "/spaces/atelier/hours/?kind=staffed",
    "closures": "/spaces/atelier/closures/",
    "holidays": "/spaces/atelier/holidays/",
    "followed": "/spaces/atelier/calendars/",
    "followed-of-machine": "/spaces/atelier/machines/shaper/calendars/",
    "followed-calendar": "/spaces/atelier/calendars/{followed}/",
    "followed-draft": "/spaces/atelier/calendars/{calendar_draft}/",
    "machine-hours": "/spaces/atelier/machines/speedy/hours/",
    "maintenance": "/spaces/atelier/machines/speedy/maintenance/",
    "faults": "/spaces/atelier/machines/stepcraft/faults/",
    "messages": "/spaces/atelier/messages/",
    "message": "/messages/{message}/",
    "message-failed": "/messages/{failed}/",
    "message-templates": "/spaces/atelier/messages/templates/",
    "message-template": "/spaces/atelier/messages/templates/reservation_confirmed/en/",
    "message-template-away": "/spaces/atelier/messages/templates/displaced_proposed/fr/"
    "?reader=away",
    "message-text": "/spaces/atelier/messages/templates/reservation_confirmed/en/words/",
    "utilisation": "/spaces/atelier/utilisation/?month=2026-10",
    "utilisation-empty": "/spaces/atelier/utilisation/?month=2020-01",
}
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
PAGES = VISITOR | MAKER | STAFF | MISSING

NO_PAGES = {
    "account_confirm_login_code": "signing in by a code in a mail is not offered",
    "account_set_password": "everybody here has a password",
    "admin": "Django's plain admin, for superusers",
    "api": "the API",
    "booking:check_in": "an action",
    "booking:check_out": "an action",
    "booking:displacement_accept": "an action",
    "booking:displacement_decline": "an action",
    "booking:guarantee_confirm": "an action",
    "booking:calendar_revoke": "an action",
    "booking:cart_add": "an action",
    "booking:exchange_accept": "an action",
    "booking:exchange_decline": "an action",
    "booking:exchange_withdraw": "an action",
    "booking:cart_remove": "an action",
    "booking:cart_verdict": "a fragment",
    "booking:machine_qr": "a picture",
    "booking:offer_accept": "an action",
    "booking:offer_decline": "an action",
    "booking:pool_verdict": "a fragment",
    "booking:reservation_cancel": "an action",
    "booking:reservation_ics": "a file",
    "booking:reservation_restore": "an action",
    "booking:space_wish": "an action",
    "booking:series_cancel": "an action",
    "booking:series_try": "an action",
    "booking:verdict": "a fragment",
    "booking:wish_leave": "an action",
    "billing:inventory_export": "a file",
    "health": "for programs",
    "booking:closure_remove": "an action",
    "booking:followed_calendar_change": "an action",
    "machines:document": "a file",
    "booking:fault_resolve": "an action",
    "booking:maintenance_remove": "an action",
    "machines:photo": "a picture",
    "members:delegate_change": "an action",
    "members:delegate_remove": "an action",
    "members:invitation_accept": "an action",
    "members:invitation_decline": "an action",
    "members:invitation_withdraw": "an action",
    "members:message_html": "shown inside the page of a message",
    "members:message_text_reset": "an action",
    "members:token_create": "an action",
    "members:token_revoke": "an action",
    "notifications:channel_add": "an action",
    "notifications:channel_change": "an action",
    "notifications:channel_remove": "an action",
    "notifications:channel_switch_on": "an action",
    "notifications:channel_test": "an action",
    "mfa_authenticate": "seen while signing in with a second factor, below",
    "mfa_download_recovery_codes": "a file",
    "offline": "shown where there is no network: tests/journeys/test_offline.py",
    "reports:chart": "a picture",
    "reports:export": "a file",
    "service_worker": "a script",
    "set_language": "an action",
}


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
    server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture
def browsing(browser: Browser, server: LiveServer) -> Iterator[Browsing]:
    """A browser that fails the test on any console error, failed request or refusal."""
    yield from browsed(browser, server)


def opened(browsing: Browsing, house: House, name: str) -> Page:
    """The page `name`, as whoever it is for."""
    person = {**dict.fromkeys(MAKER, house.maker), **dict.fromkeys(STAFF, house.staff)}.get(name)
    return browsing.open(PAGES[name].format(**house.names), person)


@pytest.mark.parametrize("name", PAGES)
def test_it_is_in_order(browsing: Browsing, house: House, name: str) -> None:
    with browsing.refusing(404) if name in MISSING else nullcontext():
        page = opened(browsing, house, name)
        inspect(page, name)
        page.set_viewport_size(PHONE)
        in_german(page)


def in_german(page: Page) -> None:
    """The same page in German, where words are longest and colours are the same."""
    set_language(page, "de")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    hold(page, ALL_BUT_COLOURS)


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
    inspect(page, "recovery-codes-first")
    TOTP.activate(house.maker, generate_totp_secret())
    number = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN).pk
    for name, address in SECURED.items():
        page.goto(address.format(key=number))
        inspect(page, name)
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
    inspect(page, "mfa-authenticate")


def test_no_page_is_forgotten() -> None:
    """Every address is opened above, or is no page."""
    numbers = re.compile(r"\{\w+\}")
    opened_names = {
        resolve(urlsplit(numbers.sub("1", address)).path).view_name
        for name, address in (PAGES | SECURED).items()
        if name not in MISSING
    }
    everything = set(names(get_resolver()))
    assert everything - opened_names == set(NO_PAGES)


def names(resolver: URLResolver, space: str = "") -> Iterator[str]:
    """The names of all addresses; the API and the plain admin count as one each."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"
        elif pattern.namespace in {"admin", "api"}:
            yield pattern.namespace
        else:
            yield from names(pattern, f"{pattern.namespace}:" if pattern.namespace else "")
