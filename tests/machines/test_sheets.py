"""Inventories of every make are read: bytes, separators, headers, cells."""

from decimal import Decimal

import pytest

from machines.sheets import Record, Sheet, SheetUnreadable, read_inventory, values
from machines.sheets.pools import pools_of
from machines.vocabulary import Field, kind_of, why_not_a_machine
from members.states import Audience
from spaces.tables import guarded, unguarded


def read(content: str | bytes, **options: object) -> Sheet:
    raw = content.encode() if isinstance(content, str) else content
    return read_inventory(raw, filename="a.csv", **options)  # type: ignore[arg-type]


def records(content: str | bytes) -> list[Record]:
    return [row.record for row in read(content).rows if row.record]


def names(content: str | bytes) -> list[str]:
    return [record.name for record in records(content)]


GERMAN = "Gerät;Standort;Preis\nFräse;Süd;1,50\nNähmaschine;Nord;2\n"


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1", "mac_roman",
     "cp850"],
)  # fmt: skip
def test_encodings_are_recognised(encoding: str) -> None:
    assert names(GERMAN.encode(encoding)) == ["Fräse", "Nähmaschine"]


def test_windows_letters_of_french_are_kept() -> None:
    content = "Équipement;Remarque\nDécoupeuse;chef-d’œuvre à 5 €\n".encode("cp1252")
    assert records(content)[0].description == "chef-d’œuvre à 5 €"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_and_line_ends(separator: str, newline: str) -> None:
    lines = ["Machine,Room,Price", "Laser,Attic,1.50", "", "Saw,Cellar,2"]
    content = newline.join(lines).replace(",", separator)
    assert [(each.name, each.room) for each in records(content)] == [
        ("Laser", "Attic"),
        ("Saw", "Cellar"),
    ]


def test_excel_tells_its_separator() -> None:
    sheet = read("sep=;\r\nGerät;Preis\r\nLaser, groß;1,20\r\n")
    assert sheet.separator == ";"
    assert [row.line for row in sheet.rows] == [3]
    assert sheet.rows[0].record
    assert sheet.rows[0].record.name == "Laser, groß"


def test_a_stray_separator_belongs_to_the_last_column() -> None:
    content = "Name,Room,Notes\nLaser,A,slow, old, loud\nSaw,B,\nMill,C,new\n"
    assert records(content)[0].description == "slow, old, loud"


def test_a_preamble_and_a_second_header_are_skipped() -> None:
    content = (
        "Inventory of the lab;;\nas of 1.2.2024;;\n\n"
        "Maschine;Raum;Preis\n;;CHF\nLaser;A;5\nSäge;B;6\n"
    )
    sheet = read(content)
    assert [row.record.name for row in sheet.rows if row.record] == ["Laser", "Säge"]
    assert [row.line for row in sheet.rows] == [6, 7]
    assert [skipped.line for skipped in sheet.skipped] == [1, 2, 5]


def test_two_header_lines_of_groups_and_names() -> None:
    content = "Machine,,Tarif,\nName,Room,Price,Company\nLaser,A,10,20\n"
    record = records(content)[0]
    assert record.prices == {Audience.MAKER: Decimal(10), Audience.COMPANY: Decimal(20)}


def test_a_missing_header() -> None:
    sheet = read("1;Laser Trotec;80 W\n2;Bandsaw;400 mm\n")
    assert [row.record.name for row in sheet.rows if row.record] == ["Laser Trotec", "Bandsaw"]
    assert [row.line for row in sheet.rows] == [1, 2]


def test_known_words_in_a_row_do_not_make_it_a_header() -> None:
    content = "Laser cutter,Workshop,yes\nBandsaw,Basement,yes\nSewing machine,Ground floor,no\n"
    assert names(content) == ["Laser cutter", "Bandsaw", "Sewing machine"]


def test_a_plain_list_of_names() -> None:
    assert names("Laser cutter\nBandsaw\nSewing machine\n") == [
        "Laser cutter",
        "Bandsaw",
        "Sewing machine",
    ]
    assert names("Machine\nLaser cutter\n") == ["Laser cutter"]


def test_duplicate_headers_and_empty_columns_at_both_ends() -> None:
    sheet = read(",Name,Note,Note,,\n,Laser,a,b,,\n,Saw,c,d,,\n")
    assert sheet.headers == ("Name", "Note", "Note (2)")
    assert sheet.rows[0].record
    assert sheet.rows[0].record.description == "a\nb"


