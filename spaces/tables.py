"""Tables as CSV, each line handed on as soon as it is made."""

import csv
from collections.abc import Iterable, Iterator

BYTE_ORDER_MARK = "\ufeff"
"""By which spreadsheets know how accents are written."""


class _Line:
    """Hands a written line on instead of keeping it."""

    def write(self, line: str) -> str:
        """The line itself."""
        return line


def csv_lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """A line for each of `rows`, the header among them."""
    return map(csv.writer(_Line()).writerow, rows)
