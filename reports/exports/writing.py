"""Any file of a report: whether it takes long, and its bytes."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from io import BytesIO
from itertools import chain
from typing import Any, BinaryIO

from members.models import Member
from reports.answers import answers_of
from reports.exports.data import report_json
from reports.exports.sheets import report_tables, sessions_tables
from reports.exports.table import utilisation_csv
from reports.exports.workbook import write_workbook
from reports.filters import Filters
from reports.page.drawing import drawn_from
from reports.printing.report import printed_report
from reports.queries.offered import workplace_of
from reports.queries.scopes import Chosen
from reports.queries.sessions import count_of_sessions, session_rows, sessions_csv
from reports.queries.shown import parts_asked_for, shown_to
from reports.queries.usage import report_of
from reports.report import Report
from reports.states import Content, Format
from spaces.tables import BYTE_ORDER_MARK

Told = Callable[[int, int], None]
"""Is told how many rows are done, of how many."""

TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.PDF: "application/pdf",
    Format.JSON: "application/json",
}
OFFERED = {
    Content.REPORT: (Format.CSV, Format.XLSX, Format.PDF, Format.JSON),
    Content.SESSIONS: (Format.CSV, Format.XLSX),
}
MOST_AT_ONCE = 10_000
"""Rows of a workbook that is made while its reader waits: about a second."""
MOST_PARTS_AT_ONCE = 150
"""Machines of a report that is printed while its reader waits."""
TOLD_EVERY = 1_000


def is_long(filters: Filters, content: Content, form: Format, *, now: datetime) -> bool:
    """Whether it is made in the background. CSV never is: its lines come as they are made."""
    if content == Content.SESSIONS:
        return form != Format.CSV and count_of_sessions(filters, now=now) > MOST_AT_ONCE
    if form not in {Format.PDF, Format.XLSX} or filters.scope.machine is not None:
        return False
    return len(Chosen(filters.scope).pks) > MOST_PARTS_AT_ONCE


def written(report: Report, form: Format, *, now: datetime) -> Iterator[bytes]:
    """A report that is at hand as a file."""
    if form == Format.CSV:
        return (line.encode() for line in chain([BYTE_ORDER_MARK], utilisation_csv(report)))
    if form == Format.JSON:
        return iter([report_json(report)])
    if form == Format.PDF:
        answers = answers_of(drawn_from(report, now=now))
        pdf = printed_report(report, answers=answers, made_at=now, logo=logo_of(report))
        return iter([pdf])
    book = BytesIO()
    write_workbook(book, report_tables(report, made_at=now), title=report.filters.scope.full_name)
    return iter([book.getvalue()])


def logo_of(report: Report) -> bytes:
    """The logo of the space in which its scope lies, if it has one."""
    space = report.filters.scope.space
    if space is None or not space.logo:
        return b""
    with space.logo.open() as logo:
        return bytes(logo.read())


def write(
    out: BinaryIO,
    *,
    filters: Filters,
    content: Content,
    form: Format,
    person: Member,
    told: Told,
    now: datetime,
) -> list[str]:
    """Write the file that `person` asked for, in the active language, telling how far it is.

    The keys of the parts in it that need a right of their own.
    """
    if content == Content.REPORT:
        report = shown_to(workplace_of(person), report_of(filters))
        out.writelines(written(report, form, now=now))
        return parts_asked_for(report)
    if form == Format.CSV:
        out.writelines(sessions_csv(filters, now=now))
        return []
    total = count_of_sessions(filters, now=now)
    with session_rows(filters, now=now) as rows:
        tables = sessions_tables(filters, _counted(rows, total, told))
        write_workbook(out, tables, title=filters.scope.full_name)
    return []


def _counted(rows: Iterator[Sequence[Any]], total: int, told: Told) -> Iterator[Sequence[Any]]:
    for number, row in enumerate(rows):
        if number % TOLD_EVERY == 0:
            told(number, total)
        yield row
    told(total, total)
