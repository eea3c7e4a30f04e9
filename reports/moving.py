"""The months before a date, and which of them are due to be told. Pure."""

from collections.abc import Iterator
from datetime import date, datetime, time, tzinfo

MOST_CAUGHT_UP = 3
"""For how many months at most a mail is still sent that could not go out when it was due."""

MAILED_FROM = time(6)
"""On the first of a month, on the clock of the scope: by then its last night is counted."""


def month_begin(day: date, *, months: int = 0) -> date:
    """The first day of the month of `day`, or of one so many months later."""
    number = 12 * day.year + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def months_before(day: date, months: int) -> tuple[date, date]:
    """The first and the last day of the `months` whole months before that of `day`."""
    first = month_begin(day)
    return month_begin(first, months=-months), date.fromordinal(first.toordinal() - 1)


def mailed_at(first: date, zone: tzinfo) -> datetime:
    """When what is mailed on the first of a month is due."""
    return datetime.combine(first, MAILED_FROM, zone)


def due_months(after: datetime, now: datetime, zone: tzinfo) -> Iterator[date]:
    """The firsts of the months on which a report was due later than `after`, and until `now`.

    What was due long ago is dropped: nobody wants the mails of a year all at once.
    """
    today = now.astimezone(zone).date()
    month = max(
        month_begin(after.astimezone(zone).date()), month_begin(today, months=1 - MOST_CAUGHT_UP)
    )
    while month <= today:
        if after < mailed_at(month, zone) <= now:
            yield month
        month = month_begin(month, months=1)
