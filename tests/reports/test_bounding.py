"""Used and booked hours side by side: what is used mostly was booked, and tells nothing of it."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from reports.blocks import FEWEST_PEOPLE, Use
from reports.bounding import agreeing, shown_within
from reports.disclosure import Part, Shown
from tests.reports.attacker import Attacker, Cell
from tests.reports.test_disclosure import (
    AUDIENCES,
    many,
    people_of,
    rectangles,
    space,
    sums_of,
    tables,
    use,
)


def test_what_is_booked_elsewhere_does_not_tell_what_one_person_used() -> None:
    # One person used the laser, six had booked it; six used the mill, which is hidden with her.
    booked = many("laser", range(6), 5) + many("mill", range(10, 16), 10)
    used = [use("laser", 0, 5), *many("mill", range(10, 16), 9)]
    whole = Part("space", (Part("laser"), Part("mill")))
    told = shown_within(whole, AUDIENCES, used, booked)
    # Else the laser was used for at least what all was, less what the mill was booked for.
    assert [each.parts for each in told] == [{"space"}, {"space"}]


def test_audiences_are_hidden_where_what_was_left_unused_tells_of_few_people() -> None:
    companies = many("a", range(6), 50, "company") + many("b", range(6), 50, "company")
    others = many("b", range(20, 28), 30)
    booked = [*companies, *others, *many("a", [10, 11, 12], 20)]
    used = [*companies, *others, *many("a", [10, 11, 12], 5)]
    told = shown_within(space("ab"), AUDIENCES[:2], used, booked)
    assert [each.parts for each in told] == 2 * [{"a", "b", "category 0", "space"}]
    # Companies used all that they had booked, so what was left of a is three makers'.
    assert not any(each.columns for each in told)


def test_a_machine_that_nobody_books_is_shown_by_its_use() -> None:
    booked, walked_in = many("a", range(6)), many("b", range(10, 16))
    used, told = shown_within(space("ab"), AUDIENCES, [*booked, *walked_in], booked)
    # That nobody booked one machine is hidden, and with it how much the other was booked.
    assert used.parts == {"b", "category 0", "space"}
    assert told.parts == {"category 0", "space"}


def test_a_measure_that_is_shown_nowhere_hides_nothing_of_the_other() -> None:
    booked = many("a", range(6))
    used, told = shown_within(space("a"), AUDIENCES, booked[:2], booked)
    assert not used.parts
    assert told.parts == {"a", "category 0", "space"}


def test_sums_of_others_than_those_who_were_judged_are_not_shown() -> None:
    uses, told = many("a", range(6)), Shown(frozenset("a"), frozenset(["maker"]))
    rows, columns = {"a": 60, "b": 0}, {"maker": 60, "staff": 0}
    assert agreeing(told, uses, rows=rows, columns=columns) == told
    assert not agreeing(told, uses, rows=rows, columns={"maker": 50, "staff": 10}).columns
    assert not agreeing(told, uses, rows={"a": 61}, columns=columns).parts


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Part, list[Use], list[Use]]:
    """What was booked in a small space, and the part of it that was used."""
    whole, booked = draw(tables())
    parts = st.sampled_from((0, 1, 1, 2, 2))
    used = [replace(each, amount=each.amount * draw(parts) // 2) for each in booked]
    return whole, [each for each in used if each.amount], booked


class TwoTables:
    """Both tables as one: cells of use, and cells of what was booked and not used."""

    def __init__(self, whole: Part, used: tuple[Shown, list[Use]], booked: tuple[Shown, list[Use]]):
        cells = [(row, column) for row in sorted(whole.rows, key=str) for column in AUDIENCES]
        sums: dict[frozenset[Cell], int] = {}
        for cells_of_sum, amount in sums_of(whole, *used).items():
            sums[self.used(cells_of_sum)] = amount
        for cells_of_sum, amount in sums_of(whole, *booked).items():
            sums[self.booked(cells_of_sum)] = amount
        self.attacker = Attacker(sorted(self.booked(cells), key=str), sums)

    @staticmethod
    def used(cells: object) -> frozenset[Cell]:
        """The cells of use among those of the two tables."""
        return frozenset((("used", row), column) for row, column in cells)  # type: ignore[attr-defined]

    @classmethod
    def booked(cls, cells: object) -> frozenset[Cell]:
        """What was booked is what was used and what was not."""
        unused = {(("unused", row), column) for row, column in cells}  # type: ignore[attr-defined]
        return cls.used(cells) | unused


@settings(max_examples=40)
@given(pairs(), st.data())
def test_few_people_may_have_used_and_booked_nothing(
    pair: tuple[Part, list[Use], list[Use]], data: st.DataObject
) -> None:
    """Also where somebody is sure that all that was used had been booked by who used it."""
    whole, used, booked = pair
    told = shown_within(whole, AUDIENCES, used, booked)
    known = data.draw(st.sampled_from([each.party for each in booked] or [None]))
    others = tuple([each for each in uses if each.party != known] for uses in (used, booked))
    few = [each for each in rectangles(whole) if len(people_of(each, booked)) < FEWEST_PEOPLE - 1]
    if not (few and any(each.parts for each in told)):
        return
    two = TwoTables(whole, (told[0], others[0]), (told[1], others[1]))
    for cells in data.draw(st.lists(st.sampled_from(few), min_size=1, max_size=4)):
        for of_measure in (two.used(cells), two.booked(cells)):
            assert not two.attacker.computes(of_measure)
            assert two.attacker.least(of_measure) == 0
