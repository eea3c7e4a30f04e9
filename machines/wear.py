"""How far a machine has come since its last upkeep, and when the next is due. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise

from machines.states import UpkeepBasis
from spaces.intervals import DAY

RATE_OVER = 60 * DAY
"""From how much of the past it is guessed how fast a machine wears."""

FARTHEST_GUESS = 3650
"""Days; what wears more slowly has no date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a counter showed; `is_restart` where it began anew, as a new lamp does."""

    read_at: datetime
    value: Decimal
    is_restart: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wear:
    """How much of `every` is used since the last job, and how much more each day."""

    basis: UpkeepBasis
    every: int
    since: date
    used: Decimal
    per_day: Decimal

    @property
    def share(self) -> Decimal:
        """The part that is used, 1 and more where it is due."""
        return self.used / self.every

    def due_on(self, today: date) -> date | None:
        """The day on which it will be due, or `today` where it is; None where nothing tells."""
        if self.basis == UpkeepBasis.DAYS:
            return self.since + self.every * DAY
        left = self.every - self.used
        if left <= 0:
            return today
        if self.per_day <= 0:
            return None
        days = int((left / self.per_day).to_integral_value(ROUND_CEILING))
        return today + days * DAY if days <= FARTHEST_GUESS else None


def counted(readings: Iterable[Reading], *, since: datetime, until: datetime) -> Decimal:
    """How far a counter went between two moments, as far as readings tell.

    A reading stands until the next; one that begins anew went on from nothing.
    """
    rows = sorted(readings, key=lambda each: each.read_at)
    before = [each for each in rows if each.read_at <= since]
    within = [each for each in rows if since < each.read_at <= until]
    steps = pairwise([*before[-1:], *within])
    return sum((_step(one, other) for one, other in steps), Decimal(0))


def _step(one: Reading, other: Reading) -> Decimal:
    return other.value if other.is_restart else max(Decimal(0), other.value - one.value)


def rate(amount: Decimal, over: timedelta) -> Decimal:
    """How much a day `amount` is, used over that long."""
    days = Decimal(over / DAY)
    return amount / days if days > 0 else Decimal(0)
