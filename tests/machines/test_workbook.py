"""Workbooks: read as a person sees them, written so that no cell is ever run."""

import io
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from openpyxl import Workbook, load_workbook

from machines.sheets import SheetUnreadable, read_inventory
from machines.sheets.workbook import MAX_GAP, MAX_UNPACKED, unpacked, written_workbook
from machines.vocabulary import Field


def workbook(*rows: tuple[object, ...], empty_first: bool = False) -> bytes:
    book = Workbook()
    sheet = book.active
    if empty_first:
        sheet = book.create_sheet("Machines")
    for row in rows:
        sheet.append(row)
    return saved(book)


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_cells_are_read_as_somebody_would_type_them() -> None:
    day = datetime(2024, 5, 6, tzinfo=UTC).replace(tzinfo=None)
    rows = ("name", "n", "x"), ("Laser", 3.0, True), (day, 2.5, None), (timedelta(hours=26), "")
    text = unpacked(workbook(*rows)).text
    assert text.splitlines() == ["name\tn\tx", "Laser\t3\tyes", "2024-05-06\t2.5", "26:00:00"]


def test_more_rows_than_are_read_are_refused_and_not_cut_off() -> None:
    content = workbook(("name",), *[(f"Laser {at}",) for at in range(20)])
    assert unpacked(content, most_rows=6).text.count("\n") == 21
    with pytest.raises(SheetUnreadable, match="More than 5 rows"):
        unpacked(content, most_rows=5)


def test_one_cell_far_below_the_table_is_told() -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["name"])
    sheet.cell(row=4, column=1, value="Laser")
    assert unpacked(saved(book)).text == "name\n\n\nLaser\n"
    sheet.cell(row=1_048_576, column=1, value=" ")
    assert unpacked(saved(book)).text == "name\n\n\nLaser\n"
    sheet.cell(row=MAX_GAP + 6, column=1, value="x")
    with pytest.raises(SheetUnreadable, match="10001 empty rows stand above the last cells"):
        unpacked(saved(book))


def test_a_wrong_size_in_the_file_hides_no_row() -> None:
    content = workbook(("name",), ("Laser",), ("Mill",))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as told, zipfile.ZipFile(out, "w") as wrong:
        for each in told.infolist():
            wrong.writestr(each, told.read(each).replace(b'ref="A1:A3"', b'ref="A1"'))
    assert unpacked(out.getvalue()).text == "name\nLaser\nMill\n"


def test_tables_that_are_not_read_are_named() -> None:
    book = Workbook()
    book.active.append(["name"])
    for title in ("March", "Empty", "Lists"):
        book.create_sheet(title)
    book["March"].append(["name"])
    book["Lists"].append(["x"])
    book["Lists"].sheet_state = "hidden"
    sheet = read_inventory(saved(book), filename="a.xlsx")
    assert sheet.others == ("March",)


def test_an_inventory_is_read_from_the_first_table_that_has_cells() -> None:
    content = workbook(
        ("Gerät", "Raum", "Kaufdatum", "Kaufpreis"),
        ("Laser", "OG", date(2024, 5, 6), 12_500.5),
        empty_first=True,
    )
    sheet = read_inventory(content, filename="liste.xlsx")
    assert sheet.encoding == "XLSX"
    record = sheet.rows[0].record
    assert record is not None
    assert (record.name, record.room, record.bought) == ("Laser", "OG", date(2024, 5, 6))
    assert str(record.cost) == "12500.50"
    assert sheet.columns["Kaufpreis"] is Field.COST


def test_a_cell_of_many_lines_and_tabs_stays_one_cell() -> None:
    sheet = read_inventory(
        workbook(("name", "description"), ("Laser", 'two\nlines\tand "marks"')), filename="a.xlsx"
    )
    assert sheet.rows[0].record.description == 'two\nlines\tand "marks"'


def test_what_is_written_is_text_whatever_it_looks_like() -> None:
    content = written_workbook([["name"], ["=1+1"], ["bell \x07 rings"]])
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    cells = [cell for (cell,) in sheet.iter_rows()]
    assert [cell.value for cell in cells] == ["name", "=1+1", "bell  rings"]
    assert {cell.data_type for cell in cells} == {"s"}


def packed(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 and then nothing", "cannot be read"),
        (packed("letter.odt", b"Dear all"), "cannot be read"),
        (packed("xl/bomb.xml", b"0" * (MAX_UNPACKED + 1)), "larger than 60 MB"),
        (workbook(), "is empty"),
        (b"PK\x03\x04" + b"0" * 5_000_001, "larger than 5 MB"),
        (b"\xd0\xcf\x11\xe0 old", "Save it as XLSX first"),
    ],
)
def test_what_is_no_table_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(SheetUnreadable, match=words):
        read_inventory(content, filename="a.xlsx")
