"""An import writes what the preview says, once; an export brings it all back."""

import threading
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import HourlyPrice
from billing.queries import price_list
from billing.services.inventory import (
    ImportResult,
    export_inventory,
    import_inventory,
    keep_columns,
    preview_import,
    read_for,
)
from machines.models import Category, Fault, Machine, Pool
from machines.services.import_plan import Verdict
from members.states import Audience
from spaces.models import Space
from tests.factories.machines import FaultFactory, MachineFactory
from tests.factories.members import MemberFactory, SkillFactory
from tests.factories.spaces import RoomFactory, SpaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
WORKSHOP = (
    "Kennung;Gerät;Bereich;Hersteller;Standort;Status;Einweisung;Preis pro Stunde;Anzahl;"
    "Bemerkung\n"
    "l-1;Lasercutter;Laser;Trotec;OG;ok;ja;24,50;1;\n"
    "d-1;Ständerbohrmaschine;Holz;;UG;defekt;nein;;2;Riemen gerissen\n"
    "n-1;Nähmaschine;Textil;;OG;ok;No?;noch offen;1;\n"
)


def put(
    space: Space, content: str, *, good: bool = False, columns: dict[str, str] | None = None
) -> ImportResult:
    sheet = read_for(space, content.encode(), filename="a.csv", columns=columns)
    return import_inventory(space=space, sheet=sheet, good_rows_only=good, by=None, now=NOW)


def verdicts(result: ImportResult) -> list[str]:
    return [str(row.verdict) for row in result.preview.rows]


def machine(space: Space, name: str) -> Machine:
    return Machine.objects.get(space=space, name=name)


def test_every_fact_of_a_row_arrives() -> None:
    space = SpaceFactory()
    assert put(space, WORKSHOP).is_written
    laser = machine(space, "Lasercutter")
    assert (laser.slug, laser.make, laser.inventory_number) == ("lasercutter", "Trotec", "l-1")
    assert laser.category.slug == "laser-cutter"
    assert laser.category.name_fr == "Découpeuses laser"
    assert laser.room
    assert laser.room.name == "OG"
    assert [skill.name for skill in laser.skills.all()] == ["Induction: Laser cutters"]
    assert price_list(laser) == {Audience.MAKER: Decimal("24.50")}
    assert not laser.faults.exists()
    sewing = machine(space, "Nähmaschine")
    assert {spec.name: spec.value for spec in sewing.specs.all()} == {
        "Einweisung": "No?",
        "Preis pro Stunde": "noch offen",
    }


def test_units_of_one_row_make_a_pool_and_stand_still_together() -> None:
    space = SpaceFactory()
    put(space, WORKSHOP)
    pool = Pool.objects.get(space=space)
    assert pool.name == "Ständerbohrmaschine"
    assert [unit.name for unit in pool.machines.all()] == [
        "Ständerbohrmaschine 1",
        "Ständerbohrmaschine 2",
    ]
    faults = Fault.objects.filter(machine__pool=pool).open().stopping()
    assert [fault.summary for fault in faults] == ["defekt: Riemen gerissen"] * 2
    assert {fault.starts_at for fault in faults} == {NOW}


def test_a_second_import_changes_nothing() -> None:
    space = SpaceFactory()
    put(space, WORKSHOP)
    before = export_inventory(space)
    again = put(space, WORKSHOP)
    assert set(verdicts(again)) == {"unchanged"}
    assert export_inventory(space) == before
    assert Fault.objects.count() == 2


def test_rows_in_another_order_find_their_machines() -> None:
    space = SpaceFactory()
    put(space, WORKSHOP)
    header, *rows = WORKSHOP.splitlines()
    assert set(verdicts(put(space, "\n".join([header, *reversed(rows)])))) == {"unchanged"}


