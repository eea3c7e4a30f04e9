"""Time given back: cancelled in time, too late, undone, and nobody came; desk and phone."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from time_machine import Traveller

from booking.models import Offer, Reservation
from booking.services.attendance import mark_no_shows
from booking.services.offering import offer_freed
from booking.states import ReservationState
from tests.booking.lively import Lively, at, reserve
from tests.factories.booking import WishFactory
from tests.factories.members import MemberFactory
from tests.journeys.browsing import DESK, PHONE, Browsing, hold, inspect, set_language
from tests.journeys.house import TOMORROW
from tests.journeys.pages import answer

pytestmark = [pytest.mark.django_db(transaction=True)]

SIZES = [pytest.param(DESK, id="desk"), pytest.param(PHONE, id="phone")]


@pytest.mark.parametrize("size", SIZES)
def test_free_in_time_and_too_late_for_the_member_but_not_for_staff(
    browsing: Browsing, lively: Lively, clock: Traveller, size: dict[str, int]
) -> None:
    row = reserve(lively.laser, "14:00", "16:00", TOMORROW, member=lively.maker)
    page = browsing.open(f"/reservations/{row.pk}/", lively.maker, viewport=size)
    page.get_by_text("Cancel this reservation").click()
    expect(page.get_by_role("button", name="Yes, cancel it")).to_be_visible()
    clock.move_to(row.starts_at - timedelta(hours=1))
    answer(page, "Yes, cancel it")
    expect(page.locator("main")).to_contain_text("You can no longer move or cancel")
    inspect(page, "journey-cancel-too-late")
    set_language(page, "fr")
    hold(page)

    staff = browsing.open(f"/reservations/{row.pk}/", lively.staff, viewport=size)
    staff.get_by_text("Cancel this reservation").click()
    answer(staff, "Yes, cancel it")
    expect(staff.locator("main")).to_contain_text("cancelled late")
    expect(staff.locator("dd", has_text=lively.staff.name)).to_be_visible()
    inspect(staff, "journey-cancelled-late")
    row.refresh_from_db()
    assert (row.state, row.cancelled_late) == (ReservationState.CANCELLED, True)

    answer(staff, "Undo the cancellation")
    expect(staff.locator("main")).to_contain_text("The reservation stands again.")
    row.refresh_from_db()
    assert (row.state, row.cancelled_late) == (ReservationState.CONFIRMED, False)


def test_what_somebody_else_has_by_now_is_not_undone(browsing: Browsing, lively: Lively) -> None:
    row = reserve(
        lively.laser, "14:00", "16:00", TOMORROW, member=lively.maker,
        state=ReservationState.CANCELLED,
    )  # fmt: skip
    reserve(lively.laser, "15:00", "17:00", TOMORROW)
    page = browsing.open(f"/reservations/{row.pk}/", lively.staff)
    answer(page, "Undo the cancellation")
    expect(page.locator("main")).to_contain_text("Someone else has this time.")
    row.refresh_from_db()
    assert row.state == ReservationState.CANCELLED


@pytest.mark.parametrize("size", SIZES)
def test_nobody_comes_and_the_rest_goes_to_who_waits(
    browsing: Browsing, lively: Lively, clock: Traveller, size: dict[str, int]
) -> None:
    row = reserve(lively.laser, "14:00", "18:00", TOMORROW, member=lively.maker)
    waiting = MemberFactory.create(name="Willa Waits")
    WishFactory.create(
        machine=lively.laser, member=waiting, earliest_at=at("14:00", TOMORROW),
        latest_at=at("18:00", TOMORROW), duration=timedelta(hours=1),
    )  # fmt: skip
    late = row.starts_at + timedelta(minutes=31)
    clock.move_to(late)
    assert mark_no_shows(late)
    assert mark_no_shows(late) == 0
    page = browsing.open(f"/reservations/{row.pk}/", lively.maker, viewport=size)
    expect(page.locator("main")).to_contain_text("no-show")
    inspect(page, "journey-no-show")
    assert offer_freed(late) == 1
    offer = Offer.objects.get(entry__member=waiting)
    other = browsing.open("/waitlist/", waiting, viewport=size)
    other.get_by_role("link", name="Accept it or pass it on").click()
    answer(other, "Reserve it")
    expect(other.locator("main")).to_contain_text("A confirmation is on its way to you.")
    made = Reservation.objects.get(pk=offer.reservation_id)
    assert (made.state, made.member) == (ReservationState.CONFIRMED, waiting)
