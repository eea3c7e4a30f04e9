"""The figures as files that anybody can recompute from."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from reports.definitions import RATES, TERMS, VERSION
from reports.figures import Totals, hours
from reports.report import Report
from spaces.tables import csv_lines

HEADER = (
    "scope",
    "name",
    "first_date",
    "last_date",
    "zone",
    "metric",
    "definition",
    "unit",
    "value",
    "numerator",
    "denominator",
    "numerator_h",
    "denominator_h",
    "numerator_s",
    "denominator_s",
    "assumed_use",
    "days_in_work",
)

Cell = str | int | Decimal | None

COUNTED = frozenset({"no_show_rate_count"})
"""Rates of reservations, not of hours."""

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_text(text: str) -> str:
    """Text that a spreadsheet will not take for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_SIGNS) else text


def utilisation_csv(report: Report) -> Iterator[str]:
    """One line per machine and metric, after those of the whole space, as they are made.

    Every line carries the id and version of its definition, its numerator and its denominator.
    """
    return csv_lines(_table(report))


def _table(report: Report) -> Iterator[Sequence[Cell]]:
    yield HEADER
    yield from _rows(
        report, str(report.filters.scope.kind), report.filters.scope.name, report.totals
    )
    for machine in report.parts:
        yield from _rows(report, "machine", machine.name, machine.totals)


def _rows(report: Report, scope: str, name: str, totals: Totals) -> Iterator[list[Cell]]:
    period = report.filters.period
    start: list[Cell] = [
        scope,
        safe_text(name),
        period.first.isoformat(),
        period.last.isoformat(),
        report.filters.scope.zone.key,
    ]
    end: list[Cell] = [
        "included" if report.filters.with_assumed else "left out",
        report.days_in_work,
    ]
    for term in TERMS:
        seconds = totals.seconds(term.column)
        value = hours(seconds)
        parts: list[Cell] = [None, None, value, None, seconds, None]
        yield [*start, term.id, VERSION, "h", value, *parts, *end]
    for rate in RATES:
        share = totals.share(rate.id)
        if rate.id in COUNTED:
            parts = [share.numerator, share.denominator, None, None, None, None]
        else:
            parts = [None, None, hours(share.numerator), hours(share.denominator)]
            parts += [share.numerator, share.denominator]
        yield [*start, rate.id, VERSION, "rate", share.rate, *parts, *end]
