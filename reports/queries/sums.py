"""Adding up the rollup: by machine, by date or month, by weekday and hour.

Whole months come from the rows of months, what is left over from those of dates and hours; both
say the same to the second, and the fewer are read.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import product
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import ExtractIsoWeekDay, TruncMonth

from reports.figures import Row
from reports.filters import Period
from reports.hours import BY_AUDIENCE, COLUMNS
from reports.models import CompanyHour, UsageDay, UsageHour, UsageMonth
from reports.queries.scopes import Chosen
from reports.queries.weeks import USE, WeekRow
from reports.report import WeekHour
from spaces.intervals import DAY

ALL = (*COLUMNS, *BY_AUDIENCE)
EVERY_HOUR = list(product(range(7), range(24)))


def summed(names: Iterable[str]) -> dict[str, Sum]:
    """An aggregate of each column, under a name of its own."""
    return {f"sum_{name}": Sum(name) for name in names}


def told(row: Mapping[str, Any], names: Iterable[str]) -> Row:
    """The sums of a row by the names of their columns."""
    return {name: row[f"sum_{name}"] for name in names}


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


def during(periods: Sequence[Period]) -> Q:
    """Rows of the dates of any of the periods, of which there is at least one."""
    wanted = Q()
    for each in periods:
        wanted |= Q(date__gte=each.first, date__lte=each.last)
    return wanted


def between_hours(first: tuple[date, int], last: tuple[date, int]) -> Q:
    """Rows from one local hour up to and without another."""
    return Q(
        Q(date__gt=first[0]) | Q(date=first[0], hour__gte=first[1]),
        Q(date__lt=last[0]) | Q(date=last[0], hour__lt=last[1]),
    )


def by_part(chosen: Chosen, period: Period) -> dict[int, Row]:
    """The sums of each machine, or of each space, that has any row in the period."""
    part = F("machine__space_id") if chosen.is_by_space else F("machine_id")
    rows: dict[int, Row] = {}
    for query, names in _rows(chosen, period):
        for row in query.values(part=part).annotate(**summed(names)):
            _add(rows, row["part"], told(row, names))
    return rows


def by_stretch(chosen: Chosen, period: Period) -> list[tuple[Period, Row]]:
    """The sums of each date, or of each month, in order."""
    rows: dict[date, Row] = {}
    if period.is_by_date:
        for query, names in _rows(chosen, period, by_date=True):
            for row in query.values("date").annotate(**summed(names)):
                _add(rows, row["date"], told(row, names))
        return [(Period(day, day), rows[day]) for day in sorted(rows)]
    for query, names in _rows(chosen, period):
        key = F("month") if query.model is UsageMonth else TruncMonth("date")
        for row in query.values(of_month=key).annotate(**summed(names)):
            _add(rows, row["of_month"], told(row, names))
    return [
        (Period(max(first, period.first), min(Period.month_of(first).last, period.last)), row)
        for first, row in sorted(rows.items())
    ]


def by_weekday_and_hour(
    chosen: Chosen, period: Period, weeks: Sequence[WeekRow]
) -> dict[WeekHour, list[Row]]:
    """The sums of USE of each weekday and local hour; `weeks` are those of its whole months."""
    groups: dict[WeekHour, list[Row]] = defaultdict(list)
    rest = [period]
    if chosen.is_of_groups:
        rest = split(period)[1]
        # Whole months have every hour of the week; those in which all was closed are not read.
        groups |= {key: [] for key in EVERY_HOUR if weeks}
        for week in weeks:
            if chosen.has_group(week.owner[1]):
                groups[week.key].append(week.use)
    if rest:
        hours = _of_hours(chosen).filter(during(rest))
        kept = hours.values("hour", weekday=ExtractIsoWeekDay("date") - 1)
        for row in kept.annotate(**summed(USE)):
            groups[row["weekday"], row["hour"]].append(told(row, USE))
    return dict(sorted(groups.items()))


def _of_hours(chosen: Chosen) -> QuerySet[Any]:
    if chosen.company is not None:
        return CompanyHour.objects.filter(company=chosen.company)
    return chosen.of(UsageHour.objects.all())


def _rows(
    chosen: Chosen, period: Period, *, by_date: bool = False
) -> Iterator[tuple[QuerySet[Any], tuple[str, ...]]]:
    """The rows that make up the period, each kind with the columns that it has."""
    if chosen.company is not None:
        yield _of_hours(chosen).filter(during([period])), COLUMNS
        return
    months, rest = ([], [period]) if by_date else split(period)
    if months:
        yield chosen.of(UsageMonth.objects.filter(month__in=months)), ALL
    if rest:
        yield chosen.of(UsageDay.objects.filter(during(rest))), ALL


def _add(rows: dict[Any, Row], key: Any, row: Row) -> None:
    earlier = rows.get(key)
    if earlier is None:
        rows[key] = row
    else:
        rows[key] = {name: (earlier[name] or 0) + (value or 0) for name, value in row.items()}
