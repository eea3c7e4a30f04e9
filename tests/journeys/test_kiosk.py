"""At the machine: a tablet with badge and PIN, with and without a network, and a phone."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.utils.timezone import now
from playwright.sync_api import Page, expect
from time_machine import Traveller

from booking.models import Correction, KioskEntry, Reservation, UsageSession
from booking.services.settling import warn_of_overruns
from machines.models import Fault
from notifications.models import Message
from notifications.rendering import render
from tests.booking.lively import NOW, Lively, at, reserve
from tests.factories.booking import UsageSessionFactory
from tests.factories.kiosk import (
    PIN,
    SECRET,
    BadgeFactory,
    KioskFactory,
    PinFactory,
    QuestionFactory,
)
from tests.journeys.browsing import PHONE, Browsing, inspect, let_pass

pytestmark = [pytest.mark.django_db(transaction=True)]

READ = "04A1B2C3"
IS_READY = """async () => {
    const page = await caches.match("/kiosk/", { ignoreVary: true });
    return Boolean(page && navigator.serviceWorker.controller);
}"""
MINUTE = 60_000


@pytest.fixture
def tablet(browsing: Browsing, lively: Lively) -> Page:
    """The page of a tablet in English, whose service worker is ready."""
    PinFactory.create(member=BadgeFactory.create(read=READ, member=lively.maker).member)
    lively.space.languages = ["en", "de"]
    lively.space.save()
    KioskFactory.create(stands_at=lively.laser)
    page = browsing.open("/kiosk/", has_touch=True, timezone_id="Pacific/Auckland")
    page.context.add_cookies([{"name": "kiosk", "value": SECRET, "url": page.url}])
    page.goto("/kiosk/")
    page.wait_for_function(IS_READY)
    return page


def identify(page: Page, machine: str) -> None:
    """Choose with a finger, hold the badge to the reader, and press the keys."""
    # Before its script is there, Enter would send the form.
    expect(page.locator("[data-part=keys]")).to_be_visible()
    page.get_by_text(machine, exact=True).tap()
    page.locator("#id_badge").focus()
    page.keyboard.type(READ)
    page.keyboard.press("Enter")
    for digit in PIN:
        page.locator(f"[data-key='{digit}']").tap()


def test_in_and_out_by_touch_and_a_reader(tablet: Page, lively: Lively) -> None:
    QuestionFactory.create(machine=lively.mill, is_required=True)
    inspect(tablet, "kiosk")
    tablet.get_by_role("button", name="Check in").tap()
    expect(tablet.get_by_text("Choose a machine first.")).to_be_visible()
    identify(tablet, "Shaper Origin")
    tablet.get_by_role("button", name="Check in").tap()
    expect(tablet.locator("[data-part=title]")).to_have_text("Checked in: Shaper Origin")
    expect(tablet.locator("[data-part=lines]")).to_contain_text("Hello Mira Maker")
    inspect(tablet, "kiosk-checked-in")
    # It returns to its start by itself, and of nobody anything is left.
    let_pass(tablet)
    expect(tablet.locator("#id_badge")).to_be_visible()
    expect(tablet.get_by_text("Mira Maker")).to_have_count(0)
    assert tablet.locator("#id_badge").input_value() == ""
    identify(tablet, "Shaper Origin")
    tablet.get_by_role("button", name="Check out").tap()
    expect(tablet.get_by_role("heading", name="Before you go")).to_be_visible()
    tablet.get_by_text("Needs a look").tap()
    tablet.get_by_label("What did you find?").fill("The lid squeaks")
    inspect(tablet, "kiosk-questions")
    tablet.get_by_role("button", name="Check out").tap()
    expect(tablet.locator("[data-part=title]")).to_have_text("Checked out: Shaper Origin")
    assert Fault.objects.filter(machine=lively.mill, summary="The lid squeaks").exists()


def test_a_browser_becomes_a_tablet(browsing: Browsing, lively: Lively) -> None:
    desk = browsing.open("/spaces/atelier/tablets/", lively.staff)
    desk.get_by_label("Name").fill("Beside the lasers")
    desk.get_by_role("button", name="Make a code").click()
    code = desk.locator(".pairing-code").inner_text()
    inspect(desk, "tablets-code")
    page = browsing.open("/kiosk/")
    inspect(page, "kiosk-pair")
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Pair").click()
    expect(page.get_by_text("Shaper Origin")).to_be_visible()
    desk.goto("/spaces/atelier/tablets/")
    desk.get_by_role("button", name="Revoke Beside the lasers").click()
    expect(desk.get_by_text("The tablet opens nothing any more.")).to_be_visible()
    page.goto("/kiosk/")
    expect(page.get_by_role("heading", name="Pair this tablet")).to_be_visible()


def test_ten_minutes_without_a_network(browsing: Browsing, tablet: Page, lively: Lively) -> None:
    tablet.clock.install(time=NOW)
    tablet.reload()
    network, title = tablet.locator("[data-part=network]"), tablet.locator("[data-part=title]")
    with browsing.without_network(tablet):
        identify(tablet, "Shaper Origin")
        tablet.get_by_role("button", name="Check in").tap()
        expect(title).to_have_text("Kept until the network is back")
        # On the clock of the space, though the tablet is set to another zone.
        expect(tablet.locator("[data-part=lines]")).to_contain_text(
            re.compile(r"What you did at 11:4\d")
        )
        expect(network).to_contain_text("Waiting here to be sent: 1.")
        inspect(tablet, "kiosk-offline")
        tablet.clock.fast_forward(8 * MINUTE)
        expect(tablet.locator("#id_badge")).to_be_focused()
        identify(tablet, "Shaper Origin")
        tablet.get_by_role("button", name="Extend").tap()
        expect(title).to_have_text("Not extended")
        tablet.clock.fast_forward(MINUTE)
        expect(tablet.locator("#id_badge")).to_be_focused()
        identify(tablet, "Shaper Origin")
        tablet.get_by_role("button", name="Check out").tap()
        expect(network).to_contain_text("Waiting here to be sent: 2.")
        tablet.clock.fast_forward(MINUTE)
    assert not UsageSession.objects.filter(machine=lively.mill).exists()
    with tablet.expect_response("**/kiosk/entries/**"):
        tablet.clock.fast_forward(MINUTE // 6)
    expect(network).to_be_hidden()
    session = UsageSession.objects.get(machine=lively.mill)
    assert session.member == lively.maker
    assert session.ended_at is not None
    # At each new start of the page, its clock forgets the seconds that went by themselves.
    # Those that the story itself takes are counted, and are many on a busy machine.
    assert 8.5 * 60 <= (session.ended_at - session.started_at).total_seconds() <= 15 * 60
    assert 60 <= (now() - session.ended_at).total_seconds() <= 6 * 60
    assert KioskEntry.objects.count() == 2


def test_a_phone_at_the_machine_and_a_correction(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open("/at/atelier/shaper/", lively.maker, viewport=PHONE)
    page.get_by_role("button", name="Check in").click()
    expect(page.get_by_role("heading", name="You are using this machine")).to_be_visible()
    page.get_by_role("button", name="Check out").click()
    expect(page.locator("main")).to_contain_text("Checked out.")
    UsageSession.objects.all().delete()
    used = UsageSessionFactory.create(
        machine=lively.mill, member=lively.maker, started_at=at("08:00"), ended_at=at("09:30")
    )
    page.goto("/sessions/")
    page.get_by_role("link", name="Shaper Origin").click()
    page.get_by_role("link", name="Ask for a correction").click()
    page.get_by_label("To", exact=True).fill("09:00")
    page.get_by_label("Reason").fill("I left at nine")
    page.get_by_role("button", name="Ask for this correction").click()
    expect(page.locator("main")).to_contain_text("to be decided")
    desk = browsing.open("/spaces/atelier/use/", lively.staff)
    inspect(desk, "space-use-to-decide")
    desk.get_by_role("button", name="Correct it").click()
    expect(desk.locator("main")).to_contain_text("Corrected.")
    desk.goto(f"/sessions/{used.pk}/")
    expect(desk.locator("main")).to_contain_text("What stood here before")
    used.refresh_from_db()
    assert used.ended_at == at("09:00")
    assert Correction.objects.get().decided_by == lively.staff


def test_who_stays_longer_and_who_comes_next(
    browsing: Browsing, lively: Lively, clock: Traveller
) -> None:
    following = reserve(lively.mill, "13:00", "13:30", member=lively.reserved.member)
    Reservation.objects.filter(machine=lively.mill, starts_at=at("12:30")).delete()
    page = browsing.open("/at/atelier/shaper/", lively.maker, viewport=PHONE, has_touch=True)
    page.get_by_role("button", name="Check in").tap()
    expect(page.locator("main")).to_contain_text("It is yours until Tue 20 Oct, 12:40.")
    clock.shift(30 * 60)
    page.get_by_role("button", name="Extend").tap()
    expect(page.locator("main")).to_contain_text("Extended until Tue 20 Oct 13:00.")
    clock.shift(55 * 60)
    assert warn_of_overruns(now()) == 1
    page.reload()
    expect(page.locator("main")).to_contain_text("Your time was over at Tue 20 Oct, 13:00.")
    told = Message.objects.get(kind="machine_still_in_use", recipient=following.member)
    assert "Shaper Origin" in render(told).text
    waiting = browsing.open(urlsplit(told.context["url"]).path, following.member, viewport=PHONE)
    expect(waiting.locator("main")).to_contain_text("Shaper Origin")


@pytest.fixture
def table_that_refuses() -> Iterator[Callable[[], None]]:
    """The database takes no entry of a tablet, as after a mistake of ours; until it is called."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse_entry() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'broken'; END $$;"
            "CREATE TRIGGER refuse_entry BEFORE INSERT ON booking_kioskentry "
            "FOR EACH ROW EXECUTE FUNCTION refuse_entry();"
        )

    def mend() -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION IF EXISTS refuse_entry CASCADE")

    yield mend
    mend()


def test_what_cannot_be_kept_is_put_aside_said_and_sent_another_day(
    tablet: Page, lively: Lively, table_that_refuses: Callable[[], None]
) -> None:
    tablet.clock.install(time=NOW)
    tablet.reload()
    network, aside = tablet.locator("[data-part=network]"), tablet.locator("[data-part=aside]")
    identify(tablet, "Shaper Origin")
    tablet.get_by_role("button", name="Check in").tap()
    expect(aside).to_contain_text("Put aside, because it cannot be taken now: 1.")
    expect(tablet.locator("[data-part=title]")).to_have_text("Not done")
    expect(network).to_be_hidden()
    inspect(tablet, "kiosk-aside")
    table_that_refuses()
    with tablet.expect_response("**/kiosk/entries/**"):
        tablet.clock.fast_forward(24 * 60 * MINUTE + MINUTE)
    expect(aside).to_be_hidden()
    # Of so long ago only the tablet knows: the staff looks at it.
    assert KioskEntry.objects.to_settle().get().reasons == ["TOLD_TOO_LATE"]
