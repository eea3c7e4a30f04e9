"""What may be shown of a public table: nobody can work out what few people did, however clever."""

from collections.abc import Hashable, Iterable
from itertools import chain, combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from reports.blocks import FEWEST_PEOPLE, Use
from reports.disclosure import Part, Shown, shown_of
from tests.reports.attacker import Attacker, Cell

AUDIENCES = ("maker", "company", "staff")
MACHINES = tuple("abcdef")


def use(row: str, person: int, amount: int, column: str = "maker", party: object = None) -> Use:
    return Use(row=row, column=column, person=person, party=party or person, amount=amount)


def space(*categories: str, secret: str = "") -> Part:
    """Categories by the letters of their machines."""
    return Part(
        "space",
        tuple(
            Part(f"category {n}", tuple(Part(each, secret=each in secret) for each in letters))
            for n, letters in enumerate(categories)
        ),
    )


def many(row: str, people: Iterable[int], amount: int = 10, column: str = "maker") -> list[Use]:
    return [use(row, person, amount, column) for person in people]


def shown(whole: Part, *uses: list[Use]) -> frozenset[Hashable]:
    return shown_of(whole, AUDIENCES, chain(*uses)).parts


def test_five_people_are_enough_and_four_are_not() -> None:
    assert "a" in shown(space("a"), many("a", range(5)))
    assert not shown(space("a"), many("a", range(4)))


def test_what_is_left_of_a_total_is_not_few_peoples() -> None:
    five, six, two = many("a", range(5)), many("b", range(6), 20), many("c", [20, 21])
    # The smallest is hidden with it, lest the total less the others tells it.
    assert shown(space("abc"), five, six, two) == {"b", "category 0", "space"}


def test_few_people_of_two_categories_are_hidden_in_the_total() -> None:
    rest = many("b", [20, 21, 22]), many("d", [30, 31, 32])
    told = shown(space("ab", "cd"), many("a", range(5)), many("c", range(5)), *rest)
    assert told == {"a", "c", "space"}


def test_nobody_is_few() -> None:
    assert shown(space("ab"), many("a", range(9))) == {"category 0", "space"}


def test_a_secret_machine_counts_in_the_total_only() -> None:
    uses = many("a", range(9)), many("b", range(7)), many("c", range(8))
    told = shown(space("abc", secret="b"), *uses)
    assert told == {"a", "c", "category 0", "space"}


def test_one_who_did_nearly_all_is_not_given_away() -> None:
    assert not shown(space("a"), [use("a", 0, 1000), *many("a", range(1, 9), 5)])


def test_a_company_is_one_however_many_work_there() -> None:
    assert not shown(space("a"), [use("a", each, 9, "company", "ACME") for each in range(9)])


def test_a_company_that_takes_away_its_own_hours_learns_nothing_of_few_others() -> None:
    firm = [use("a", each, 10, "company", "ACME") for each in range(3)]
    # Its report here says that these are 30 hours: two makers have the rest.
    assert not shown(space("a"), firm, many("a", [10, 11], 20))
    assert not shown(space("a"), firm, many("a", [10, 11, 12], 20))
    assert shown(space("a"), firm, many("a", [10, 11, 12, 13], 20))


def test_who_acts_for_a_company_knows_its_hours_beside_her_own() -> None:
    uses = [use("a", 0, 20, "company", "ACME"), *many("a", [10, 11, 12, 13], 20)]
    assert shown(space("a"), uses)
    assert not shown_of(space("a"), AUDIENCES, uses, {13: ["ACME"]}).parts


def test_audiences_are_hidden_where_a_company_would_learn_of_few_people_at_a_machine() -> None:
    firms = [use("a", each, 100, "company", "ACME") for each in range(3)]
    others = many("a", [3, 4], 200, "company") + many("b", range(5, 9), 4, "company")
    makers = many("a", range(20, 25), 10) + many("b", range(30, 36), 30)
    told = shown_of(space("ab"), AUDIENCES[:2], firms + others + makers)
    assert told.parts == {"a", "b", "category 0", "space"}
    # Without its own, ACME reads 450 at machine a, and 230 of all makers: two others had the rest.
    assert not told.columns


