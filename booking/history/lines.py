"""The lines of a log: a cell may go on in the next line, but a mark left open swallows no row.

Whoever writes “"3 mm” for an inch opens a cell that ends at the next such mark, rows below.
"""

import csv
import io
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from booking.history.moments import Unclear, told_of
from machines.sheets.table import Line

IsRow = Callable[[Sequence[str]], bool]
"""Whether the cells of a line, taken by themselves, are those of a row."""

LONGEST_CELL = 50
"""Over how many lines a cell may go on."""

QUOTE = '"'


def lines_of(
    text: str, separator: str, *, first: int, width: int, is_row: IsRow | None
) -> Iterator[Line]:
    """The rows of `text` from the line `first` on, with all of their cells.

    A cell does not go on over a line that is a row; without `is_row` every mark is one that closes.
    """
    lines = _Physical(text)
    for _skipped in range(first - 1):
        lines.take()
    while (start := lines.take()) is not None:
        number = lines.number
        if QUOTE not in start:
            yield Line(number, _stripped(start.split(separator)))
            continue
        feed = _Feed(lines, start, separator, is_row)
        cells = next(csv.reader(feed, delimiter=separator, skipinitialspace=True), [])
        if feed.was_cut:
            lines.put_back(feed.given)
            cells = _alone(start, separator, width)
        yield Line(number, _stripped(cells))


def with_a_moment_at(place: int, *, month_first: bool) -> IsRow:
    """Rows are told by a date or a time where those of rows stand."""

    def is_row(cells: Sequence[str]) -> bool:
        try:
            told_of(cells[place] if place < len(cells) else "", month_first=month_first)
        except Unclear:
            return False
        return True

    return is_row


def _alone(line: str, separator: str, width: int) -> list[str]:
    """A line of which a mark stays open: with it, or as if it were a letter like any other."""
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        cells = next(
            csv.reader([line], delimiter=separator, quoting=quoting, skipinitialspace=True), []
        )
        if len(cells) >= width:
            break
    return cells


def _stripped(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell.strip(" \t\n\u00a0\ufeff") for cell in cells)


class _Physical:
    """Lines of a text one by one, some of which may be put back."""

    def __init__(self, text: str) -> None:
        self._rest = io.StringIO(text, newline="\n")
        self._waiting: deque[str] = deque()
        self.number = 0

    def take(self) -> str | None:
        """The next one without its end; None after the last."""
        line = self._waiting.popleft() if self._waiting else self._rest.readline()
        if not line:
            return None
        self.number += 1
        return line.removesuffix("\n")

    def put_back(self, lines: Sequence[str]) -> None:
        """Have them come again."""
        self._waiting.extendleft(f"{line}\n" for line in reversed(lines))
        self.number -= len(lines)


class _Feed:
    """The lines of one row, as far as a reader asks for them; `given` are those after the first."""

    def __init__(self, lines: _Physical, start: str, separator: str, is_row: IsRow | None) -> None:
        self._lines, self._start, self._separator = lines, start, separator
        self._is_row = is_row
        self.given: list[str] = []
        self.was_cut = False

    def __iter__(self) -> Iterator[str]:
        yield f"{self._start}\n"
        while (line := self._lines.take()) is not None:
            self.given.append(line)
            if self._is_row and (
                len(self.given) >= LONGEST_CELL
                or self._is_row(_stripped(line.split(self._separator)))
            ):
                break
            yield f"{line}\n"
        self.was_cut = True
