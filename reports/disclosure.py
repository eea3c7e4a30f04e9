"""Which cells of a public table may be shown, so that nobody learns what few people did.

Pure. `reports/blocks.py` says which sums are sensitive; complementary suppression hides more, so
that no sensitive sum follows from what is shown. The proof is in docs/decisions/0035-open-data.md;
tests/reports/test_disclosure.py plays the attacker.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import lcm

from reports.blocks import FEWEST_PEOPLE, Acting, Block, Known, Use, readers_of

EVEN = lcm(*range(1, FEWEST_PEOPLE))
"""Amounts times this can be shared among any number of few people without a rest."""

Keys = frozenset[Hashable]
Cell = tuple[Hashable, Hashable]


@dataclass(frozen=True, slots=True)
class Part:
    """A row of a table, or the sum of the rows and parts below it; keys occur once.

    A `secret` row is counted in the sums above it and never shown.
    """

    key: Hashable
    below: tuple["Part", ...] = ()
    secret: bool = False

    @property
    def rows(self) -> Keys:
        """The rows that it sums."""
        if not self.below:
            return frozenset({self.key})
        return frozenset().union(*(each.rows for each in self.below))

    @property
    def every(self) -> Iterator["Part"]:
        """It and all parts below it."""
        yield self
        for each in self.below:
            yield from each.every


@dataclass(frozen=True, slots=True)
class Shown:
    """The keys of a table that may be shown: parts of its rows, and columns of its total."""

    parts: Keys = frozenset()
    columns: Keys = frozenset()


def shown_of(
    whole: Part, columns: Sequence[Hashable], uses: Iterable[Use], acting: Acting | None = None
) -> Shown:
    """What may be shown of a table with the sums of its rows in a tree, and of its columns.

    The cells inside, one row of one column, are never shown. `acting` tells of companies for
    which a person acts, whether or not she did so here.
    """
    table = Table.of(columns, uses, acting)
    return without_columns_that_tell(
        whole, Shown(settled_parts(whole, table), settled_columns(table)), table
    )


def without_columns_that_tell(whole: Part, shown: Shown, table: "Table") -> Shown:
    """No columns where there is no total, or where they tell of few people in some rows."""
    blocks = blocks_of(whole, shown.parts)
    if whole.key not in shown.parts or table.lets_through(blocks, shown.columns):
        return Shown(shown.parts)
    return shown


@dataclass(frozen=True, slots=True)
class Table:
    """Who made each cell, and what its readers know besides their own part."""

    cells: Mapping[Cell, Sequence[Use]]
    columns: Keys
    readers: Sequence[Known]

    @classmethod
    def of(
        cls, columns: Iterable[Hashable], uses: Iterable[Use], acting: Acting | None = None
    ) -> "Table":
        """The table of `uses`."""
        every = list(uses)
        cells: dict[Cell, list[Use]] = defaultdict(list)
        for use in every:
            cells[use.row, use.column].append(use)
        return cls(cells, frozenset(columns), readers_of(every, acting or {}))

    def block(self, rows: Keys | None = None, columns: Iterable[Hashable] | None = None) -> Block:
        """The sum of some rows in some columns; of all where none are named."""
        wanted = self.columns if columns is None else frozenset(columns)
        return Block.of(
            use
            for (row, column), uses in self.cells.items()
            if column in wanted and (rows is None or row in rows)
            for use in uses
        )

    def is_safe(self, rows: Keys | None = None, columns: Iterable[Hashable] | None = None) -> bool:
        """Whether that sum may be shown."""
        return self.block(rows, columns).is_safe(self.readers)

    def lets_through(self, blocks: Sequence[Keys], shown: Keys) -> bool:
        """Whether rows and `shown` columns together tell what few people of some columns did.

        Any cells of few people may hold nothing, as far as anybody knows, if the other columns
        have room for all that their rows hold; even for the largest user, who knows her own part,
        and for a company.
        """
        hidden = self.columns - shown
        groups = [*(frozenset([each]) for each in shown), *([hidden] if hidden else [])]
        return any(self._lets_through(blocks, chosen) for chosen in _some_of(groups))

    def _lets_through(self, blocks: Sequence[Keys], chosen: Keys) -> bool:
        others = self.block(columns=self.columns - chosen)
        held = [(self.block(rows, chosen), EVEN * self.block(rows).amount) for rows in blocks]
        if _most_held(held, FEWEST_PEOPLE - 1) > EVEN * (others.amount - others.largest):
            return True
        few = FEWEST_PEOPLE - 2
        return any(
            _most_held(
                [
                    (block.without(known), amount)
                    for block, amount in held
                    if block.least_left(known) <= few
                ],
                few,
            )
            > EVEN * others.without(known).amount
            for known in self.readers
        )


def _most_held(held: Iterable[tuple[Block, int]], few: int) -> int:
    """At most so much, times EVEN, rows hold of which `few` people used the chosen columns.

    A row counts in equal parts for each who used it, so that no choice of few people holds
    more than the largest of them; one that nobody used may be in every choice.
    """
    unused, of_person = 0, defaultdict[Hashable, int](int)
    for block, amount in held:
        people = block.people
        unused += 0 if people else amount
        for person in people if len(people) <= few else ():
            of_person[person] += amount // len(people)
    return unused + sum(sorted(of_person.values(), reverse=True)[:few])


def settled_parts(whole: Part, table: Table) -> Keys:
    """The parts of a table to show, so that what each tells beyond those below it is safe."""
    told, left = _settled(whole, table)
    smallest_first = sorted(
        _tops(whole, set(told)), key=lambda part: (table.block(part.rows).amount, str(part.key))
    )
    while left and not table.is_safe(left) and smallest_first:
        part = smallest_first.pop(0)
        for each in part.every:
            told.pop(each.key, None)
        left |= part.rows
    if left and table.is_safe(left):
        told[whole.key] = left
        _tell_apart(whole, told, table)
    return frozenset(told)


def blocks_of(whole: Part, shown: Keys) -> list[Keys]:
    """The sets of rows whose sums the `shown` parts tell: each without the shown ones below it."""
    blocks = []
    for part in whole.every:
        if part.key in shown:
            below = [each.rows for each in part.every if each != part and each.key in shown]
            blocks.append(part.rows.difference(*below))
    return [rows for rows in blocks if rows]


def _tell_apart(whole: Part, told: dict[Hashable, Keys], table: Table) -> None:
    """Show the parts just below the whole whose own hidden rows are safe, and the rest without."""
    for part in whole.below:
        own = told[whole.key] & part.rows
        rest = told[whole.key] - own
        if part.key in told or not table.is_safe(own):
            continue
        if not rest or table.is_safe(rest):
            told[part.key], told[whole.key] = own, rest


def _settled(part: Part, table: Table) -> tuple[dict[Hashable, Keys], Keys]:
    """What to show of `part` and below: each with the rows that only it tells; and what is left.

    A part whose hidden rows are not safe together is not shown, and leaves them to the one above.
    """
    if not part.below:
        if part.secret or not table.is_safe(part.rows):
            return {}, part.rows
        return {part.key: part.rows}, frozenset()
    told: dict[Hashable, Keys] = {}
    left: Keys = frozenset()
    for each in part.below:
        below, unsettled = _settled(each, table)
        told |= below
        left |= unsettled
    if left and not table.is_safe(left):
        return told, left
    return {**told, part.key: left}, frozenset()


def _tops(whole: Part, told: set[Hashable]) -> Iterator[Part]:
    """The shown parts that no other shown part holds, below the whole."""
    for part in whole.below:
        if part.key in told:
            yield part
        else:
            yield from _tops(part, told)


def settled_columns(table: Table) -> Keys:
    """The columns to show: those that are hidden are safe together."""
    blocks = {column: table.block(columns=[column]) for column in table.columns}
    order = sorted(blocks, key=lambda column: (blocks[column].amount, str(column)))
    hidden = {column for column in order if not blocks[column].is_safe(table.readers)}
    shown = [column for column in order if column not in hidden]
    while hidden and shown and not table.is_safe(columns=hidden):
        hidden.add(shown.pop(0))
    return frozenset(shown)


def _some_of(groups: Sequence[Keys]) -> Iterator[Keys]:
    """Every choice of some of the groups, but not of all."""
    for size in range(1, len(groups)):
        for chosen in combinations(groups, size):
            yield frozenset().union(*chosen)
