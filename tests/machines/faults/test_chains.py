"""Chains of machines that need each other."""

from hypothesis import given, settings
from hypothesis import strategies as st

from machines.chains import closes_a_circle, standing_still_with

EDGES = st.sets(st.tuples(st.integers(1, 7), st.integers(1, 7)), max_size=14)


def test_a_chain_stops_as_a_whole_and_from_the_end_only() -> None:
    edges = [(1, 2), (2, 3), (4, 3)]
    assert standing_still_with(3, edges) == {1, 2, 4}
    assert standing_still_with(2, edges) == {1}
    assert standing_still_with(1, edges) == set()


def test_what_would_need_itself_closes_a_circle() -> None:
    edges = [(1, 2), (2, 3)]
    assert closes_a_circle(3, 1, edges)
    assert closes_a_circle(1, 1, [])
    assert not closes_a_circle(1, 3, edges)


@settings(max_examples=200)
@given(wanted=EDGES)
def test_no_circle_ever_comes_of_what_is_allowed(wanted: set[tuple[int, int]]) -> None:
    edges: list[tuple[int, int]] = []
    for machine, needs in sorted(wanted):
        if not closes_a_circle(machine, needs, edges):
            edges.append((machine, needs))
    for machine in range(1, 8):
        others = standing_still_with(machine, edges)
        assert machine not in others
        # Whoever stands still with it does so with all that it needs as well.
        for _one, needed in (edge for edge in edges if edge[0] == machine):
            assert others <= standing_still_with(needed, edges)
