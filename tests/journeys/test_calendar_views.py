"""The calendar as a list and on paper."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from booking.states import ReservationState
from tests.booking.lively import Lively, reserve
from tests.factories.members import CompanyFactory, DelegateFactory, MemberFactory
from tests.journeys.browsing import PHONE, Browsing, inspect
from tests.journeys.pages import expect_span

pytestmark = [pytest.mark.django_db(transaction=True)]

LASER = "/machines/atelier/speedy/?week=2026-10-19"
BOARD = "/spaces/atelier/board/"
PAPER = os.environ.get("JOURNEY_PICTURES", "")


@pytest.fixture
def lively(lively: Lively) -> Lively:
    """Every kind and every way to stand, on one day."""
    company = CompanyFactory.create(name="Optique Lumen SA")
    DelegateFactory.create(member=lively.maker, company=company)
    reserve(lively.laser, "12:30", "13:00", member=lively.maker, state=ReservationState.PENDING)
    reserve(lively.laser, "18:00", "19:00", state=ReservationState.HELD)
    reserve(lively.laser, "19:30", "21:00", company=company, is_confidential=True)
    missed = MemberFactory.create(name="Nora Nowhere")
    reserve(lively.mill, "10:00", "11:00", member=missed, state=ReservationState.NO_SHOW)
    return lively


def is_list(page: Page) -> bool:
    """Whether the lanes are folded."""
    return bool(page.locator(".lane").first.evaluate("e => getComputedStyle(e).display === 'flex'"))


def test_a_narrow_screen_shows_a_list_and_the_address_keeps_another_wish(
    browsing: Browsing, lively: Lively
) -> None:
    page = browsing.open(LASER, lively.maker, viewport=PHONE, has_touch=True)
    assert is_list(page)
    page.locator("#view-grid").click()
    page.wait_for_url("**view=grid")
    assert not is_list(page)
    page.locator("#next-week").click()
    page.wait_for_url("**week=2026-10-26&view=grid")
    assert not is_list(page)
    page.locator("#view-agenda").click()
    page.wait_for_url("**view=agenda")
    assert is_list(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    assert is_list(page)


def test_a_gap_of_the_list_fills_the_form(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open(LASER, lively.maker, viewport=PHONE, has_touch=True)
    page.locator(".lane[data-date='2026-10-21'] .free a").first.tap()
    expect_span(page, "2026-10-21", "08:00", "09:00")


def test_on_a_phone_the_week_of_all_machines_is_a_list_by_day(
    browsing: Browsing, lively: Lively
) -> None:
    page = browsing.open(f"{BOARD}?day=2026-10-20", lively.staff, viewport=PHONE)
    assert is_list(page)
    page.get_by_role("link", name="Week", exact=True).click()
    page.wait_for_url("**week=2026-10-20&view=agenda")
    expect(page.locator(".agenda details[open] h2")).to_have_text("Tuesday 20 October")
    page.locator("#day-2026-10-22 summary").click()
    expect(page.locator("#day-2026-10-22")).to_contain_text("Boxes")
    page.locator("#day-2026-10-22 .free a").first.click()
    expect(page.locator("#panel")).to_contain_text("Free from")


def test_my_reservations_are_a_list_by_day(browsing: Browsing, lively: Lively) -> None:
    reserve(lively.laser, "08:00", "09:00", member=lively.maker, state=ReservationState.CANCELLED)
    page = browsing.open("/reservations/", lively.maker, viewport=PHONE)
    items = page.locator("section[aria-labelledby=upcoming] .lane > li")
    expect(items).to_have_count(2)
    expect(items.first).to_contain_text("awaiting approval")
    items.first.locator("a").click()
    page.wait_for_url("**/reservations/*/")


def test_every_kind_and_every_way_to_stand_has_a_word(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open(f"{BOARD}?day=2026-10-20", lively.staff)
    for told in ("awaiting approval", "held", "confidential", "no-show", "in use", "completed"):
        expect(page.locator(".board .lane em", has_text=told).first).to_be_attached()
    inspect(page, "kinds")
    other = browsing.open(LASER, MemberFactory.create())
    expect(other.locator(".lane em")).to_have_text(["in use"])
    expect(other.locator(".lane .confidential")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "address", "person", "told"),
    [
        ("week", LASER, "maker", ("Speedy 400", "Week of 19 October 2026", "17:00–18:00")),
        ("day", f"{BOARD}?day=2026-10-20", "staff", ("Tuesday 20 October 2026", "Nora Nowhere")),
        ("glance", f"{BOARD}?week=2026-10-19", "staff", ("19 October – 25 October", "Luc Morel")),
        ("day-list", f"{BOARD}?day=2026-10-20&view=agenda", "staff", ("Speedy 400", "17:00–18:00")),
        ("list", f"{BOARD}?week=2026-10-19&view=agenda", "staff", ("Sunday 25 October", "Boxes")),
        ("mine", "/reservations/", "maker", ("My reservations", "awaiting approval")),
    ],
)
def test_on_paper_it_says_all_by_itself_and_nothing_to_press(
    browsing: Browsing, lively: Lively, name: str, address: str, person: str, told: tuple[str, ...]
) -> None:
    page = browsing.open(address, getattr(lively, person))
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    for text in (*told, "As of Tue 20 Oct 2026, "):
        expect(page.get_by_role("main").get_by_text(text).first).to_be_visible()
    for away in ("header.site", "footer.site", ".page-tabs", ".buttons", "form.reserve"):
        for each in page.locator(away).all():
            expect(each).to_be_hidden()
    for lane in page.locator(".as-list .lane").all():
        assert lane.evaluate("e => e.scrollHeight <= e.clientHeight + 1"), "one lies over another"
    paper = page.pdf(prefer_css_page_size=True)
    assert paper.startswith(b"%PDF")
    if PAPER:
        (Path(PAPER) / f"paper-{name}.pdf").write_bytes(paper)
