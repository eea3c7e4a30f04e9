"""Every figure of a report as one line: what it is, its value, and what it was divided from. Pure.

Files, the API and the mails all take their figures from here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from reports.definitions import RATES, TERMS, VERSION
from reports.figures import MEANS, Share, Totals, hours
from reports.figures import RATES as RATES_OF_TOTALS
from reports.report import Report

HOURS, RATE, COUNT = "h", "rate", "count"

COUNTED = frozenset({"no_show_rate_count", "came_back"})
"""Rates of reservations or people, not of hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One figure. `numerator` and `denominator` are whole seconds, or counts.

    A rate is theirs, to four decimals; `value` is None where there is nothing to divide by. Hours
    with a denominator are hours for each of so many.
    """

    metric: str
    unit: str
    value: Decimal | int | None
    numerator: int | None = None
    denominator: int | None = None
    part_of: str = ""

    @property
    def definition(self) -> str:
        """The id and the version of what defines it, which may define several figures."""
        return f"{self.part_of or self.metric} {VERSION}"

    @property
    def is_of_hours(self) -> bool:
        """Whether numerator and denominator are seconds."""
        return self.unit == HOURS or (self.unit == RATE and self.metric not in COUNTED)


def lines_of(totals: Totals) -> Iterator[Line]:
    """Every term and every rate of the rollup."""
    for term in TERMS:
        yield _hours(term.id, totals.seconds(term.column))
    for rate in RATES:
        if rate.id in RATES_OF_TOTALS:
            yield _rate(rate.id, totals.share(rate.id))


def lines_beside(report: Report) -> Iterator[Line]:
    """What a report tells of its whole scope beside the rollup: fullness, demand, people."""
    yield _rate("saturation", report.saturated)
    if report.lead_time is not None:
        yield _hours("lead_time", report.lead_time)
    for mean in MEANS:
        yield _mean(mean, report.totals)
    demand, reach = report.demand, report.reach
    for name, count, seconds in (
        ("refused", demand.refused.count, demand.refused.asked),
        ("full", demand.full.count, demand.full.asked),
        ("wishes", demand.wishes, demand.wished),
    ):
        yield _count(f"unmet_demand_{name}", count, "unmet_demand")
        yield _hours(f"unmet_demand_{name}_h", seconds, "unmet_demand")
    yield _count("reach_people", reach.people, "reach")
    yield _count("reach_companies", reach.companies, "reach")
    yield _count("reach_first_timers", reach.first_timers, "reach")
    yield _rate("came_back", reach.came_back)


def _mean(metric: str, totals: Totals) -> Line:
    mean = totals.mean(metric)
    return Line(
        metric=metric, unit=HOURS, value=mean.hours, numerator=mean.seconds, denominator=mean.count
    )


def _hours(metric: str, seconds: int, part_of: str = "") -> Line:
    value = hours(seconds)
    return Line(metric=metric, unit=HOURS, value=value, numerator=seconds, part_of=part_of)


def _rate(metric: str, share: Share) -> Line:
    return Line(
        metric=metric,
        unit=RATE,
        value=share.rate,
        numerator=share.numerator,
        denominator=share.denominator,
    )


def _count(metric: str, number: int, part_of: str) -> Line:
    return Line(metric=metric, unit=COUNT, value=number, numerator=number, part_of=part_of)
