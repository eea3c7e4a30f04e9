"""Tables as they are found: on wikis, in several languages, with lines that are no rows."""

from decimal import Decimal

import pytest

from machines.sheets import Record, Sheet, read_inventory
from machines.sheets.markup import without_markup
from machines.vocabulary import is_note, is_title, why_not_a_machine
from members.states import Audience


def read(content: str) -> Sheet:
    return read_inventory(content.encode(), filename="a.csv")


def records(content: str) -> list[Record]:
    return [row.record for row in read(content).rows if row.record]


def rejected(content: str) -> list[int]:
    return [row.line for row in read(content).rows if row.record is None]


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        ("ID;Nombre;Cantidad\nA;Sierra;2\n", "number name quantity"),
        ("Nom;Nombre\nScie;2\nTour;1\n", "name quantity"),
        ("Gerät;Hersteller;Typ\nFräse;Deckel;FP1\nLaser;Trotec;S100\n", "name make model"),
        ("Gerät;Typ\nBetsy;Laser\nJaws;3D-Drucker\n", "name category"),
        ("Area;Tool\nA1.12;Saw\nB2.01;Mill\n", "room name"),
        ("tool_name;tool_quantity\nSaw;2\n", "name quantity"),
        ("Attrezzo;Attrezzatura;Q.tà\nx;Sega;2\n", "name quantity"),
        ("Asset Name,Company\nLaser,Makers Ltd\n", "name detail"),
        ("Tool,Company\nLaser,20\n", "name price_company"),
        ("Machine,Non-member price,Member price\nLaser,20,10\n", "name price"),
        ("Tool,Maintenance interval (days),Last maintenance\nSaw,30,2024-01-02\n", "name"),
    ],
)
def test_a_header_means_what_its_column_reads_like(content: str, fields: str) -> None:
    assert [str(field) for field in read(content).columns.values()] == fields.split()


def test_prices_of_members_come_before_those_of_guests() -> None:
    (found,) = records("Machine,Non-member price,Member price\nLaser,20/h,10/h\n")
    assert found.prices == {Audience.MAKER: Decimal(10)}


def test_an_amount_that_no_hour_costs_is_what_was_paid() -> None:
    (row,) = read("Asset,Cost\nLaser,24'995.00\n").rows
    assert row.record
    assert not row.record.prices
    assert row.record.details == (("Cost", "24'995.00"),)
    assert [each.column for each in row.problems] == ["Cost"]


def test_a_machine_without_a_name_is_called_by_its_model_or_its_kind() -> None:
    content = "Name,Type,Make,Model\n,Band saw,,\n,Drill press,Clark,\n,Planer,Rex,P2\n"
    assert [each.name for each in records(content)] == ["Band saw", "Drill press Clark", "Rex P2"]
    content = "Type;Marque;Modèle;Quantité\nOscilloscope;Rigol;D1;2\nFer à souder;;;3\nTotal;;;5\n"
    assert [each.name for each in records(content)] == ["Rigol D1", "Fer à souder"]
    assert rejected(content) == [4]


def test_lines_that_tell_only_a_category_are_titles() -> None:
    content = "Category,Machine,Model\nLaser,,\n,Speedy,S1\nWood,,\n,Hema,B4\n,Felder,K7\n"
    assert [each.category[0] for each in records(content)] == ["laser-cutter", "wood", "wood"]
    assert rejected(content) == [2, 4]


def test_below_a_title_of_things_used_up_nothing_is_a_machine() -> None:
    content = "No;Name;Qty\nMachines;;\n7;Saw;1\nConsumables;;\n8;Oil;1\n9;Paper;4\n"
    assert [each.name for each in records(content)] == ["Saw"]


def test_a_table_of_a_wiki() -> None:
    content = (
        "# Tools\n\n## Saws\n| Tool | Room | Induction |\n|---|---|---|\n"
        "| [Band saw](saw.md) | `A 1` | ✅ |\n| **Jigsaw** ![](x.png =20x) | A | ❌ |\n"
        "## Metal tools\n| Tool | Room | Induction |\n|---|---|---|\n| Lathe :gift: | B | ✅ |\n"
    )
    assert [(each.name, each.room) for each in records(content)] == [
        ("Band saw", "A 1"), ("Jigsaw", "A"), ("Lathe", "B"),
    ]  # fmt: skip
    assert rejected(content) == [8, 9]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ('<b class="x;y">Laser</b><br/>100 W', "Laser 100 W"),
        ("Drill &amp; press &quot;A&quot;", "Drill & press ”A”"),
        ("[[Tools/Saw|Saw]] and [mill](m.md)", "Saw and mill"),
        ("~~old~~ _new_ *bold*", "old new bold"),
        ("ABS_UM_1, 5*3*2, 2 < 3 > 1, 7:36:00", "ABS_UM_1, 5*3*2, 2 < 3 > 1, 7:36:00"),
        ("a;#REF!;#DIV/0!", "a;;"),
        ("x&#59;y&semi;z", "x&#59;y&semi;z"),
    ],
)
def test_markup_goes_and_cells_stay(text: str, plain: str) -> None:
    assert without_markup(text) == plain


