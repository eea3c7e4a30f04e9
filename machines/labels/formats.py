"""The sheets and rolls of labels that can be bought: where each label lies, in millimetres.

Sizes and margins are those that the makers print on the box; the numbers are the article's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

A4 = (210.0, 297.0)
NAMES = {
    "70x36": "A4, 24 × 70 × 36 mm (Avery 3490, Herma 4464)",
    "63x38": "A4, 21 × 63.5 × 38.1 mm (Avery L7160)",
    "99x38": "A4, 14 × 99.1 × 38.1 mm (Avery L7163)",
    "38x21": "A4, 65 × 38.1 × 21.2 mm (Avery L7651)",
    "105x148": "A4, 4 × 105 × 148 mm (A6)",
    "89x36": "89 × 36 mm (Dymo 99012)",
    "57x32": "57 × 32 mm (Dymo 11354)",
    "62x29": "62 × 29 mm (Brother DK-11209)",
}
"""Names of articles are the same in every language."""


class Place(NamedTuple):
    """Where a label lies: its sheet, and its lower left corner from that of the sheet."""

    sheet: int
    left: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A sheet with rows of equal labels; a roll is a sheet with one."""

    width: float
    height: float
    columns: int = 1
    rows: int = 1
    left: float = 0.0
    top: float = 0.0
    between: float = 0.0
    sheet: tuple[float, float] = A4

    @property
    def per_sheet(self) -> int:
        """How many labels a sheet has."""
        return self.columns * self.rows

    def places(self, count: int, *, used: int = 0) -> Iterator[Place]:
        """The places of `count` labels, row by row, after those that are `used` on the first."""
        for number in range(used, used + count):
            sheet, on_sheet = divmod(number, self.per_sheet)
            row, column = divmod(on_sheet, self.columns)
            yield Place(
                sheet,
                self.left + column * (self.width + self.between),
                self.sheet[1] - self.top - (row + 1) * self.height,
            )


def _roll(width: float, height: float) -> Format:
    return Format(width=width, height=height, sheet=(width, height))


FORMATS = {
    "70x36": Format(width=70, height=36, columns=3, rows=8, top=4.5),
    "63x38": Format(width=63.5, height=38.1, columns=3, rows=7, left=7.2, top=15.15, between=2.5),
    "99x38": Format(width=99.1, height=38.1, columns=2, rows=7, left=4.65, top=15.15, between=2.5),
    "38x21": Format(width=38.1, height=21.2, columns=5, rows=13, left=4.75, top=10.7, between=2.5),
    "105x148": Format(width=105, height=148, columns=2, rows=2, top=0.5),
    "89x36": _roll(89, 36),
    "57x32": _roll(57, 32),
    "62x29": _roll(62, 29),
}
