"""The dates of a series as its pages list them, before they are kept and after."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from booking.models import Reservation
from booking.services.series import DateVerdict
from booking.wording import moment_in_words
from spaces.models import Space


@dataclass(frozen=True, slots=True)
class Line:
    """A date with what the rules say to it; without a verdict it is left out on demand."""

    day: date
    verdict: DateVerdict | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """How many dates there are, how many of them are free, and what these cost."""

    total: int
    free: int
    amount: Decimal | None
    currency: str
    is_for_staff: bool
    is_possible: bool
    """Whether no date stands in the way of the others, and at least one is free."""

    @classmethod
    def of(cls, dates: Sequence[DateVerdict], space: Space) -> "Summary":
        """The sum of `dates`."""
        free = [each for each in dates if each.is_free]
        quotes = [each.verdict.quote for each in free if each.verdict.quote]
        return cls(
            total=len(dates),
            free=len(free),
            amount=sum((each.amount for each in quotes), Decimal(0)) if quotes else None,
            currency=space.currency,
            is_for_staff=any(each.is_for_staff for each in free),
            is_possible=bool(free) and not any(each.is_conflict for each in dates),
        )

    @property
    def is_whole(self) -> bool:
        """Whether every date is free."""
        return self.free == self.total


def lines_of(dates: Sequence[DateVerdict], *, left_out: Iterable[date] = ()) -> list[Line]:
    """`dates` with those that are left out on demand, in one order."""
    lines = [Line(each.day, each) for each in dates]
    lines += [Line(day) for day in set(left_out) - {each.day for each in dates}]
    return sorted(lines, key=lambda line: line.day)


def day_choices(rows: Iterable[Reservation], zone: ZoneInfo) -> list[tuple[str, str]]:
    """The dates of `rows` to choose from: the day that the series knows each by, and its time."""
    return [
        (
            (row.original_start_at or row.starts_at).astimezone(zone).date().isoformat(),
            moment_in_words(row.starts_at, zone),
        )
        for row in rows
    ]
