"""From what a maker chooses to what arrives, and to the button of the mail program that ends it."""

import re
from datetime import timedelta
from email.message import EmailMessage
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from booking.models import Reservation
from booking.states import ReservationState
from members.models import Member
from notifications.models import Message
from notifications.states import MessageState
from notifications.tasks import relay
from tests.booking.lively import Lively
from tests.journeys.browsing import DESK, PHONE, Browsing, inspect
from tests.journeys.pages import answer, choose_span
from tests.journeys.post import Post
from tests.journeys.test_whole_line import event_in

pytestmark = [pytest.mark.django_db(transaction=True)]

MINE = re.compile(r"/reservations/\d+/$")


@pytest.mark.parametrize("size", [pytest.param(DESK, id="desk"), pytest.param(PHONE, id="phone")])
def test_chosen_got_moved_cancelled_and_turned_off(
    browsing: Browsing, lively: Lively, post: Post, size: dict[str, int]
) -> None:
    page = browsing.open("/profile/", lively.maker, viewport=size)
    choose(browsing, page)
    with post.working():
        reserve(page, "10:00", "12:00")
        made = newest(lively.maker)
        assert reminder_of(made).send_after == made.starts_at - timedelta(hours=2)
        assert event_in(post.mail(1))["SEQUENCE"] == 0

        page.get_by_role("main").get_by_role("link", name="Move").click()
        choose_span(page, "2026-10-21", "13:00", "14:00")
        answer(page, "Move")
        page.wait_for_url(MINE)
        made.refresh_from_db()
        assert reminder_of(made).send_after == made.starts_at - timedelta(hours=2)
        assert event_in(post.mail(2))["SEQUENCE"] == 1

        page.get_by_text("Cancel this reservation").click()
        answer(page, "Yes, cancel it")
        mail = post.mail(3)
        assert event_in(mail)["STATUS"] == "CANCELLED"
        made.refresh_from_db()
        assert made.state == ReservationState.CANCELLED

        press_unsubscribe(mail)
        page.goto(address_in(mail))
        expect(page.locator("main")).to_contain_text("You get no more messages of this kind.")
        inspect(page, "journey-unsubscribed")
        reserve(page, "15:00", "16:00")
        muted = Message.objects.get(
            kind="reservation_confirmed", subject_key=newest(lively.maker).subject_key
        )
        post.wake_until(relay, lambda: state_of(muted) == MessageState.MUTED)
    assert len(post.box.mails) == 3
    log = browsing.open("/spaces/atelier/messages/?state=muted", lively.staff, viewport=size)
    expect(log.locator("main tbody tr")).to_have_count(1)
    expect(log.locator("main tbody")).to_contain_text("turned off by the reader")


def choose(browsing: Browsing, page: Page) -> None:
    """Say how early, when not, and what not; a slip is told beside its cause."""
    page.get_by_role("main").get_by_role("link", name="Messages to you").click()
    inspect(page, "journey-message-choices")
    page.get_by_label("Remind me").select_option(label="2 hours before")
    page.get_by_label("Quiet from").select_option("22:00")
    page.get_by_label("Dates missing in a series").uncheck()
    with browsing.refusing(422):
        answer(page, "Save")
        expect(page.locator("[aria-invalid=true]")).to_be_visible()
    page.get_by_label("Until").select_option("07:00")
    answer(page, "Save")
    expect(page.locator("main")).to_contain_text("Your choice is saved.")
    expect(page.get_by_label("Dates missing in a series")).not_to_be_checked()
    expect(page.get_by_label("Remind me")).to_have_value("120")


def reserve(page: Page, start: str, end: str) -> None:
    """Wednesday, on the laser."""
    page.goto(f"/machines/atelier/speedy/reserve/?date=2026-10-21&start={start}&end={end}")
    answer(page, "Reserve")
    page.wait_for_url(MINE)


def press_unsubscribe(mail: EmailMessage) -> None:
    """What a mail program does when its button is pressed (RFC 8058): no page, no cookie."""
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = urlsplit(address_in(mail))
    server = HTTPConnection(address.netloc)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    server.request("POST", address.path, b"List-Unsubscribe=One-Click", form)
    assert server.getresponse().status == 200
    server.close()


def address_in(mail: EmailMessage) -> str:
    return str(mail["List-Unsubscribe"]).strip().strip("<>")


def newest(member: Member) -> Reservation:
    return Reservation.objects.filter(member=member).latest("pk")


def reminder_of(reservation: Reservation) -> Message:
    return Message.objects.get(
        subject_key=reservation.subject_key,
        kind="reservation_reminder",
        state=MessageState.PENDING,
    )


def state_of(message: Message) -> str:
    return Message.objects.get(pk=message.pk).state
