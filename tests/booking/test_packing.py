"""Rooms in a pool: by example, and against every possible assignment for random ones."""

from datetime import UTC, datetime, timedelta
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from booking.packing import Assignment, Packed, assign
from spaces.intervals import Interval

MORNING = datetime(2026, 5, 5, tzinfo=UTC)


def hours(start: float, end: float) -> Interval:
    return Interval(MORNING + timedelta(hours=start), MORNING + timedelta(hours=end))


def test_a_free_unit_is_taken_and_nobody_moves() -> None:
    fixed = {1: [hours(9, 11)], 2: [hours(11, 13)]}
    assert assign(hours(10, 12), units=[1, 2, 3], fixed=fixed, packed=[]) == Assignment(3)


def test_the_unit_where_least_time_is_left_beside_it_is_preferred() -> None:
    packed = [Packed(7, 2, hours(8, 10))]
    assert assign(hours(10, 11), units=[1, 2], fixed={}, packed=packed) == Assignment(2)


def test_pool_reservations_make_room_for_one_another() -> None:
    packed = [Packed(7, 1, hours(9, 10)), Packed(8, 2, hours(10, 11))]
    found = assign(hours(9, 11), units=[1, 2], fixed={}, packed=packed)
    assert found is not None
    assert len(found.moved) == 1


def test_named_reservations_do_not() -> None:
    fixed = {1: [hours(9, 10)], 2: [hours(10, 11)]}
    assert assign(hours(9, 11), units=[1, 2], fixed=fixed, packed=[]) is None


def test_those_far_away_are_left_alone() -> None:
    packed = [
        Packed(7, 1, hours(9, 10)),
        Packed(8, 2, hours(10, 11)),
        Packed(9, 1, hours(20, 21)),
    ]
    found = assign(hours(9, 11), units=[1, 2], fixed={}, packed=packed)
    assert found is not None
    assert 9 not in found.moved


def test_two_hundred_entangled_reservations_are_searched_at_once() -> None:
    packed = [Packed(n, 1 + n % 10, hours(n / 10, n / 10 + 1)) for n in range(200)]
    found = assign(hours(5, 5.1), units=range(1, 11), fixed={}, packed=packed)
    assert found is None


spans = st.builds(
    lambda start, length: hours(start, start + length), st.integers(0, 6), st.integers(1, 4)
)


@given(st.lists(spans, max_size=5), st.lists(spans, max_size=3), spans, st.integers(1, 3))
@settings(max_examples=300)
def test_room_is_found_exactly_where_there_is_some(
    pooled: list[Interval], named: list[Interval], wanted: Interval, count: int
) -> None:
    units = list(range(count))
    fixed: dict[int, list[Interval]] = {unit: [] for unit in units}
    for number, span in enumerate(named):
        held = fixed[number % count]
        if not any(span.overlaps(each) for each in held):
            held.append(span)
    packed = [
        Packed(number, unit, span)
        for number, (span, unit) in enumerate(_placed_greedily(pooled, units, fixed))
    ]
    found = assign(wanted, units=units, fixed=fixed, packed=packed)
    everybody = [wanted, *(each.interval for each in packed)]
    possible = any(
        _is_sound(everybody, choice, fixed) for choice in product(units, repeat=len(everybody))
    )
    assert (found is not None) == possible
    if found is not None:
        choice = [found.unit, *(found.moved.get(each.key, each.unit) for each in packed)]
        assert _is_sound(everybody, choice, fixed)


def _placed_greedily(
    pooled: list[Interval], units: list[int], fixed: dict[int, list[Interval]]
) -> list[tuple[Interval, int]]:
    placed: list[tuple[Interval, int]] = []
    for span in pooled:
        for unit in units:
            held = [*fixed[unit], *(each for each, on in placed if on == unit)]
            if not any(span.overlaps(each) for each in held):
                placed.append((span, unit))
                break
    return placed


def _is_sound(
    spans: list[Interval], choice: list[int] | tuple[int, ...], fixed: dict[int, list[Interval]]
) -> bool:
    held = {unit: list(intervals) for unit, intervals in fixed.items()}
    for span, unit in zip(spans, choice, strict=True):
        if any(span.overlaps(each) for each in held[unit]):
            return False
        held[unit].append(span)
    return True
