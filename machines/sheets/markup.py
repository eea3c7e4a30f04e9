"""The text of a table without the marks of a website, a wiki or a spreadsheet's errors."""

import re
from html import unescape

_ENTITY = re.compile(r"&(?:[a-z]{2,8}|#\d{2,5}|#x[0-9a-f]{2,4});", re.IGNORECASE)
_SEPARATING = frozenset('",;|\t\n\r')
_EMPHASIS = re.compile(r"(?<![\w*~])(\*\*|__|~~|\*|_|`)(?=[^\s*_])([^*_`|\n]+?)(?<=\S)\1(?![\w*~])")
# Each mark on one line, so that no line moves.
_MARKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"<(?:br|/p|/li|/div|/tr)\s*/?>", re.IGNORECASE), " "),
    (re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>\n]*)?/?>", re.IGNORECASE), ""),
    (re.compile(r"!\[[^\]\n]*\]\([^)\n]*\)"), ""),
    (re.compile(r"\[\[(?:[^\]|\n]*\|)?([^\]|\n]+)\]\]"), r"\1"),
    (re.compile(r"\[([^\]\n]+)\]\([^)\n]*\)"), r"\1"),
    (re.compile(r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!)"), ""),
    (re.compile(r"(?<![\w:]):[a-z]+(?:_[a-z]+)*:(?![\w:])"), ""),
)


def without_markup(text: str) -> str:
    """`text` without HTML, Markdown and failed formulas; its cells and lines stay apart."""
    for mark, instead in _MARKS:
        text = mark.sub(instead, text)
    return _ENTITY.sub(_sign, _EMPHASIS.sub(r"\2", text))


def _sign(entity: re.Match[str]) -> str:
    sign = unescape(entity[0])
    if sign == '"':
        return "”"
    return entity[0] if sign in _SEPARATING else sign
