"""The figures as files that anybody can recompute from."""

import csv
from collections.abc import Iterator
from decimal import Decimal

from reports.definitions import RATES, TERMS, VERSION
from reports.figures import RATES as PARTS
from reports.figures import Totals, hours
from reports.queries.usage import UtilisationOfSpace

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
    "numerator_h",
    "denominator_h",
    "numerator_s",
    "denominator_s",
    "assumed_use",
    "days_in_work",
)

Cell = str | int | Decimal | None

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_text(text: str) -> str:
    """Text that a spreadsheet will not take for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_SIGNS) else text


class _Line:
    """Hands a written line on instead of keeping it."""

    def write(self, line: str) -> str:
        """The line itself."""
        return line


def utilisation_csv(report: UtilisationOfSpace) -> Iterator[str]:
    """One line per machine and metric, after those of the whole space, as they are made.

    Every line carries the id and version of its definition, its numerator and its denominator.
    """
    write = csv.writer(_Line()).writerow
    yield write(HEADER)
    yield from (write(row) for row in _rows(report, "space", report.space.name, report.totals))
    for machine in report.machines:
        yield from (write(row) for row in _rows(report, "machine", machine.name, machine.totals))


def _rows(
    report: UtilisationOfSpace, scope: str, name: str, totals: Totals
) -> Iterator[list[Cell]]:
    period = report.month.period
    start: list[Cell] = [
        scope,
        safe_text(name),
        period.first.isoformat(),
        period.last.isoformat(),
        report.space.timezone,
    ]
    end: list[Cell] = ["included" if report.with_assumed else "left out", report.days_in_work]
    for term in TERMS:
        seconds = totals.seconds(term.column)
        value = hours(seconds)
        yield [*start, term.id, VERSION, "h", value, value, None, seconds, None, *end]
    for rate in RATES:
        share = totals.share(rate.id)
        # Counted, not timed: the same columns would call reservations hours.
        if PARTS[rate.id][0] == ("no_show_count",):
            parts: list[Cell] = [None, None, share.numerator, share.denominator]
            yield [*start, rate.id, VERSION, "of reservations", share.rate, *parts, *end]
            continue
        parts = [hours(share.numerator), hours(share.denominator)]
        parts += [share.numerator, share.denominator]
        yield [*start, rate.id, VERSION, "rate", share.rate, *parts, *end]
