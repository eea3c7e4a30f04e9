"""A machine is taken out of use: staff choose for everybody at the desk, the holder on a phone."""

import pytest
from playwright.sync_api import expect

from booking.models import Displacement, Reservation
from booking.states import DisplacementState, ReservationState
from spaces.intervals import DAY
from tests.booking.lively import TUESDAY, Lively, at, reserve
from tests.factories.booking import UsageSessionFactory
from tests.journeys.browsing import PHONE, Browsing, inspect
from tests.journeys.pages import answer

pytestmark = [pytest.mark.django_db(transaction=True)]

THURSDAY = TUESDAY + 2 * DAY
BLOCK = "/spaces/atelier/machines/speedy/block/?date=2026-10-22&start=09:00&end=13:00"


def test_from_the_block_to_the_answer(browsing: Browsing, lively: Lively) -> None:
    mine = reserve(lively.laser, "12:00", "13:00", THURSDAY, member=lively.maker, purpose="Lamp")
    page = browsing.open(BLOCK, lively.staff)
    page.get_by_label("Reason").fill("New lens")
    answer(page, "Block this time")
    expect(page.locator("main")).to_contain_text("2 reservations are in the way")
    inspect(page, "displacing-block")
    answer(page, "Let them decide")
    choice = page.get_by_label("Speedy 400, Mira Maker: what becomes of it")
    expect(choice.locator("option:checked")).to_contain_text("Propose")
    choice.select_option(label="Propose Thu 22 Oct 13:00–14:00 on Trotec Q500")
    answer(page, "Block this time")
    page.wait_for_url("**/board/?reservation=*")
    page.goto("/spaces/atelier/displaced/")
    expect(page.locator("main")).to_contain_text("Anna Bernasconi")
    inspect(page, "displaced-queue")
    page.get_by_label("Anna Bernasconi").check()
    answer(page, "Accept for them")
    expect(page.locator("main")).to_contain_text("1 is settled")

    phone = browsing.open("/reservations/", lively.maker, viewport=PHONE, has_touch=True)
    phone.get_by_role("link", name="Answer the proposal").tap()
    expect(phone.locator("main")).to_contain_text("Speedy 400 cannot be used then")
    inspect(phone, "displacement")
    phone.get_by_role("link", name="Choose another time").tap()
    inspect(phone, "displacement-choose")
    phone.get_by_role("link", name="Back to the proposal").tap()
    phone.get_by_role("button", name="Take this time").tap()
    expect(phone.locator("main")).to_contain_text("Accepted.")
    mine.refresh_from_db()
    assert (mine.state, mine.starts_at) == (ReservationState.CONFIRMED, at("13:00", THURSDAY))


def test_who_is_cancelled_finds_the_way_to_wait(browsing: Browsing, lively: Lively) -> None:
    reserve(lively.laser, "12:00", "13:00", THURSDAY, member=lively.maker)
    page = browsing.open(BLOCK, lively.staff)
    page.get_by_label("Reason").fill("New lens")
    answer(page, "Block this time")
    answer(page, "Cancel them")
    answer(page, "Block this time")
    page.wait_for_url("**/board/?reservation=*")
    lost = Displacement.objects.get(reservation__member=lively.maker)
    assert lost.state == DisplacementState.CANCELLED
    phone = browsing.open(f"/displacements/{lost.pk}/", lively.maker, viewport=PHONE)
    expect(phone.locator("main")).to_contain_text("We are sorry")
    inspect(phone, "displacement-cancelled")
    phone.get_by_role("link", name="Wait for a time").click()
    expect(phone.locator("[name=date]")).to_have_value("2026-10-22")


def test_a_machine_breaks_while_somebody_is_at_it(browsing: Browsing, lively: Lively) -> None:
    running = Reservation.objects.get(machine=lively.laser, state="in_use")
    session = UsageSessionFactory.create(
        machine=lively.laser, member=running.member, reservation=running, started_at=at("11:00")
    )
    page = browsing.open("/spaces/atelier/machines/speedy/faults/", lively.staff)
    page.locator("[name=summary]").fill("The tube is dark")
    answer(page, "Report")
    expect(page.locator("main")).to_contain_text("The machine is in use")
    expect(page.locator("main")).to_contain_text("reservations are in the way")
    inspect(page, "displacing-fault")
    page.get_by_label("End the use that goes on").check()
    answer(page, "Leave as they are")
    expect(page.get_by_label("End the use that goes on")).to_be_checked()
    answer(page, "Report")
    expect(page.locator("main .rows").first).to_contain_text("The tube is dark")
    session.refresh_from_db()
    assert session.ended_at is not None


def test_a_closure_names_who_it_displaces(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open("/spaces/atelier/closures/", lively.staff)
    page.locator("[name=title]").fill("Stocktaking")
    page.locator("[name=first]").fill(THURSDAY.isoformat())
    answer(page, "Preview")
    expect(page.locator("main")).to_contain_text("1 reservation is in the way")
    inspect(page, "displacing-closure")
    answer(page, "Save")
    expect(page.locator("main .rows").last).to_contain_text("Stocktaking")
    assert Displacement.objects.get().state == DisplacementState.OPEN
