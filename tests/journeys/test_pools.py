"""Any unit of a pool, from the staff who make it to the unit that is told, desk and phone."""

import pytest
from playwright.sync_api import Page, expect
from time_machine import Traveller

from booking.models import Reservation
from booking.services.spreading import stop_unit
from machines.models import Machine, Pool
from tests.booking.lively import NOW, Lively, at, reserve
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory
from tests.journeys.browsing import DESK, PHONE, Browsing, hold, inspect, set_language
from tests.journeys.house import TOMORROW
from tests.journeys.pages import answer, choose_span

pytestmark = [pytest.mark.django_db(transaction=True)]

SIZES = [pytest.param(DESK, id="desk"), pytest.param(PHONE, id="phone")]
DAY = TOMORROW.isoformat()


@pytest.fixture
def printers(lively: Lively) -> list[Machine]:
    """Three of a kind, which nobody has made a pool yet."""
    category = lively.mill.category
    return [
        MachineFactory.create(space=lively.space, category=category, name=name, slug=slug)
        for name, slug in (("Prusa 1", "p1"), ("Prusa 2", "p2"), ("Prusa 3", "p3"))
    ]


@pytest.mark.parametrize("size", SIZES)
def test_from_the_staff_who_make_it_to_the_unit_that_is_told(
    browsing: Browsing,
    lively: Lively,
    printers: list[Machine],
    clock: Traveller,
    size: dict[str, int],
) -> None:
    staff = browsing.open("/spaces/atelier/inventory/", lively.staff, viewport=size)
    made(staff)
    page = browsing.open("/machines/", lively.maker, viewport=size)
    mine = reserved(page)
    broken(staff, mine)
    moved(page, mine)
    clock.move_to(mine.starts_at)
    told(page, mine)


def made(page: Page) -> None:
    """Machines of two kinds are refused, three of one make a pool."""
    page.get_by_role("link", name="Pools").click()
    page.get_by_label("Name").fill("Prusa MK4")
    for name in ("Prusa 1", "Prusa 2", "Prusa 3"):
        page.get_by_label(f"{name} · Mills").check()
    answer(page, "Make the pool")
    expect(page.get_by_role("heading", level=1)).to_have_text("Prusa MK4")
    inspect(page, "journey-space-pool")
    assert Pool.objects.get().machines.count() == 3


def reserved(page: Page) -> Reservation:
    """From the catalogue to the week, from a gap of it to the reservation."""
    page.get_by_role("link", name="Any of Prusa MK4").click()
    expect(page.locator("main")).to_contain_text("3 of 3 free now")
    page.locator(f".lane[data-date='{DAY}'] > .free > a").first.click()
    expect(page.locator("#reserve [name=date]")).to_have_value(DAY)
    choose_span(page, DAY, "14:00", "16:00")
    expect(page.locator("#verdict")).to_contain_text("3 units are free")
    page.get_by_label("What will you make?").fill("Gears")
    inspect(page, "journey-pool")
    answer(page, "Reserve")
    expect(page.get_by_role("heading", level=1)).to_have_text("Prusa MK4 (any unit)")
    expect(page.locator("main")).not_to_contain_text("Prusa 1")
    page.get_by_role("navigation").get_by_role("link", name="My reservations").first.click()
    expect(page.locator("main")).to_contain_text("Prusa MK4 (any unit)")
    return Reservation.objects.select_related("machine").get(pool__slug="prusa-mk4")


def broken(page: Page, mine: Reservation) -> None:
    """The unit breaks; whoever reserved the pool goes on another one and need not know."""
    page.get_by_role("link", name=f"Out of service… {mine.machine}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Faults")
    done = stop_unit(machine=mine.machine, summary="Nozzle is clogged", by=None, now=NOW)
    assert done.moved == [mine]
    page.goto("/spaces/atelier/pools/prusa-mk4/")
    expect(page.locator("main")).to_contain_text("Out of order")
    mine.refresh_from_db()
    assert mine.pool is not None


def moved(page: Page, mine: Reservation) -> None:
    """Another time on whichever unit is free then."""
    other = next(
        unit for unit in Machine.objects.filter(pool=mine.pool) if not unit.faults.exists()
    )
    reserve(other, "18:00", "20:00", TOMORROW)
    page.goto(f"/reservations/{mine.pk}/move/")
    choose_span(page, DAY, "18:00", "20:00")
    answer(page, "Move")
    expect(page.locator("main")).to_contain_text("18:00")
    expect(page.get_by_role("heading", level=1)).to_have_text("Prusa MK4 (any unit)")
    mine.refresh_from_db()
    assert mine.machine not in {other, *Machine.objects.filter(faults__isnull=False)}


def told(page: Page, mine: Reservation) -> None:
    """At check-in, in French too."""
    page.goto(f"/reservations/{mine.pk}/")
    set_language(page, "fr")
    expect(page.get_by_role("heading", level=1)).to_have_text("Prusa MK4 (n’importe laquelle)")
    hold(page)
    set_language(page, "en")
    answer(page, "Check in")
    expect(page.locator("main")).to_contain_text(f"Your unit: {mine.machine}.")
    expect(page.get_by_role("heading", level=1)).to_have_text(str(mine.machine))
    inspect(page, "journey-pool-unit-told")


@pytest.mark.parametrize("size", SIZES)
def test_full_is_told_apart_from_a_faster_click_and_leads_to_the_waitlist(
    browsing: Browsing, lively: Lively, printers: list[Machine], size: dict[str, int]
) -> None:
    pool = Pool.objects.create(space=lively.space, slug="mk4", name="Prusa MK4")
    Machine.objects.filter(pk__in=[unit.pk for unit in printers]).update(pool=pool)
    address = f"/pools/atelier/mk4/?date={DAY}&start=14:00&end=16:00"
    page = browsing.open(address, lively.maker, viewport=size)
    expect(page.locator("#verdict")).to_contain_text("3 units are free")
    for unit in printers:
        reserve(unit, "14:00", "16:00", TOMORROW, member=MemberFactory.create())
    with browsing.refusing(409):
        answer(page, "Reserve")
        expect(page.locator("main")).to_contain_text("Someone was faster")
        inspect(page, "journey-pool-beaten")
    page.goto(address)
    expect(page.locator("#verdict")).to_contain_text("All 3 are taken then.")
    expect(page.locator(f".lane[data-date='{DAY}']")).to_contain_text("All taken")
    page.get_by_role("link", name="Tell me when it is free").click()
    expect(page.locator("[name=target]")).to_have_value("pool")
    assert at("14:00", TOMORROW) > NOW
