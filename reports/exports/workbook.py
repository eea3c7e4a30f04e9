"""Workbooks: sheets whose heads stay in sight, with numbers as numbers, written as they are made.

Nothing in them is a formula, whatever people call their machines.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

HOURS, RATE, COUNT, DAY, MOMENT = "#,##0.00", "0.00%", "#,##0", "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
TEXT = "@"
MOST_ROWS = 1_048_576
"""How many rows a sheet has; what is more goes on in the next one."""
LONGEST_TITLE = 31

Value = str | int | Decimal | date | datetime | None

_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
_INK, _HEAD = "FFFFFFFF", "FF0D5F6B"


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column, how its numbers are shown, and its width in letters."""

    head: str
    shown_as: str = TEXT
    width: int = 14
    wraps: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A sheet: its title, its columns and its rows, which may be made while they are written."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    frozen_columns: int = 1


def write_workbook(out: BinaryIO, tables: Iterable[Table], *, title: str) -> None:
    """Write the sheets one after the other; only one row is in memory at a time."""
    book = Workbook(write_only=True)
    book.properties.title = plain(title)
    book.properties.creator = "Établi"
    for table in tables:
        _write(book, table)
    book.save(out)


def plain(text: str) -> str:
    """`text` without what a workbook cannot hold."""
    return _UNWRITABLE.sub("", text)


def _write(book: Workbook, table: Table) -> None:
    rows = iter(table.rows)
    number = 1
    while True:
        sheet = _sheet(book, table, number)
        cells = _Cells(sheet, table.columns)
        count = 1
        for row in rows:
            sheet.append(cells.row(row))
            count += 1
            if count == MOST_ROWS:
                break
        else:
            return
        number += 1


def _sheet(book: Workbook, table: Table, number: int) -> Any:
    suffix = f" {number}" if number > 1 else ""
    name = _NOT_IN_TITLES.sub(" ", plain(table.title)).strip("' ")
    sheet: Any = book.create_sheet(name[: LONGEST_TITLE - len(suffix)] + suffix)
    sheet.freeze_panes = f"{chr(ord('A') + table.frozen_columns)}2"
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    for place, column in enumerate(table.columns):
        sheet.column_dimensions[_letter(place)].width = column.width
    sheet.append([_head(sheet, column) for column in table.columns])
    return sheet


def _letter(place: int) -> str:
    """The name of a column; there are fewer than 702 of them."""
    first, last = divmod(place, 26)
    return (chr(ord("A") + first - 1) if first else "") + chr(ord("A") + last)


def _head(sheet: Any, column: Column) -> Any:
    cell = WriteOnlyCell(sheet, value=plain(column.head))
    cell.data_type = "s"
    cell.font = Font(bold=True, color=_INK)
    cell.fill = PatternFill("solid", fgColor=_HEAD)
    side = "left" if column.shown_as == TEXT else "right"
    cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=True)
    cell.border = Border(bottom=Side(style="thin", color=_HEAD))
    return cell


class _Cells:
    """One cell for each column, filled again for every row."""

    def __init__(self, sheet: Any, columns: Sequence[Column]) -> None:
        self._cells: list[tuple[Any, str]] = []
        for column in columns:
            cell: Any = WriteOnlyCell(sheet)
            if column.wraps:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            shown_as = "General" if column.shown_as == TEXT else column.shown_as
            self._cells.append((cell, shown_as))

    def row(self, values: Sequence[Value]) -> Iterator[Any]:
        """The cells with the values of a row, one after the other."""
        for (cell, shown_as), value in zip(self._cells, values, strict=True):
            if isinstance(value, str):
                cell.value = plain(value)
                # Whatever it looks like.
                cell.data_type = "s"
            else:
                cell.value = value
                # Dates bring a format of their own; whole numbers among hours are counts.
                is_count = shown_as == HOURS and isinstance(value, int)
                cell.number_format = COUNT if is_count else shown_as
            yield cell
