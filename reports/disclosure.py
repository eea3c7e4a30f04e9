"""Which cells of a public table may be shown, so that nobody learns what few people did.

Pure. The rules are those of statistical disclosure control (Hundepool et al., Statistical
Disclosure Control, 2012, chapter 4): a threshold and the p% rule say which sums are sensitive,
complementary suppression hides more, so that no sensitive sum follows from what is shown. The
proof is in docs/decisions/0035-open-data.md; tests/reports/test_disclosure.py plays the attacker.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import lcm

FEWEST_PEOPLE = 5
"""A sum made by fewer is never shown, nor left over between sums that are."""

P_PERCENT = 10
"""Whoever knows what the second largest party did may not learn the largest's closer than this."""

EVEN = lcm(*range(1, FEWEST_PEOPLE))
"""Amounts times this can be shared among any number of few people without a rest."""

Rows = frozenset[Hashable]
Cell = tuple[Hashable, Hashable]


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """An amount that one person made, for a party: a company, or the person alone.

    `row` and `column` say in which cell; without a `person` nobody knows who it was.
    """

    row: Hashable
    column: Hashable
    person: Hashable | None
    party: Hashable | None
    amount: int


@dataclass(frozen=True, slots=True)
class Part:
    """A row of a table, or the sum of the rows and parts below it; keys occur once.

    A `secret` row is counted in the sums above it and never shown.
    """

    key: Hashable
    below: tuple["Part", ...] = ()
    secret: bool = False

    @property
    def rows(self) -> Rows:
        """The rows that it sums."""
        if not self.below:
            return frozenset({self.key})
        return frozenset().union(*(each.rows for each in self.below))


@dataclass(frozen=True, slots=True)
class Block:
    """What some cells hold together: who made it, for whom, and how much."""

    people: Mapping[Hashable, int] = field(default_factory=dict)
    parties: Mapping[Hashable, int] = field(default_factory=dict)
    unknown: int = 0

    @classmethod
    def of(cls, uses: Iterable[Use]) -> "Block":
        """The sum of `uses`."""
        people: dict[Hashable, int] = defaultdict(int)
        parties: dict[Hashable, int] = defaultdict(int)
        unknown = 0
        for use in uses:
            if use.amount <= 0:
                continue
            if use.person is None or use.party is None:
                unknown += use.amount
                continue
            people[use.person] += use.amount
            parties[use.party] += use.amount
        return cls(people, parties, unknown)

    @property
    def amount(self) -> int:
        """All of it."""
        return sum(self.people.values()) + self.unknown

    @property
    def is_safe(self) -> bool:
        """Whether its sum tells nothing of fewer than five people, nor of one party."""
        return len(self.people) >= FEWEST_PEOPLE and all(
            self._keeps_apart(amounts) for amounts in (self.people, self.parties)
        )

    def _keeps_apart(self, amounts: Mapping[Hashable, int]) -> bool:
        """The p% rule: the others do more than p% of the largest, seen by the second largest.

        What nobody knows the maker of may all be the largest's.
        """
        largest, _, *others = [*sorted(amounts.values(), reverse=True), 0, 0]
        return 100 * sum(others) >= P_PERCENT * (largest + self.unknown)


@dataclass(frozen=True, slots=True)
class Shown:
    """The keys of a table that may be shown: parts of its rows, and columns of its total."""

    parts: frozenset[Hashable]
    columns: frozenset[Hashable]


def shown_of(whole: Part, columns: Sequence[Hashable], uses: Iterable[Use]) -> Shown:
    """What may be shown of a table with the sums of its rows in a tree, and of its columns.

    The cells inside, one row of one column, are never shown.
    """
    cells: dict[Cell, list[Use]] = defaultdict(list)
    for use in uses:
        cells[use.row, use.column].append(use)
    table = _Table(cells, frozenset(columns))
    parts, blocks = _settled_whole(whole, table)
    if whole.key not in parts:
        return Shown(parts, frozenset())
    shown, groups = _settled_columns(table)
    if any(table.lets_through(blocks, chosen) for chosen in _some_of(groups)):
        shown = []
    return Shown(parts, frozenset(shown))


