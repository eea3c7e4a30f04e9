"""A day at the desk: the board, the calendar, upkeep, the inventory, the figures, the messages."""

from pathlib import Path

import pytest
from django.utils.timezone import now
from playwright.sync_api import expect

from booking.models import Reservation
from booking.services.bringing import import_waiting
from booking.states import ReservationState
from machines.models import Fault, Machine
from tests.booking.lively import Lively, at, reserve
from tests.factories.notifications import MessageFactory
from tests.journeys.browsing import Browsing, inspect
from tests.journeys.pages import answer, drag_on_board

pytestmark = [pytest.mark.django_db(transaction=True)]

BOARD = "/spaces/atelier/board/?day=2026-10-20"
SHEET = "Gerät;Raum;Preis\nLaser;OG;noch offen\nVelo;UG;2\nMini 1;UG;2\nMini 2;UG;2\n"


def test_in_and_out_from_the_board(browsing: Browsing, lively: Lively) -> None:
    Reservation.objects.filter(machine=lively.mill, member__isnull=False).delete()
    here = reserve(lively.mill, "11:45", "12:45", member=lively.maker)
    page = browsing.open(BOARD, lively.staff)
    page.locator(f"[data-move='{here.pk}']").click()
    page.locator("#panel").get_by_role("button", name="Check in").click()
    expect(page.get_by_text("Checked in")).to_be_visible()
    here.refresh_from_db()
    assert here.state == ReservationState.IN_USE
    page.goto(f"{BOARD}&reservation={here.pk}")
    inspect(page, "board-in-use")
    page.locator("#panel").get_by_role("button", name="Check out").click()
    expect(page.locator("main")).to_contain_text("Checked out")
    here.refresh_from_db()
    assert here.state == ReservationState.COMPLETED


