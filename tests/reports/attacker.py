"""Somebody who wants to learn from a public table what few people did, and has algebra for it.

Knows the shape of the table, every sum that is shown, and that nobody uses less than nothing.
Exact: Gaussian elimination and the simplex method, both in fractions.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from fractions import Fraction

Cell = tuple[Hashable, Hashable]
Vector = list[Fraction]


class Attacker:
    """Reads `sums`, each over some of the `cells`."""

    def __init__(self, cells: Sequence[Cell], sums: Mapping[frozenset[Cell], int]) -> None:
        self._cells = list(cells)
        self._rows = [self._indicator(each) for each in sums]
        self._amounts = [Fraction(amount) for amount in sums.values()]
        self._basis = _eliminated(self._rows)

    def computes(self, wanted: Iterable[Cell]) -> bool:
        """Whether the sum of the wanted cells follows from what is shown."""
        rest = self._indicator(wanted)
        for row in self._basis:
            pivot = next(n for n, value in enumerate(row) if value)
            rest = [have - rest[pivot] * value for have, value in zip(rest, row, strict=True)]
        return not any(rest)

    def most(self, wanted: Iterable[Cell]) -> Fraction:
        """The largest sum of the wanted cells that what is shown allows."""
        return _largest(self._rows, self._amounts, self._indicator(wanted))

    def least(self, wanted: Iterable[Cell]) -> Fraction:
        """The smallest."""
        return -_largest(self._rows, self._amounts, [-each for each in self._indicator(wanted)])

    def _indicator(self, wanted: Iterable[Cell]) -> Vector:
        chosen = set(wanted)
        return [Fraction(cell in chosen) for cell in self._cells]


def _eliminated(rows: Sequence[Vector]) -> list[Vector]:
    """Rows that span the same, each with a pivot that no other has."""
    basis: list[Vector] = []
    for row in rows:
        rest = list(row)
        for known in basis:
            pivot = next(n for n, value in enumerate(known) if value)
            rest = [have - rest[pivot] * value for have, value in zip(rest, known, strict=True)]
        if any(rest):
            first = next(n for n, value in enumerate(rest) if value)
            rest = [value / rest[first] for value in rest]
            basis = [
                [have - known[first] * value for have, value in zip(known, rest, strict=True)]
                for known in basis
            ]
            basis.append(rest)
    return basis


def _largest(rows: Sequence[Vector], amounts: Sequence[Fraction], gain: Vector) -> Fraction:
    """The most of `gain` where rows·x = amounts and x >= 0; Bland's rule, so that it ends."""
    size, extra = len(gain), len(rows)
    table = [
        [*row, *(Fraction(n == own) for n in range(extra)), amount]
        for own, (row, amount) in enumerate(zip(rows, amounts, strict=True))
    ]
    base = list(range(size, size + extra))
    # First every extra variable out, then the gain itself.
    aim = [Fraction(0)] * size + [Fraction(-1)] * extra
    _climb(table, base, aim, size + extra)
    _climb(table, base, [*gain, *([Fraction(0)] * extra)], size)
    return sum((row[-1] * gain[own] for row, own in zip(table, base, strict=True) if own < size),
               Fraction(0))  # fmt: skip


def _climb(table: list[Vector], base: list[int], aim: Vector, usable: int) -> None:
    while True:
        better = (
            n
            for n in range(usable)
            if n not in base
            and aim[n] > sum(aim[own] * row[n] for own, row in zip(base, table, strict=True))
        )
        enters = next(better, None)
        if enters is None:
            return
        steps = [
            (row[-1] / row[enters], base[n], n) for n, row in enumerate(table) if row[enters] > 0
        ]
        # What stays at zero leaves at once, so that it never grows again.
        steps += [(Fraction(0), base[n], n) for n, row in enumerate(table)
                  if row[enters] < 0 and base[n] >= usable]  # fmt: skip
        _, _, leaves = min(steps)
        pivot = table[leaves][enters]
        table[leaves] = [value / pivot for value in table[leaves]]
        for n, row in enumerate(table):
            if n != leaves and row[enters]:
                times = row[enters]
                table[n] = [
                    have - times * value for have, value in zip(row, table[leaves], strict=True)
                ]
        base[leaves] = enters
