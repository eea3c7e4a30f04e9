"""The small language in which staff write the texts of a space: words, and fields in braces.

`{machine}` stands for the name of the machine. Nothing else means anything, so a text can do
nothing but be read. A line with a field that is empty in a message is left out of it.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from django.utils.translation import gettext as _

FIELD = re.compile(r"\{(?P<name>[^{}\n]*)\}")
PIECE = re.compile(rf"{FIELD.pattern}|(?P<brace>[{{}}])")
GAPS = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a text, and where; lines and columns count from 1."""

    line: int
    column: int
    message: str

    def __str__(self) -> str:
        place = {"line": self.line, "column": self.column, "message": self.message}
        return _("Line %(line)s, character %(column)s: %(message)s") % place


class TextFaulty(ValueError):
    """A text that cannot be filled; `faults` say why."""

    def __init__(self, faults: Collection[Fault]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


def faults_of(text: str, *, known: Collection[str], blocks: Collection[str] = ()) -> list[Fault]:
    """Unknown fields, braces without a partner, and `blocks` that share their line."""
    return [
        Fault(number, found.start() + 1, told)
        for number, line in enumerate(text.split("\n"), start=1)
        for found in PIECE.finditer(line)
        if (told := _fault(found, line, known, blocks))
    ]


def fields_in(text: str) -> set[str]:
    """The fields that `text` names."""
    return {found["name"].strip() for found in FIELD.finditer(text)}


def kept_lines(text: str, values: Mapping[str, str]) -> list[str]:
    """The lines of `text`, still unfilled, of which no field is empty."""
    return [
        line
        for line in text.split("\n")
        if all(values.get(name, "").strip() for name in fields_in(line))
    ]


def filled(line: str, value_of: Callable[[str], str], *, words: Callable[[str], str] = str) -> str:
    """One line with a value in place of every field; `words` is asked what lies between them."""
    return "".join(
        value_of(part) if is_field else words(part) for part, is_field in _pieces(line) if part
    )


def fill(text: str, values: Mapping[str, str]) -> str:
    """The plain text of a message; raises TextFaulty where a field has no place in it."""
    faults = faults_of(text, known=values.keys())
    if faults:
        raise TextFaulty(faults)
    lines = [filled(line, values.__getitem__) for line in kept_lines(text, values)]
    return without_gaps("\n".join(lines))


def without_gaps(text: str) -> str:
    """A text in which no more than one line is empty in a row: where nothing was said, no gap."""
    return GAPS.sub("\n\n", text).strip()


def _pieces(line: str) -> Iterator[tuple[str, bool]]:
    """The words and the names of fields of a line in turn, and whether each is a field."""
    end = 0
    for found in FIELD.finditer(line):
        yield line[end : found.start()], False
        yield found["name"].strip(), True
        end = found.end()
    yield line[end:], False


def _fault(found: re.Match[str], line: str, known: Collection[str], blocks: Collection[str]) -> str:
    """What is wrong with a field or a brace; nothing where all is well."""
    if found["brace"] == "{":
        return _("this brace is not closed.")
    if found["brace"] == "}":
        return _("this brace closes nothing.")
    name = found["name"].strip()
    if name not in known:
        near = get_close_matches(name, known, n=1)
        if near:
            told = _("there is no field {%(name)s} here. Did you mean {%(near)s}?")
            return told % {"name": name, "near": near[0]}
        return _("there is no field {%(name)s} here.") % {"name": name}
    if name in blocks and line.strip() != found[0]:
        return _("{%(name)s} stands for several lines: give it a line of its own.") % {"name": name}
    return ""
