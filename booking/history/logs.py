"""Reading a log line by line, so that a hundred thousand of them need no more memory than few."""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from booking.history.columns import Field, chosen_columns, columns_of, header_score, kind_of
from booking.history.entries import Entry, EntryKind, Row, Who
from booking.history.instances import FIRST
from booking.history.lines import IsRow, lines_of, with_a_moment_at
from booking.history.moments import (
    Told,
    Unclear,
    date_from,
    is_other_weekday,
    length_of,
    span_from,
    told_of,
)
from machines.sheets.decoding import SheetUnreadable, decoded
from machines.sheets.rows import Problem
from machines.sheets.table import Line, Table, tabulated
from machines.sheets.workbook import ENCODING, SEPARATOR, is_workbook, unpacked
from machines.vocabulary import folded

MAX_BYTES = 30_000_000
MAX_ROWS = 250_000
LOOKED_AT = 400
"""How many lines tell the form of the others."""

LONGEST_NAME, LONGEST_NOTE = 130, 200
_AMERICAN = re.compile(r"\s*(\d{1,2})[./-](\d{1,2})[./-]\d{2,4}")
_MOST_MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a log is to be read; without columns they are guessed.

    `kind` is what took place where no column tells; `machines` says which machine a name is,
    `unknown` what becomes of all other names that no machine has; `instance` is which fab-manager
    an export is of.
    """

    columns: Mapping[str, str] | None = None
    kind: EntryKind = EntryKind.USE
    month_first: bool | None = None
    machines: Mapping[str, str] = field(default_factory=dict)
    unknown: str = ""
    instance: str = FIRST


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A log that was opened: its form, and its rows as often as they are asked for.

    `others` are the tables of a workbook that were not read.
    """

    text: str
    encoding: str
    table: Table
    columns: Mapping[str, Field]
    reading: Reading
    month_first: bool
    zone: ZoneInfo
    others: tuple[str, ...] = ()

    @property
    def headers(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self.table.headers

    def samples(self) -> list[str]:
        """The first cell of each column that says something."""
        lines = self.table.lines
        return [
            next((line.cells[at] for line in lines if line.cells[at]), "")
            for at in range(len(self.headers))
        ]

    def rows(self) -> Iterator[Row]:
        """Every line below the header, in order."""
        reader = _LineReader(self)
        return (reader.row(line) for line in self._lines())

    def _lines(self) -> Iterator[Line]:
        if not self.table.lines:
            return
        width, indent = len(self.headers), self.table.indent
        found = lines_of(
            self.text,
            self.table.separator,
            first=self.table.lines[0].number,
            width=width + indent,
            is_row=self._is_row(),
        )
        count = 0
        try:
            for line in found:
                cells = line.cells[indent:]
                if not any(cells):
                    continue
                count += 1
                if count > MAX_ROWS:
                    raise SheetUnreadable(
                        _("More than %(most)d rows. Split the file.") % {"most": MAX_ROWS}
                    )
                yield Line(line.number, (cells + ("",) * width)[:width])
        except csv.Error as error:
            raise SheetUnreadable(
                _("The table is broken: %(error)s.") % {"error": error}
            ) from error

    def _is_row(self) -> IsRow | None:
        """What tells a row from more of the cell above it; no mark of a workbook stays open."""
        if self.encoding == ENCODING:
            return None
        places = [
            at
            for field in (Field.START, Field.DATE, Field.END)
            for at, name in enumerate(self.headers, start=self.table.indent)
            if self.columns.get(name) == field
        ]
        return with_a_moment_at(places[0] if places else 0, month_first=self.month_first)


def open_log(content: bytes, *, zone: ZoneInfo, reading: Reading | None = None) -> Log:
    """Find the table of a log and what its columns mean. Raises SheetUnreadable."""
    reading = reading or Reading()
    others: tuple[str, ...] = ()
    if is_workbook(content):
        book = unpacked(content, most_bytes=MAX_BYTES, most_rows=MAX_ROWS, tells_midnight=True)
        text, others, encoding, separator = book.text, book.others, ENCODING, SEPARATOR
    else:
        text, encoding = decoded(content, most=MAX_BYTES)
        separator = ""
    sample = "\n".join(text.split("\n", LOOKED_AT)[:LOOKED_AT])
    table = tabulated(sample, reading.columns or (), separator=separator, score=header_score)
    if reading.columns is None:
        columns = columns_of(table.headers)
    else:
        columns = chosen_columns(table.headers, reading.columns)
    month_first = reading.month_first
    return Log(
        text=text,
        encoding=encoding,
        table=table,
        columns=columns,
        reading=reading,
        month_first=_is_month_first(table, columns) if month_first is None else month_first,
        zone=zone,
        others=others,
    )


def _is_month_first(table: Table, columns: Mapping[str, Field]) -> bool:
    """Whether the second of two numbers is sometimes too large for a month, the first never."""
    dated = {Field.START, Field.END, Field.DATE, Field.END_DATE}
    places = [at for at, name in enumerate(table.headers) if columns.get(name) in dated]
    found = [
        (int(match[1]), int(match[2]))
        for line in table.lines
        for at in places
        if (match := _AMERICAN.match(line.cells[at]))
    ]
    return any(second > _MOST_MONTHS for _first, second in found) and all(
        first <= _MOST_MONTHS for first, _second in found
    )


class _Rejected(Exception):
    """A row that cannot be read, and the column that is why."""

    def __init__(self, field: Field, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message


class _LineReader:
    """Reads the lines of one log."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._places = {
            field: (at, name)
            for at, name in enumerate(log.headers)
            if (field := log.columns.get(name))
        }
        self._line = Line(0, ())

    def row(self, line: Line) -> Row:
        """What one line says."""
        self._line = line
        remarks: list[Problem] = []
        machine = " ".join(self._cell(Field.MACHINE).split())[:LONGEST_NAME]
        try:
            entry = self._entry(machine, remarks)
        except _Rejected as why:
            problem = self._problem(why.field, why.message, is_error=True)
            return Row(line=line.number, machine=machine, problem=problem)
        left_out = ""
        if entry.kind == EntryKind.NOTHING:
            left_out = _("It did not take place.")
        return Row(
            line=line.number,
            machine=machine,
            entry=entry,
            left_out=left_out,
            remarks=tuple(remarks),
        )

    def _entry(self, machine: str, remarks: list[Problem]) -> Entry:
        if not machine:
            raise _Rejected(Field.MACHINE, _("The machine is missing."))
        kind = self._kind()
        start = self._start()
        length = self._length()
        try:
            found = span_from(start, self._end(), length, self._log.zone)
        except Unclear as unclear:
            field = Field.END if Field.END in self._places else Field.DURATION
            raise _Rejected(field, str(unclear)) from unclear
        if found.doubt:
            field = Field.DURATION if length is not None else Field.START
            remarks.append(self._problem(field, found.doubt))
        weekday = self._cell(Field.WEEKDAY)
        if weekday and start.day and is_other_weekday(weekday, start.day):
            remarks.append(self._problem(Field.WEEKDAY, _("That day is another weekday.")))
        who = None if kind in {EntryKind.MAINTENANCE, EntryKind.STOPPAGE} else self._who()
        return Entry(
            kind=kind,
            machine=machine,
            span=found.span,
            who=who,
            note=" ".join(self._cell(Field.NOTE).split())[:LONGEST_NOTE],
        )

    def _kind(self) -> EntryKind:
        told = self._cell(Field.KIND)
        if told:
            kind = kind_of(told)
            if kind is None:
                raise _Rejected(Field.KIND, _("Nobody knows this word for what took place."))
            return kind
        # Who keeps the machines clean stands among the people where no column tells kinds.
        if kind_of(self._cell(Field.PERSON)) == EntryKind.MAINTENANCE:
            return EntryKind.MAINTENANCE
        return self._log.reading.kind

    def _start(self) -> Told:
        day = self._day()
        told = self._told(Field.START)
        if told is None:
            raise _Rejected(Field.START, _("The start is missing."))
        return _on(told, day)

    def _end(self) -> Told | None:
        told = self._told(Field.END)
        return None if told is None else _on(told, self._told(Field.END_DATE))

    def _day(self) -> Told | None:
        if (told := self._told(Field.DATE)) is not None:
            return told
        parts = [self._cell(field) for field in (Field.YEAR, Field.MONTH, Field.DAY)]
        if not any(parts):
            return None
        try:
            return Told(day=date_from(*parts))
        except Unclear as unclear:
            raise _Rejected(Field.DAY, str(unclear)) from unclear

    def _told(self, field: Field) -> Told | None:
        cell = self._cell(field)
        if not cell:
            return None
        try:
            return told_of(cell, month_first=self._log.month_first)
        except Unclear as unclear:
            raise _Rejected(field, str(unclear)) from unclear

    def _length(self) -> timedelta | None:
        if Field.DURATION not in self._places:
            return None
        _at, header = self._places[Field.DURATION]
        return length_of(self._cell(Field.DURATION), self._cell(Field.UNIT), header)

    def _who(self) -> Who | None:
        person, email = self._cell(Field.PERSON), self._cell(Field.EMAIL)
        if not email and re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", person):
            email = person
        key = email.casefold() or folded(person) or person
        return Who(key=key, email=email.casefold()) if key else None

    def _cell(self, field: Field) -> str:
        place = self._places.get(field)
        return self._line.cells[place[0]] if place else ""

    def _problem(self, field: Field, message: str, *, is_error: bool = False) -> Problem:
        _at, header = self._places.get(field, (0, ""))
        return Problem(
            line=self._line.number,
            column=header,
            value=self._cell(field),
            message=message,
            is_error=is_error,
        )


def _on(told: Told, day: Told | None) -> Told:
    """A time with the day that another column tells; a cell's own day wins."""
    if told.day is not None or day is None:
        return told
    return Told(day=day.day, clock=told.clock, is_next_day=told.is_next_day)
