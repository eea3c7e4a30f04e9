"""The report of a scope over a period: figures of time from the rollup, those of people beside."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from machines.models import DirtyDay
from reports.figures import Row, Totals
from reports.filters import Filters, Period, Scope
from reports.hours import COLUMNS, UsedBy
from reports.models import UsageHour
from reports.queries import sums
from reports.queries.demand import demand_of
from reports.queries.giving import contributions_of
from reports.queries.leads import lead_time_of
from reports.queries.people import Visitors, reached_of, visitors_of
from reports.queries.saturation import added, added_by_hour, groups_of, saturation_of
from reports.queries.scopes import Chosen, named_machines
from reports.queries.weeks import weeks_of
from reports.report import Audience, Part, Report, Stretch
from spaces.models import Space


def report_of(filters: Filters) -> Report:
    """All that is told of the scope over the period, in a fixed number of queries."""
    chosen = Chosen(filters.scope)
    report = _of_time(filters, chosen)
    visitors = visitors_of(chosen, filters.period, with_assumed=filters.with_assumed)
    before = filters.before
    return replace(
        report,
        demand=demand_of(chosen, filters.period),
        audiences=_audiences(report.totals, visitors),
        reach=visitors.reach,
        reach_before=(
            reached_of(chosen, before, with_assumed=filters.with_assumed) if before else None
        ),
        lead_time=lead_time_of(chosen, filters.period),
        contributions=contributions_of(chosen, filters.period),
    )


def times_of(filters: Filters) -> Report:
    """The same without what is told of people and of their wishes: all that charts show."""
    return _of_time(filters, Chosen(filters.scope))


def _of_time(filters: Filters, chosen: Chosen) -> Report:
    """What comes from the rollup."""
    period, before = filters.period, filters.before
    by_part = sums.by_part(chosen, period)
    by_part_before = sums.by_part(chosen, before) if before else None
    months, rest = sums.split(period)
    groups = groups_of(chosen)
    weeks = weeks_of(groups, months)
    saturation = saturation_of(chosen, groups, weeks, rest)
    main = [each for each in saturation if filters.scope.pool is not None or each.scope.category]
    return Report(
        filters=filters,
        totals=_sum(filters, by_part.values()),
        before=None if by_part_before is None else _sum(filters, by_part_before.values()),
        parts=_parts(filters, chosen, by_part, by_part_before),
        stretches=[
            Stretch(period=each, totals=_totals(filters, row))
            for each, row in sums.by_stretch(chosen, period)
        ],
        by_weekday_and_hour={
            key: _totals(filters, row)
            for key, row in sums.by_weekday_and_hour(chosen, period, weeks).items()
        },
        saturation=saturation,
        saturated=added(each.share for each in main),
        saturated_by_weekday_and_hour=added_by_hour(main),
        days_in_work=_days_in_work(chosen, period),
    )


def totals_of(pks: Sequence[int], first: tuple[date, int], last: tuple[date, int]) -> Totals:
    """The sum over machines from one local hour up to and without another."""
    rows = UsageHour.objects.filter(sums.between_hours(first, last), machine__in=pks)
    return Totals(sums.told(rows.aggregate(**sums.summed(COLUMNS)), COLUMNS))


def _totals(filters: Filters, row: Row) -> Totals:
    return Totals(row, with_assumed=filters.with_assumed)


def _sum(filters: Filters, rows: Iterable[Row]) -> Totals:
    return Totals.of(rows, with_assumed=filters.with_assumed)


def _parts(
    filters: Filters,
    chosen: Chosen,
    rows: Mapping[int, Row],
    rows_before: Mapping[int, Row] | None,
) -> list[Part]:
    """The machines that have figures in the period, or the spaces that have any."""
    named: list[tuple[int, str, str, Scope]]
    if chosen.is_by_space:
        spaces = Space.objects.filter(pk__in=rows).order_by("name")
        named = [(each.pk, each.name, each.slug, Scope.of_space(each)) for each in spaces]
    else:
        machines = named_machines(rows, space=chosen.scope.space)
        named = [(each.pk, each.name, each.slug, Scope.of_machine(each)) for each in machines]
    return [
        Part(
            pk=pk,
            name=name,
            slug=slug,
            scope=scope,
            totals=_totals(filters, rows[pk]),
            before=None if rows_before is None else _totals(filters, rows_before.get(pk, {})),
        )
        for pk, name, slug, scope in named
    ]


def _audiences(totals: Totals, visitors: Visitors) -> list[Audience]:
    return [
        Audience(
            used_by=each,
            booked=totals.seconds(f"booked_by_{each}"),
            used=totals.seconds(f"used_by_{each}"),
            people=visitors.people_by_audience.get(each),
        )
        for each in UsedBy
    ]


def _days_in_work(chosen: Chosen, period: Period) -> int:
    marks = DirtyDay.objects.filter(date__gte=period.first, date__lte=period.last)
    return chosen.of(marks).values("date").distinct().count()
