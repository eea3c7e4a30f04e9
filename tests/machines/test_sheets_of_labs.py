"""Inventories as labs and their programs write them, read as a person would."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from machines.sheets import Record, Sheet, read_inventory, values
from machines.sheets.pools import pools_of
from machines.vocabulary import Field
from members.states import Audience

DEMO = Path(__file__).parents[2] / "demo" / "inventories"


def read(content: str | bytes) -> Sheet:
    raw = content.encode() if isinstance(content, str) else content
    return read_inventory(raw, filename="a.csv")


def records(content: str | bytes) -> list[Record]:
    return [row.record for row in read(content).rows if row.record]


@pytest.mark.parametrize(
    ("filename", "machines", "pools", "trained"),
    [
        ("geneve.csv", 14, {"Imprimante 3D": 3}, 7),
        ("renens.csv", 11, {"Ultimaker Original": 2, "CNC": 2}, 6),
        ("lugano.csv", 8, {"Stampante 3D": 2}, 4),
        ("zuerich.csv", 18, {"Prusa": 3, "Lötplatz": 2}, 10),
        ("singapore.csv", 9, {}, 7),
    ],
)
def test_the_lists_of_the_demo(
    filename: str, machines: int, pools: dict[str, int], trained: int
) -> None:
    sheet = read((DEMO / filename).read_bytes())
    found = [row.record for row in sheet.rows if row.record]
    assert len(found) == len(sheet.rows) == machines
    assert Field.NUMBER in sheet.columns.values()
    assert all(each.quantity == 1 and each.key == f"no:{each.number}" for each in found)
    assert all(each.prices[Audience.MAKER] > 0 for each in found)
    assert not any(problem for row in sheet.rows for problem in row.problems)
    assert "other" not in {each.category[0] for each in found}
    assert sum(bool(each.needs_training) for each in found) == trained
    assert Counter(pools_of(found).values()) == pools


@pytest.mark.parametrize("header", ["Numéro", "Numero", "Nr.", "#", "Lp."])
def test_a_number_of_a_machine_is_no_quantity(header: str) -> None:
    found = records(f"{header};Machine;Qty\n12;Laser;1\n15;Bandsaw;2\n17;Mill;\n")
    assert [(each.number, each.quantity) for each in found] == [("12", 1), ("15", 2), ("17", 1)]


@pytest.mark.parametrize(
    ("cell", "count"),
    [("3", 3), ("2 Stk", 2), ("2 Stk.", 2), ("3x", 3), ("x3", 3), ("4 pcs", 4), ("2,0", 2)],
)
def test_a_quantity(cell: str, count: int) -> None:
    assert values.quantity_of(cell) == count


@pytest.mark.parametrize("cell", ["GE-04", "0", "2-3", "many", "3 of 4", "12 mm", "500", "-2"])
def test_no_quantity_is_one_with_a_warning_that_names_the_cell(cell: str) -> None:
    row = read(f"Machine;Qty\nLaser;{cell}\nSaw;1\n").rows[0]
    assert row.record
    assert row.record.quantity == 1
    assert [(each.column, each.value, each.is_error) for each in row.problems] == [
        ("Qty", cell, False)
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("3x Prusa MK4", ("Prusa MK4", 3)),
        ("2 × Drill press", ("Drill press", 2)),
        ("Prusa MK4 (x3)", ("Prusa MK4", 3)),
        ("Nähmaschine (2 Stk.)", ("Nähmaschine", 2)),
        ("Snapmaker X3", ("Snapmaker X3", 1)),
        ("Roland MDX 40", ("Roland MDX 40", 1)),
        ("4x4 planer", ("4x4 planer", 1)),
        ("Form 3", ("Form 3", 1)),
    ],
)
def test_a_quantity_in_the_name(name: str, expected: tuple[str, int]) -> None:
    (found,) = records(f"Machine,Room\n{name},A\n")
    assert (found.name, found.quantity) == expected


SECTIONS = (
    "Equipment,Make,Model\nWOODSHOP,,\nBandsaw,Laguna,14BX\nUnknown thing,Acme,X\n"
    "3D Printing:,,\nMK4,Prusa,\nLASER,,\nFusion,Epilog,Pro\n"
)


def test_titles_between_the_rows_are_their_category_and_no_machines() -> None:
    sheet = read(SECTIONS)
    errors = [each for row in sheet.rows for each in row.problems]
    assert [(each.line, each.column, each.value) for each in errors] == [
        (2, "Equipment", "WOODSHOP"), (5, "Equipment", "3D Printing:"), (7, "Equipment", "LASER"),
    ]  # fmt: skip
    assert all(each.can_be_overruled for each in errors)
    assert [row.record.category[0] for row in sheet.rows if row.record] == [
        "wood", "wood", "3d-printer", "laser-cutter",
    ]  # fmt: skip
    kept = read_inventory(SECTIONS.encode(), filename="a.csv", keep=[7])
    assert "LASER" in [row.record.name for row in kept.rows if row.record]


@pytest.mark.parametrize(
    "content",
    [
        "Tool,Brand\nLASER,EPILOG\nBANDSAW,\nDRILL PRESS,JET\nKILN,\n",
        "Tool,Brand\nGlowforge,\nBandsaw,Jet\nKiln,\nMill,Haas\n",
        "Tool\nWOOD\nMETAL\n",
        "Tool,Brand\nPrusa MK4,\nLaser,Epilog\n",
        "Tool,Brand\nOMAX,\nLaser,Epilog\nSaw,Jet\n",
    ],
)
def test_a_machine_of_which_only_the_name_is_told_is_no_title(content: str) -> None:
    assert all(row.record for row in read(content).rows)


def test_a_category_merged_over_several_lines() -> None:
    content = "Bereich,Gerät,Preis\nHolz,Hobel,5\n,Ding,6\nMetall,Drehbank,9\n,Etwas,9\n"
    assert [each.category[0] for each in records(content)] == ["wood", "wood", "metal", "metal"]


@pytest.mark.parametrize(
    ("cell", "price"),
    [
        ("CHF 12.-/h", "12"), ("12.–/h", "12"), ("CHF 0.50/min", "30"), ("gratuit", "0"),
        ("kostenlos", "0"), ("auf Anfrage", None), ("1'200.50", None),
        ("1'200.50/h", "1200.50"), ("5-10", None),
        ("5 – 10 €", None), ("10 / halbe Stunde", "20"), ("5 CHF / 15 min", "20"),
        ("20/day", None), ("n/a", None),
    ],
)  # fmt: skip
def test_prices_as_labs_write_them(cell: str, price: str | None) -> None:
    row = read(f'Name;Price\nLaser;"{cell}"\n').rows[0]
    assert row.record
    assert row.record.prices == ({} if price is None else {Audience.MAKER: Decimal(price)})
    assert price is not None or row.problems


def test_what_a_machine_was_bought_for_is_no_price_per_hour() -> None:
    content = (
        "Asset Tag,Asset Name,Model Name,Manufacturer,Category,Serial,Status,Purchase Cost\n"
        "A1,,MK4,Prusa,3D Printer,X1,Deployed,1200.00\nA2,,MK4,Prusa,3D Printer,X2,Broken,1200\n"
    )
    first, second = records(content)
    assert (first.name, first.key, first.prices) == ("Prusa MK4", "no:A1", {})
    assert (first.cost, first.details) == (Decimal(1200), ())
    assert second.fault == "Broken"


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        ("Area,Room,Capacity\nLab,Laser,1\nLab,Lathe,1\n", "category name work_area"),
        ("Lp.;Nazwa;Ilość;Szkolenie\n1;Piła;1;tak\n", "name quantity training"),
        ("Equipamento;Localização;Preço por hora\nSerra;A;3\n", "name room price"),
        ("Internal Reference,Name,Sales Price,Cost\nL,Laser,25,9000\n", "number name price"),
        ('"Machine\nname","Hourly\nrate"\nLaser,1\n', "name price"),
        ("name;schedule;resource group\nLaser;Default;Lasers\n", "name category"),
    ],
)
def test_headers_of_other_programs(content: str, fields: str) -> None:
    assert [str(field) for field in read(content).columns.values()] == fields.split()


def test_polish_of_windows() -> None:
    content = "Nazwa;Pomieszczenie\nPiła taśmowa;Żółta\nŁączówka;Główna\n".encode("cp1250")
    assert [(each.name, each.room) for each in records(content)] == [
        ("Piła taśmowa", "Żółta"),
        ("Łączówka", "Główna"),
    ]


@pytest.mark.parametrize(
    ("cell", "answer"), [("✅", True), ("✔️", True), ("❌", False), ("✗", False), ("checked", True)]
)
def test_ticks(cell: str, answer: bool) -> None:
    assert values.yes_or_no(cell) is answer


def test_signs_for_nothing_a_shared_number_and_a_negative_state() -> None:
    rows = read("Asset tag,Tool,Room,In service\n7,Laser,-,yes\n7,Saw,n/a,no\n8,Mill,B,yes\n").rows
    found = [row.record for row in rows if row.record]
    assert [each.room for each in found] == ["", "", "B"]
    assert [each.key for each in found] == ["laser", "saw", "no:8"]
    assert [each.fault for each in found] == ["", "no", ""]
    assert [[each.column for each in row.problems] for row in rows] == [
        ["Asset tag"], ["Asset tag"], [],
    ]  # fmt: skip


def test_a_description_of_a_website_loses_its_marks() -> None:
    (found,) = records('name,description\nLaser,"<p>Power &amp; light</p>"\n')
    assert found.description == "Power & light"


def test_a_question_is_no_price() -> None:
    sheet = read("Tool,Induction?,Open to members?\nLaser,✅,✅\nSaw,✅,❌\n")
    assert Field.PRICE not in sheet.columns.values()
    assert not any(row.problems for row in sheet.rows)


@pytest.mark.parametrize(
    "note",
    ["# as of May", "-- end --", "www.lab.example", "https://lab.example/a", "a@lab.example"],
)
def test_a_comment_or_an_address_below_the_table_is_no_machine(note: str) -> None:
    rows = read(f"Tool,Room\nLaser,A\nSaw,B\n\n{note}\n").rows
    assert [bool(row.record) for row in rows] == [True, True, False]


def test_ten_thousand_rows() -> None:
    content = "id,name\n" + "".join(f"{n},Machine {n % 700}\n" for n in range(10_000))
    assert len({each.key for each in records(content)}) == 10_000
