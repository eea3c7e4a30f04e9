"""How far a machine has come since its last upkeep, and when the next is due. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal

from machines.states import UpkeepBasis
from spaces.intervals import DAY

RATE_OVER = 60 * DAY
"""From how much of the past it is guessed how fast a machine wears."""

FARTHEST_GUESS = 3650
"""Days; what wears more slowly has no date."""


WHOLE = Decimal(1)
"""What counts in whole units: less than one more is not worth a reading of a device."""

TREMBLES_BY = Decimal("0.01")
"""By which part of what it shows a device may fall back without having begun anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a counter showed; `is_restart` where it began anew, as a new lamp does."""

    read_at: datetime
    value: Decimal
    is_restart: bool = False
    by_device: bool = False


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
    count = _Count()
    before = Decimal(0)
    for reading in sorted(readings, key=lambda each: each.read_at):
        if reading.read_at > until:
            break
        count.read(reading)
        if reading.read_at <= since:
            before = count.total
    return count.total - before


class _Count:
    """How far a counter has gone that people read and a device tells, each as they count.

    Who replaces a part begins to count anew, and the device may go on as if nothing had happened,
    or the other way round. So each goes on from what it said itself, and where both have counted
    the same stretch it counts once, by who saw more of it.
    """

    def __init__(self) -> None:
        self.total = Decimal(0)
        self._said: dict[bool, tuple[Decimal, Decimal]] = {}
        """What people and the device said last, and the total then."""

        self._anew: dict[bool, Decimal] = {}
        """The total when either began anew, until the other has said something."""

    def read(self, reading: Reading) -> None:
        """Take in one more, later than all before."""
        mine, others = self._said.get(reading.by_device), self._said.get(not reading.by_device)
        from_here = self._anew.pop(not reading.by_device, None)
        if reading.is_restart and self._said:
            begun = self.total if from_here is None else from_here
            self._reach(begun + reading.value)
            self._anew[reading.by_device] = begun
        elif mine is not None:
            value, total = mine
            self._reach(total + reading.value - value)
        elif others is not None and from_here is None:
            self._reach(self.total + reading.value - others[0])
        self._said[reading.by_device] = (reading.value, self.total)

    def _reach(self, total: Decimal) -> None:
        self.total = max(self.total, total)


def began_anew(before: Decimal, value: Decimal) -> bool:
    """Whether a device that showed `before` and shows `value` now counts from nothing again.

    One that falls back a little has only lost or rounded something.
    """
    return before - value > max(WHOLE, before * TREMBLES_BY)


def rate(amount: Decimal, over: timedelta) -> Decimal:
    """How much a day `amount` is, used over that long."""
    days = Decimal(over / DAY)
    return amount / days if days > 0 else Decimal(0)