def test_dragged_to_another_machine_and_refused(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open(BOARD, lively.staff)
    own = f"[data-move='{lively.own.pk}']"
    drag_on_board(page, own, 8)
    told = "Moved: Speedy 400, Tue 20 Oct 19:00–20:00."
    expect(page.locator(".told p")).to_have_text(told)
    drag_on_board(page, own, 0, rows=1)
    expect(page.locator(f"tr:has-text('Trotec Q500') {own}")).to_have_count(1)
    lively.own.refresh_from_db()
    assert lively.own.machine.slug == "trotec"
    with browsing.refusing(409, 422):
        drag_on_board(page, own, -10)
        expect(page.locator(".told.error")).to_contain_text("Someone else has this time.")
    expect(page.locator(".is-dragged")).to_have_count(0)
    lively.own.refresh_from_db()
    assert lively.own.starts_at == at("19:00")


def test_a_free_time_of_the_board_is_reserved_or_blocked(
    browsing: Browsing, lively: Lively
) -> None:
    page = browsing.open(BOARD, lively.staff)
    gap = page.locator("tr:has-text('Trotec Q500') .lane > .free > a").last
    gap.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    panel = page.locator("#panel")
    expect(panel).to_be_focused()
    expect(panel.get_by_role("link", name="Reserve this time")).to_be_visible()
    page.keyboard.press("Escape")
    expect(gap).to_be_focused()
    expect(page.locator(".choice")).to_have_count(0)
    gap.click()
    panel.get_by_text("Block it for upkeep").click()
    panel.get_by_label("Reason").fill("New mirror")
    panel.locator("[name=start]").select_option("17:00")
    panel.get_by_role("button", name="Block this time").click()
    expect(page.locator("main")).to_contain_text("16:30–18:30")
    inspect(page, "block-in-the-way")
    page.locator("[name=start]").select_option("20:00")
    page.locator("[name=end]").select_option("21:30")
    page.get_by_role("button", name="Block this time").click()
    expect(page.locator("#panel")).to_contain_text("New mirror")
    held = page.locator("tr:has-text('Trotec Q500') .lane > .maintenance")
    expect(held).to_contain_text("20:00–21:30")


def test_staff_reserves_for_a_member_who_asked_at_the_desk(
    browsing: Browsing, lively: Lively
) -> None:
    page = browsing.open(BOARD, lively.staff)
    page.locator("tr:has-text('Trotec Q500') .lane > .free > a").last.click()
    page.locator("#panel").get_by_role("link", name="Reserve this time").click()
    page.get_by_label("On behalf of").fill(lively.maker.email)
    page.get_by_label("What will you make?").fill("Cover plates")
    answer(page, "Reserve")
    expect(page.locator("main")).to_contain_text("Mira Maker")
    row = Reservation.objects.get(purpose="Cover plates")
    assert (row.member, row.created_by) == (lively.maker, lively.staff)
    theirs = browsing.open("/reservations/", lively.maker)
    expect(theirs.locator("main")).to_contain_text("Trotec Q500")


def test_a_move_from_the_board_ends_on_the_board(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open(f"{BOARD}&reservation={lively.own.pk}", lively.staff)
    page.locator("#panel").get_by_role("link", name="Move").click()
    page.locator("[name=date]").fill("2026-10-22")
    answer(page, "Move")
    expect(page.locator("#board-title")).to_have_text("Thursday 22 October 2026")
    expect(page.locator(f"[data-move='{lively.own.pk}']")).to_be_visible()
    expect(page.locator("#panel")).to_contain_text("Mira Maker")


def test_hours_are_shown_before_they_are_saved(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open("/spaces/atelier/hours/", lively.staff)
    page.locator("[name=from_date]").fill("2026-11-02")
    page.locator("[name=until_0_0]").select_option("20:00")
    answer(page, "Preview")
    expect(page.locator("#preview")).to_contain_text("08:00–20:00")
    inspect(page, "hours-preview")
    answer(page, "Save")
    expect(page.locator("#preview")).to_have_count(0)
    page.goto("/machines/atelier/speedy/?week=2026-11-02")
    expect(page.locator("main tr", has_text="Monday")).to_contain_text("08:00–20:00")
    expect(page.locator("main tr", has_text="Tuesday")).to_contain_text("08:00–22:00")


def test_closures_and_holidays(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open("/spaces/atelier/closures/", lively.staff)
    page.locator("[name=title]").fill("Stocktaking")
    page.locator("[name=first]").fill("2026-11-05")
    answer(page, "Preview")
    expect(page.locator("#preview")).to_contain_text("Stocktaking")
    inspect(page, "closure-preview")
    answer(page, "Save")
    expect(page.locator("main .rows")).to_contain_text("Stocktaking")
    page.goto("/spaces/atelier/holidays/?year=2026")
    answer(page, "Preview")
    expect(page.locator("#preview")).to_contain_text("25 December")
    inspect(page, "holidays-preview")
    answer(page, "Save")
    expect(page.locator("#preview")).to_have_count(0)
    page.goto("/machines/atelier/speedy/?week=2026-12-21")
    expect(page.locator("main tr", has_text="Friday")).to_contain_text("closed")


def test_maintenance_and_faults(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open("/spaces/atelier/machines/speedy/maintenance/", lively.staff)
    page.locator("[name=title]").fill("Clean the lenses")
    page.locator("[name=first]").fill("2026-11-02")
    answer(page, "Preview")
    expect(page.locator("#preview")).to_be_visible()
    inspect(page, "maintenance-preview")
    answer(page, "Save")
    expect(page.locator("main")).to_contain_text("Clean the lenses")
    page.goto("/spaces/atelier/machines/speedy/faults/")
    page.locator("[name=summary]").fill("The tube is dark")
    answer(page, "Report")
    expect(page.locator("main")).to_contain_text("reservations are in the way")
    answer(page, "Report")
    expect(page.locator("main .rows").first).to_contain_text("The tube is dark")
    assert Fault.objects.get(machine=lively.laser).stops_machine
    page.goto("/machines/atelier/speedy/")
    expect(page.locator("main")).to_contain_text("Out of order: The tube is dark")
    page.goto("/spaces/atelier/machines/speedy/faults/")
    page.get_by_role("button", name="Resolved: The tube is dark").click()
    expect(page.locator("main")).to_contain_text("Nothing is broken.")


def test_an_inventory_is_looked_at_before_it_is_imported(
    browsing: Browsing, lively: Lively, tmp_path: Path
) -> None:
    sheet = tmp_path / "liste.csv"
    sheet.write_text(SHEET, encoding="utf-8")
    page = browsing.open("/spaces/atelier/inventory/", lively.staff)
    page.get_by_role("main").get_by_role("link", name="Import", exact=True).click()
    page.locator("[type=file]").set_input_files(sheet)
    answer(page, "Look at it")
    expect(page.locator("main")).to_contain_text("This looks like a bicycle")
    inspect(page, "import-looked-at")
    assert not Machine.objects.filter(name="Mini 1").exists()
    answer(page, "Import the good rows")
    expect(page.get_by_role("progressbar")).to_be_visible()
    import_waiting(clock=now)
    expect(page.locator("main")).to_contain_text("Imported: 3 new")
    assert Machine.objects.filter(space=lively.space, name="Mini 1").exists()


def test_what_people_are_told(browsing: Browsing, lively: Lively) -> None:
    MessageFactory.create(
        recipient=lively.maker, space_key=str(lively.space.pk), send_after=at("10:00")
    )
    page = browsing.open("/spaces/atelier/messages/", lively.staff)
    page.locator("main table a").first.click()
    expect(page.locator("main")).to_contain_text("is reserved for you")
    inspect(page, "message-pending")
