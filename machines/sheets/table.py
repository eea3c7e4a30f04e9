"""From text to a table: the separator, the header and the rows with their lines."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from machines.sheets.columns import header_score
from machines.sheets.decoding import SheetUnreadable
from machines.vocabulary import NO, YES, folded

Score = Callable[[Sequence[str]], int]
"""How many of the cells of a line are headers that somebody knows."""

MAX_ROWS = 20_000
MAX_COLUMNS = 200
HEADER_WITHIN = 15
SURE = 3
SEPARATORS = ";\t,|"

_UNIT = (
    r"chf|eur|euro|€|usd|\$|£|[cm]?m[²³2]?|kg|k?w|v|%|stk|l"
    r"|h|hour|std|stunde|heure|min|tag|day|jour"
)
UNITS = re.compile(rf"[\[(].*[\])]|(?:{_UNIT})(?:\s?/\s?(?:{_UNIT}))?|yes/no|ja/nein|oui/non")


@dataclass(frozen=True, slots=True)
class Line:
    """The cells of one row, and the line of the file on which it begins."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A header, which may be made up, and the lines below it that are not blank.

    `indent` is how many columns at the left are empty in every line, and dropped.
    """

    separator: str
    headers: tuple[str, ...]
    has_header: bool
    lines: tuple[Line, ...]
    skipped: tuple[Line, ...]
    indent: int = 0


def tabulated(
    text: str,
    known: Collection[str] = (),
    *,
    separator: str = "",
    score: Score = header_score,
) -> Table:
    """Find the table in `text`; the header holds all of `known`, where such a line is found.

    Without a `separator` the text tells it, or it is guessed. `score` knows the words of headers.

    Raises SheetUnreadable where it is too big or broken.
    """
    text, offset, told = _told_separator(text)
    separator = separator or told or _separator(text, score)
    lines = [
        Line(line.number + offset, line.cells)
        for line in _lines(text, separator)
        if any(line.cells) and not _is_rule(line.cells)
    ]
    if len(lines) > MAX_ROWS + HEADER_WITHIN:
        raise SheetUnreadable(
            _("The file has %(rows)d rows; at most %(most)d are read at once. Split it.")
            % {"rows": len(lines), "most": MAX_ROWS}
        )
    lines, indent = _without_empty_edges(lines)
    at, has_header = _header_at(lines, set(known), score)
    first = at + 1 if has_header else 0
    headers = _named(lines[at].cells if has_header else (), lines[first:])
    if len(headers) > MAX_COLUMNS:
        raise SheetUnreadable(
            _("The table has %(columns)d columns; at most %(most)d are read.")
            % {"columns": len(headers), "most": MAX_COLUMNS}
        )
    skipped = list(lines[:at]) if has_header else []
    if has_header and first < len(lines) and _is_second_header(lines[first]):
        skipped.append(lines[first])
        first += 1
    fitted = [Line(line.number, _fitted(line.cells, headers, separator)) for line in lines[first:]]
    return Table(
        separator=separator,
        headers=headers,
        has_header=has_header,
        lines=tuple(fitted),
        skipped=tuple(skipped),
        indent=indent,
    )


def _told_separator(text: str) -> tuple[str, int, str]:
    """Excel's first line `sep=;` tells the separator and is no row."""
    first, _newline, rest = text.partition("\n")
    told = re.fullmatch(r'"?sep=(.)"?[;,\t]*', first.strip(" "), flags=re.IGNORECASE)
    return (rest, 1, told[1]) if told else (text, 0, "")


def _separator(text: str, header_score_of: Score) -> str:
    """The separator by which most lines have the cells of the widest likely header."""
    best, best_score = ",", 0.0
    sample = "\n".join(text.split("\n")[:300])
    for separator in SEPARATORS:
        counts = [len(line.cells) for line in _lines(sample, separator) if any(line.cells)]
        usual, often = max(
            Counter(count for count in counts if count > 1).items(),
            key=lambda item: (item[1], item[0]),
            default=(1, 0),
        )
        # A stray separator in the last column makes a row longer, never shorter.
        longer = sum(count > usual for count in counts)
        score = (often + longer / 4) / len(counts) * (1 + usual / 100) if counts else 0.0
        header = max(
            (header_score_of(line.cells) for line in _lines(sample, separator)[:HEADER_WITHIN]),
            default=0,
        )
        score = score + header * 0.5 if usual > 1 else 0.0
        if score > best_score:
            best, best_score = separator, score
    return best