@dataclass(frozen=True, slots=True)
class _Table:
    cells: Mapping[Cell, Sequence[Use]]
    columns: frozenset[Hashable]

    def block(self, rows: Rows | None = None, columns: Iterable[Hashable] | None = None) -> Block:
        """The sum of some rows in some columns; of all where none are named."""
        wanted = self.columns if columns is None else frozenset(columns)
        return Block.of(
            use
            for (row, column), uses in self.cells.items()
            if column in wanted and (rows is None or row in rows)
            for use in uses
        )

    def lets_through(self, blocks: Sequence[Rows], chosen: frozenset[Hashable]) -> bool:
        """Whether rows and columns together tell that few people of `chosen` columns did something.

        Any cells of few people may hold nothing, as far as anybody knows, if the other columns
        have room for all that their rows hold; even for the largest user, who knows her own part.
        """
        others = self.block(columns=self.columns - chosen)
        room = others.amount - max([*others.people.values(), *others.parties.values(), 0])
        return self._most_held(blocks, chosen) > EVEN * room

    def _most_held(self, blocks: Sequence[Rows], chosen: frozenset[Hashable]) -> int:
        """At most so much, times EVEN, rows hold that few people of `chosen` columns used together.

        A row counts in equal parts for each who used it, so that no choice of few people holds
        more than the largest of them; one that nobody used may be in every choice.
        """
        unused, of_person = 0, defaultdict[Hashable, int](int)
        for rows in blocks:
            people = self.block(rows, chosen).people
            held = EVEN * self.block(rows).amount
            unused += held if not people else 0
            for person in people if len(people) < FEWEST_PEOPLE else ():
                of_person[person] += held // len(people)
        largest = sorted(of_person.values(), reverse=True)[: FEWEST_PEOPLE - 1]
        return unused + sum(largest)


def _settled_whole(whole: Part, table: _Table) -> tuple[Rows, list[Rows]]:
    """The parts to show, and the sets of rows whose sums they tell."""
    told, left = _settled(whole, table)
    smallest_first = sorted(
        _tops(whole, set(told)), key=lambda part: (table.block(part.rows).amount, str(part.key))
    )
    while left and not table.block(left).is_safe and smallest_first:
        part = smallest_first.pop(0)
        for each in _all_of(part):
            told.pop(each.key, None)
        left |= part.rows
    if left and table.block(left).is_safe:
        told[whole.key] = left
        _tell_apart(whole, told, table)
    return frozenset(told), [rows for rows in told.values() if rows]


def _tell_apart(whole: Part, told: dict[Hashable, Rows], table: _Table) -> None:
    """Show the parts just below the whole whose own hidden rows are safe, and the rest without."""
    for part in whole.below:
        own = told[whole.key] & part.rows
        rest = told[whole.key] - own
        if part.key in told or not table.block(own).is_safe:
            continue
        if not rest or table.block(rest).is_safe:
            told[part.key], told[whole.key] = own, rest


def _settled(part: Part, table: _Table) -> tuple[dict[Hashable, Rows], Rows]:
    """What to show of `part` and below: each with the rows that only it tells; and what is left.

    A part whose hidden rows are not safe together is not shown, and leaves them to the one above.
    """
    if not part.below:
        if part.secret or not table.block(part.rows).is_safe:
            return {}, part.rows
        return {part.key: part.rows}, frozenset()
    told: dict[Hashable, Rows] = {}
    left: Rows = frozenset()
    for each in part.below:
        below, unsettled = _settled(each, table)
        told |= below
        left |= unsettled
    if left and not table.block(left).is_safe:
        return told, left
    return {**told, part.key: left}, frozenset()


def _tops(whole: Part, told: set[Hashable]) -> Iterator[Part]:
    """The shown parts that no other shown part holds, below the whole."""
    for part in whole.below:
        if part.key in told:
            yield part
        else:
            yield from _tops(part, told)


def _all_of(part: Part) -> Iterator[Part]:
    yield part
    for each in part.below:
        yield from _all_of(each)


def _settled_columns(table: _Table) -> tuple[list[Hashable], list[frozenset[Hashable]]]:
    """The columns to show, and the groups of columns whose sums they tell: each of them safe."""
    blocks = {column: table.block(columns=[column]) for column in table.columns}
    order = sorted(blocks, key=lambda column: (blocks[column].amount, str(column)))
    hidden = {column for column in order if not blocks[column].is_safe}
    shown = [column for column in order if column not in hidden]
    while hidden and shown and not table.block(columns=hidden).is_safe:
        hidden.add(shown.pop(0))
    groups = [frozenset([column]) for column in shown]
    return shown, [*groups, frozenset(hidden)] if hidden else groups


def _some_of(groups: Sequence[frozenset[Hashable]]) -> Iterator[frozenset[Hashable]]:
    """Every choice of some of the groups, but not of all."""
    for size in range(1, len(groups)):
        for chosen in combinations(groups, size):
            yield frozenset().union(*chosen)
