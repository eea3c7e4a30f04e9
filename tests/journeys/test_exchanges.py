"""Exchanging a time with somebody, and handing one over: asked, answered, done."""

import pytest
from playwright.sync_api import expect

from booking.models import Exchange
from tests.booking.lively import Lively
from tests.factories.members import MemberFactory
from tests.journeys.browsing import PHONE, Browsing, inspect
from tests.journeys.pages import answer

pytestmark = [pytest.mark.django_db(transaction=True)]


def test_two_members_exchange_their_times(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open(f"/reservations/{lively.own.pk}/", lively.maker)
    page.get_by_role("link", name="Exchange or hand over").click()
    inspect(page, "exchange-new")
    page.get_by_label("Their time").select_option(str(lively.reserved.pk))
    page.get_by_label("Message").first.fill("I would need the afternoon.")
    answer(page, "Propose the exchange")
    expect(page.get_by_text("waits for an answer")).to_be_visible()
    inspect(page, "exchange-asked")

    other = browsing.open("/reservations/", lively.reserved.member)
    expect(other.get_by_text("your answer is awaited")).to_be_visible()
    inspect(other, "exchange-mine")
    other.get_by_role("heading", name="Proposals").locator("..").get_by_role("link").first.click()
    expect(other.get_by_text("I would need the afternoon.")).to_be_visible()
    inspect(other, "exchange-answer")
    answer(other, "Accept")
    expect(other.get_by_text("Done. The new time is on its way to you.")).to_be_visible()
    expect(other.get_by_text("Done. The new time is on its way to you.")).to_be_visible()
    before = lively.own.starts_at, lively.reserved.starts_at
    for row in (lively.own, lively.reserved):
        row.refresh_from_db()
    assert (lively.reserved.starts_at, lively.own.starts_at) == before


def test_a_time_is_handed_over_on_a_phone_without_a_script(
    browsing: Browsing, lively: Lively
) -> None:
    cleo = MemberFactory.create(name="Cleo")
    page = browsing.open(
        f"/reservations/{lively.own.pk}/exchange/",
        lively.maker,
        viewport=PHONE,
        java_script_enabled=False,
    )
    page.get_by_label("E-mail address of the member").fill(cleo.email)
    answer(page, "Propose to hand it over")
    expect(page.get_by_text(f"If a member has the address {cleo.email}")).to_be_visible()
    made = Exchange.objects.get()
    other = browsing.open(f"/exchanges/{made.pk}/", cleo, viewport=PHONE, java_script_enabled=False)
    answer(other, "Accept")
    lively.own.refresh_from_db()
    assert lively.own.member == cleo
    page.goto("/reservations/")
    expect(page.get_by_text("Nothing reserved.")).to_be_visible()