def _lines(text: str, separator: str) -> list[Line]:
    try:
        lines = _parsed(text, separator, csv.QUOTE_MINIMAL)
        swallowed = any("\n" in cell for line in lines for cell in line.cells)
        if swallowed and not _closes_its_quotes(text, separator):
            # A mark that was never closed (an inch, mostly) may have swallowed rows.
            lines = max(_parsed(text, separator, csv.QUOTE_NONE), lines, key=_evenness)
    except csv.Error as error:
        raise SheetUnreadable(_("The table is broken: %(error)s.") % {"error": error}) from error
    return lines


def _evenness(lines: list[Line]) -> float:
    """The share of lines that have as many cells as most."""
    counts = Counter(len(line.cells) for line in lines if any(line.cells))
    return max(counts.values(), default=0) / max(counts.total(), 1)


def _closes_its_quotes(text: str, separator: str) -> bool:
    try:
        for _cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            pass
    except csv.Error:
        return False
    return True


def _parsed(text: str, separator: str, quoting: Literal[0, 3]) -> list[Line]:
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, quoting=quoting, skipinitialspace=True
    )
    lines, start = [], 1
    for cells in reader:
        lines.append(Line(start, tuple(cell.strip(" \t\n\u00a0\ufeff") for cell in cells)))
        start = reader.line_num + 1
    return lines


def _is_rule(cells: tuple[str, ...]) -> bool:
    """The line of dashes below the header of a table in Markdown."""
    return any(cells) and all(re.fullmatch(r":?-{2,}:?|=+|", cell) for cell in cells)


def _without_empty_edges(lines: list[Line]) -> tuple[list[Line], int]:
    """Drop columns at both ends that are empty in every line; how many at the left."""
    left = min(
        (next(at for at, cell in enumerate(line.cells) if cell) for line in lines), default=0
    )
    cut = []
    for line in lines:
        cells = line.cells[left:]
        while cells and not cells[-1]:
            cells = cells[:-1]
        cut.append(Line(line.number, cells))
    return cut, left


def _header_at(lines: list[Line], known: set[str], score: Score) -> tuple[int, bool]:
    """Where the header stands, and whether there is one at all."""
    for at, line in enumerate(lines[:HEADER_WITHIN]):
        if known and known <= set(_named(line.cells, [line])):
            return at, True
    scores = [score(line.cells) for line in lines[:HEADER_WITHIN]]
    best = max(scores, default=0)
    if best and _stands_out(lines, scores.index(best), best):
        return scores.index(best), True
    return 0, bool(lines) and len(lines) > 1 and _looks_like_header(lines)


def _stands_out(lines: list[Line], at: int, score: int) -> bool:
    """Whether a line with a known word is a header, not a machine that contains it.

    What stands above a header is taken for a preamble, so that must not look like rows.
    """
    cells = lines[at].cells
    filled = sum(map(bool, cells))
    if score >= SURE:
        # One line of groups may stand above a header, but not several lines that are as full.
        return sum(sum(map(bool, line.cells)) >= filled for line in lines[:at]) <= 1
    if score == 1 and any(re.search(r"\d", cell) or folded(cell) in YES | NO for cell in cells):
        return False
    return all(sum(map(bool, line.cells)) < filled for line in lines[:at])


def _looks_like_header(lines: list[Line]) -> bool:
    """A first line without figures above lines with figures is a header in unknown words."""
    first, rest = lines[0].cells, lines[1:]
    if len(first) < 2 or any(not cell or re.search(r"\d", cell) for cell in first):  # noqa: PLR2004
        return False
    return all(any(re.search(r"\d", cell) for cell in line.cells[1:]) for line in rest)


def _is_second_header(line: Line) -> bool:
    """A line of nothing but units below the header belongs to it."""
    return all(not cell or UNITS.fullmatch(cell.casefold()) for cell in line.cells)


def _named(cells: tuple[str, ...], lines: list[Line]) -> tuple[str, ...]:
    """Headers that are all there and all different.

    Single rows that are longer than the header hold a stray separator; where half of them are,
    the header is too short.
    """
    widths = sorted(len(line.cells) for line in lines) or [1]
    width = max(len(cells), widths[len(widths) // 2]) if cells else widths[-1]
    names: list[str] = []
    for at in range(width):
        name = " ".join(cells[at].split()) if at < len(cells) else ""
        name = name or _("Column %(number)d") % {"number": at + 1}
        again = sum(other == name or other.startswith(f"{name} (") for other in names)
        names.append(f"{name} ({again + 1})" if again else name)
    return tuple(names)


def _fitted(cells: tuple[str, ...], headers: tuple[str, ...], separator: str) -> tuple[str, ...]:
    """As many cells as headers; what is too much belongs to the last column."""
    width = len(headers)
    if len(cells) > width:
        last = f"{separator} ".join(cells[width - 1 :]).strip()
        return (*cells[: width - 1], last)
    return cells + ("",) * (width - len(cells))