def test_our_own_export_keeps_every_letter() -> None:
    content = "etabli key,name,category,description\nno:1,*Saw*,wood,<b>loud</b>\n"
    assert [(each.name, each.description) for each in records(content)] == [
        ("*Saw*", "<b>loud</b>")
    ]


@pytest.mark.parametrize(
    ("cell", "name"),
    [("- Saw", "Saw"), ("• Saw", "Saw"), ("1. Saw", "Saw"), ("Saw *", "Saw"), ("3D saw", "3D saw")],
)
def test_signs_of_lists_and_footnotes_are_no_names(cell: str, name: str) -> None:
    assert [each.name for each in records(f"Tool,Room\n{cell},A\n")] == [name]


@pytest.mark.parametrize(
    "text",
    ["* with a tutor only", "Y = training required", "Stand: März 2031", "All prices include VAT."],
)
def test_a_remark_below_the_table_is_no_machine(text: str) -> None:
    sheet = read(f"Tool,Room\nSaw,A\nMill,B\n{text},\n")
    (problem,) = sheet.rows[-1].problems
    assert (sheet.rows[-1].record, problem.column, problem.value) == (None, "Tool", text)


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("Total", ""), ("Total: 34 machines", ""), ("Gesamtwert", ""), ("Sous-total", ""),
        ("Holzwerkstatt", ""), ("Seminarraum 2", ""), ("Elektronik-Ecke", ""),
        ("Training for laser, one hour", ""), ("Einweisung Laser", ""), ("Hand tools", ""),
        ("Großgeräte", ""), ("Verbrauchsmaterial", ""), ("Fotostudio", "Raum"),
        ("Drawing 3000", "Software"), ("PLA 1 kg", "Consumables"), ("Eingangstüre", ""),
    ],
)  # fmt: skip
def test_no_machines(name: str, category: str) -> None:
    assert why_not_a_machine(name, category)


@pytest.mark.parametrize(
    "name",
    ["Total station", "Bandsäge (Werkstatt)", "Bandsäge Werkstatt", "3D-Drucker (Raum 2)",
     "Laser cutter - Room 2", "Picknickdecke", "Room heater", "Othermill", "Hand tools set",
     "Testgerät", "Werkstattkran", "Fotostudio", "Lastenvelo", "Software defined radio",
     "Küchenmaschine", "Tools cart", "Formatkreissäge", "Türfräse", "Key cutting machine"],
)  # fmt: skip
def test_machines_that_sound_like_something_else(name: str) -> None:
    assert not why_not_a_machine(name)
    assert not is_note(name)
    assert not is_title(name)


def test_rows_above_a_line_of_known_words_are_not_taken_for_a_preamble() -> None:
    content = (
        "Zug;Ort;Kurs;Wert\nLaser;Halle;keiner;5\nSäge;Keller;nötig;6\n"
        "Plotter;Atelier;Formation;Tarif\n"
    )
    assert {2, 3, 4} <= {row.line for row in read(content).rows}


def test_a_line_of_units_below_the_header_is_no_row() -> None:
    sheet = read("Maschine,Fläche,Preis\n,mm,CHF/h\nLaser,600x300,20\n")
    assert [row.line for row in sheet.rows] == [3]
    assert [each.line for each in sheet.skipped] == [2]


@pytest.mark.parametrize(
    ("header", "cell", "answer"),
    [("Induction", "induction", True), ("Einweisung", "Pflicht", True), ("Training", "12.50", True),
     ("Instructie", "verplicht", True), ("Formation", "pas nécessaire", False)],
)  # fmt: skip
def test_a_training_in_other_words(header: str, cell: str, answer: bool) -> None:
    assert [each.needs_training for each in records(f"Tool,{header}\nSaw,{cell}\n")] == [answer]


def test_days_until_a_service_are_no_standstill() -> None:
    (row,) = read("Tool,Maintenance\nSaw,30\n").rows
    assert row.record
    assert not row.record.fault
    assert [each.column for each in row.problems] == ["Maintenance"]
