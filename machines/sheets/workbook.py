"""Workbooks of a spreadsheet, read as the text of their first table, and written."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import InvalidFileException

from machines.sheets.decoding import MAX_BYTES, SheetUnreadable, refuse_too_much

MAGIC = b"PK\x03\x04"
ENCODING = "XLSX"
"""What stands for the encoding of a workbook."""

SEPARATOR = "\t"
MAX_UNPACKED = 60_000_000
"""What all files inside may come to: some are made to burst."""

MAX_LINES, MAX_CELLS = 21_000, 250
BROKEN = (
    InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, IndexError,
    AttributeError, SyntaxError, OSError, EOFError, NotImplementedError,
)  # fmt: skip
"""What the reader raises for what is no workbook inside; a broken tag is a SyntaxError."""


def is_workbook(content: bytes) -> bool:
    """Whether a file is one, as far as its first bytes tell."""
    return content.startswith(MAGIC)


@lru_cache(maxsize=2)
def text_of(content: bytes, *, most_bytes: int = MAX_BYTES, most_lines: int = MAX_LINES) -> str:
    """The first table that has cells, as CSV with SEPARATOR. Raises SheetUnreadable.

    What was unpacked last is kept: from the upload to the import a file is read several times.
    """
    refuse_too_much(content, most=most_bytes)
    try:
        _refuse_what_bursts(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for sheet in book.worksheets:
            out = io.StringIO()
            csv.writer(out, delimiter=SEPARATOR, lineterminator="\n").writerows(
                _lines(sheet, most_lines)
            )
            if out.getvalue().strip():
                return out.getvalue()
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


def _lines(sheet: Any, most: int) -> Iterator[list[str]]:
    for number, row in enumerate(sheet.iter_rows(max_col=MAX_CELLS, values_only=True)):
        if number >= most:
            return
        cells = [_said(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        yield cells


def _said(value: object) -> str:
    """A cell as a person would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return repr(round(value, 6)).removesuffix(".0")
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _refuse_what_bursts(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(each.file_size for each in archive.infolist()) > MAX_UNPACKED:
            raise SheetUnreadable(
                _("The file is larger than %(size)d MB.") % {"size": MAX_UNPACKED // 1_000_000}
            )
