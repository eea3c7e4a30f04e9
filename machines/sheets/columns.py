"""Which column of a file says what."""

import re
from collections.abc import Mapping, Sequence

from machines.vocabulary import HEADERS, INSTRUCTION_AND_FORM, MANY, NO, YES, Field, folded

_EXACT = {word: field for field, words in HEADERS.items() for word in words}
_SHORTEST_PART = 4
_OTHER_FACT = re.compile(
    r" (date|datum|time|zeit|person|contact|kontakt|responsible|by|email|purchase|bought|kauf\w*"
    r"|anschaffung\w*|achat|acquisition|acquisto|compra|aankoop\w*|replacement|deposit|kaution) "
)


def header_score(cells: Sequence[str]) -> int:
    """How many of the cells are headers that we know; a name counts twice."""
    fields = {_exact(cell) for cell in cells if cell and folded(cell) not in YES | NO}
    return len(fields - {None}) + (Field.NAME in fields)


def columns_of(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, Field]:
    """What each header means; headers left out are not read.

    Known words come before headers that only contain one, and columns on the left before
    those on the right. Where no header tells the name, the column that looks most like names is
    taken.
    """
    columns: dict[str, Field] = {}
    for find in (_exact, _contained):
        for header in headers:
            field = find(header)
            if header in columns or field is None:
                continue
            if field in MANY or field not in columns.values():
                columns[header] = field
    if set(INSTRUCTION_AND_FORM) <= {header.casefold() for header in headers}:
        columns |= {
            header: INSTRUCTION_AND_FORM[header.casefold()]
            for header in headers
            if header.casefold() in INSTRUCTION_AND_FORM
        }
    _find_a_name(columns, headers, rows)
    return {header: columns[header] for header in headers if header in columns}


def _without_remarks(header: str) -> str:
    return re.sub(r"[\[(].*?[\])]", " ", header)


def _exact(header: str) -> Field | None:
    field = _EXACT.get(folded(header)) or _EXACT.get(folded(_without_remarks(header)))
    return field or _EXACT.get(folded(_split_camel(header)))


def _split_camel(header: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)


def _contained(header: str) -> Field | None:
    text = f" {folded(_split_camel(header))} "
    found = [
        (len(word), field)
        for word, field in _EXACT.items()
        if len(word) >= _SHORTEST_PART and f" {word} " in text
    ]
    # A date, a person or what it was bought for beside a known word makes it another fact.
    if _OTHER_FACT.search(text):
        return None
    return max(found)[1] if found else None


def _find_a_name(
    columns: dict[str, Field], headers: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    if Field.NAME in columns.values() or not headers:
        return
    free = {header for header in headers if columns.get(header) not in set(Field) - _MAY_NAME}

    def namely(header: str) -> tuple[bool, int, int]:
        at = list(headers).index(header)
        cells = [row[at] for row in rows if row[at]]
        worded = {cell for cell in cells if re.search(r"[^\W\d_]{2}", cell)}
        return header in free, len(worded), -at

    best = max(headers, key=namely)
    if _has_model(columns) and best not in free - set(columns):
        return
    columns[best] = Field.NAME


_MAY_NAME = frozenset(
    {Field.ORDINAL, Field.ROOM, Field.DESCRIPTION, Field.DETAIL, Field.MODEL, Field.NUMBER}
)


def _has_model(columns: Mapping[str, Field]) -> bool:
    return {Field.MAKE, Field.MODEL} <= set(columns.values())
