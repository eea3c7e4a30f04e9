"""How far a machine has come since its last upkeep, and when the next is due."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from machines.models import CounterReading
from machines.services.maintenance import (
    CorrectedAlready,
    ReadingTooHigh,
    ReadingTooLow,
    correct_reading,
    read_counter,
    show_counter,
)
from machines.states import UpkeepBasis
from machines.wear import Reading, Wear, began_anew, counted, rate
from tests.factories.machines import CounterFactory
from tests.factories.members import MemberFactory

TODAY = date(2026, 5, 4)
NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def wear(basis: UpkeepBasis, every: int, used: float, per_day: float, days: int = 0) -> Wear:
    return Wear(
        basis=basis,
        every=every,
        since=TODAY - days * DAY,
        used=Decimal(str(used)),
        per_day=Decimal(str(per_day)),
    )


@pytest.mark.parametrize(
    ("found", "due"),
    [
        (wear(UpkeepBasis.DAYS, 30, 10, 0, days=10), date(2026, 5, 24)),
        (wear(UpkeepBasis.DAYS, 30, 40, 0, days=40), date(2026, 4, 24)),
        (wear(UpkeepBasis.HOURS, 100, 90, 3), date(2026, 5, 8)),
        (wear(UpkeepBasis.HOURS, 100, 100, 3), TODAY),
        (wear(UpkeepBasis.CYCLES, 100, 130, 0), TODAY),
        (wear(UpkeepBasis.CYCLES, 100, 20, 0), None),
        (wear(UpkeepBasis.COUNTER, 100_000, 0, 1), None),
    ],
)
def test_when_it_is_due(found: Wear, due: date | None) -> None:
    assert found.due_on(TODAY) == due


def test_how_fast_a_machine_wears() -> None:
    assert rate(Decimal(60), 60 * DAY) == 1
    assert rate(Decimal(60), timedelta(0)) == 0


def reading(day: int, value: float, *, is_restart: bool = False, told: bool = False) -> Reading:
    return Reading(
        read_at=NOW + day * DAY, value=Decimal(str(value)), is_restart=is_restart, by_device=told
    )


def test_a_counter_goes_on_from_the_last_reading_before() -> None:
    rows = [reading(0, 100), reading(10, 150), reading(20, 170)]
    assert counted(rows, since=NOW + 5 * DAY, until=NOW + 30 * DAY) == 70
    assert counted(rows, since=NOW + 10 * DAY, until=NOW + 30 * DAY) == 20
    assert counted(rows, since=NOW + 10 * DAY, until=NOW + 19 * DAY) == 0
    assert counted(rows, since=NOW - DAY, until=NOW + 30 * DAY) == 70
    assert counted([], since=NOW, until=NOW + DAY) == 0


def test_a_counter_that_began_anew_went_on_from_nothing() -> None:
    rows = [reading(0, 100), reading(10, 5, is_restart=True), reading(20, 25)]
    assert counted(rows, since=NOW, until=NOW + 30 * DAY) == 25


NEW_LAMP = reading(3, 0, is_restart=True)


@pytest.mark.parametrize(
    ("rows", "total"),
    [
        # Both read the same counter: what both saw counts once.
        ([reading(1, 120, told=True), reading(2, 125), reading(3, 126, told=True)], 6),
        ([reading(1, 120), reading(2, 125, told=True), reading(3, 123)], 5),
        # A new lamp that the device does not know of: it goes on as before.
        ([reading(1, 120, told=True), NEW_LAMP, reading(4, 126, told=True)], 6),
        ([reading(1, 120, told=True), NEW_LAMP, reading(4, 5), reading(5, 126, told=True)], 6),
        # One with which both begin anew, in either order.
        ([reading(1, 120, told=True), NEW_LAMP, reading(4, 2, is_restart=True, told=True)], 2),
        ([reading(1, 120, told=True), reading(2, 1, is_restart=True, told=True), NEW_LAMP], 1),
        # The device is new and counts from elsewhere.
        ([reading(1, 10), NEW_LAMP, reading(4, 9000, told=True), reading(5, 9001, told=True)], 1),
    ],
)
def test_people_and_devices_each_go_on_from_what_they_said(rows: list[Reading], total: int) -> None:
    assert counted(rows, since=NOW, until=NOW + 30 * DAY) == total


@pytest.mark.parametrize(
    ("before", "value", "anew"),
    [(120, 119.2, False), (5000, 4960, False), (120, 100, True), (3, 0, True), (0.5, 0, False)],
)
def test_a_device_that_falls_back_a_little_has_not_begun_anew(
    before: float, value: float, anew: bool
) -> None:
    assert began_anew(Decimal(str(before)), Decimal(str(value))) == anew


@given(st.lists(st.integers(0, 50), min_size=2, max_size=12), st.integers(0, 12))
def test_what_is_counted_adds_up(steps: list[int], cut: int) -> None:
    values = [sum(steps[: number + 1]) for number in range(len(steps))]
    rows = [reading(number, value) for number, value in enumerate(values)]
    end, middle = NOW + 20 * DAY, NOW + min(cut, len(steps) - 1) * DAY
    halves = [counted(rows, since=NOW, until=middle), counted(rows, since=middle, until=end)]
    assert sum(halves) == counted(rows, since=NOW, until=end) == values[-1] - values[0]


@pytest.mark.django_db
def test_a_counter_shows_less_only_where_it_began_anew() -> None:
    counter = CounterFactory()
    read_counter(counter=counter, value=Decimal(100), by=None, now=NOW)
    with pytest.raises(ReadingTooLow, match="100"):
        read_counter(counter=counter, value=Decimal(99), by=None, now=NOW + DAY)
    read_counter(counter=counter, value=Decimal(0), by=None, now=NOW + DAY, is_restart=True)
    assert list(CounterReading.objects.values_list("value", "is_restart")) == [
        (Decimal(0), True),
        (Decimal(100), False),
    ]


@pytest.mark.django_db
def test_what_is_told_late_fits_between_what_is_written() -> None:
    counter = CounterFactory()
    for days, value in ((0, 100), (4, 140)):
        read_counter(counter=counter, value=Decimal(value), by=None, now=NOW + days * DAY)
    late = read_counter(counter=counter, value=Decimal(120), by=None, now=NOW + 2 * DAY)
    for value, error in ((99, ReadingTooLow), (141, ReadingTooHigh)):
        with pytest.raises(error):
            read_counter(counter=counter, value=Decimal(value), by=None, now=NOW + 3 * DAY)
    # What a device tells follows its own count.
    show_counter(counter=counter, value=Decimal(7), now=NOW + 5 * DAY, is_restart=False)
    assert read_counter(counter=counter, value=Decimal(120), by=None, now=NOW + 2 * DAY) == late


@pytest.mark.django_db
def test_a_reading_is_corrected_by_another_and_stays() -> None:
    counter, by = CounterFactory(), MemberFactory()
    wrong = read_counter(counter=counter, value=Decimal(1300), by=by, now=NOW)
    right = correct_reading(reading=wrong, value=Decimal(130), is_restart=False, by=by)
    with pytest.raises(CorrectedAlready):
        correct_reading(reading=wrong, value=Decimal(131), is_restart=False, by=by)
    again = read_counter(counter=counter, value=Decimal(131), by=by, now=NOW)
    assert (right.corrects, again.corrects, again.read_at) == (wrong, right, NOW)
    assert list(counter.readings.standing()) == [again]
    assert counter.readings.count() == 3
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        CounterReading.objects.filter(pk=wrong.pk).update(value=1)
