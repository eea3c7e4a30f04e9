"""Sums of a table, who made them, and whether one tells of few people. Pure.

The rules are those of statistical disclosure control (Hundepool et al., Statistical Disclosure
Control, 2012, chapter 4), read with the eyes of everybody who knows a part of the sum already.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

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
    """What some cells hold together: who made it, for whom, and how much.

    `people` and `parties` are what each did, and `hands` how many people did it for a party.
    """

    made: Mapping[tuple[Hashable, Hashable], int]
    unknown: int
    people: Mapping[Hashable, int]
    parties: Mapping[Hashable, int]
    hands: Mapping[Hashable, int]

    @classmethod
    def of(cls, uses: Iterable[Use]) -> "Block":
        """The sum of `uses`."""
        made: Counter[tuple[Hashable, Hashable]] = Counter()
        unknown = 0
        for use in uses:
            if use.person is None or use.party is None:
                unknown += use.amount
            else:
                made[use.person, use.party] += use.amount
        return cls.holding(made, unknown)

    @classmethod
    def holding(cls, made: Mapping[tuple[Hashable, Hashable], int], unknown: int) -> "Block":
        """What is `made` by each person for each party, and by nobody known."""
        people, parties, hands = Counter[Hashable](), Counter[Hashable](), Counter[Hashable]()
        for (person, party), amount in made.items():
            people[person] += amount
            parties[party] += amount
            hands[party] += 1
        return cls(made, unknown, people, parties, hands)

    @property
    def amount(self) -> int:
        """All of it."""
        return sum(self.people.values()) + self.unknown

    @property
    def largest(self) -> int:
        """The most that a person or a party did."""
        return max([*self.people.values(), *self.parties.values(), 0])

    def without(self, known: Known) -> "Block":
        """What is left of it to somebody who takes away what she knows."""
        left = {key: amount for key, amount in self.made.items() if key[1] not in known}
        return Block.holding(left, self.unknown)

    def least_left(self, known: Known) -> int:
        """At least so many people are left then, without looking at each."""
        return len(self.people) - sum(self.hands.get(party, 0) for party in known)

    def is_safe(self, readers: Iterable[Known]) -> bool:
        """Whether it tells nothing of fewer than five people, and of no party closely.

        Who takes away what she did, or what was done for the companies for which she acts, has
        four people left before her.
        """
        return self.is_vague(FEWEST_PEOPLE, known=1) and all(
            self._is_vague_to(known) for known in readers if not known.isdisjoint(self.parties)
        )

    def _is_vague_to(self, known: Known) -> bool:
        # Mostly so many people are left, and so much, that nobody need be looked at.
        largest = self.largest
        rest = sum(self.people.values()) - sum(self.parties.get(each, 0) for each in known)
        if self.least_left(known) >= FEWEST_PEOPLE - 1 and (
            100 * (rest - largest) >= P_PERCENT * (largest + self.unknown)
        ):
            return True
        return self.without(known).is_vague(FEWEST_PEOPLE - 1, known=0)

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