def test_rows_longer_than_the_header_get_columns_of_their_own() -> None:
    sheet = read("Name,Room\nLaser,A,x,1\nSaw,B,y,2\n")
    assert sheet.headers == ("Name", "Room", "Column 3", "Column 4")
    assert sheet.unread == ("Column 3", "Column 4")


def test_quoted_cells_of_many_lines_keep_the_line_numbers() -> None:
    sheet = read('Name,Note\n"Laser","one\ntwo\nthree"\nVelo,x\n')
    assert [row.line for row in sheet.rows] == [2, 5]
    assert sheet.rows[0].record
    assert sheet.rows[0].record.description == "one\ntwo\nthree"


def test_an_inch_mark_does_not_swallow_the_rest() -> None:
    content = "Name,Area\n" + "".join(f'Saw {n},"{n} inch\n' for n in range(1, 60))
    assert len(records(content)) == 59


def test_a_table_in_markdown() -> None:
    content = "| Machine | Room |\n| --- | --- |\n| Laser | A |\n| Saw | B |\n"
    assert [(each.name, each.room) for each in records(content)] == [("Laser", "A"), ("Saw", "B")]


def test_forty_columns() -> None:
    headers = ",".join(["Name", *(f"Extra {n}" for n in range(40))])
    assert len(read(f"{headers}\nLaser{',x' * 40}\n").headers) == 41


def test_only_a_header_has_no_rows() -> None:
    assert read("Name,Room,Price\n").rows == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"<!DOCTYPE html><html><table>", "web page"),
        (b'{"machines": []}', "JSON"),
        (b'[{"name": "Laser"}]', "JSON"),
        (b"PK\x03\x04rest", "workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "Excel"),
        (b"%PDF-1.7", "PDF"),
        (bytes(range(128, 256)) + bytes(range(1, 32)) * 9, "no text"),
        (b"Name\n" + b"Laser\n" * 50_000, "rows"),
        (b"x" * 5_000_001, "larger"),
        (b"Name" + b",x" * 300 + b"\nLaser" + b",1" * 300, "columns"),
        (b"\xff\xfe\x00", "damaged"),
        (b'Name\n"' + b"x" * 200_000, "broken"),
    ],
)
def test_what_is_no_inventory_is_said_plainly(content: bytes, words: str) -> None:
    with pytest.raises(SheetUnreadable, match=words):
        read(content)


def test_zero_bytes_in_a_text_are_dropped() -> None:
    assert names(b"Name,Room\nLas\x00er,A\nSaw,B\n") == ["Laser", "Saw"]


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        ("Équipement;Emplacement;Tarif horaire;Formation requise", "name room price training"),
        ("Macchina;Luogo;Prezzo;Materiali", "name room price materials"),
        ("Apparaat;Locatie;Instructie nodig;Opmerkingen", "name room training description"),
        ("Máquina;Ubicación;Marca;Modelo", "name room make model"),
        ("Geräte-Name;Inventar-Nr.;Hersteller;Einführung nötig", "name number make training"),
        ("Asset Name;Serial No.;Qty;Is Active", "name number quantity listed"),
        ("equipmentName;assetTag;unitPrice;buildVolume", "name number price work_area"),
        ("Machine;Purchase date;Responsible person;Condition", "name bought status"),
    ],
)
def test_headers_in_many_words(headers: str, fields: str) -> None:
    sheet = read(f"{headers}\nLaser;a;b;c\n")
    assert [str(field) for field in sheet.columns.values()] == fields.split()


def test_i_and_f_mean_instruction_and_form_side_by_side() -> None:
    sheet = read("name,i,f,location\nSaw,1,0,Attic\n")
    assert sheet.columns["i"] is Field.TRAINING
    assert sheet.rows[0].record
    assert sheet.rows[0].record.details == (("Form", "0"),)


def test_a_mapping_of_ones_own() -> None:
    content = "Wer,Was\nAnna,Laser\nBea,Saw\n"
    sheet = read(content, columns={"Was": "name", "Wer": "make"})
    assert [(row.record.name, row.record.make) for row in sheet.rows if row.record] == [
        ("Laser", "Anna"),
        ("Saw", "Bea"),
    ]


def test_make_and_model_stand_in_for_a_name() -> None:
    assert names("Make,Model,Location\nTrotec,Speedy 300,A\nPrusa,MK4,B\n") == [
        "Trotec Speedy 300",
        "Prusa MK4",
    ]


