"""Workbooks of a spreadsheet, read as the text of their first table, and written."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.utils.exceptions import InvalidFileException

from machines.sheets.decoding import MAX_BYTES, SheetUnreadable, refuse_too_much
from machines.sheets.table import HEADER_WITHIN, MAX_ROWS

MAGIC = b"PK\x03\x04"
ENCODING = "XLSX"
"""What stands for the encoding of a workbook."""

SEPARATOR = "\t"
MAX_UNPACKED = 60_000_000
"""What all files inside may come to: some are made to burst."""

MAX_CELLS, LAST_ROW = 250, 1_048_576
MAX_GAP = 10_000
"""How many empty rows may stand between two that are not: one cell far below is made in no time."""

_SHOWS_TIME = re.compile("[hs]", re.IGNORECASE)
_UNSEEN = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
"""What the format of a cell holds besides its parts: words, signs, the language."""

MOST_BESIDE = 20
"""How many other tables are looked for."""

BROKEN = (
    InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, IndexError,
    AttributeError, SyntaxError, OSError, EOFError, NotImplementedError,
)  # fmt: skip
"""What the reader raises for what is no workbook inside; a broken tag is a SyntaxError."""


def is_workbook(content: bytes) -> bool:
    """Whether a file is one, as far as its first bytes tell."""
    return content.startswith(MAGIC)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The first table that has cells, as CSV with SEPARATOR, and the names of those not read."""

    text: str
    others: tuple[str, ...] = ()


@lru_cache(maxsize=2)
def unpacked(
    content: bytes,
    *,
    most_bytes: int = MAX_BYTES,
    most_rows: int = MAX_ROWS,
    tells_midnight: bool = False,
) -> Unpacked:
    """What a workbook holds. Raises SheetUnreadable.

    A day and its first moment are one value in a cell. With `tells_midnight` it is the moment where
    the cell shows a time, else always the day.
    What was unpacked last is kept: from the upload to the import a file is read several times.
    """
    refuse_too_much(content, most=most_bytes)
    try:
        _refuse_what_bursts(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheets = book.worksheets
        for at, sheet in enumerate(sheets, start=1):
            out = io.StringIO()
            csv.writer(out, delimiter=SEPARATOR, lineterminator="\n").writerows(
                _lines(sheet, most_rows, tells_midnight=tells_midnight)
            )
            if out.getvalue():
                return Unpacked(out.getvalue(), _filled(sheets[at : at + MOST_BESIDE]))
    except BROKEN as error:
        raise SheetUnreadable(
            _("This workbook cannot be read. Save it as XLSX or CSV anew.")
        ) from error
    raise SheetUnreadable(_("The file is empty."))


def written_workbook(rows: Iterable[list[str]]) -> bytes:
    """`rows` as a workbook of one table whose first line stays in sight; every cell is text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Établi")
    sheet.freeze_panes = "C2"
    for row in rows:
        sheet.append([_text(sheet, cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text(sheet: Any, value: str) -> Any:
    """A cell of text, also where it looks like a formula; what XML cannot hold is left out."""
    plain = "".join(char for char in value if char >= " " or char in "\t\n")
    cell = WriteOnlyCell(sheet, value=plain)
    cell.data_type = "s"
    return cell


def _rows(sheet: Any) -> Iterator[tuple[Any, ...]]:
    # Some programs write a wrong size, and what lies beyond it would be left out.
    sheet.reset_dimensions()
    rows: Iterator[tuple[Any, ...]] = sheet.iter_rows(max_row=LAST_ROW, max_col=MAX_CELLS)
    return rows


def _filled(sheets: Iterable[Any]) -> tuple[str, ...]:
    """The names of those that somebody sees and that begin with cells."""
    return tuple(
        sheet.title
        for sheet in sheets
        if sheet.sheet_state == "visible"
        and any(map(_cells_of, islice(_rows(sheet), HEADER_WITHIN)))
    )


def _lines(sheet: Any, most: int, *, tells_midnight: bool) -> Iterator[list[str]]:
    """The rows up to the last that has cells; raises SheetUnreadable where that are too many."""
    count = gap = 0
    before: tuple[Any, ...] = ()
    for row in _rows(sheet):
        # Rows that no file holds are one and the same object.
        cells = [] if row is before else _cells_of(row, tells_midnight=tells_midnight)
        if not cells:
            before, gap = row, gap + 1
            continue
        if gap > MAX_GAP:
            raise SheetUnreadable(
                _("%(count)d empty rows stand above the last cells of the table. Delete them.")
                % {"count": gap}
            )
        count += 1
        if count > most + HEADER_WITHIN:
            raise SheetUnreadable(_("More than %(most)d rows. Split the file.") % {"most": most})
        yield from ([] for _empty in range(gap))
        gap = 0
        yield cells


def _cells_of(row: tuple[Any, ...], *, tells_midnight: bool = False) -> list[str]:
    """The cells of a row up to the last that says something."""
    width = len(row)
    while width and row[width - 1] is EMPTY_CELL:
        width -= 1
    cells = [_said(cell, tells_midnight=tells_midnight) for cell in row[:width]]
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _said(cell: Any, *, tells_midnight: bool) -> str:
    """A cell as a person would type it."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return repr(round(value, 6)).removesuffix(".0")
    if isinstance(value, datetime) and value.time() == time.min:
        is_moment = tells_midnight and _SHOWS_TIME.search(_UNSEEN.sub("", cell.number_format))
        return (value if is_moment else value.date()).isoformat()
    if isinstance(value, timedelta):
        return _hours(value)
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _hours(length: timedelta) -> str:
    """A length as cells show it, hours first, however many: 26:00:00."""
    minutes, seconds = divmod(round(abs(length).total_seconds()), 60)
    sign = "-" if length < timedelta(0) else ""
    return f"{sign}{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def _refuse_what_bursts(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(each.file_size for each in archive.infolist()) > MAX_UNPACKED:
            raise SheetUnreadable(
                _("The file is larger than %(size)d MB.") % {"size": MAX_UNPACKED // 1_000_000}
            )