def test_an_update_keeps_the_address_and_what_the_file_does_not_say() -> None:
    space = SpaceFactory()
    put(space, WORKSHOP)
    laser = machine(space, "Lasercutter")
    laser.materials = "plywood"
    laser.save()
    result = put(space, "Kennung;Gerät;Preis pro Stunde\nl-1;Grosser Laser;30\n")
    assert verdicts(result) == ["changed"]
    assert result.preview.rows[0].units[0].changes == ("name", "prices")
    laser.refresh_from_db()
    assert (laser.name, laser.slug, laser.materials) == ("Grosser Laser", "lasercutter", "plywood")
    assert laser.make == "Trotec"
    assert price_list(laser)[Audience.MAKER] == Decimal(30)


def test_an_empty_cell_erases_nothing() -> None:
    space = SpaceFactory()
    put(space, WORKSHOP)
    put(space, "Kennung;Gerät;Hersteller\nl-1;Lasercutter;\n")
    assert machine(space, "Lasercutter").make == "Trotec"


def test_machines_made_by_hand_are_found_by_name_and_room() -> None:
    space = SpaceFactory()
    made = MachineFactory(space=space, name="Laser", room=RoomFactory(space=space, name="OG"))
    result = put(space, "Kennung;Name;Raum\n7;laser;OG\n8;Laser;UG\n")
    assert verdicts(result) == ["changed", "new"]
    made.refresh_from_db()
    assert made.import_key == "no:7"
    assert set(verdicts(put(space, "Kennung;Name;Raum\n7;laser;OG\n8;Laser;UG\n"))) == {"unchanged"}


def test_a_name_that_gets_a_twin_in_another_room_is_not_doubled() -> None:
    space = SpaceFactory()
    put(space, "Name,Room\nMill,Berlin\n")
    result = put(space, "Name,Room\nMill,Berlin\nMill,Salzburg\n")
    assert verdicts(result) == ["changed", "new"]
    assert space.machines.count() == 2
    assert set(verdicts(put(space, "Name,Room\nMill,Salzburg\nMill,Berlin\n"))) == {"unchanged"}


def test_another_number_is_another_machine() -> None:
    space = SpaceFactory()
    put(space, "id,name\n1,Mini\n2,Mini\n")
    assert verdicts(put(space, "id,name\n1,Mini\n3,Mini\n")) == ["unchanged", "new"]


def test_nothing_is_written_where_a_row_is_rejected_unless_the_good_rows_are_wanted() -> None:
    space = SpaceFactory()
    content = "Name;Preis\nLaser;5\nKurse Holz;3\n"
    refused = put(space, content)
    assert not refused.is_written
    assert not space.machines.exists()
    (error,) = refused.preview.errors
    assert (error.line, error.column, error.value) == (3, "Name", "Kurse Holz")
    assert put(space, content, good=True).is_written
    assert [each.name for each in space.machines.all()] == ["Laser"]


def test_the_preview_says_what_the_import_does_and_writes_nothing() -> None:
    space = SpaceFactory()
    sheet = read_for(space, WORKSHOP.encode(), filename="a.csv")
    preview = preview_import(space, sheet)
    assert not Machine.objects.exists()
    done = put(space, WORKSHOP).preview
    assert preview.counts == done.counts
    assert preview.pools == done.pools
    assert [unit.after for unit in preview.units] == [unit.after for unit in done.units]


def test_prices_in_another_currency_are_told_and_not_taken() -> None:
    space = SpaceFactory(currency="CHF")
    result = put(space, "Name;Preis (€)\nLaser;5\n")
    assert not HourlyPrice.objects.exists()
    assert result.preview.warnings[0].column == "Preis (€)"
    assert machine(space, "Laser").specs.get().value == "5"


def test_a_fault_that_is_open_is_not_reported_again() -> None:
    space = SpaceFactory()
    laser = MachineFactory(space=space, name="Laser")
    FaultFactory(machine=laser, starts_at=NOW, summary="Mirror cracked")
    put(space, "Name;Status\nLaser;defekt\n")
    assert Fault.objects.count() == 1


def test_archived_machines_are_not_listed_and_retired_ones_come_back() -> None:
    space = SpaceFactory()
    MachineFactory(space=space, name="Saw", import_key="saw", retired_at=NOW)
    put(space, "name,archived\nLaser,1\nSaw,0\n")
    assert not machine(space, "Laser").is_listed
    assert machine(space, "Saw").retired_at is None


