"""What inventories say of money, dates and owners, as their authors write it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from machines.sheets import read_inventory
from machines.sheets.values import Unclear, cost_of, date_of, days_of, years_of
from machines.vocabulary import Field


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-03-05", date(2024, 3, 5)),
        ("2024-03-05 00:00:00", date(2024, 3, 5)),
        ("5.3.2024", date(2024, 3, 5)),
        ("05/03/24", date(2024, 3, 5)),
        ("03/25/2024", date(2024, 3, 25)),
        (" 5-3-2024 ", date(2024, 3, 5)),
    ],
)
def test_a_day_is_read_as_it_is_written(text: str, day: date) -> None:
    assert date_of(text) == day


@pytest.mark.parametrize("text", ["2019", "March", "31.2.2024", "5.3", "2024-13-01"])
def test_what_is_no_day_is_not_guessed(text: str) -> None:
    with pytest.raises(Unclear):
        date_of(text)


def test_costs_years_and_days() -> None:
    assert cost_of("CHF 12'500.-") == Decimal("12500.00")
    assert years_of("5 Jahre") == years_of("5") == years_of("5.0") == 5
    assert days_of("0") == 0


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (cost_of, "viel"),
        (cost_of, "99999999999"),
        (years_of, "0"),
        (years_of, "101"),
        (years_of, "5-7"),
        (days_of, "1001"),
    ],
)
def test_a_number_that_does_not_fit_is_not_taken(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(Unclear):
        read(text)


def columns(*headers: str) -> dict[str, Field]:
    rows = "\n".join([";".join(headers), ";".join("x" for _header in headers)])
    return dict(read_inventory(rows.encode(), filename="a.csv").columns)


def test_a_serial_number_finds_a_machine_only_where_nothing_else_does() -> None:
    assert columns("Name", "Seriennummer") == {"Name": Field.NAME, "Seriennummer": Field.NUMBER}
    assert columns("Serial number", "Name", "Asset tag") == {
        "Serial number": Field.SERIAL,
        "Name": Field.NAME,
        "Asset tag": Field.NUMBER,
    }


def test_what_cannot_be_read_stays_on_the_sheet() -> None:
    text = "Name;Kaufdatum;Nutzungsdauer\nLaser;2019;ewig\n"
    row = read_inventory(text.encode(), filename="a.csv").rows[0]
    assert row.record.bought is None
    assert row.record.life is None
    assert dict(row.record.details) == {"Kaufdatum": "2019", "Nutzungsdauer": "ewig"}
    assert [problem.is_error for problem in row.problems] == [False, False]
