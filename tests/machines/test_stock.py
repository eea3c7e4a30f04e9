"""Stock: what moves it, what a count sets right, and that the database lets nobody cheat."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import override

from machines.exports import movements_csv
from machines.models import Consumable, StockCount, StockMovement
from machines.queries.stock import (
    is_still_low,
    low_in,
    movements_in,
    movements_of,
    offered_at,
    stock_of,
    suppliers_of,
    taken_for,
)
from machines.services.stock import (
    ChangedMeanwhile,
    Counted,
    QuantityNotPositive,
    TakenAlready,
    UndoneAlready,
    bring_back,
    count,
    discard,
    receive,
    remove_supplier,
    retire,
    save_consumable,
    save_supplier,
    take,
    undo,
)
from machines.states import MovementKind, StockUnit
from machines.stock_words import (
    change_in_words,
    quantity_in_words,
    taken_in_words,
    unit_price_in_words,
)
from members.models import Member
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory
from tests.factories.stock import ConsumableFactory, SupplierFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def petg() -> Consumable:
    made: Consumable = ConsumableFactory(name="PETG", price=Decimal("0.045"), minimum=500)
    return made


@pytest.fixture
def staff() -> Member:
    made: Member = MemberFactory(name="Stella")
    return made


def grams(number: int | str) -> Decimal:
    return Decimal(number)


def got(item: Consumable, quantity: int | str = 1000, *, now: datetime = NOW) -> StockMovement:
    return receive(item=item, quantity=grams(quantity), by=None, now=now)


def taken(
    item: Consumable, quantity: int | str = 42, *, key: str = "", now: datetime = NOW
) -> StockMovement:
    return take(item=item, quantity=grams(quantity), session_key=key, by=None, now=now)


def as_it_is(item: Consumable) -> Consumable:
    return Consumable.objects.get(pk=item.pk)


class TestMovements:
    def test_what_comes_in_and_is_taken_adds_up(self, petg: Consumable, staff: Member) -> None:
        came = receive(
            item=petg, quantity=grams(1000), unit_price=Decimal("0.02"), by=staff, now=NOW
        )
        went = taken(petg, "42.5")
        gone = discard(item=petg, quantity=grams(100), note="wet", by=staff, now=NOW)
        balances = [grams(1000), grams("957.5"), grams("857.5")]
        assert [came.balance, went.balance, gone.balance] == balances
        assert as_it_is(petg).quantity == Decimal("857.5")
        kept = StockMovement.objects.in_bulk()
        assert [kept[each.pk].balance for each in (came, went, gone)] == balances
        assert (kept[came.pk].unit_price, kept[went.pk].unit_price) == (
            Decimal("0.02"),
            Decimal("0.045"),
        )
        assert kept[gone.pk].unit_price is None
        assert kept[gone.pk].by == staff

    def test_more_may_be_taken_than_there_should_be(self, petg: Consumable) -> None:
        got(petg, 10)
        assert taken(petg).balance == -32

    @pytest.mark.parametrize("quantity", [0, -1])
    @pytest.mark.parametrize("move", [got, taken])
    def test_nothing_cannot_be_moved(self, petg: Consumable, move: Any, quantity: int) -> None:
        with pytest.raises(QuantityNotPositive):
            move(petg, quantity)
        assert not StockMovement.objects.exists()

    def test_for_one_use_it_is_written_once(self, petg: Consumable) -> None:
        first = taken(petg, key="session:1")
        assert taken(petg, key="session:1") == first
        taken(petg, key="session:2")
        assert as_it_is(petg).quantity == -84
        with pytest.raises(TakenAlready) as refused:
            taken(petg, 43, key="session:1")
        assert refused.value.movement == first
        undo(movement=first, by=None, now=NOW)
        assert taken(petg, 43, key="session:1").quantity == -43

    def test_a_mistake_is_undone_once(self, petg: Consumable, staff: Member) -> None:
        came = got(petg)
        back = undo(movement=came, by=staff, now=NOW + HOUR)
        assert (back.quantity, back.undoes) == (grams(-1000), came)
        assert back.kind == came.kind
        assert as_it_is(petg).quantity == 0
        for movement in (came, back):
            with pytest.raises(UndoneAlready):
                undo(movement=movement, by=staff, now=NOW + HOUR)
        latest, first = movements_of(petg)
        assert (latest.was_undone, first.was_undone) == (False, True)


class TestCount:
    def test_a_difference_is_set_right_and_kept(self, petg: Consumable, staff: Member) -> None:
        got(petg)
        (found,) = count(counted=[Counted(petg, grams(950), grams(1000))], by=staff, now=NOW + HOUR)
        assert (found.expected, found.counted) == (grams(1000), grams(950))
        assert found.movement.quantity == -50
        assert as_it_is(petg).quantity == 950

    def test_what_agrees_moves_nothing(self, petg: Consumable, staff: Member) -> None:
        got(petg)
        count(counted=[Counted(petg, grams(1000), grams(1000))], by=staff, now=NOW)
        assert StockCount.objects.count() == 1
        assert petg.movements.count() == 1

    def test_what_moved_meanwhile_is_to_be_looked_at_again(
        self, petg: Consumable, staff: Member
    ) -> None:
        other = ConsumableFactory(space=petg.space)
        taken(petg)
        told = [Counted(other, grams(3), grams(0)), Counted(petg, grams(5), grams(0))]
        with pytest.raises(ChangedMeanwhile) as refused:
            count(counted=told, by=staff, now=NOW)
        assert list(refused.value.items) == [petg]
        assert refused.value.items[0].quantity == -42
        assert not StockCount.objects.exists()


class TestLow:
    def test_it_is_low_from_the_minimum_on_until_there_is_more(self, petg: Consumable) -> None:
        got(petg)
        assert as_it_is(petg).low_since is None
        taken(petg, 500, now=NOW + HOUR)
        taken(petg, 1, now=NOW + 2 * HOUR)
        assert as_it_is(petg).low_since == NOW + HOUR
        assert low_in(petg.space) == [petg]
        assert is_still_low(petg.pk, since=NOW + HOUR)
        got(petg, now=NOW + 3 * HOUR)
        assert as_it_is(petg).low_since is None
        assert not is_still_low(petg.pk, since=NOW + HOUR)

    def test_the_minimum_may_change(self, petg: Consumable) -> None:
        got(petg)
        petg.minimum = Decimal(2000)
        save_consumable(item=petg, categories=[], now=NOW + HOUR)
        assert as_it_is(petg).low_since == NOW + HOUR
        petg.minimum = None
        save_consumable(item=petg, categories=[], now=NOW + HOUR)
        assert as_it_is(petg).low_since is None

    def test_what_was_given_up_is_not_missed(self, petg: Consumable) -> None:
        save_consumable(item=petg, categories=[], now=NOW)
        assert low_in(petg.space) == [petg]
        retire(item=petg, now=NOW + HOUR)
        retire(item=petg, now=NOW + 2 * HOUR)
        assert as_it_is(petg).retired_at == NOW + HOUR
        assert low_in(petg.space) == []
        bring_back(item=petg, now=NOW + 3 * HOUR)
        assert as_it_is(petg).low_since == NOW + 3 * HOUR


class TestDatabase:
    """What holds whatever writes to it."""

    def test_the_stock_is_not_set_by_hand(self, petg: Consumable) -> None:
        got(petg)
        with pytest.raises(IntegrityError), transaction.atomic():
            Consumable.objects.filter(pk=petg.pk).update(quantity=7)
        with pytest.raises(IntegrityError), transaction.atomic():
            ConsumableFactory(quantity=7)
        Consumable.objects.filter(pk=petg.pk).update(quantity=1000)
        assert as_it_is(petg).quantity == 1000

    def test_old_words_do_not_bring_old_stock_back(self, petg: Consumable) -> None:
        got(petg)
        petg.name = "PETG, black"
        save_consumable(item=petg, categories=[], now=NOW)
        assert as_it_is(petg).quantity == 1000
        assert as_it_is(petg).name == "PETG, black"

    @pytest.mark.parametrize(
        "change",
        [
            {"quantity": 1},
            {"balance": 1},
            {"note": "x"},
            {"moved_at": NOW + HOUR},
            {"by": None, "note": "x"},
        ],
    )
    def test_a_movement_is_never_changed(self, petg: Consumable, change: dict[str, Any]) -> None:
        got(petg)
        with pytest.raises(IntegrityError), transaction.atomic():
            petg.movements.update(**change)
        with pytest.raises(IntegrityError), transaction.atomic():
            petg.movements.all().delete()

    def test_only_who_made_it_may_be_forgotten(self, petg: Consumable, staff: Member) -> None:
        receive(item=petg, quantity=grams(1), by=staff, now=NOW)
        staff.delete()
        assert petg.movements.get().by is None

    def test_nothing_is_no_movement_and_each_kind_has_its_way(self, petg: Consumable) -> None:
        for kind, quantity in ((MovementKind.COUNTED, 0), (MovementKind.TAKEN, 1)):
            with pytest.raises(IntegrityError), transaction.atomic():
                StockMovement.objects.create(item=petg, kind=kind, quantity=quantity, moved_at=NOW)
        assert as_it_is(petg).quantity == 0

    def test_what_has_a_history_stays(self, petg: Consumable) -> None:
        got(petg)
        with pytest.raises(ProtectedError):
            petg.delete()


class TestQueries:
    @pytest.mark.parametrize("number", [1, 3])
    def test_the_list_costs_one_query(self, number: int, django_assert_num_queries: Any) -> None:
        supplier = SupplierFactory()
        for _ in range(number):
            got(ConsumableFactory(space=supplier.space, supplier=supplier))
        with django_assert_num_queries(1):
            rows = list(stock_of(supplier.space))
            assert [(str(row.supplier), row.space.slug) for row in rows]
        with django_assert_num_queries(1):
            assert [row.items for row in suppliers_of(supplier.space)] == [number]
        with django_assert_num_queries(1):
            assert len([str(row.by) for row in movements_of(rows[0])]) == 1

    def test_what_is_low_comes_first_and_what_is_given_up_apart(self, petg: Consumable) -> None:
        plenty = ConsumableFactory(space=petg.space, name="ABS")
        gone = ConsumableFactory(space=petg.space, name="Nylon", retired_at=NOW)
        save_consumable(item=petg, categories=[], now=NOW)
        ConsumableFactory()
        assert list(stock_of(petg.space)) == [petg, plenty]
        assert list(stock_of(petg.space, show="low")) == [petg]
        assert list(stock_of(petg.space, show="retired")) == [gone]

    def test_at_a_machine_its_own_things_are_offered(self, petg: Consumable) -> None:
        printer = MachineFactory(space=petg.space)
        laser = MachineFactory(space=petg.space)
        wood = ConsumableFactory(space=petg.space, name="Plywood")
        save_consumable(item=petg, categories=[printer.category, laser.category], now=NOW)
        save_consumable(item=wood, categories=[laser.category], now=NOW)
        gloves = ConsumableFactory(space=petg.space, name="Gloves")
        ConsumableFactory(space=petg.space, retired_at=NOW)
        assert list(offered_at(printer)) == [gloves, petg]
        assert list(offered_at(laser)) == [gloves, petg, wood]

    def test_a_supplier_goes_and_its_things_stay(self) -> None:
        supplier = save_supplier(supplier=SupplierFactory.build(space=ConsumableFactory().space))
        item = ConsumableFactory(space=supplier.space, supplier=supplier)
        remove_supplier(supplier=supplier)
        assert as_it_is(item).supplier is None


@pytest.mark.parametrize("number", [1, 3])
def test_programs_read_what_there_is(
    petg: Consumable, client: Any, number: int, django_assert_num_queries: Any
) -> None:
    printer = MachineFactory(space=petg.space)
    got(petg, "1000.5")
    for item in (petg, *ConsumableFactory.create_batch(number - 1, space=petg.space)):
        save_consumable(item=item, categories=[printer.category], now=NOW)
    ConsumableFactory(space=petg.space, retired_at=NOW)
    with django_assert_num_queries(3):
        answer = client.get(f"/api/v1/spaces/{petg.space.slug}/consumables").json()
    assert len(answer["items"]) == number
    (told,) = [item for item in answer["items"] if item["name"] == "PETG"]
    assert told == {
        "id": petg.pk,
        "name": "PETG",
        "unit": "g",
        "price": "0.0450",
        "currency": petg.space.currency,
        "in_stock": "1000.500",
        "is_low": False,
        "categories": [printer.category.slug],
    }
    assert client.get("/api/v1/spaces/nowhere/consumables").status_code == 404
    wrong = client.get(f"/api/v1/spaces/{petg.space.slug}/consumables?cursor=x")
    assert wrong.status_code == 422


def test_the_file_tells_every_movement_and_runs_nothing(petg: Consumable, staff: Member) -> None:
    petg.name = "=PETG"
    save_consumable(item=petg, categories=[], now=NOW)
    came = receive(item=petg, quantity=grams(5), by=staff, note="+1", now=NOW)
    undo(movement=came, by=None, now=NOW + HOUR)
    header, first, second = movements_csv(movements_in(petg.space), petg.space)
    assert header.startswith("id,moved_at,zone,item,unit,kind,quantity,balance")
    told = first.strip().split(",")
    assert told[1] == "2026-05-04T10:00:00+02:00"
    assert told[3:8] == ["'=PETG", "g", "received", "5.000", "5.000"]
    assert told[-1] == "'+1"
    assert second.strip().split(",")[-2] == str(came.pk)


@pytest.mark.parametrize(
    ("language", "quantity", "unit", "words"),
    [
        ("en", "42", StockUnit.GRAM, "42 g"),
        ("en", "1250.5", StockUnit.GRAM, "1,250.5 g"),
        ("de", "1250", StockUnit.GRAM, "1’250 g"),
        ("fr", "0.5", StockUnit.METRE, "0,5 m"),
        ("en", "1", StockUnit.SHEET, "1 sheet"),
        ("en", "100", StockUnit.PIECE, "100 pieces"),
        ("en", "-3", StockUnit.SQUARE_METRE, "−3 m²"),
    ],
)
def test_quantities_are_told_as_people_write_them(
    language: str, quantity: str, unit: StockUnit, words: str
) -> None:
    with override(language):
        assert quantity_in_words(Decimal(quantity), unit).replace("\u00a0", " ") == words


def test_prices_and_changes_are_told(petg: Consumable) -> None:
    with override("en"):
        assert change_in_words(Decimal(5), StockUnit.GRAM) == "+5\u00a0g"
        assert change_in_words(Decimal(-5), StockUnit.GRAM) == "−5\u00a0g"
        told = {
            unit: unit_price_in_words(Decimal(price), "CHF", unit).replace("\u00a0", " ")
            for unit, price in (("g", "0.0450"), ("sheet", "12"), ("piece", "1.5"))
        }
    assert told == {
        "g": "CHF 0.045 per g",
        "sheet": "CHF 12.00 per sheet",
        "piece": "CHF 1.50 each",
    }


def test_who_leaves_is_told_what_it_costs(petg: Consumable, django_assert_num_queries: Any) -> None:
    gloves = ConsumableFactory(space=petg.space, name="Gloves", unit="piece")
    taken(petg, key="session:1")
    taken(gloves, 2, key="session:1")
    taken(petg, key="session:2")
    undo(movement=taken(ConsumableFactory(), key="session:1"), by=None, now=NOW)
    with django_assert_num_queries(1), override("en"):
        told = [taken_in_words(each) for each in taken_for("session:1")]
    assert told == [f"PETG, 42\u00a0g: {petg.space.currency}\u00a01.89", "Gloves, 2 pieces"]
