"""From the button in the mail to what it does, on a phone where nobody is signed in."""

import re
from datetime import timedelta
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from booking import notices
from booking.models import Offer, Reservation
from booking.states import OfferState, ReservationState
from tests.booking.lively import NOW, TUESDAY, Lively, at
from tests.factories.booking import OfferFactory
from tests.journeys.browsing import PHONE, Browsing, inspect
from tests.journeys.post import Post

pytestmark = [pytest.mark.django_db(transaction=True)]


def address_in(mail: EmailMessage, label: str) -> str:
    """Where the button leads of which the plain text says `label`."""
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    found = re.search(rf"{label}, without signing in:\s+(\S+)", text)
    assert found is not None
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert found[1] in html
    return found[1]


def test_cancelled_and_accepted_from_the_mail(
    browsing: Browsing, lively: Lively, post: Post
) -> None:
    offer = OfferFactory.create(
        entry__machine=lively.mill,
        entry__member=lively.maker,
        entry__earliest_at=at("18:00", TUESDAY + timedelta(days=1)),
    )
    notices.reservation_confirmed(lively.own, by=lively.maker, now=NOW)
    notices.offer_made(offer, now=NOW)
    with post.working():
        mails = [post.mail(1), post.mail(2)]
    confirmed, offered = sorted(mails, key=lambda mail: "Free for you" in str(mail["Subject"]))

    page = browsing.open(address_in(confirmed, "Cancel this reservation"), viewport=PHONE)
    inspect(page, "journey-click")
    page.get_by_role("main").get_by_role("button", name="Cancel this reservation").click()
    expect(page.get_by_role("status").last).to_contain_text("The time is free for others again.")
    assert Reservation.objects.get(pk=lively.own.pk).state == ReservationState.CANCELLED
    page.goto(address_in(confirmed, "Cancel this reservation"))
    expect(page.locator("main")).to_contain_text("This link was used already")
    inspect(page, "journey-click-used")

    page.goto(address_in(offered, "Reserve it"))
    page.get_by_role("main").get_by_role("button", name="Reserve it").click()
    expect(page.get_by_role("status").last).to_contain_text("A confirmation is on its way to you.")
    assert Offer.objects.get(pk=offer.pk).state == OfferState.ACCEPTED
