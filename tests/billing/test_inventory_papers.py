"""Serial numbers, money, owners and what is loaded go in and out with an inventory."""

import threading
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection, transaction

from billing.models import HourlyPrice
from billing.services.inventory import (
    ImportResult,
    export_inventory,
    export_workbook,
    import_inventory,
    keep_draft,
    read_for,
)
from billing.services.prices import set_prices
from machines.models import Change, ChangedMachine, ImportDraft, Machine
from machines.services.import_plan import Verdict
from machines.services.progress import progress_of
from machines.states import ChangeKind
from members.states import Audience
from spaces.models import Space
from tests.factories.machines import MachineFactory
from tests.factories.members import CompanyFactory, MemberFactory, SkillFactory
from tests.factories.spaces import RoomFactory, SpaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
HEADER = (
    "Name;Inventory number;Serial number;Purchase date;Purchase price;Residual value;"
    "Useful life;Funder;Owned by;Loaded now"
)


def put(space: Space, content: str | bytes, name: str = "a.csv") -> ImportResult:
    raw = content.encode() if isinstance(content, str) else content
    sheet = read_for(space, raw, filename=name)
    return import_inventory(space=space, sheet=sheet, good_rows_only=False, by=None, now=NOW)


def full(space: Space) -> Machine:
    """A machine of which everything is told."""
    machine = MachineFactory(
        space=space,
        name="=Laser, 'big'",
        room=RoomFactory(space=space, name="OG"),
        inventory_number="007",
        serial_number="-SN 1",
        purchase_date=date(2024, 3, 5),
        purchase_price=Decimal("12500.50"),
        residual_value=Decimal(500),
        useful_life=8,
        funder="Innosuisse",
        owner_company=CompanyFactory(slug="acme", name="Acme SA"),
        others_ahead_days=14,
        loaded="PETG, 0.4 mm",
        description="Two\nlines",
        is_listed=False,
    )
    machine.skills.add(SkillFactory(name="Laser"))
    HourlyPrice.objects.create(machine=machine, audience=Audience.MAKER, amount=Decimal("24.50"))
    return machine


def test_every_paper_of_a_row_arrives() -> None:
    space = SpaceFactory()
    CompanyFactory(slug="acme", name="Acme SA")
    put(space, f"{HEADER}\nLaser;7;SN 1;5.3.2024;CHF 12'500.50;500;8;Innosuisse;acme sa;PETG\n")
    laser = Machine.objects.get()
    assert (laser.inventory_number, laser.serial_number) == ("7", "SN 1")
    assert (laser.purchase_date, laser.purchase_price) == (date(2024, 3, 5), Decimal("12500.50"))
    assert laser.residual_value == Decimal(500)
    assert (laser.useful_life, laser.funder) == (8, "Innosuisse")
    assert laser.owner_company.slug == "acme"
    assert (laser.loaded, laser.loaded_at) == ("PETG", NOW)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_changes_nothing_here_and_makes_all_of_it_elsewhere(form: str) -> None:
    space, copy = SpaceFactory(), SpaceFactory()
    full(space)
    MachineFactory(space=space, name="Mill", owner_space=SpaceFactory(slug="nord"))
    exported = export_inventory(space)
    content = exported.encode() if form == "csv" else export_workbook(space)
    again = put(space, content, f"a.{form}")
    assert {row.verdict for row in again.preview.rows} == {Verdict.UNCHANGED}
    assert again.change is None
    put(copy, content, f"a.{form}")
    assert export_inventory(copy) == exported


def test_amounts_in_other_money_and_owners_nobody_knows_stay_on_the_sheet() -> None:
    space = SpaceFactory(currency="CHF")
    CompanyFactory.create_batch(2, name="Twin GmbH")
    done = put(space, f"{HEADER}\nLaser;;;;EUR 900;100;;;Twin GmbH;\n")
    laser = Machine.objects.get()
    assert (laser.purchase_price, laser.owner) == (None, None)
    assert laser.residual_value == Decimal(100)
    assert {spec.name: spec.value for spec in laser.specs.all()} == {
        "Purchase price": "EUR 900",
        "Owned by": "Twin GmbH",
    }
    assert len(done.preview.warnings) == 2


def test_the_space_itself_is_no_other_owner() -> None:
    space = SpaceFactory(name="Nord")
    done = put(space, "Name;Owned by;Owner priority days\nLaser;Nord;3\n")
    laser = Machine.objects.get()
    assert (laser.owner, laser.others_ahead_days) == (None, None)
    assert done.preview.warnings == []


def test_who_imported_what_is_written_down() -> None:
    space, member = SpaceFactory(), MemberFactory()
    sheet = read_for(space, b"Name;Funder\nLaser;Kanton\n", filename="liste.csv")
    import_inventory(space=space, sheet=sheet, good_rows_only=False, by=member, now=NOW)
    change = Change.objects.get()
    assert (change.kind, change.made_by, change.made_at) == (ChangeKind.IMPORTED, member, NOW)
    assert change.note == "liste.csv"
    line = change.lines.get()
    assert line.is_new
    assert line.values["funder"] == ["", "Kanton"]
    put(space, "Name;Funder\nLaser;Bund\n")
    assert ChangedMachine.objects.get(is_new=False).values == {"funder": ["Kanton", "Bund"]}


def test_prices_are_part_of_the_history() -> None:
    machine, member = MachineFactory(), MemberFactory()
    set_prices(machine=machine, prices={Audience.MAKER: Decimal(5)}, by=member, now=NOW)
    set_prices(machine=machine, prices={Audience.MAKER: None}, by=member, now=NOW)
    lines = ChangedMachine.objects.order_by("pk")
    assert [line.values for line in lines] == [
        {"prices": [{}, {"maker": "5.00"}]},
        {"prices": [{"maker": "5.00"}, {}]},
    ]


def test_an_import_tells_how_many_machines_are_written() -> None:
    content = "Name\n" + "".join(f"Drill press {number}\n" for number in range(600))
    space, told = SpaceFactory(), []
    sheet = read_for(space, content.encode(), filename="a.csv")
    import_inventory(
        space=space,
        sheet=sheet,
        good_rows_only=False,
        by=None,
        now=NOW,
        tell=lambda done, total: told.append((done, total)),
    )
    assert told == [(0, 600), (250, 600), (500, 600)]
    assert space.machines.count() == 600


@pytest.mark.django_db(transaction=True)
def test_how_far_it_is_shows_while_the_transaction_goes_on() -> None:
    space = SpaceFactory()
    draft = keep_draft(
        space=space, member=MemberFactory(), filename="a.csv", content=b"Name\nLaser\n", now=NOW
    )
    seen = []

    def look() -> None:
        seen.append(ImportDraft.objects.values_list("done", "total").get(pk=draft.pk))
        connection.close()

    with progress_of(draft) as tell, transaction.atomic():
        MachineFactory(space=space)
        tell(3, 10)
        other = threading.Thread(target=look)
        other.start()
        other.join()
    assert seen == [(3, 10)]
