"""Tables as CSV, each line handed on as soon as it is made."""

import csv
import re
from collections.abc import Iterable, Iterator

BYTE_ORDER_MARK = "\ufeff"
"""By which spreadsheets know how accents are written."""

FORMULA = r"^[ ']*[=+@\t\r\n-]"
"""A formula, or what was kept from being one, to a spreadsheet; Python and SQL read it alike."""

_FORMULA = re.compile(FORMULA)


def guarded(cell: str) -> str:
    """`cell` as it may stand in a table that a spreadsheet opens."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """What `guarded` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def guarded_sql(column: str) -> str:
    """The same as `guarded` in SQL, where `{formula}` stands for FORMULA."""
    return f"CASE WHEN {column} ~ {{formula}} THEN '''' || {column} ELSE {column} END"


class _Line:
    """Hands a written line on instead of keeping it."""

    def write(self, line: str) -> str:
        """The line itself."""
        return line


def csv_lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """A line for each of `rows`, the header among them."""
    return map(csv.writer(_Line()).writerow, rows)
