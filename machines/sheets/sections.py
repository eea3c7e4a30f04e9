"""Lines that are titles or remarks, and cells that were merged over several lines."""

from collections.abc import Collection, Mapping

from machines.sheets.table import Line, Table
from machines.vocabulary import Field, is_note, is_title

FEWEST_COLUMNS = 2


def titles_of(table: Table, fields: Mapping[str, Field], kept: Collection[int]) -> dict[int, str]:
    """The lines, by number, that hold nothing but a title; lines in `kept` are machines.

    Doubt speaks for the machine: a title stands above a full line, in a table in which a line
    of one cell is the exception.
    """
    alone = {
        line.number: next(filter(None, line.cells))
        for line, below in zip(table.lines, table.lines[1:], strict=False)
        if _filled(line) == 1 < _filled(below) and line.number not in kept
    }
    if len(table.headers) < FEWEST_COLUMNS or not alone:
        return {}
    titles = {number: text for number, text in alone.items() if is_title(text)}
    titles |= _beside_the_names(table, fields, alone)
    shouted = {number: text for number, text in alone.items() if _is_shouted(text)}
    if len(titles | shouted) > 1 and not _shouts(table, alone):
        titles |= shouted
    others = sum(_filled(line) == 1 and line.number not in titles for line in table.lines)
    return titles if others <= len(titles) else {}


def notes_of(table: Table, kept: Collection[int]) -> dict[int, str]:
    """The lines below all full ones, by number, that are remarks on the table."""
    full = [at for at, line in enumerate(table.lines) if _filled(line) > 1]
    below = table.lines[max(full) + 1 :] if full else ()
    told = {line.number: next(filter(None, line.cells)) for line in below}
    return {number: text for number, text in told.items() if is_note(text) and number not in kept}


def _beside_the_names(
    table: Table, fields: Mapping[str, Field], alone: Mapping[int, str]
) -> dict[int, str]:
    """Lines of which only the category is told, while the names stand in another column."""
    if Field.NAME not in fields.values():
        return {}
    categories = [at for at, name in enumerate(table.headers) if fields.get(name) is Field.CATEGORY]
    return {
        line.number: alone[line.number]
        for line in table.lines
        for at in categories
        if line.number in alone and line.cells[at]
    }


def _filled(line: Line) -> int:
    return sum(map(bool, line.cells))


def _is_shouted(text: str) -> bool:
    return text.isupper() and not any(char.isdecimal() for char in text)


def _shouts(table: Table, alone: Mapping[int, str]) -> bool:
    """Whether the full lines are in capitals too."""
    return any(
        _is_shouted(max(line.cells, key=len)) for line in table.lines if line.number not in alone
    )


def filled_down(table: Table, fields: Mapping[str, Field]) -> list[Line]:
    """The lines, with a category or room that was merged over several written in each.

    Only the first column is merged so; there no value stands twice and some cells are empty.
    """
    lines = list(table.lines)
    told = [line.cells[0] for line in lines if line.cells[0]]
    is_merged = lines and lines[0].cells[0] and len(told) < len(lines)
    repeats = len(set(told)) < len(told)
    if fields.get(table.headers[0]) not in {Field.CATEGORY, Field.ROOM} or not is_merged or repeats:
        return lines
    filled, above = [], ""
    for line in lines:
        above = line.cells[0] or above
        filled.append(Line(line.number, (above, *line.cells[1:])))
    return filled