def test_what_nobody_knows_the_maker_of_may_be_anybodys() -> None:
    unknown = Use(row="a", column="maker", person=None, party=None, amount=1000)
    assert not shown(space("a"), many("a", range(9)), [unknown])
    assert shown(space("a"), many("a", range(9), 100), [unknown])


def test_audiences_are_shown_where_each_machine_has_room_for_others() -> None:
    companies = many("a", range(5), 20, "company") + many("b", range(5), 2, "company")
    makers = many("a", range(5, 11), 5) + many("b", range(8, 14))
    told = shown_of(space("ab"), AUDIENCES[:2], companies + makers)
    assert told.parts == {"a", "b", "category 0", "space"}
    assert told.columns == {"maker", "company"}


def test_audiences_are_hidden_where_they_tell_of_few_people_at_a_machine() -> None:
    companies = many("a", range(5), 20, "company")
    makers = many("a", [5, 6, 7], 5) + many("b", range(8, 14))
    told = shown_of(space("ab"), AUDIENCES[:2], companies + makers)
    assert told.parts == {"a", "b", "category 0", "space"}
    # Machine a less all that companies did would leave what three makers did there.
    assert not told.columns


@st.composite
def tables(draw: st.DrawFn) -> tuple[Part, list[Use]]:
    """A small space, its machines in categories, and who used them."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=2))
    letters, start = [], 0
    for size in sizes:
        letters.append("".join(MACHINES[start : start + size]))
        start += size
    names = MACHINES[:start]
    uses = []
    for row in names:
        for column in AUDIENCES:
            people, amount = draw(
                st.sampled_from(((0, 0), (1, 60), (3, 9), (4, 1), (6, 4), (9, 9)))
            )
            first = draw(st.sampled_from((0, 2, 10)))
            uses += [
                use(row, each, amount, column, f"firm {each % 4}" if column == "company" else each)
                for each in range(first, first + people)
            ]
    return space(*letters, secret=draw(st.sampled_from(("", "a")))), uses


def cells_of(whole: Part) -> list[Cell]:
    return [(row, column) for row in sorted(whole.rows, key=str) for column in AUDIENCES]


def sums_of(whole: Part, told: Shown, uses: list[Use]) -> dict[frozenset[Cell], int]:
    """What is shown, as sums over cells."""
    sums: dict[frozenset[Cell], int] = {}
    stack = [whole]
    while stack:
        part = stack.pop()
        stack += part.below
        if part.key in told.parts:
            sums[frozenset((row, each) for row in part.rows for each in AUDIENCES)] = sum(
                each.amount for each in uses if each.row in part.rows
            )
    for column in told.columns:
        sums[frozenset((row, column) for row in whole.rows)] = sum(
            each.amount for each in uses if each.column == column
        )
    return sums


def rectangles(whole: Part) -> Iterable[set[Cell]]:
    """Some machines by some audiences, in every choice."""
    for rows in _choices(sorted(whole.rows, key=str)):
        for columns in _choices(AUDIENCES):
            yield {(row, column) for row in rows for column in columns}


def _choices(items: Iterable[Hashable]) -> Iterable[tuple[Hashable, ...]]:
    every = list(items)
    return chain.from_iterable(combinations(every, n) for n in range(1, len(every) + 1))


def people_of(cells: Iterable[Cell], uses: list[Use]) -> set[Hashable | None]:
    wanted = set(cells)
    return {each.person for each in uses if (each.row, each.column) in wanted}


@settings(max_examples=80)
@given(tables())
def test_no_sum_of_few_people_can_be_computed(table: tuple[Part, list[Use]]) -> None:
    whole, uses = table
    told = shown_of(whole, AUDIENCES, uses)
    attacker = Attacker(cells_of(whole), sums_of(whole, told, uses))
    for cells in rectangles(whole):
        if len(people_of(cells, uses)) < FEWEST_PEOPLE:
            assert not attacker.computes(cells)


@settings(max_examples=60)
@given(tables(), st.data())
def test_few_people_may_have_done_nothing_or_a_tenth_more(
    table: tuple[Part, list[Use]], data: st.DataObject
) -> None:
    whole, uses = table
    told = shown_of(whole, AUDIENCES, uses)
    attacker = Attacker(cells_of(whole), sums_of(whole, told, uses))
    few = [each for each in rectangles(whole) if len(people_of(each, uses)) < FEWEST_PEOPLE]
    if not (told.parts and few):
        return
    for cells in data.draw(st.lists(st.sampled_from(few), min_size=1, max_size=8)):
        assert attacker.least(cells) == 0
    person = data.draw(st.sampled_from([each.person for each in uses] or [None]))
    theirs = [each for each in uses if each.person == person]
    touched = {(each.row, each.column) for each in theirs}
    # Where a total is hidden, nothing bounds it.
    if whole.key in told.parts:
        assert 10 * attacker.most(touched) >= 11 * sum(each.amount for each in theirs)


@settings(max_examples=80)
@given(tables(), st.data())
def test_who_takes_away_what_she_knows_learns_no_more(
    table: tuple[Part, list[Use]], data: st.DataObject
) -> None:
    """She knows her own use, or what was done for a company, or all for whom she acts."""
    whole, uses = table
    told = shown_of(whole, AUDIENCES, uses)
    known = data.draw(st.sampled_from(insiders(uses)))
    others = [each for each in uses if each.party not in known]
    attacker = Attacker(cells_of(whole), sums_of(whole, told, others))
    few = [each for each in rectangles(whole) if len(people_of(each, others)) < FEWEST_PEOPLE - 1]
    if not (told.parts and few):
        return
    for cells in few:
        assert not attacker.computes(cells)
    for cells in data.draw(st.lists(st.sampled_from(few), min_size=1, max_size=8)):
        assert attacker.least(cells) == 0
    person = data.draw(st.sampled_from([each.person for each in others] or [None]))
    theirs = [each for each in others if each.person == person]
    touched = {(each.row, each.column) for each in theirs}
    if whole.key in told.parts:
        assert 10 * attacker.most(touched) >= 11 * sum(each.amount for each in theirs)


def insiders(uses: list[Use]) -> list[frozenset[Hashable]]:
    """What somebody may know: each party alone, and all parties of each person."""
    alone = {frozenset([each.party]) for each in uses}
    together = {
        frozenset(other.party for other in uses if other.person == each.person) for each in uses
    }
    return sorted(alone | together, key=str) or [frozenset()]


@settings(max_examples=60)
@given(
    st.integers(1, 60),
    st.integers(1, 3),
    st.integers(1, 20),
    st.integers(20, 100),
    st.integers(1, 12),
)
def test_the_largest_user_learns_nothing_of_few_people_elsewhere(
    here: int, few: int, theirs: int, largest: int, rest: int
) -> None:
    # Few makers use machine a, whose other hours companies fill; she uses b more than anybody.
    whole, insider = space("ab"), 99
    others = [
        *many("a", range(5), here, "company"),
        *many("a", range(10, 10 + few), theirs),
        *many("b", range(20, 30), rest, "company"),
        *many("b", range(40, 50), 10),
    ]
    hers = use("b", insider, largest, "company")
    told = shown_of(whole, AUDIENCES, [*others, hers])
    attacker = Attacker(cells_of(whole), sums_of(whole, told, others))
    for cells in rectangles(whole):
        if told.parts and len(people_of(cells, others)) < FEWEST_PEOPLE - 1:
            assert not attacker.computes(cells)
            assert attacker.least(cells) == 0