def test_training_that_is_no_longer_needed_goes_and_other_skills_stay() -> None:
    space = SpaceFactory()
    put(space, "Name,Training\nLaser,yes\n")
    laser = machine(space, "Laser")
    laser.skills.add(SkillFactory(name="First aid"))
    put(space, "Name,Training\nLaser,no\n")
    assert [skill.name for skill in laser.skills.all()] == ["First aid"]


def test_new_units_join_the_pool_of_their_fellows_and_leavers_stay_out() -> None:
    space = SpaceFactory()
    put(space, "Name\nMini 1\nMini 2\n")
    Machine.objects.filter(name="Mini 1").update(pool=None)
    put(space, "Name\nMini 1\nMini 2\nMini 3\n")
    assert [each.name for each in Pool.objects.get().machines.all()] == ["Mini 2", "Mini 3"]


def test_a_mapping_is_kept_for_the_space_and_the_headers() -> None:
    space = SpaceFactory()
    content = "Name;Kürzel\nLaser;L1\n"
    sheet = read_for(space, content.encode(), filename="a", columns={"Kürzel": "name"})
    keep_columns(space, sheet)
    put(space, content)
    assert machine(space, "L1")
    other = SpaceFactory()
    put(other, content)
    assert machine(other, "Laser")


def rich_space() -> Space:
    space = SpaceFactory()
    put(space, WORKSHOP)
    odd = MachineFactory(
        space=space,
        name="=cmd|' /C calc'!A0",
        category=Category.objects.create(slug="brewing", name="Brewing"),
        description="Two lines,\n“quoted”; and 'more'",
        make="+Plus",
        work_area="20” × 12”",
        is_listed=False,
    )
    odd.specs.create(name="Power", value="80", unit="W")
    odd.skills.add(SkillFactory(name="Glass"), SkillFactory(name="Fire"))
    HourlyPrice.objects.create(machine=odd, audience=Audience.COMPANY, amount=Decimal("45.05"))
    FaultFactory(machine=odd, starts_at=NOW, summary="-broken")
    return space


def test_an_export_changes_nothing_at_home_and_is_equal_elsewhere() -> None:
    space = rich_space()
    exported = export_inventory(space)
    assert set(verdicts(put(space, exported))) == {"unchanged"}
    assert export_inventory(space) == exported
    copy = SpaceFactory()
    assert set(verdicts(put(copy, exported))) == {"new"}
    assert export_inventory(copy) == exported
    assert copy.machines.count() == space.machines.count()


def test_no_exported_cell_is_a_formula() -> None:
    exported = export_inventory(rich_space())
    assert "'=cmd" in exported
    assert "'+Plus" in exported
    assert ",=" not in exported


def test_queries_do_not_grow_with_unchanged_rows() -> None:
    space = SpaceFactory()

    def cost(count: int) -> int:
        content = "Name,Price\n" + "".join(f"Thing number {n:05},2\n" for n in range(count))
        put(space, content)
        with CaptureQueriesContext(connection) as queries:
            put(space, content)
        return len(queries)

    assert cost(3) == cost(60)


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_make_each_machine_once() -> None:
    space = SpaceFactory()
    ready = threading.Barrier(4)

    def go() -> None:
        try:
            ready.wait()
            put(space, WORKSHOP)
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert space.machines.count() == 4
    assert Fault.objects.count() == 2


def test_who_imports_has_reported_the_faults() -> None:
    space, member = SpaceFactory(), MemberFactory()
    sheet = read_for(space, WORKSHOP.encode(), filename="a.csv")
    import_inventory(space=space, sheet=sheet, good_rows_only=False, by=member, now=NOW)
    assert {fault.reported_by for fault in Fault.objects.all()} == {member}


def test_verdicts_are_counted() -> None:
    result = put(SpaceFactory(), "Name\nLaser\nVelo\n", good=True)
    assert result.preview.counts == {
        Verdict.NEW: 1,
        Verdict.CHANGED: 0,
        Verdict.UNCHANGED: 0,
        Verdict.REJECTED: 1,
    }
