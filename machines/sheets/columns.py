"""Which column of a file says what."""

import re
from collections.abc import Mapping, Sequence

from machines.vocabulary import (
    FREE,
    HEADERS,
    INSTRUCTION_AND_FORM,
    MANY,
    NO,
    PRICED,
    YES,
    Field,
    folded,
)

Meanings = tuple[Field, ...]
_EXACT: dict[str, Meanings] = {
    word: tuple(field for field, words in HEADERS.items() if word in words)
    for words in HEADERS.values()
    for word in words
}
_SHORTEST_PART = 4
_OTHER_FACT = re.compile(
    r" (date|datum|data|time|zeit|person|contact|kontakt|responsible|by|email|owner|besitzer"
    r"|eigentumer|proprietaire|proprietario|eigenaar|supplier|lieferant|fournisseur|fornitore"
    r"|purchase|bought|kauf\w*|anschaffung\w*|achat|acquisition|acquisto|compra|aankoop\w*"
    r"|replacement|deposit|kaution|caution|cauzione|last|next|letzte|nachste|derniere|prochaine"
    r"|ultima|prossima|interval\w*|schedule|manual|link|url) "
)
_FOR_GUESTS = re.compile(
    r" (non|nicht|guests?|gaste?|extern\w*|visitors?|besucher|publi[ck]|standard|full|day) "
)


def header_score(cells: Sequence[str]) -> int:
    """How many of the cells are headers that we know; a name counts twice."""
    told = [_exact(cell) for cell in cells if cell and folded(cell) not in YES | NO]
    fields = {meanings[-1] for found in told for meanings in found}
    return len(fields) + (Field.NAME in fields)


def columns_of(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, Field]:
    """What each header means; headers left out are not read.

    Known words come before headers that only contain one, prices of members before those of
    guests, and columns on the left before those on the right. Where no header tells the name,
    the column that looks most like names is taken.
    """
    cells = {header: [row[at] for row in rows] for at, header in enumerate(headers)}
    columns: dict[str, Field] = {}
    for find in (_exact, _contained):
        for header in sorted(headers, key=_comes_late):
            if header not in columns and (field := _chosen(find(header), cells[header], columns)):
                columns[header] = field
    if set(INSTRUCTION_AND_FORM) <= {header.casefold() for header in headers}:
        columns |= {
            header: INSTRUCTION_AND_FORM[header.casefold()]
            for header in headers
            if header.casefold() in INSTRUCTION_AND_FORM
        }
    _find_a_name(columns, cells)
    return {header: columns[header] for header in headers if header in columns}


def _comes_late(header: str) -> tuple[bool, bool]:
    """Whether others may take a meaning first; a serial number finds a machine if nothing else."""
    is_serial = any(Field.SERIAL in meanings for meanings in _exact(header))
    return _is_for_guests(header), is_serial


def _without_remarks(header: str) -> str:
    return re.sub(r"[\[(].*?[\])]", " ", header)


def _is_for_guests(header: str) -> bool:
    return bool(_FOR_GUESTS.search(f" {folded(header)} "))


def _exact(header: str) -> list[Meanings]:
    ways = (header, _without_remarks(header), _split_camel(header))
    return [_EXACT[word] for word in map(folded, ways) if word in _EXACT][:1]


def _split_camel(header: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)


def _contained(header: str) -> list[Meanings]:
    """What the known words in a header mean, the longest word first."""
    text = f" {folded(_split_camel(header))} "
    # A date, a person or what it was bought for beside a known word makes it another fact.
    if _OTHER_FACT.search(text):
        return []
    found = [word for word in _EXACT if len(word) >= _SHORTEST_PART and f" {word} " in text]
    meanings = [_EXACT[word] for word in sorted(found, key=len, reverse=True)]
    # "Open to members?" asks for yes or no, and is no price for them.
    is_question = header.rstrip().endswith("?")
    return [each for each in meanings if not (is_question and set(each) <= set(PRICED))]


def _chosen(
    words: Sequence[Meanings], cells: Sequence[str], columns: Mapping[str, Field]
) -> Field | None:
    """A meaning of the first word of which no column has one yet; best one that the cells fit."""
    for meanings in words:
        free = [each for each in meanings if each in MANY or each not in columns.values()]
        if free:
            fitting = next((each for each in free if _fits(each, cells)), free[0])
            # A column of names without names leaves the naming to others.
            return fitting if fitting is not Field.NAME or _fits(fitting, cells) else None
    return None


def _fits(field: Field, cells: Sequence[str]) -> bool:
    """Whether the cells of a column read like `field`; an empty column speaks for nothing."""
    told = [cell for cell in cells if cell]
    if field is Field.NAME:
        return not cells or len(told) * 3 >= len(cells)
    if field is Field.CATEGORY:
        plain = (re.sub(r"[23] ?d", "", cell.casefold()) for cell in told)
        figures = sum(bool(re.search(r"\d", cell)) for cell in plain)
        return figures * 2 <= len(told)
    if field in {*PRICED, Field.QUANTITY}:
        return not told or any(re.search(r"\d", cell) or folded(cell) in FREE for cell in told)
    return True


def _find_a_name(columns: dict[str, Field], cells: Mapping[str, Sequence[str]]) -> None:
    if Field.NAME in columns.values() or not cells:
        return
    free = {header for header in cells if columns.get(header) not in set(Field) - _MAY_NAME}

    def namely(header: str) -> tuple[bool, int]:
        worded = {cell for cell in cells[header] if re.search(r"[^\W\d_]{2}", cell)}
        return header in free, len(worded)

    best = max(cells, key=namely)
    if _has_model(columns) and (best not in free - set(columns) or not namely(best)[1]):
        return
    columns[best] = Field.NAME


_MAY_NAME = frozenset(
    {Field.ORDINAL, Field.ROOM, Field.DESCRIPTION, Field.DETAIL, Field.MODEL, Field.NUMBER}
)


def _has_model(columns: Mapping[str, Field]) -> bool:
    return {Field.MAKE, Field.MODEL} <= set(columns.values())
