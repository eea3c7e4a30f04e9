"""What a machine is worth in the books: in equal parts, never less than what is left at the end."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from machines.depreciation import Bought, book_value, months_between

CENT = Decimal("0.01")
LASER = Bought(on=date(2024, 1, 15), price=Decimal(12_000), years=5)


@pytest.mark.parametrize(
    ("day", "value"),
    [
        ("2023-12-31", "12000.00"),
        ("2024-01-15", "12000.00"),
        ("2024-02-14", "12000.00"),
        ("2024-02-15", "11800.00"),
        ("2026-07-15", "6000.00"),
        ("2029-01-14", "200.00"),
        ("2029-01-15", "0.00"),
        ("2040-01-01", "0.00"),
    ],
)
def test_each_whole_month_takes_an_equal_part(day: str, value: str) -> None:
    assert book_value(LASER, date.fromisoformat(day)) == Decimal(value)


def test_what_is_left_at_the_end_is_never_written_off() -> None:
    bought = Bought(on=date(2020, 3, 1), price=Decimal(1000), residual=Decimal(100), years=3)
    assert book_value(bought, date(2021, 9, 1)) == Decimal("550.00")
    assert book_value(bought, date(2030, 1, 1)) == Decimal("100.00")


def test_without_a_useful_life_it_keeps_its_price() -> None:
    assert book_value(Bought(on=date(2000, 1, 1), price=Decimal(90)), date(2026, 1, 1)) == 90


def test_a_month_ends_on_its_own_day() -> None:
    assert months_between(date(2024, 1, 31), date(2024, 2, 29)) == 0
    assert months_between(date(2024, 1, 31), date(2024, 3, 1)) == 1
    assert months_between(date(2026, 1, 1), date(2024, 1, 1)) == 0


AMOUNTS = st.decimals(min_value=0, max_value=10**7, places=2)
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2060, 1, 1))


@settings(max_examples=200)
@given(DAYS, AMOUNTS, AMOUNTS, st.integers(1, 40), DAYS, st.integers(0, 5000))
def test_it_only_ever_falls_and_stays_within_price_and_rest(
    on: date, price: Decimal, residual: Decimal, years: int, day: date, later: int
) -> None:
    bought = Bought(on=on, price=price, residual=residual, years=years)
    value, after = book_value(bought, day), book_value(bought, day + timedelta(days=later))
    assert min(price, residual) <= after <= value <= price
    assert value == value.quantize(CENT)
