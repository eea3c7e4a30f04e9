"""The report of a scope over a period: figures of time from the rollup, those of people beside."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from machines.models import DirtyDay, Machine
from reports.figures import Row, Totals
from reports.filters import Filters, Period, Scope
from reports.hours import COLUMNS, UsedBy
from reports.models import UsageHour
from reports.queries import sums
from reports.queries.demand import demand_of
from reports.queries.people import Visitors, contributions_of, lead_time_of, visitors_of
from reports.queries.saturation import added, saturation_of
from reports.queries.scopes import Chosen, chosen_by
from reports.report import Audience, Part, Report, Stretch


def report_of(filters: Filters) -> Report:
    """All that is told of the scope over the period, in a fixed number of queries."""
    chosen = chosen_by(filters.scope)
    before = filters.before
    by_machine = sums.by_machine(chosen, filters.period)
    by_machine_before = sums.by_machine(chosen, before) if before else None
    saturation = saturation_of(chosen, filters.period)
    main = [each for each in saturation if filters.scope.pool is not None or each.scope.category]
    visitors = visitors_of(chosen, filters.period, with_assumed=filters.with_assumed)
    totals = _totals(filters, by_machine.values())
    return Report(
        filters=filters,
        totals=totals,
        before=None if by_machine_before is None else _totals(filters, by_machine_before.values()),
        parts=_parts(filters, chosen, by_machine, by_machine_before),
        stretches=[
            Stretch(period=period, totals=_totals(filters, [row]))
            for period, row in sums.by_stretch(chosen, filters.period)
        ],
        by_weekday_and_hour={
            key: _totals(filters, rows)
            for key, rows in sums.by_weekday_and_hour(chosen, filters.period).items()
        },
        saturation=saturation,
        saturated=added(each.share for each in main),
        saturated_by_weekday_and_hour={
            key: added(
                each.by_weekday_and_hour[key] for each in main if key in each.by_weekday_and_hour
            )
            for key in sorted({key for each in main for key in each.by_weekday_and_hour})
        },
        demand=demand_of(chosen, filters.period),
        demand_before=demand_of(chosen, before) if before else None,
        audiences=_audiences(totals, visitors),
        reach=visitors.reach,
        reach_before=(
            visitors_of(chosen, before, with_assumed=filters.with_assumed).reach if before else None
        ),
        lead_time=lead_time_of(chosen, filters.period),
        contributions=contributions_of(chosen, filters.period),
        days_in_work=_days_in_work(chosen.pks, filters.period),
    )


def totals_of(pks: Sequence[int], first: tuple[date, int], last: tuple[date, int]) -> Totals:
    """The sum over machines from one local hour up to and without another."""
    rows = UsageHour.objects.filter(sums.between_hours(first, last), machine__in=pks)
    return Totals(sums.told(rows.aggregate(**sums.summed(COLUMNS)), COLUMNS))


def _totals(filters: Filters, rows: Iterable[Row]) -> Totals:
    return Totals.of(rows, with_assumed=filters.with_assumed)


def _parts(
    filters: Filters,
    chosen: Chosen,
    rows: Mapping[int, Row],
    rows_before: Mapping[int, Row] | None,
) -> list[Part]:
    """The machines that have figures in the period, or the spaces that have any."""
    machines: dict[int, list[Machine]] = defaultdict(list)
    is_by_space = filters.scope.is_of_many_spaces and filters.scope.company is None
    for machine in chosen.machines:
        if machine.pk in rows:
            machines[machine.space_id if is_by_space else machine.pk].append(machine)

    def totals(kept: Mapping[int, Row], of: list[Machine]) -> Totals:
        return _totals(filters, [kept.get(machine.pk, {}) for machine in of])

    return [
        Part(
            pk=pk,
            name=of[0].space.name if is_by_space else of[0].name,
            slug=of[0].space.slug if is_by_space else of[0].slug,
            scope=Scope.of_space(of[0].space) if is_by_space else Scope.of_machine(of[0]),
            totals=totals(rows, of),
            before=None if rows_before is None else totals(rows_before, of),
        )
        for pk, of in machines.items()
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


def _days_in_work(pks: Sequence[int], period: Period) -> int:
    marks = DirtyDay.objects.filter(machine__in=pks, date__gte=period.first, date__lte=period.last)
    return marks.values("date").distinct().count()
