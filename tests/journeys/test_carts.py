"""Several machines for one time: collected, judged together, reserved, moved and given back."""

import re

import pytest
from playwright.sync_api import Page, expect

from booking.models import Reservation
from machines.models import Machine, Pool
from tests.booking.lively import Lively, at
from tests.factories.booking import ReservationFactory
from tests.factories.machines import MachineFactory
from tests.journeys.browsing import PHONE, Browsing, inspect
from tests.journeys.pages import answer, choose_span

pytestmark = [pytest.mark.django_db(transaction=True)]

MINE = re.compile(r"/reservations/\d+/$")


@pytest.fixture
def bench(lively: Lively) -> Machine:
    return MachineFactory.create(
        space=lively.space, category=lively.mill.category, name="Bench 2", slug="bench"
    )


def collect(page: Page, *names: str) -> None:
    """Put machines of the catalogue into the cart."""
    for name in names:
        page.get_by_role("button", name=f"Add to cart {name}").click()
        expect(page.get_by_text(f"{name} is in the cart.")).to_be_visible()


def test_from_the_catalogue_to_one_reservation_and_back(
    browsing: Browsing, lively: Lively, bench: Machine
) -> None:
    page = browsing.open("/machines/?space=atelier", lively.maker)
    collect(page, "Speedy 400", "Bench 2")
    page.locator("header").get_by_role("link", name="Cart 2").click()
    expect(page.locator("#verdict")).to_contain_text("You can reserve all of them for this time.")
    inspect(page, "cart")
    ReservationFactory.create(machine=bench, starts_at=at("20:00"))
    choose_span(page, "2026-10-20", "20:00", "21:30")
    expect(page.locator("#verdict")).to_contain_text("Bench 2: Someone else has this time.")
    with browsing.refusing(409):
        answer(page, "Reserve 2 machines")
        expect(page.locator(".errorlist")).to_contain_text("Bench 2: Someone else has this time.")
    inspect(page, "cart-refused")
    page.locator("#slots").get_by_role("link").nth(1).click()
    page.get_by_label("What will you make?").fill("Lamp")
    answer(page, "Reserve 2 machines")
    page.wait_for_url(MINE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Speedy 400 + Bench 2")
    inspect(page, "cart-reserved")
    made = Reservation.objects.filter(purpose="Lamp")
    assert len({row.bundle_id for row in made}) == 1

    page.get_by_role("link", name="Move").click()
    inspect(page, "cart-move")
    choose_span(page, "2026-10-22", "14:00", "16:00")
    answer(page, "Move")
    page.wait_for_url(MINE)
    assert {row.starts_at for row in made.all()} == {
        at("14:00", at("14:00").date().replace(day=22))
    }

    page.goto("/reservations/")
    expect(page.get_by_role("link", name="Speedy 400 + Bench 2")).to_have_count(1)
    page.get_by_role("link", name="Speedy 400 + Bench 2").click()
    page.get_by_text("Cancel this reservation").click()
    answer(page, "Yes, cancel it")
    assert {row.state for row in made.all()} == {"cancelled"}


def test_any_unit_of_a_pool_will_do(browsing: Browsing, lively: Lively, bench: Machine) -> None:
    pool = Pool.objects.create(space=lively.space, slug="benches", name="Benches")
    twin = MachineFactory.create(
        space=lively.space, category=bench.category, name="Bench 3", pool=pool
    )
    Machine.objects.filter(pk=bench.pk).update(pool=pool)
    ReservationFactory.create(machine=bench, starts_at=at("20:00"))
    page = browsing.open("/machines/?space=atelier", lively.maker)
    collect(page, "Speedy 400")
    page.goto("/machines/atelier/bench/")
    answer(page, "Needed with other machines? Put it into the cart")
    answer(page, "Any unit of Benches will do")
    expect(page.locator("main")).to_contain_text("Benches (any unit)")
    choose_span(page, "2026-10-20", "20:00", "21:30")
    page.get_by_label("What will you make?").fill("Shelf")
    answer(page, "Reserve 2 machines")
    page.wait_for_url(MINE)
    assert Reservation.objects.get(purpose="Shelf", pool=pool).machine == twin


def test_on_a_phone_without_a_script(browsing: Browsing, lively: Lively, bench: Machine) -> None:
    page = browsing.open(
        "/machines/atelier/speedy/", lively.maker, viewport=PHONE, java_script_enabled=False
    )
    answer(page, "Needed with other machines? Put it into the cart")
    page.get_by_role("link", name="Add another machine").click()
    page.get_by_role("button", name="Add to cart Bench 2").click()
    page.get_by_role("banner").get_by_role("link", name="Cart 2").click()
    page.locator("#slots").get_by_role("link").nth(1).click()
    answer(page, "Reserve 2 machines")
    page.wait_for_url(MINE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Speedy 400 + Bench 2")
    page.goto("/cart/")
    expect(page.get_by_role("heading", name="The cart is empty")).to_be_visible()
