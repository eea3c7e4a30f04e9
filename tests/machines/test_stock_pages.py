"""The pages of the stock: what they show, what they write down, and what they refuse."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils.translation import override

from machines.forms.quantity import QuantityField
from machines.models import Consumable, StockMovement, Supplier
from machines.services.stock import receive, take
from machines.states import MovementKind, StockUnit
from tests.factories.machines import MachineFactory
from tests.factories.members import RoleFactory
from tests.factories.spaces import SpaceFactory
from tests.factories.stock import ConsumableFactory, SupplierFactory
from tests.machines.calendars import at

pytestmark = pytest.mark.django_db

NOW = at("2026-05-06T08:00")
HOUR = timedelta(hours=1)
STOCK = "/spaces/atelier/stock/"


@pytest.fixture(autouse=True)
def _at_a_wednesday_in_may() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def petg() -> Consumable:
    made: Consumable = ConsumableFactory(
        space=SpaceFactory(slug="atelier", currency="CHF"),
        name="PETG",
        price=Decimal("0.045"),
        minimum=500,
        reorder=4000,
    )
    receive(item=made, quantity=Decimal(1000), by=None, now=NOW - HOUR)
    return made


@pytest.fixture
def staff(petg: Consumable, client: Client) -> Client:
    client.force_login(RoleFactory(space=petg.space, member__name="Stella").member)
    return client


def page_of(item: Consumable) -> str:
    return f"{STOCK}{item.pk}/"


def moved(item: Consumable) -> list[tuple[str, Decimal]]:
    return list(item.movements.order_by("pk").values_list("kind", "quantity"))


def test_the_list_tells_what_is_low_and_what_to_order(staff: Client, petg: Consumable) -> None:
    supplier = SupplierFactory(space=petg.space, name="Filamenta")
    Consumable.objects.filter(pk=petg.pk).update(supplier=supplier)
    assert "Filamenta" not in staff.get(STOCK).text
    take(item=petg, quantity=Decimal(600), session_key="", by=None, now=NOW)
    told = " ".join(staff.get(STOCK).text.replace("\u00a0", " ").split())
    assert "1 thing is low." in told
    assert "400 g" in told
    assert "4,000 g" in told
    assert "Filamenta" in told
    assert "CHF 0.045 per g" in told
    assert "Nothing was given up." in staff.get(f"{STOCK}?show=retired").text
    assert staff.get(f"{STOCK}?show=nonsense").status_code == 200


def test_an_empty_stock_says_how_to_begin(client: Client) -> None:
    role = RoleFactory(space__slug="empty")
    client.force_login(role.member)
    assert "Begin with what runs out" in client.get("/spaces/empty/stock/").text
    assert "nothing to count" in client.get("/spaces/empty/stock/count/").text
    assert "No supplier yet" in client.get("/spaces/empty/stock/suppliers/").text


def test_a_consumable_is_written_down_and_changed(staff: Client, petg: Consumable) -> None:
    printer = MachineFactory(space=petg.space)
    words: dict[str, Any] = {
        "name": "PLA",
        "unit": "g",
        "price": "0,03",
        "categories": [printer.category_id],
        "minimum": "1\u2019000",
    }
    with override("de"):
        answer = staff.post(f"{STOCK}new/", words, headers={"Accept-Language": "de"})
    pla = Consumable.objects.get(name="PLA")
    assert answer["Location"] == page_of(pla)
    assert (pla.price, pla.minimum, pla.quantity) == (Decimal("0.03"), Decimal(1000), Decimal(0))
    assert pla.low_since == NOW
    assert list(pla.categories.all()) == [printer.category]
    receive(item=pla, quantity=Decimal(5), by=None, now=NOW)
    assert 'value="0.03"' in staff.get(f"{page_of(pla)}change/").text
    staff.post(f"{page_of(pla)}change/", {**words, "unit": "kg", "name": "PLA, red", "price": ""})
    pla.refresh_from_db()
    assert (pla.name, pla.unit, pla.price) == ("PLA, red", StockUnit.GRAM, None)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"name": "PETG"}, "There is a consumable of this name already."),
        ({"minimum": "-1"}, "greater than or equal to 0"),
        ({"price": "much"}, "Enter a number."),
        ({"unit": "piece", "minimum": "1.5"}, "There are only whole ones."),
        ({"supplier": "0"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_is_told_beside_its_cause(
    staff: Client, petg: Consumable, words: dict[str, str], told: str
) -> None:
    answer = staff.post(f"{STOCK}new/", {"name": "PLA", "unit": "g", "reorder": "77"} | words)
    assert answer.status_code == 422
    assert told in answer.text
    assert 'value="77"' in answer.text
    assert Consumable.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "quantity"),
    [
        (MovementKind.RECEIVED, Decimal(42)),
        (MovementKind.TAKEN, Decimal(-42)),
        (MovementKind.DISCARDED, Decimal(-42)),
    ],
)
def test_staff_moves_some(
    staff: Client, petg: Consumable, kind: MovementKind, quantity: Decimal
) -> None:
    words = {"step": "move", "kind": kind, "quantity": "42", "note": "by hand"}
    answer = staff.post(page_of(petg), words, follow=True)
    assert "In stock now:" in answer.text
    movement = petg.movements.latest("pk")
    assert (movement.kind, movement.quantity, movement.note) == (kind, quantity, "by hand")
    assert str(movement.by) == "Stella"
    assert "by hand" in answer.text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"quantity": "0"}, "greater than or equal to"),
        ({"quantity": ""}, "This field is required."),
        ({"kind": "counted"}, "Select a valid choice."),
        ({"kind": "taken", "unit_price": "1"}, "Only what was received was paid for."),
    ],
)
def test_what_cannot_be_moved_is_not(
    staff: Client, petg: Consumable, words: dict[str, str], told: str
) -> None:
    filled = {"step": "move", "kind": "received", "quantity": "42", "note": "keep me"} | words
    answer = staff.post(page_of(petg), filled)
    assert answer.status_code == 422
    assert told in answer.text
    assert "keep me" in answer.text
    assert petg.movements.count() == 1


def test_there_is_no_half_of_a_whole(staff: Client, petg: Consumable) -> None:
    blades = ConsumableFactory(space=petg.space, unit=StockUnit.PIECE)
    answer = staff.post(page_of(blades), {"kind": "received", "quantity": "1.5"})
    assert "There are only whole ones." in answer.text


def test_a_movement_is_undone_once(staff: Client, petg: Consumable) -> None:
    movement = petg.movements.get()
    words = {"step": "undo", "movement": str(movement.pk)}
    assert "as it was before" in staff.post(page_of(petg), words, follow=True).text
    assert "undone already" in staff.post(page_of(petg), words, follow=True).text
    assert moved(petg) == [("received", Decimal(1000)), ("received", Decimal(-1000))]


@pytest.mark.parametrize("number", ["", "x", "999999"])
def test_only_a_movement_of_the_item_is_undone(
    staff: Client, petg: Consumable, number: str
) -> None:
    assert staff.post(page_of(petg), {"step": "undo", "movement": number}).status_code == 404
    elsewhere = receive(item=ConsumableFactory(), quantity=Decimal(1), by=None, now=NOW)
    words = {"step": "undo", "movement": str(elsewhere.pk)}
    assert staff.post(page_of(petg), words).status_code == 404


def test_it_is_given_up_and_brought_back(staff: Client, petg: Consumable) -> None:
    staff.post(page_of(petg), {"step": "retire"})
    assert "PETG" not in staff.get(STOCK).text
    assert "PETG" in staff.get(f"{STOCK}?show=retired").text
    staff.post(page_of(petg), {"step": "bring_back"})
    assert "PETG" in staff.get(STOCK).text


class TestCount:
    @pytest.fixture
    def wood(self, petg: Consumable) -> Consumable:
        made: Consumable = ConsumableFactory(space=petg.space, name="Plywood", unit="sheet")
        return made

    @pytest.fixture
    def count(self, staff: Client, petg: Consumable, wood: Consumable) -> Callable[[str, str], Any]:
        """Sends the page as it was when it was opened."""
        petg.refresh_from_db()

        def send(grams: str, sheets: str) -> Any:
            words = {
                f"found-{petg.pk}": grams,
                f"expected-{petg.pk}": "1000",
                f"found-{wood.pk}": sheets,
                f"expected-{wood.pk}": "0",
            }
            return staff.post(f"{STOCK}count/", words, follow=True)

        return send

    def test_differences_are_set_right(
        self, count: Callable[[str, str], Any], petg: Consumable, wood: Consumable
    ) -> None:
        told = count("950", "0").text
        assert "2 things were counted. 1 difference was set right." in told
        assert moved(petg)[-1] == ("counted", Decimal(-50))
        assert moved(wood) == []
        assert "Nothing differed." in count("", "0").text

    def test_what_was_not_counted_stays(
        self, count: Callable[[str, str], Any], petg: Consumable
    ) -> None:
        count("", "3")
        assert petg.counts.count() == 0
        assert "Write down of at least one thing" in count("", "").text

    def test_what_is_wrong_keeps_what_was_typed(
        self, count: Callable[[str, str], Any], petg: Consumable
    ) -> None:
        answer = count("950", "1.5")
        assert answer.status_code == 422
        assert "There are only whole ones." in answer.text
        assert 'value="950"' in answer.text
        assert petg.counts.count() == 0

    def test_what_moved_meanwhile_is_shown_and_may_be_saved_then(
        self, count: Callable[[str, str], Any], staff: Client, petg: Consumable
    ) -> None:
        take(item=petg, quantity=Decimal(42), session_key="", by=None, now=NOW)
        answer = count("950", "0")
        assert answer.status_code == 422
        assert "Something was moved meanwhile." in answer.text
        assert "should be 958\u00a0g" in answer.text
        assert 'value="958.000"' in answer.text or 'value="958"' in answer.text
        words = {f"found-{petg.pk}": "950", f"expected-{petg.pk}": "958"}
        staff.post(f"{STOCK}count/", words)
        assert moved(petg)[-1] == ("counted", Decimal(-8))


def test_suppliers_are_kept(staff: Client, petg: Consumable) -> None:
    staff.post(f"{STOCK}suppliers/new/", {"name": "Filamenta", "website": "filamenta.example"})
    supplier = Supplier.objects.get()
    assert supplier.website == "https://filamenta.example"
    assert "0 consumables" in staff.get(f"{STOCK}suppliers/").text
    again = staff.post(f"{STOCK}suppliers/new/", {"name": "Filamenta", "note": "typed"})
    assert again.status_code == 422
    assert "typed" in again.text
    address = f"{STOCK}suppliers/{supplier.pk}/"
    staff.post(address, {"name": "Filamenta SA"})
    assert Supplier.objects.get().name == "Filamenta SA"
    staff.post(address, {"step": "remove"})
    assert not Supplier.objects.exists()


def test_the_file_has_a_line_for_each_movement(staff: Client, petg: Consumable) -> None:
    answer = staff.get(f"{STOCK}movements.csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert len(lines) == 1 + StockMovement.objects.count()
    assert answer["Content-Disposition"] == 'attachment; filename="stock-atelier.csv"'


@pytest.mark.parametrize(
    ("language", "typed", "number"),
    [
        ("en", "1,250.5", "1250.5"),
        ("de", "1\u2019250,5", "1250.5"),
        ("fr", "1\u202f250,5", "1250.5"),
        ("it", "0.5", "0.5"),
    ],
)
def test_numbers_are_taken_as_people_type_them(language: str, typed: str, number: str) -> None:
    with override(language):
        assert QuantityField().clean(typed) == Decimal(number)
