"""Moving reservations in the calendar: by mouse, finger and keyboard; refused, undone, asked."""

import uuid
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from booking.models import Reservation
from booking.states import ReservationState
from tests.booking.lively import Lively, at, reserve
from tests.factories.booking import PolicyFactory
from tests.journeys.browsing import PHONE, Browsing, inspect
from tests.journeys.pages import Finger, drag_edge, drag_on_board, swipe

pytestmark = [pytest.mark.django_db(transaction=True)]

LASER = "/machines/atelier/speedy/?week=2026-10-19"
BOARD = "/spaces/atelier/board/?day=2026-10-20"
DESK = {"width": 1280, "height": 1400}


def span_of(reservation: Reservation) -> tuple[str, str, str]:
    """Its machine and its times on the clock of the space."""
    row = Reservation.objects.select_related("machine__space").get(pk=reservation.pk)
    zone = row.machine.space.zone
    start, end = row.starts_at.astimezone(zone), row.ends_at.astimezone(zone)
    return row.machine.slug, f"{start:%d %H:%M}", f"{end:%d %H:%M}"


def movable(reservation: Reservation) -> str:
    """The link of a reservation that can be moved."""
    return f"[data-move='{reservation.pk}']"


def test_a_maker_drags_their_own_reservation_to_another_day_and_undoes_it(
    browsing: Browsing, lively: Lively
) -> None:
    page = browsing.open(LASER, lively.maker, viewport=DESK)
    item = page.locator(movable(lively.own))
    box = item.bounding_box()
    day = page.locator(".lane[data-date='2026-10-21']").bounding_box()
    assert box is not None
    assert day is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(day["x"] + 20, y, steps=5)
    expect(page.locator(".lane[data-date='2026-10-21'] > .choice")).to_have_text("17:00–18:00")
    page.mouse.up()
    expect(page.locator("#told p")).to_have_text("Moved: Speedy 400, Wed 21 Oct 17:00–18:00.")
    assert span_of(lively.own) == ("speedy", "21 17:00", "21 18:00")
    inspect(page, "moved-week")
    page.locator("#told button").click()
    expect(page.locator("#told p")).to_have_text("Moved: Speedy 400, Tue 20 Oct 17:00–18:00.")
    assert span_of(lively.own) == ("speedy", "20 17:00", "20 18:00")


@pytest.mark.parametrize(
    ("edge", "quarters", "span"),
    [("end", 4, ("17:00", "19:00")), ("start", -2, ("16:30", "18:00"))],
)
def test_an_edge_makes_it_longer(
    browsing: Browsing, lively: Lively, edge: str, quarters: int, span: tuple[str, str]
) -> None:
    page = browsing.open(LASER, lively.maker, viewport=DESK)
    drag_edge(page, movable(lively.own), edge, quarters)
    expect(page.locator("#told p")).to_contain_text(f"{span[0]}–{span[1]}")
    assert span_of(lively.own) == ("speedy", f"20 {span[0]}", f"20 {span[1]}")


def test_staff_drags_to_another_machine_of_the_kind_but_not_of_another(
    browsing: Browsing, lively: Lively
) -> None:
    page = browsing.open(BOARD, lively.staff)
    drag_on_board(page, movable(lively.own), 8, rows=1)
    expect(page.locator("#told p")).to_have_text("Moved: Trotec Q500, Tue 20 Oct 19:00–20:00.")
    assert span_of(lively.own) == ("trotec", "20 19:00", "20 20:00")
    with browsing.refusing(422):
        drag_on_board(page, movable(lively.own), 0, rows=1.9)
        expect(page.locator("#told li")).to_have_text(
            "A reservation moves only to a machine of the same kind, Lasers, in service."
        )
    assert span_of(lively.own) == ("trotec", "20 19:00", "20 20:00")


def test_what_is_in_use_changes_by_its_end_only(browsing: Browsing, lively: Lively) -> None:
    running = Reservation.objects.get(machine=lively.laser, state=ReservationState.IN_USE)
    page = browsing.open(BOARD, lively.staff)
    drag_on_board(page, movable(running), 2)
    expect(page.locator("#told p")).to_contain_text("11:00–13:00")
    assert span_of(running) == ("speedy", "20 11:00", "20 13:00")


def test_the_keyboard_moves_and_resizes_and_is_told_each_step(
    browsing: Browsing, lively: Lively
) -> None:
    page = browsing.open(LASER, lively.maker)
    page.locator(movable(lively.own)).focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#told")).to_contain_text("To Tuesday 20 October, 17:15 to 18:15")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("#told")).to_contain_text("To Wednesday 21 October, 17:15 to 18:30")
    page.keyboard.press("Escape")
    expect(page.locator("#told")).to_have_text("Put back.")
    assert span_of(lively.own) == ("speedy", "20 17:00", "20 18:00")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("#told p")).to_have_text("Moved: Speedy 400, Wed 21 Oct 17:00–17:45.")
    expect(page.locator(movable(lively.own))).to_be_focused()


