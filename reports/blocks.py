"""Sums of a table, who made them, and whether one tells of few people. Pure.

The rules are those of statistical disclosure control (Hundepool et al., Statistical Disclosure
Control, 2012, chapter 4), read with the eyes of everybody who knows a part of the sum already.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field

FEWEST_PEOPLE = 5
"""A sum made by fewer is never shown, nor left over between sums that are."""

P_PERCENT = 10
"""Nobody may learn what another person or company did closer than this."""

Known = frozenset[Hashable]
"""The parties of which somebody is told what they did."""

Acting = Mapping[Hashable, Iterable[Hashable]]
"""For which companies, as parties, a person may act."""


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


def readers_of(uses: Iterable[Use], acting: Acting) -> list[Known]:
    """What those know who know more than their own part: of companies, what was done for them.

    Whoever acts for a company is told so here, whether or not she did any of it; who acts for
    several, or did something for herself too, knows all of that.
    """
    parties: dict[Hashable, set[Hashable]] = defaultdict(set)
    people: dict[Hashable, set[Hashable]] = defaultdict(set)
    for use in uses:
        if use.person is not None and use.party is not None:
            parties[use.person].add(use.party)
            people[use.party].add(use.person)
    for person, companies in acting.items():
        for company in people.keys() & companies:
            parties[person].add(company)
            people[company].add(person)
    together = {frozenset(known) for known in parties.values() if len(known) > 1}
    shared = {
        frozenset([party])
        for party, theirs in people.items()
        if len(theirs) > 1 or any(len(parties[person]) > 1 for person in theirs)
    }
    return sorted(together | shared, key=str)


@dataclass(frozen=True, slots=True)
class Block:
    """What some cells hold together: who made it, for whom, and how much."""

    made: Mapping[tuple[Hashable, Hashable], int] = field(default_factory=dict)
    unknown: int = 0

    @classmethod
    def of(cls, uses: Iterable[Use]) -> "Block":
        """The sum of `uses`."""
        made: dict[tuple[Hashable, Hashable], int] = defaultdict(int)
        unknown = 0
        for use in uses:
            if use.person is None or use.party is None:
                unknown += use.amount
            else:
                made[use.person, use.party] += use.amount
        return cls(made, unknown)

    @property
    def people(self) -> dict[Hashable, int]:
        """How much each person did."""
        return _summed((person, amount) for (person, _party), amount in self.made.items())

    @property
    def parties(self) -> dict[Hashable, int]:
        """How much was done for each party."""
        return _summed((party, amount) for (_person, party), amount in self.made.items())

    @property
    def amount(self) -> int:
        """All of it."""
        return sum(self.made.values()) + self.unknown

    @property
    def largest(self) -> int:
        """The most that a person or a party did."""
        return max([*self.people.values(), *self.parties.values(), 0])

    def without(self, known: Known) -> "Block":
        """What is left of it to somebody who takes away what she knows."""
        left = {key: amount for key, amount in self.made.items() if key[1] not in known}
        return Block(left, self.unknown)

    def is_safe(self, readers: Iterable[Known]) -> bool:
        """Whether it tells nothing of fewer than five people, and of no party closely.

        Who takes away what she did, or what was done for the companies for which she acts, has
        four people left before her.
        """
        parties = self.parties
        return self.is_vague(FEWEST_PEOPLE, known=1) and all(
            self.without(known).is_vague(FEWEST_PEOPLE - 1, known=0)
            for known in readers
            if not known.isdisjoint(parties)
        )

    def is_vague(self, people: int, *, known: int) -> bool:
        """Whether so many people made it, and the p% rule holds for people and for parties.

        By that rule the others do more than p% of the largest, without the next `known` ones, who
        know their own part. What nobody knows the maker of may all be the largest's.
        """
        made = self.people
        return len(made) >= people and all(
            100 * sum(sorted(amounts, reverse=True)[1 + known :])
            >= P_PERCENT * (max(amounts) + self.unknown)
            for amounts in (made.values(), self.parties.values())
        )


def _summed(parts: Iterable[tuple[Hashable, int]]) -> dict[Hashable, int]:
    sums: dict[Hashable, int] = defaultdict(int)
    for key, amount in parts:
        sums[key] += amount
    return sums