@pytest.mark.parametrize(
    "name",
    ["Kurse Holz", "Course laser", "Ruhetag", "Parkplatz 2", "Velo", "Frontdoor", "Werkstatt",
     "PC 3D-Druck", "spezial", "Total", "Porte d'entrée"],
)  # fmt: skip
def test_rows_that_are_no_machines_are_rejected_with_their_cell(name: str) -> None:
    row = read(f"Name,Room\n{name},A\nLaser,B\n").rows[0]
    assert row.record is None
    (problem,) = row.problems
    assert (problem.line, problem.column, problem.value) == (2, "Name", name)
    assert problem.can_be_overruled
    assert read(f"Name,Room\n{name},A\n", keep=[2]).rows[0].record


@pytest.mark.parametrize(
    "name",
    ["Workshop air compressor", "Induction heater", "Door lock engraver", "Werkstattwagen",
     "Special saw", "Training lathe", "Bike repair stand", "Gate valve press", "Atelierpresse",
     "Holz 1", "Löten 2", "Spritzkabine", "Parkside drill", "Closed loop CNC"],
)  # fmt: skip
def test_doubt_speaks_for_the_machine(name: str) -> None:
    assert why_not_a_machine(name) is None


def test_a_row_without_a_name_and_a_repeated_header_are_rejected() -> None:
    sheet = read("Name,Room,Price\nLaser,A,1\n,B,2\nName,Room,Price\nSaw,C,3\n")
    assert [row.record is not None for row in sheet.rows] == [True, False, False, True]
    assert [row.problems[0].column for row in sheet.rows[1:3]] == ["Name", "Name"]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1'200.50", "1200.50"), ("1’200.50", "1200.50"), ("1 200,50", "1200.50"),
        ("1.200,50", "1200.50"), ("1,200.50", "1200.50"), ("12.-", "12"), ("CHF 12.50", "12.50"),
        ("€ 2,50", "2.50"), ("0,5", "0.5"), ("0.125", "0.125"), ("1,200", "1200"), ("0", "0"),
        ("gratuit", "0"),
    ],
)  # fmt: skip
def test_amounts(text: str, amount: str) -> None:
    assert values.amount_of(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["noch offen", "5 - 10", "-3", "a 4 b 5", "?"])
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(values.Unclear):
        values.amount_of(text)


@pytest.mark.parametrize(
    ("amount", "unit", "price"),
    [
        ("0.1", "minute", "6.00"), ("0.30", "pro min", "18.00"), ("2", "pro Stunde", "2.00"),
        ("1", "je angef. 10 Minuten", "6.00"), ("1", "je angef. 15 Minuten", "4.00"),
        ("3", "pro halbe Stunde", "6.00"), ("7", "CHF/h", "7.00"), ("5", "par heure", "5.00"),
        ("4", "all'ora", "4.00"), ("0.333", "min", "19.98"), ("2", "per uur", "2.00"),
    ],
)  # fmt: skip
def test_prices_become_hourly(amount: str, unit: str, price: str) -> None:
    hourly = values.hourly(Decimal(amount), unit)
    assert (hourly.amount, hourly.note) == (Decimal(price), "")


def test_a_price_that_is_not_exact_says_so() -> None:
    assert values.hourly(Decimal(1), "7 min").note
    assert values.hourly(Decimal(1), "").note


@pytest.mark.parametrize("unit", ["pro cm3", "ml", "pro Tag", "per gram", "0 min"])
def test_prices_of_other_units_are_not_hourly(unit: str) -> None:
    with pytest.raises(values.Unclear):
        values.hourly(Decimal(1), unit)


@pytest.mark.parametrize(
    ("cell", "price"),
    [("CHF 12.-/h", "12"), ("0.10 / min", "6"), ("1'200.-/h", "1200"), ("20 CHF / 30 min", "40")],
)
def test_a_price_with_its_unit_in_the_cell(cell: str, price: str) -> None:
    record = records(f"Name;Price\nLaser;{cell}\n")[0]
    assert record.prices == {Audience.MAKER: Decimal(price)}


def test_a_price_that_cannot_be_read_is_a_warning_that_names_the_cell() -> None:
    row = read("Name;Preis\nLaser;noch offen\nSäge;3\n").rows[0]
    assert row.record
    assert not row.record.prices
    assert ("Preis", "noch offen") in row.record.details
    (problem,) = row.problems
    assert (problem.line, problem.column, problem.is_error) == (2, "Preis", False)


@pytest.mark.parametrize(
    ("text", "answer"),
    [("yes", True), ("Ja", True), ("oui", True), ("1", True), ("x", True), ("✓", True),
     ("10,00", True), ("no", False), ("nein", False), ("0", False), ("-", False), ("", None),
     ("Yes, always", True), ("0,00 €", False)],
)  # fmt: skip
def test_yes_and_no(text: str, answer: bool | None) -> None:
    assert values.yes_or_no(text) is answer


