"""The figures of a scope over a period: those of time from the rollup, those of people beside."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from django.db.models import Q, QuerySet, Sum

from machines.models import DirtyDay, Machine
from reports.figures import Row, Share, Totals
from reports.filters import Filters, Period, Scope
from reports.hours import COLUMNS
from reports.models import UsageHour
from reports.report import Contributions, Demand, Part, Reach, Report, Stretch

Key = TypeVar("Key")

BY_HOUR = ("opening", "maintenance", "down", "booked", "used", "used_assumed")
"""What the heatmap needs."""


def report_of(filters: Filters) -> Report:
    """All that is told of the scope over the period, in a fixed number of queries."""
    machines = list(machines_in(filters.scope).select_related("space"))
    pks = [machine.pk for machine in machines]
    sums = _by_machine(pks, filters.period)
    sums_before = _by_machine(pks, filters.before) if filters.before else None
    hours = _by_hour(pks, filters.period)

    def totals(rows: Iterable[Row]) -> Totals:
        return Totals.of(rows, with_assumed=filters.with_assumed)

    return Report(
        filters=filters,
        totals=totals(sums.values()),
        before=None if sums_before is None else totals(sums_before.values()),
        parts=[
            Part(
                pk=machine.pk,
                name=machine.name,
                slug=machine.slug,
                scope=Scope.of_machine(machine),
                totals=totals([sums[machine.pk]]),
                before=None if sums_before is None else totals([sums_before.get(machine.pk, {})]),
            )
            for machine in machines
            if machine.pk in sums
        ],
        stretches=[
            Stretch(period=Period(day, day), totals=totals(rows))
            for day, rows in sorted(_grouped((day, row) for day, _, row in hours).items())
        ],
        by_weekday_and_hour={
            key: totals(rows)
            for key, rows in _grouped(
                ((day.weekday(), hour), row) for day, hour, row in hours
            ).items()
        },
        saturation=[],
        saturated=Share(0, 0),
        saturated_by_weekday_and_hour={},
        demand=Demand(),
        demand_before=None,
        audiences=[],
        reach=Reach(),
        reach_before=None,
        lead_time=None,
        contributions=Contributions(),
        days_in_work=_days_in_work(pks, filters.period),
    )


def machines_in(scope: Scope) -> QuerySet[Machine]:
    """The machines whose rows a scope adds up, retired ones too; of a company: all of them."""
    rows = Machine.objects.all()
    if scope.machine is not None:
        return rows.filter(pk=scope.machine.pk)
    if scope.pool is not None:
        return rows.filter(pool=scope.pool)
    if scope.category is not None:
        rows = rows.filter(category=scope.category)
    return rows if scope.space is None else rows.filter(space=scope.space)


def totals_of(pks: Sequence[int], first: tuple[date, int], last: tuple[date, int]) -> Totals:
    """The sum over machines from one local hour up to and without another."""
    rows = UsageHour.objects.filter(
        Q(date__gt=first[0]) | Q(date=first[0], hour__gte=first[1]),
        Q(date__lt=last[0]) | Q(date=last[0], hour__lt=last[1]),
        machine__in=pks,
    )
    return Totals(rows.aggregate(**{name: Sum(name) for name in COLUMNS}))


def _by_machine(pks: Sequence[int], period: Period) -> dict[int, Row]:
    rows = (
        UsageHour.objects.filter(machine__in=pks, date__gte=period.first, date__lte=period.last)
        .values("machine_id")
        .annotate(**{f"sum_{name}": Sum(name) for name in COLUMNS})
    )
    return {row["machine_id"]: _sums(row, COLUMNS) for row in rows}


def _sums(row: Mapping[str, Any], names: Iterable[str]) -> Row:
    return {name: row[f"sum_{name}"] for name in names}


def _by_hour(pks: Sequence[int], period: Period) -> list[tuple[date, int, Row]]:
    rows = (
        UsageHour.objects.filter(machine__in=pks, date__gte=period.first, date__lte=period.last)
        .values("date", "hour")
        .annotate(**{f"sum_{name}": Sum(name) for name in BY_HOUR})
        .order_by("date", "hour")
    )
    return [(row["date"], row["hour"], _sums(row, BY_HOUR)) for row in rows]


def _grouped(rows: Iterable[tuple[Key, Row]]) -> dict[Key, list[Row]]:
    groups: dict[Key, list[Row]] = defaultdict(list)
    for key, row in rows:
        groups[key].append(row)
    return groups


def _days_in_work(pks: Sequence[int], period: Period) -> int:
    marks = DirtyDay.objects.filter(machine__in=pks, date__gte=period.first, date__lte=period.last)
    return marks.values("date").distinct().count()
