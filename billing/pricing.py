"""What a reservation would cost: arithmetic only."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from spaces.intervals import Interval

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A price told before anyone commits; `amount` is in `currency`, `hourly` per hour."""

    amount: Decimal
    hourly: Decimal
    currency: str


def quote(span: Interval, *, hourly: Decimal, currency: str) -> Quote:
    """Price `span` pro rata by the second of real time, rounded half up to the cent."""
    hours = Decimal(span.seconds) / Decimal(3600)
    amount = (hourly * hours).quantize(CENT, rounding=ROUND_HALF_UP)
    return Quote(amount=amount, hourly=hourly, currency=currency)