def test_no_with_a_question_mark_is_unclear_and_kept() -> None:
    row = read("Equipment,Induction Required\nGrinder,No?\nSaw,Yes\n").rows[0]
    assert row.record
    assert row.record.needs_training is None
    assert row.record.details == (("Induction Required", "No?"),)


def test_status_and_flags() -> None:
    content = (
        "Name,Status,Visible,Archived,Remark\nA,defekt,1,0,motor\nB,ok,0,0,\nC,archived,,,\n"
        "D,PRINTING,1,0,\nE,not working,1,1,\n"
    )
    found = records(content)
    assert [each.fault for each in found] == ["defekt: motor", "", "", "", "not working"]
    assert [each.is_listed for each in found] == [True, False, False, True, False]


def test_quantities() -> None:
    found = read("Name,Qty\nDrill,3\nScrews,500\nSaw,many\nLathe,\n").rows
    assert [row.record.quantity for row in found if row.record] == [3, 1, 1, 1]
    assert [len(row.problems) for row in found] == [0, 1, 1, 0]


def test_long_cells_are_cut_not_refused() -> None:
    row = read(f"Name,Room\n{'x' * 500},A\nLaser,B\n").rows[0]
    assert row.record
    assert len(row.record.name) == 130
    assert row.problems


def test_keys_by_number_by_name_and_by_room() -> None:
    by_number = records("id,name\n7,Mill\n9,Mill\n")
    assert [each.key for each in by_number] == ["no:7", "no:9"]
    by_room = records("Standort,Maschine\nBerlin,Mill\nSalzburg,Mill\nBerlin,Saw\n")
    assert [each.key for each in by_room] == ["mill@berlin", "mill@salzburg", "saw"]
    by_count = records("name,type\nMill,CNC\nMill,CNC\n")
    assert [each.key for each in by_count] == ["mill", "mill#2"]


def test_running_numbers_find_nothing_again() -> None:
    assert [each.key for each in records("No.,Machine\n1,Saw\n2,Mill\n")] == ["saw", "mill"]
    restarting = records("No.,Machine\n1,Saw\n1,Mill\n")
    assert [each.key for each in restarting] == ["saw", "mill"]
    assert [each.key for each in records("No.,Machine\n107,Saw\n33,Mill\n")] == ["no:107", "no:33"]


def test_pools_are_told_by_number_side_name_or_model() -> None:
    content = (
        "name,model,room\nMini 1,,A\nMini 2,,A\nPrusa links (UG),,B\nPrusa Mitte (UG),,B\n"
        "Vincent,i3,A\nMia,i3,A\nDrill,,A\nDrill,,A\nSpeedy 300,,A\nSpeedy 400,,A\n"
        "Ultimaker 1,,A\nUltimaker 2,,A\nMini 3,,C\n"
    )
    found = records(content)
    pools = pools_of(found)
    assert [pools.get(each.key) for each in found] == [
        "Mini", "Mini", "Prusa", "Prusa", "i3", "i3", "Drill", "Drill", None, None, None, None,
        None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("category", "name", "slug"),
    [
        ("", "Trotec Speedy 300", "laser-cutter"),
        ("Imprimante 3D", "Ultimaker V1", "3d-printer"),
        ("CNC Machine & Metal Shop", "Metal Shearing Machine", "metal"),
        ("Fablab", "Näharbeitsplatz", "textile"),
        ("", "CNC-Stickmaschine", "textile"),
        ("", "Platinenfräse", "pcb-mill"),
        ("Lasercutting", "Full Spectrum", "laser-cutter"),
        ("", "Macchina da cucire", "textile"),
        ("", "Scie à ruban", "wood"),
    ],
)
def test_categories_in_many_words(category: str, name: str, slug: str) -> None:
    kind = kind_of(category=category, name=name, room="")
    assert kind
    assert kind.slug == slug


def test_a_category_nobody_knows_keeps_its_word() -> None:
    assert records("Name,Category\nKettle,Brewing\n")[0].category == ("brewing", "Brewing")


@pytest.mark.parametrize(
    "cell", ["=1+1", "+4", "-4", "@x", " +1", "'=1", "''-2", "Fräse -2", "'quoted'", ""]
)
def test_formulas_are_harmless_and_come_back(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell
    assert guarded(cell).lstrip()[:1] not in {"=", "+", "-", "@"}
