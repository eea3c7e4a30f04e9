"""The months before a date, and which of them are due to be told. Pure."""

from collections.abc import Iterator
from datetime import date

MOST_CAUGHT_UP = 12
"""How many months a mail that could not go out is still sent for."""


def month_begin(day: date, *, months: int = 0) -> date:
    """The first day of the month of `day`, or of one so many months later."""
    number = 12 * day.year + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def months_before(day: date, months: int) -> tuple[date, date]:
    """The first and the last day of the `months` whole months before that of `day`."""
    first = month_begin(day)
    return month_begin(first, months=-months), date.fromordinal(first.toordinal() - 1)


def due_months(created: date, today: date) -> Iterator[date]:
    """The firsts of the months in which a report made on `created` is to be mailed, to `today`.

    The first one is the month after: what had ended before nobody asked for. After a long outage
    a year is caught up with.
    """
    month = max(month_begin(created, months=1), month_begin(today, months=1 - MOST_CAUGHT_UP))
    while month <= today:
        yield month
        month = month_begin(month, months=1)
