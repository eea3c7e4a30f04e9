"""Staff look at a message and adapt its words; the next maker reads them."""

import re
from email.message import EmailMessage

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.booking.lively import Lively
from tests.journeys.browsing import DESK, PHONE, Browsing, hold, inspect, set_language
from tests.journeys.house import TOMORROW
from tests.journeys.pages import answer, choose_span
from tests.journeys.post import Post

pytestmark = [pytest.mark.django_db(transaction=True)]

SIZES = [pytest.param(DESK, id="desk"), pytest.param(PHONE, id="phone")]
RULES = "Les lunettes sont dans le tiroir rouge : https://atelier.example/lunettes"


@pytest.mark.parametrize("size", SIZES)
def test_the_words_of_a_space_arrive(
    browsing: Browsing, lively: Lively, post: Post, size: dict[str, int]
) -> None:
    lively.maker.language = "fr"
    lively.maker.timezone = "America/New_York"
    lively.maker.save()
    staff = browsing.open("/spaces/atelier/messages/", lively.staff, viewport=size)
    adapt(browsing, staff)
    maker = browsing.open("/machines/atelier/speedy/reserve/", lively.maker, viewport=size)
    choose_span(maker, TOMORROW.isoformat(), "10:00", "12:00")
    with post.working():
        answer(maker, "Reserve")
        mail = post.mail(1)
    assert mail["Subject"] == "À demain : Speedy 400"
    text, html = part(mail, "text/plain"), part(mail, "text/html")
    assert RULES in text
    assert "Quand\u202f: mercredi 21 octobre 2026, 10:00–12:00 (Europe/Zurich, UTC+2)" in text
    assert "04:00–06:00 (America/New_York, UTC-4)" in text
    assert '<a href="https://atelier.example/lunettes"' in html


def adapt(browsing: Browsing, page: Page) -> None:
    """From the log to the French words of the confirmation, with one mistake on the way."""
    page.get_by_role("link", name="Texts of the messages").click()
    hold(page)
    page.get_by_role("link", name="Confirmation", exact=True).click()
    page.get_by_role("link", name="French", exact=True).click()
    page.get_by_role("link", name="who reads on another clock").click()
    expect(mail_on(page)).to_have_attribute("srcdoc", re.compile("Pacific/Auckland"))
    inspect(page, "journey-text-preview")
    page.get_by_role("link", name="Adapt the words").click()
    page.get_by_label("Subject").fill("À demain : {machin}")
    text = page.get_by_label("Text", exact=True)
    text.fill(f"# {{news}}\n\n{{facts}}\n\n{RULES}\n\nVotre page :\n{{url}}")
    with browsing.refusing(422):
        answer(page, "Save")
        expect(page.locator("main")).to_contain_text("Did you mean {machine}?")
    expect(text).to_have_value(f"# {{news}}\n\n{{facts}}\n\n{RULES}\n\nVotre page :\n{{url}}")
    page.get_by_label("Subject").fill("À demain : ")
    page.get_by_role("button", name="Insert {machine}").click()
    answer(page, "Preview")
    expect(mail_on(page)).to_have_attribute("srcdoc", re.compile('class="act"[^>]+>Votre page<'))
    inspect(page, "journey-text-adapted")
    answer(page, "Save")
    expect(page.locator("main")).to_contain_text("À demain : Découpeuse laser")
    set_language(page, "fr")
    hold(page)


def mail_on(page: Page) -> Locator:
    """The mail as a phone shows it: a frame in which not even a test can run anything."""
    return page.locator("iframe.mail").first


def part(mail: EmailMessage, kind: str) -> str:
    """One of the bodies of a mail."""
    (found,) = [each for each in mail.walk() if each.get_content_type() == kind]
    return str(found.get_content())


def test_the_clock_of_the_device_is_offered_and_kept(browsing: Browsing, lively: Lively) -> None:
    away = {"timezone_id": "America/New_York", "viewport": PHONE}
    visitor = browsing.open("/account/signup/", **away)
    expect(visitor.locator("input[name=timezone]")).to_have_value("America/New_York")
    page = browsing.open("/profile/", lively.maker, **away)
    expect(page.locator("main")).to_contain_text("Your device is in America/New York.")
    inspect(page, "journey-zone-offered")
    page.get_by_role("button", name="Use its clock").click()
    expect(page.get_by_label("Time zone")).to_have_value("America/New_York")
    page.locator("form[action='/profile/']").get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("Your profile is saved.")
    expect(page.locator("[data-zone-offer]")).to_be_hidden()
    lively.maker.refresh_from_db()
    assert lively.maker.timezone == "America/New_York"
