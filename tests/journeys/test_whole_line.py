"""The whole line, once: from signing up to the hour in the figures."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from typing import Any

import pytest
from icalendar import Calendar
from playwright.sync_api import Page, expect
from time_machine import Traveller

from billing.models import HourlyPrice
from booking.models import Reservation, UsageSession
from booking.states import ReservationState
from machines.models import DirtyDay
from members.models import Member
from members.states import Audience
from notifications.models import Message
from notifications.states import MessageState
from reports.tasks import rebuild_dirty_days
from tests.booking.lively import Lively
from tests.journeys.browsing import Browsing, inspect
from tests.journeys.pages import answer, choose_span, drag, expect_span
from tests.journeys.post import Post

pytestmark = [pytest.mark.django_db(transaction=True)]

PASSWORD = "a long enough secret"
SATURDAY = ".lane[data-date='2026-10-24'] .free a"


def test_from_signing_up_to_the_figure(
    browsing: Browsing, lively: Lively, clock: Traveller, post: Post
) -> None:
    HourlyPrice.objects.create(
        machine=lively.laser, audience=Audience.MAKER, amount=Decimal("24.50")
    )
    with post.working():
        page = sign_up(browsing, post)
        reservation = reserve(page, post)
        move(page, post, reservation)

    # A day before it begins, the reminder leaves.
    clock.move_to(datetime(2026, 10, 24, 13, 1, tzinfo=UTC))
    with post.working():
        reminder = post.mail(4)
    assert reminder["To"] == "mila@example.org"
    assert "Speedy 400" in reminder["Subject"]

    use(page, clock, reservation)
    with post.working():
        post.wake_until(rebuild_dirty_days, lambda: not DirtyDay.objects.exists())
    staff = browsing.open("/spaces/atelier/utilisation/", lively.staff)
    used = staff.locator(".kpis > div", has_text="Used")
    expect(used).to_contain_text("1.0 h")
    expect(staff.locator("main tr", has_text="Speedy 400").first).to_contain_text("1.0")


def sign_up(browsing: Browsing, post: Post) -> Page:
    """Sign up with an e-mail address, confirm it by the link in the mail, sign in."""
    page = browsing.open("/account/signup/")
    page.get_by_label("Name").fill("Mila Keller")
    page.get_by_label("Email").fill("mila@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign Up").click()
    page.wait_for_url("**/account/confirm-email/")
    mail = post.mail(1)
    assert mail["To"] == "mila@example.org"
    page.goto(link_in(mail, "/account/confirm-email/"))
    inspect(page, "line-confirm")
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/account/login/**")
    page.get_by_label("Email").fill("mila@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign In", exact=True).click()
    expect(page.locator("header")).to_contain_text("Mila Keller")
    return page


def reserve(page: Page, post: Post) -> Reservation:
    """From the catalogue to a reservation, dragged over the week with the mouse."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Machines").click()
    page.wait_for_load_state("load")
    page.locator("#id_q").fill("speedy")
    expect(page.locator("#results .card")).to_have_count(1)
    page.get_by_role("link", name="Speedy 400").click()
    drag(page, SATURDAY, 8.5 / 56, 15.5 / 56)
    expect_span(page, "2026-10-24", "10:00", "12:00")
    expect(page.locator("#verdict")).to_contain_text("You can reserve this time.")
    expect(page.locator("#verdict")).to_contain_text("CHF 49.00")
    page.get_by_label("What will you make?").fill("A lamp")
    page.get_by_role("button", name="Reserve", exact=True).click()
    page.wait_for_url(re.compile(r"/reservations/\d+/$"))
    reservation = Reservation.objects.get(member=Member.objects.get(email="mila@example.org"))
    assert reservation.starts_at == datetime(2026, 10, 24, 8, tzinfo=UTC)
    assert reservation.ends_at == datetime(2026, 10, 24, 10, tzinfo=UTC)
    assert reservation.amount == Decimal("49.00")
    assert reminder_of(reservation).send_after == reservation.starts_at - timedelta(days=1)
    mail = post.mail(2)
    event = event_in(mail)
    assert event["DTSTART"].dt == reservation.starts_at
    assert event["SEQUENCE"] == 0
    page.goto(link_in(mail, "/reservations/"))
    return reservation


def move(page: Page, post: Post, reservation: Reservation) -> None:
    """To Sunday, whose night has one hour more; the mail and the reminder follow."""
    page.get_by_role("main").get_by_role("link", name="Move").click()
    page.wait_for_url("**/move/")
    choose_span(page, "2026-10-25", "14:00", "15:00")
    page.get_by_role("main").get_by_role("button", name="Move").click()
    page.wait_for_load_state()
    assert page.locator("main .errorlist").all_inner_texts() == []
    page.wait_for_url(re.compile(r"/reservations/\d+/$"))
    expect(page.locator("main")).to_contain_text("Sun 25 Oct 2026, 14:00–15:00")
    reservation.refresh_from_db()
    assert reservation.starts_at == datetime(2026, 10, 25, 13, tzinfo=UTC)
    assert reminder_of(reservation).send_after == datetime(2026, 10, 24, 13, tzinfo=UTC)
    event = event_in(post.mail(3))
    assert event["DTSTART"].dt == reservation.starts_at
    assert event["SEQUENCE"] == 1


def use(page: Page, clock: Traveller, reservation: Reservation) -> None:
    """Check in a little early, and out an hour later."""
    clock.move_to(datetime(2026, 10, 25, 12, 55, tzinfo=UTC))
    page.get_by_role("link", name="My reservations").first.click()
    page.wait_for_url("**/reservations/")
    page.get_by_role("main").get_by_role("link", name="Speedy 400").click()
    answer(page, "Check in")
    expect(page.locator("main")).to_contain_text("Checked in")
    clock.move_to(datetime(2026, 10, 25, 13, 55, tzinfo=UTC))
    page.reload()
    answer(page, "Check out")
    expect(page.locator("main .badge").first).to_have_text("completed")
    inspect(page, "line-completed")
    reservation.refresh_from_db()
    assert reservation.state == ReservationState.COMPLETED
    session = UsageSession.objects.get(reservation=reservation)
    assert session.ended_at is not None
    assert timedelta(minutes=59) < session.ended_at - session.started_at < timedelta(minutes=61)


def reminder_of(reservation: Reservation) -> Message:
    """The one reminder that waits for its time."""
    return Message.objects.get(
        subject_key=reservation.subject_key,
        kind="reservation_reminder",
        state=MessageState.PENDING,
    )


def link_in(mail: EmailMessage, part: str) -> str:
    """The address in the text of a mail that holds `part`."""
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(rf"http\S+{part}\S+", body.get_content())
    assert found, body.get_content()
    return found.group()


def event_in(mail: EmailMessage) -> Any:
    """The calendar event that a mail carries."""
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert parts
    calendar = Calendar.from_ical(parts[0].get_payload(decode=True))
    return calendar.walk("VEVENT")[0]
