"""The arithmetic of the metrics: sums of whole seconds first, one division last. Pure.

Rates carry four decimals, rounded half up; a denominator of zero gives None, never 0 or 1.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from reports.hours import AUDIENCES, BY_AUDIENCE, COLUMNS

HOUR = 3600
RATE_STEP = Decimal("0.0001")
PERCENT_STEP = Decimal("0.1")
WHOLE_STEP = Decimal(1)
HOURS_STEP = Decimal("0.01")

Row = Mapping[str, int]

_NOTHING = dict.fromkeys((*COLUMNS, *BY_AUDIENCE), 0)


def rate(numerator: int, denominator: int) -> Decimal | None:
    """The quotient to four decimals, half up; None where there is nothing to divide by."""
    return _quotient(numerator, denominator, RATE_STEP)


def percent(numerator: int, denominator: int) -> Decimal | None:
    """The quotient in percent to one decimal, rounded once, from the seconds."""
    return _quotient(100 * numerator, denominator, PERCENT_STEP)


def hours(seconds: int) -> Decimal:
    """Seconds as hours to two decimals, half up."""
    return (Decimal(seconds) / HOUR).quantize(HOURS_STEP, ROUND_HALF_UP)


def _quotient(numerator: int, denominator: int, step: Decimal) -> Decimal | None:
    if denominator == 0:
        return None
    return (Decimal(numerator) / denominator).quantize(step, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Mean:
    """Seconds for each of a number of failures."""

    seconds: int
    count: int

    @property
    def hours(self) -> Decimal | None:
        """Hours to two decimals, half up; None where there is nothing to divide by."""
        return _quotient(self.seconds, self.count * HOUR, HOURS_STEP)


@dataclass(frozen=True, slots=True)
class Share:
    """A rate as it is reported: its numerator and denominator are sums, never averages."""

    numerator: int
    denominator: int

    @property
    def rate(self) -> Decimal | None:
        """To four decimals, half up."""
        return rate(self.numerator, self.denominator)

    @property
    def percent(self) -> Decimal | None:
        """In percent, to one decimal."""
        return percent(self.numerator, self.denominator)

    @property
    def whole_percent(self) -> int | None:
        """In whole percent, half up; never rounded from `percent`, which is rounded itself."""
        whole = _quotient(100 * self.numerator, self.denominator, WHOLE_STEP)
        return None if whole is None else int(whole)


class Totals:
    """Sums of the rollup over any machines and hours, and every metric that follows from them.

    Seconds and counts are kept by the names of the rollup's columns; without assumed use, the
    use that is only assumed from a booking is left out of every one of them.
    """

    __slots__ = ("_sums", "with_assumed")

    def __init__(self, sums: Row, *, with_assumed: bool = True) -> None:
        self._sums = {**_NOTHING, **sums}
        self.with_assumed = with_assumed

    @classmethod
    def of(cls, rows: Iterable[Row], *, with_assumed: bool = True) -> "Totals":
        """The sum of `rows`."""
        sums = dict(_NOTHING)
        for row in rows:
            for name, amount in row.items():
                sums[name] += amount
        return cls(sums, with_assumed=with_assumed)

    def seconds(self, metric: str) -> int:
        """The seconds (or the count) of one term, by its column or as METRICS derives it."""
        if metric == "available":
            sums = self._sums
            return sums["opening"] - sums["maintenance"] - sums["down"]
        if self.with_assumed or metric not in _CHANGED_BY_ASSUMED:
            return self._sums[metric]
        return self._told(metric)

    @property
    def has_any(self) -> bool:
        """Whether there is anything to tell of."""
        return any(self.seconds(term) for term in ("calendar", "booked", "used"))

    def _told(self, metric: str) -> int:
        sums = self._sums
        if metric == "used_assumed":
            return 0
        if metric == "walk_in":
            return self._told("used") - self._told("used_in_booking")
        lost = "used_assumed" if metric == "used" else f"{metric}_assumed"
        return sums[metric] - sums[lost]

    @property
    def assumed_share(self) -> Share:
        """How much of U is only assumed from the booking, switched off or not."""
        return Share(self._sums["used_assumed"], self._sums["used"])

    def share(self, metric: str) -> Share:
        """One rate of METRICS by its id."""
        numerator, denominator = RATES[metric]
        return Share(
            sum(self.seconds(term) for term in numerator),
            sum(self.seconds(term) for term in denominator[0])
            - sum(self.seconds(term) for term in denominator[1]),
        )

    def mean(self, metric: str) -> Mean:
        """`mtbf` or `mttr`."""
        return Mean(self.seconds(MEANS[metric]), self.seconds("failure_count"))


MEANS = {"mtbf": "used", "mttr": "down"}
"""What is divided by the failures."""

_CHANGED_BY_ASSUMED = frozenset(
    {
        "used",
        "used_outside",
        "used_in_booking",
        "walk_in",
        "used_assumed",
        "working",
        "used_metered",
        *(f"used_by_{each}" for each in AUDIENCES),
    }
)

Terms = tuple[str, ...]

RATES: dict[str, tuple[Terms, tuple[Terms, Terms]]] = {
    "use_rate": (("used",), (("available",), ())),
    "booked_rate": (("booked",), (("available",), ())),
    "booking_efficiency": (("used_in_booking",), (("booked",), ())),
    "no_show_rate_count": (("no_show_count",), (("due_count",), ())),
    "no_show_rate_hours": (("no_show",), (("booked",), ())),
    "use_rate_gross": (("used",), (("opening",), ())),
    "loading": (("used", "used_outside"), (("calendar",), ())),
    "walk_in_share": (("walk_in",), (("used",), ())),
    "working_share": (("working",), (("used_metered",), ())),
    "uptime": (("available",), (("opening",), ("maintenance",))),
}
"""Each rate: the terms of its numerator, and those added and taken away in its denominator."""
