"""How far a machine has come since its last upkeep, and when the next is due."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machines.models import CounterReading
from machines.services.maintenance import ReadingTooLow, read_counter
from machines.states import UpkeepBasis
from machines.wear import Reading, Wear, counted, rate
from tests.factories.machines import CounterFactory

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


def reading(day: int, value: int, *, is_restart: bool = False) -> Reading:
    return Reading(read_at=NOW + day * DAY, value=Decimal(value), is_restart=is_restart)


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
