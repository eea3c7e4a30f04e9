"""Adding up the rollup: by machine, by date or month, by weekday and hour.

Whole months come from the rows of months, what is left over from those of dates and hours; both
say the same to the second, and the fewer are read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import product
from operator import add
from typing import Any

from django.db.models import Model, Q, Sum

from reports.figures import Row
from reports.filters import Period
from reports.hours import BY_AUDIENCE, COLUMNS
from reports.models import CompanyHour, UsageDay, UsageHour, UsageMonth
from reports.queries.adding import WEEKDAY, Rows, of_dates, of_machines, of_months
from reports.queries.scopes import Chosen
from reports.queries.weeks import USE, WeekRow
from reports.report import WeekHour
from spaces.intervals import DAY

ALL = (*COLUMNS, *BY_AUDIENCE)
MONTH_OF_DATE = "date_trunc('month', kept.date)::date"
WHERE_IT_STANDS = "JOIN machines_machine AS machine ON machine.id = kept.machine_id"
EVERY_HOUR = list(product(range(7), range(24)))


def summed(names: Iterable[str]) -> dict[str, Sum]:
    """An aggregate of each column, under a name of its own."""
    return {f"sum_{name}": Sum(name) for name in names}


def told(row: Mapping[str, Any], names: Iterable[str]) -> Row:
    """The sums of a row by the names of their columns."""
    return {name: row[f"sum_{name}"] or 0 for name in names}


def split(period: Period) -> tuple[list[date], list[Period]]:
    """The first days of the whole months of a period, and the stretches that are left over."""
    whole = [
        month
        for month in period.months
        if month >= period.first and Period.month_of(month).last <= period.last
    ]
    if not whole:
        return [], [period]
    ends = Period.month_of(whole[-1]).last
    rest = [Period(period.first, whole[0] - DAY), Period(ends + DAY, period.last)]
    return whole, [each for each in rest if each.days > 0]


def between_hours(first: tuple[date, int], last: tuple[date, int]) -> Q:
    """Rows from one local hour up to and without another."""
    return Q(
        Q(date__gt=first[0]) | Q(date=first[0], hour__gte=first[1]),
        Q(date__lt=last[0]) | Q(date=last[0], hour__lt=last[1]),
    )


def by_part(chosen: Chosen, period: Period) -> dict[int, Row]:
    """The sums of each machine, or of each space, that has any row in the period."""
    found: dict[int, Row] = {}
    part, joined = "kept.machine_id", ""
    if chosen.is_by_space:
        part, joined = "machine.space_id", WHERE_IT_STANDS
    for rows in _rows(chosen, period):
        for pk, *amounts in replace(rows, joined=joined).by(part):
            _add(found, pk, rows, amounts)
    return found


def by_stretch(chosen: Chosen, period: Period) -> list[tuple[Period, Row]]:
    """The sums of each date, or of each month, in order."""
    found: dict[date, Row] = {}
    if period.is_by_date:
        for rows in _rows(chosen, period, by_date=True):
            for day, *amounts in rows.by("kept.date"):
                _add(found, day, rows, amounts)
        return [(Period(day, day), found[day]) for day in sorted(found)]
    for rows in _rows(chosen, period):
        key = "kept.month" if rows.model is UsageMonth else MONTH_OF_DATE
        for month, *amounts in rows.by(key):
            _add(found, month, rows, amounts)
    return [
        (Period(max(first, period.first), min(Period.month_of(first).last, period.last)), row)
        for first, row in sorted(found.items())
    ]


def by_weekday_and_hour(
    chosen: Chosen, period: Period, weeks: Sequence[WeekRow]
) -> dict[WeekHour, Row]:
    """The sums of USE of each weekday and local hour; `weeks` are those of its whole months."""
    found: dict[WeekHour, list[int]] = {}
    rest = [period]
    if chosen.is_of_groups:
        rest = split(period)[1]
        # Whole months have every hour of the week; those in which all was closed are not read.
        found = {key: [0] * len(USE) for key in EVERY_HOUR if weeks}
        for week in weeks:
            if chosen.has_group(week.owner[1]):
                found[week.key] = list(map(add, found[week.key], week.use))
    if rest:
        for weekday, hour, *amounts in _of_hours(chosen, rest, USE).by(WEEKDAY, "kept.hour"):
            earlier = found.get((weekday, hour), [0] * len(USE))
            found[weekday, hour] = list(map(add, earlier, amounts))
    return {key: dict(zip(USE, found[key], strict=True)) for key in sorted(found)}


def _of_hours(chosen: Chosen, periods: Sequence[Period], names: Sequence[str]) -> Rows:
    condition, values = of_dates(periods)
    if chosen.company is None:
        return _of(UsageHour, names, (condition, values), _here(chosen))
    theirs = "kept.company_id = %(company)s", {"company": chosen.company.pk}
    return _of(CompanyHour, names, (condition, values), theirs)


def _rows(chosen: Chosen, period: Period, *, by_date: bool = False) -> Iterator[Rows]:
    """The rows that make up the period, each kind with the columns that it has."""
    if chosen.company is not None:
        yield _of_hours(chosen, [period], COLUMNS)
        return
    months, rest = ([], [period]) if by_date else split(period)
    if months:
        yield _of(UsageMonth, ALL, of_months(months), _here(chosen))
    if rest:
        yield _of(UsageDay, ALL, of_dates(rest), _here(chosen))


def _here(chosen: Chosen) -> tuple[str, dict[str, Any]]:
    return ("TRUE", {}) if chosen.is_everything else of_machines(chosen.pks)


def _of(model: type[Model], names: Sequence[str], *conditions: tuple[str, dict[str, Any]]) -> Rows:
    values: dict[str, Any] = {}
    for _condition, filled in conditions:
        values |= filled
    return Rows(model, names, [condition for condition, _filled in conditions], values)


def _add(found: dict[Any, Row], key: Any, rows: Rows, amounts: Sequence[int]) -> None:
    row = dict(zip(rows.names, amounts, strict=True))
    earlier = found.get(key)
    if earlier is not None:
        row = {name: earlier[name] + amount for name, amount in row.items()}
    found[key] = row