def test_the_keyboard_goes_from_machine_to_machine_on_the_board(
    browsing: Browsing, lively: Lively
) -> None:
    page = browsing.open(BOARD, lively.staff)
    page.locator(movable(lively.own)).focus()
    for key in ("ArrowDown", *["ArrowRight"] * 6, "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#told p")).to_have_text("Moved: Trotec Q500, Tue 20 Oct 18:30–19:30.")


def test_a_long_press_moves(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open(f"{LASER}&view=grid", lively.maker, viewport=PHONE, has_touch=True)
    finger, (x, y, height) = Finger(page), _middle(page, movable(lively.own))
    finger.down(x, y)
    expect(page.locator(".choice")).to_have_text("17:00–18:00")
    finger.move(x, y + height / 2)
    finger.move(x, y + height)
    expect(page.locator(".choice")).to_have_text("18:00–19:00")
    finger.up()
    expect(page.locator("#told p")).to_contain_text("Moved: Speedy 400, Tue 20 Oct 18:00–19:00.")
    assert span_of(lively.own) == ("speedy", "20 18:00", "20 19:00")


def test_a_swipe_over_a_reservation_moves_nothing(browsing: Browsing, lively: Lively) -> None:
    page = browsing.open(f"{LASER}&view=grid", lively.maker, viewport=PHONE, has_touch=True)
    x, y, _height = _middle(page, movable(lively.own))
    swipe(page, Finger(page), x, (y, y - 30, y - 90))
    expect(page.locator(".choice, .is-moving")).to_have_count(0)
    assert span_of(lively.own) == ("speedy", "20 17:00", "20 18:00")


def test_a_refusal_tells_every_reason_and_a_way_on(browsing: Browsing, lively: Lively) -> None:
    PolicyFactory.create(machine=lively.laser, longest=timedelta(hours=1))
    reserve(lively.laser, "18:30", "19:00")
    page = browsing.open(LASER, lively.maker, viewport=DESK)
    with browsing.refusing(422):
        drag_edge(page, movable(lively.own), "end", 4)
        expect(page.locator("#told li")).to_have_count(2)
    inspect(page, "refused")
    expect(page.locator(".is-moving")).to_have_count(0)
    page.locator("#told a").click()
    expect(page.locator("[name=end]")).to_have_value("19:00")
    assert span_of(lively.own) == ("speedy", "20 17:00", "20 18:00")


def test_what_is_one_of_several_is_asked_in_the_form(browsing: Browsing, lively: Lively) -> None:
    Reservation.objects.filter(pk=lively.own.pk).update(bundle_id=uuid.uuid4())
    page = browsing.open(LASER, lively.maker, viewport=DESK)
    drag_edge(page, movable(lively.own), "end", 4)
    page.wait_for_url(f"**/reservations/{lively.own.pk}/move/?**")
    expect(page.locator("[name=end]")).to_have_value("19:00")


@pytest.mark.parametrize("zone", ["Europe/Zurich", "Pacific/Auckland"])
def test_the_day_of_25_hours_moves_into_the_second_pass_in_any_browser(
    browsing: Browsing, lively: Lively, zone: str
) -> None:
    row = reserve(lively.laser, "01:00", "02:00", date(2026, 10, 25), member=lively.maker)
    address = "/spaces/atelier/board/?day=2026-10-25"
    page = browsing.open(address, lively.staff, timezone_id=zone)
    drag_on_board(page, movable(row), 8)
    expect(page.locator("#told p")).to_contain_text("Sun 25 Oct 02:00")
    row.refresh_from_db()
    assert (row.starts_at.isoformat(), row.ends_at.isoformat()) == (
        "2026-10-25T01:00:00+00:00",
        "2026-10-25T02:00:00+00:00",
    )


def test_the_day_of_23_hours_skips_what_the_clock_skips(browsing: Browsing, lively: Lively) -> None:
    row = reserve(lively.laser, "01:00", "02:00", date(2027, 3, 28), member=lively.maker)
    page = browsing.open("/spaces/atelier/board/?day=2027-03-28", lively.staff)
    drag_on_board(page, movable(row), 4)
    expect(page.locator("#told p")).to_contain_text("03:00–04:00")
    row.refresh_from_db()
    assert row.starts_at == at("03:00", date(2027, 3, 28))


def _middle(page: Page, selector: str) -> tuple[float, float, float]:
    """The middle of an item that stands in the middle of the window, and how high it is."""
    page.locator(selector).evaluate("e => e.scrollIntoView({ block: 'center', inline: 'center' })")
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["height"]
