"""What a machine is still worth in the books: pure."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """What was paid and when; what will be left of it after `years`, where that is known."""

    on: date
    price: Decimal
    residual: Decimal = Decimal(0)
    years: int | None = None


def book_value(bought: Bought, on: date) -> Decimal:
    """The value on a day, straight-line: each whole month since the purchase takes an equal part.

    Nothing is lost before the first month is over, nor below what is left at the end. A machine
    whose useful life nobody has told keeps its price.
    """
    months = (bought.years or 0) * MONTHS
    if not months:
        return bought.price
    left = min(bought.residual, bought.price)
    part = (bought.price - left) * min(months_between(bought.on, on), months) / months
    return (bought.price - part).quantize(CENT, rounding=ROUND_HALF_UP)


def months_between(start: date, end: date) -> int:
    """How many whole months lie between two days; none where the end comes first."""
    months = (end.year - start.year) * MONTHS + end.month - start.month
    return max(0, months - (end.day < start.day))
