"""Time that staff must approve: asked for, approved from the mail, denied, withdrawn, expired."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from time_machine import Traveller

from booking.models import Policy, Reservation
from booking.services.approvals import expire_requests
from booking.states import ReservationState
from members.models import Member
from notifications.models import Message
from tests.booking.lively import Lively
from tests.journeys.browsing import DESK, PHONE, Browsing, hold, inspect, set_language
from tests.journeys.house import TOMORROW
from tests.journeys.pages import answer

pytestmark = [pytest.mark.django_db(transaction=True)]

SIZES = [pytest.param(DESK, id="desk"), pytest.param(PHONE, id="phone")]
DAY = TOMORROW.isoformat()


@pytest.fixture(autouse=True)
def _approval_is_needed(lively: Lively) -> None:
    Policy.objects.filter(machine=lively.mill).update(
        approval_needed=True, approval_hold=timedelta(hours=8)
    )


@pytest.mark.parametrize("size", SIZES)
def test_asked_for_and_approved_from_the_mail(
    browsing: Browsing, lively: Lively, size: dict[str, int]
) -> None:
    page, request = asked(browsing, lively.maker, size)
    expect(page.locator("main")).to_contain_text("The staff of the space decides.")
    inspect(page, "journey-request-pending")
    mail = Message.objects.get(kind="request_to_decide", recipient=lively.staff)
    link = urlsplit(mail.context["url"]).path
    staff = browsing.open(link, lively.staff, viewport=size)
    inspect(staff, "journey-request")
    assert state_of(request) == ReservationState.PENDING
    answer(staff, "Approve")
    expect(staff.locator("main")).to_contain_text("Approved: Shaper Origin for Mira Maker.")
    page.reload()
    expect(page.locator("main")).to_contain_text("confirmed")
    staff.goto(link)
    expect(staff.locator("main")).to_contain_text("This request has been decided on already.")


@pytest.mark.parametrize("size", SIZES)
def test_denied_with_a_reason_and_withdrawn(
    browsing: Browsing, lively: Lively, size: dict[str, int]
) -> None:
    page, request = asked(browsing, lively.maker, size)
    staff = browsing.open("/spaces/atelier/requests/", lively.staff, viewport=size)
    inspect(staff, "journey-requests")
    staff.get_by_role("link", name="Deny…").click()
    with browsing.refusing(422):
        answer(staff, "Deny")
        expect(staff.locator("main")).to_contain_text("Say why")
    staff.get_by_label("Reason").fill("The mill is being moved; ask for Friday.")
    answer(staff, "Deny")
    expect(staff.locator("main")).to_contain_text("They are told why by mail.")
    page.reload()
    expect(page.locator("main")).to_contain_text("ask for Friday")
    assert state_of(request) == ReservationState.DENIED
    page, again = asked(browsing, lively.maker, size)
    set_language(page, "fr")
    hold(page)
    set_language(page, "en")
    page.get_by_text("Cancel this reservation").click()
    answer(page, "Yes, cancel it")
    assert state_of(again) == ReservationState.CANCELLED
    staff.reload()
    expect(staff.locator("main")).not_to_contain_text("Deny…")


def test_nobody_decides_in_time(browsing: Browsing, lively: Lively, clock: Traveller) -> None:
    page, request = asked(browsing, lively.maker, DESK)
    assert request.expires_at is not None
    clock.move_to(request.expires_at)
    assert expire_requests(request.expires_at) == 1
    page.reload()
    expect(page.locator("main")).to_contain_text("expired")
    inspect(page, "journey-request-expired")


def asked(browsing: Browsing, maker: Member, size: dict[str, int]) -> tuple[Page, Reservation]:
    """A maker asks for the mill tomorrow afternoon."""
    address = f"/machines/atelier/shaper/reserve/?date={DAY}&start=14:00&end=15:00"
    page = browsing.open(address, maker, viewport=size)
    page.get_by_label("What will you make?").fill("Moulds")
    answer(page, "Reserve")
    expect(page.locator("main")).to_contain_text("awaiting approval")
    return page, Reservation.objects.filter(purpose="Moulds").latest("pk")


def state_of(row: Reservation) -> str:
    row.refresh_from_db()
    return row.state
