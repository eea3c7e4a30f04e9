"""From a file to rows: each becomes a record, or is rejected with the cell that is why."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from django.utils.text import slugify
from django.utils.translation import gettext as _

from machines.sheets.cells import CellReader
from machines.sheets.columns import columns_of
from machines.sheets.decoding import decoded
from machines.sheets.markup import without_markup
from machines.sheets.rows import Problem, Row, Sheet, Skipped
from machines.sheets.sections import filled_down, notes_of, titles_of
from machines.sheets.table import Line, Table, tabulated
from machines.sheets.values import currency_of
from machines.sheets.workbook import ENCODING, SEPARATOR, is_workbook, unpacked
from machines.vocabulary import HEADERS, Field
from spaces.tables import unguarded

NUMBER_KEY = "no:"
LONGEST_KEY = 190


def read_inventory(
    content: bytes,
    *,
    filename: str,
    columns: Mapping[str, str] | None = None,
    keep: Collection[int] = (),
) -> Sheet:
    """Read an inventory as it is; lines in `keep` are machines whatever they look like.

    `columns` says which header is which field; without it the headers are guessed.
    Raises SheetUnreadable where no table can be found.
    """
    others: tuple[str, ...] = ()
    if is_workbook(content):
        book = unpacked(content)
        text, others, encoding, separator = book.text, book.others, ENCODING, SEPARATOR
    else:
        text, encoding = decoded(content)
        separator = ""
    if not _is_export(text):
        text = without_markup(text)
    table = tabulated(text, columns or (), separator=separator)
    if columns is None:
        fields = columns_of(table.headers, [line.cells for line in table.lines])
        _settle_numbers(fields, table)
    else:
        fields = {name: Field(columns[name]) for name in table.headers if columns.get(name)}
    rows = _rows(table, fields, keep)
    return Sheet(
        filename=filename,
        encoding=encoding,
        separator=table.separator,
        headers=table.headers,
        columns=fields,
        rows=_with_keys(rows, fields),
        skipped=tuple(Skipped(line.number, " ".join(line.cells)) for line in table.skipped),
        currency=_currency(table, fields),
        others=others,
    )


def _is_export(text: str) -> bool:
    """Whether this is our own file, of which every letter counts."""
    return text.lstrip('\ufeff"').startswith(HEADERS[Field.KEY])


def _rows(table: Table, fields: Mapping[str, Field], keep: Collection[int]) -> list[Row]:
    lines = tuple(filled_down(table, fields))
    titles, notes = titles_of(table, fields, keep), notes_of(table, keep)
    if Field.KEY in fields.values():
        titles, notes = {}, {}
        lines = tuple(
            Line(line.number, tuple(unguarded(cell) for cell in line.cells)) for line in lines
        )
    rows, title = [], ""
    for line in lines:
        if line.number in titles:
            title = titles[line.number].strip(":#*=- ")
            reason = _("This looks like a title; it is the category of the rows below.")
            rows.append(_row_of_one_cell(line, table.headers, reason))
            continue
        if line.number in notes:
            reason = _("This looks like a remark on the table, not a machine.")
            rows.append(_row_of_one_cell(line, table.headers, reason))
            continue
        reader = CellReader(line=line, headers=table.headers, columns=fields, title=title)
        record = reader.record(is_kept=line.number in keep)
        rows.append(
            Row(line=line.number, cells=line.cells, record=record, problems=tuple(reader.problems))
        )
    return rows


def _row_of_one_cell(line: Line, headers: Sequence[str], reason: str) -> Row:
    at = next(at for at, cell in enumerate(line.cells) if cell)
    problem = Problem(
        line=line.number,
        column=headers[at],
        value=line.cells[at],
        message=reason,
        is_error=True,
        can_be_overruled=True,
    )
    return Row(line=line.number, cells=line.cells, record=None, problems=(problem,))


def _settle_numbers(fields: dict[str, Field], table: Table) -> None:
    """Numbers that only count the rows, or are not unique, cannot find a machine again."""
    counting = next((name for name, field in fields.items() if field is Field.ORDINAL), None)
    numbers = next((name for name, field in fields.items() if field is Field.NUMBER), None)
    if counting and not numbers:
        cells = _cells(table, counting)
        is_running = [cell.lstrip("0") for cell in cells] == [
            str(at) for at in range(1, len(cells) + 1)
        ]
        if cells and not is_running and len(set(cells)) == len(cells):
            fields[counting] = Field.NUMBER
            return
    if counting:
        del fields[counting]


def _cells(table: Table, header: str) -> list[str]:
    at = table.headers.index(header)
    return [line.cells[at] for line in table.lines if line.cells[at]]


def _currency(table: Table, fields: Mapping[str, Field]) -> str:
    for header, field in fields.items():
        if field in {Field.PRICE, Field.CURRENCY, Field.PRICE_UNIT, Field.PRICE_COMPANY}:
            found = currency_of(header, *_cells(table, header)[:50])
            if found:
                return found
    return ""


def _with_keys(rows: list[Row], fields: Mapping[str, Field]) -> tuple[Row, ...]:
    """Give each record a key that finds its machine again, and no other.

    In this order: the key of an earlier export; the inventory number, where the file gives none
    twice; the name, with the room where one name stands in several rooms, and a count for what
    still is alike.
    """
    records = [row.record for row in rows if row.record]
    numbers = Counter(record.number for record in records if record.number)
    rooms: dict[str, set[str]] = {}
    for each in records:
        rooms.setdefault(_plain(each.name), set()).add(each.room or "")
    taken: Counter[str] = Counter()
    keyed = []
    for row in rows:
        if (record := row.record) is None:
            keyed.append(row)
            continue
        if record.key:
            key = record.key
        elif record.number and numbers[record.number] == 1:
            key = f"{NUMBER_KEY}{record.number}"
        else:
            key = _plain(record.name)
            if len(rooms[key]) > 1:
                key = f"{key}@{_plain(record.room or '')}"
        key = key[:LONGEST_KEY]
        taken[key] += 1
        if taken[key] > 1:
            key = f"{key}#{taken[key]}"
        is_shared = not record.key and numbers[record.number or ""] > 1
        problems = (_shared_number(row.line, record.number, fields),) if is_shared else ()
        keyed.append(
            replace(row, record=replace(record, key=key), problems=(*row.problems, *problems))
        )
    return tuple(keyed)


def _shared_number(line: int, number: str | None, fields: Mapping[str, Field]) -> Problem:
    return Problem(
        line=line,
        column=next((name for name, field in fields.items() if field is Field.NUMBER), ""),
        value=number or "",
        message=_("Several rows have this number; this one is told apart by its name."),
    )


def _plain(text: str) -> str:
    return slugify(text) or slugify(text, allow_unicode=True) or "machine"
