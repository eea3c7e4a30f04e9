"""Waiting for time that somebody else has, until it is theirs, at a desk and on a phone."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from time_machine import Traveller

from booking.models import Offer, Reservation, WaitlistEntry
from booking.services.offering import offer_freed
from booking.services.reservations import cancel
from booking.states import ReservationState, WishState
from members.models import Member
from notifications.models import Message
from tests.booking.lively import NOW, Lively, at, reserve
from tests.factories.members import MemberFactory
from tests.journeys.browsing import DESK, PHONE, Browsing, hold, inspect, set_language
from tests.journeys.house import TOMORROW
from tests.journeys.pages import answer

pytestmark = [pytest.mark.django_db(transaction=True)]

SIZES = [pytest.param(DESK, id="desk"), pytest.param(PHONE, id="phone")]
DAY = TOMORROW.isoformat()


@pytest.mark.parametrize("size", SIZES)
def test_from_a_taken_time_to_a_reservation(
    browsing: Browsing, lively: Lively, size: dict[str, int]
) -> None:
    taken = reserve(lively.laser, "14:00", "16:00", TOMORROW, member=lively.staff)
    second = MemberFactory.create(name="Sana Second")
    page = browsing.open(
        f"/machines/atelier/speedy/reserve/?date={DAY}&start=14:00&end=16:00",
        lively.maker,
        viewport=size,
    )
    waited(page)
    wait(lively, second)
    reordered(browsing.open("/spaces/atelier/waitlist/", lively.staff, viewport=size))
    cancel(reservation=taken, by=lively.staff, now=NOW)
    assert offer_freed(NOW) == 1
    declined(browsing, second, size)
    assert offer_freed(NOW) == 1
    accepted(page, lively.maker)


def waited(page: Page) -> None:
    """The verdict says that it is taken, and offers to wait for it."""
    page.get_by_role("link", name="Tell me when it is free").first.click()
    inspect(page, "journey-wish-new")
    page.get_by_label("Tell me at the latest").select_option(label="1 hour before the start")
    page.get_by_label("What will you make?").fill("Lamp shades")
    answer(page, "Wait for it")
    expect(page.locator("main")).to_contain_text("number 1 in line")
    inspect(page, "journey-wishes")


def wait(lively: Lively, member: Member) -> None:
    """Somebody else waits for the same."""
    first = WaitlistEntry.objects.get(member=lively.maker)
    WaitlistEntry.objects.create(
        member=member,
        space=lively.space,
        machine=lively.laser,
        earliest_at=first.earliest_at,
        latest_at=first.latest_at,
        duration=first.duration,
        joined_at=NOW + timedelta(minutes=1),
    )


def reordered(page: Page) -> None:
    """Staff sees the line and lets the second go first."""
    inspect(page, "journey-space-waitlist")
    page.get_by_role("button", name="Sana Second: one up").click()
    expect(page.locator("main ol > li").first).to_contain_text("Sana Second")


def declined(browsing: Browsing, second: Member, size: dict[str, int]) -> None:
    """Opening the link of the mail decides nothing; the answer does."""
    offer = Offer.objects.get()
    mail = Message.objects.get(kind="waitlist_offer", recipient=second)
    assert mail.context["url"].endswith(f"/offers/{offer.pk}/")
    page = browsing.open(f"/offers/{offer.pk}/", second, viewport=size)
    inspect(page, "journey-offer")
    assert Offer.objects.get().state == "open"
    answer(page, "Pass it on")
    expect(page.locator("main")).to_contain_text("Passed on to the next in line.")


def accepted(page: Page, maker: Member) -> None:
    """The next finds the offer among their wishes, in French, and makes it a reservation."""
    page.goto("/waitlist/")
    set_language(page, "fr")
    hold(page)
    set_language(page, "en")
    page.get_by_role("link", name="Accept it or pass it on").click()
    answer(page, "Reserve it")
    expect(page.locator("main")).to_contain_text("A confirmation is on its way to you.")
    wish = WaitlistEntry.objects.get(member=maker)
    assert wish.state == WishState.FULFILLED
    assert wish.reservation is not None
    assert wish.reservation.state == ReservationState.CONFIRMED


@pytest.mark.parametrize("size", SIZES)
def test_an_offer_that_nobody_answers_is_over(
    browsing: Browsing, lively: Lively, clock: Traveller, size: dict[str, int]
) -> None:
    free = at("14:00", TOMORROW)
    WaitlistEntry.objects.create(
        member=lively.maker, space=lively.space, machine=lively.mill, earliest_at=free,
        latest_at=free + timedelta(hours=1), duration=timedelta(hours=1), joined_at=NOW,
    )  # fmt: skip
    assert offer_freed(NOW) == 1
    offer = Offer.objects.get()
    page = browsing.open(f"/offers/{offer.pk}/", lively.maker, viewport=size)
    clock.move_to(offer.expires_at)
    answer(page, "Reserve it")
    expect(page.locator("main")).to_contain_text("The time has gone to the next in line.")
    inspect(page, "journey-offer-over")
    assert not Reservation.objects.filter(state=ReservationState.CONFIRMED, wish__isnull=False)
