"""The figures as files that anybody can recompute from."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from reports.definitions import VERSION
from reports.exports.lines import RATE, Line, lines_beside, lines_of
from reports.figures import hours
from reports.filters import Scope
from reports.report import Report
from spaces.tables import csv_lines, guarded

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


def utilisation_csv(report: Report) -> Iterator[str]:
    """One line per machine and metric, after those of the whole space, as they are made.

    Every line carries the id and version of its definition, its numerator and its denominator.
    """
    return csv_lines(_table(report))


def _table(report: Report) -> Iterator[Sequence[Cell]]:
    yield HEADER
    scope = report.filters.scope
    yield from _rows(report, scope, [*lines_of(report.totals), *lines_beside(report)])
    for part in report.parts:
        yield from _rows(report, part.scope, lines_of(part.totals))


def _rows(report: Report, scope: Scope, lines: Iterable[Line]) -> Iterator[list[Cell]]:
    filters = report.filters
    start: list[Cell] = [
        str(scope.kind),
        guarded(scope.name),
        filters.period.first.isoformat(),
        filters.period.last.isoformat(),
        scope.zone.key,
    ]
    end: list[Cell] = ["included" if filters.with_assumed else "left out", report.days_in_work]
    for line in lines:
        yield [*start, line.metric, VERSION, line.unit, line.value, *_parts(line), *end]


def _parts(line: Line) -> list[Cell]:
    """Numerator and denominator as counts, in hours and in seconds, each where it is that."""
    seconds: list[int | None] = [None, None]
    counts: list[int | None] = [line.numerator, line.denominator]
    if line.is_of_hours:
        seconds[0], counts[0] = line.numerator, None
        if line.unit == RATE:
            seconds[1], counts[1] = line.denominator, None
    return [*counts, *(None if part is None else hours(part) for part in seconds), *seconds]
