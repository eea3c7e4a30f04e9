"""The figures of a space over a month, all of them from the rollup."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db.models import BooleanField, Case, Q, Sum, Value, When

from machines.models import DirtyDay, Machine
from reports.figures import Totals
from reports.hours import COLUMNS
from reports.models import UsageHour
from spaces.intervals import DAY
from spaces.models import Space

Key = TypeVar("Key")

BY_HOUR = ("opening", "maintenance", "down", "booked", "used", "used_assumed")
"""What the heatmap and the line over time need."""


@dataclass(frozen=True, slots=True)
class Period:
    """Local dates of a space, both included."""

    first: date
    last: date

    @property
    def dates(self) -> list[date]:
        """Every date of it."""
        return [self.first + n * DAY for n in range((self.last - self.first).days + 1)]


@dataclass(frozen=True, slots=True)
class MonthOfSpace:
    """A month to be reported; one that still runs is reported up to today.

    It is compared with the month before, a running one with as many days of it, so that the two
    can be compared.
    """

    month: date
    period: Period
    before: Period
    is_running: bool

    @classmethod
    def containing(cls, day: date, *, today: date) -> "MonthOfSpace":
        """The month of `day`, seen on `today`."""
        first = day.replace(day=1)
        last = next_month(first) - DAY
        is_running = first <= today < last
        earlier = previous_month(first)
        ends = min(earlier + (today - first), first - DAY) if is_running else first - DAY
        period = Period(first, today if is_running else last)
        return cls(first, period, Period(earlier, ends), is_running)


@dataclass(frozen=True, slots=True)
class MachineFigures:
    """The figures of one machine, and those of the time before."""

    pk: int
    name: str
    slug: str
    totals: Totals
    before: Totals


@dataclass(frozen=True, slots=True)
class UtilisationOfSpace:
    """All that the utilisation page, its charts and its exports tell."""

    space: Space
    month: MonthOfSpace
    with_assumed: bool
    machines: list[MachineFigures]
    totals: Totals
    before: Totals
    by_weekday_and_hour: dict[tuple[int, int], Totals]
    by_date: dict[date, Totals]
    days_in_work: int


def previous_month(first: date) -> date:
    """The first day of the month before."""
    return (first - DAY).replace(day=1)


def next_month(first: date) -> date:
    """The first day of the month after."""
    return (first + timedelta(days=32)).replace(day=1)


def utilisation_of(
    space: Space, month: MonthOfSpace, *, with_assumed: bool = True
) -> UtilisationOfSpace:
    """The figures of `space`, in four queries for any number of machines."""
    machines = list(Machine.objects.filter(space=space).only("name", "slug"))
    pks = [machine.pk for machine in machines]
    sums = _by_machine(pks, month)
    figures = [
        MachineFigures(
            pk=machine.pk,
            name=machine.name,
            slug=machine.slug,
            totals=Totals(sums.get((machine.pk, True), {}), with_assumed=with_assumed),
            before=Totals(sums.get((machine.pk, False), {}), with_assumed=with_assumed),
        )
        for machine in machines
        if (machine.pk, True) in sums
    ]
    hours = _by_hour(pks, month.period)
    return UtilisationOfSpace(
        space=space,
        month=month,
        with_assumed=with_assumed,
        machines=figures,
        totals=_sum_of(sums, during=True, with_assumed=with_assumed),
        before=_sum_of(sums, during=False, with_assumed=with_assumed),
        by_weekday_and_hour=_grouped(
            (((day.weekday(), hour), row) for day, hour, row in hours),
            with_assumed=with_assumed,
        ),
        by_date=_grouped(
            ((day, row) for day, _, row in hours),
            with_assumed=with_assumed,
        ),
        days_in_work=_days_in_work(pks, month.period),
    )


def totals_of(pks: Sequence[int], first: tuple[date, int], last: tuple[date, int]) -> Totals:
    """The sum over machines from one local hour up to and without another."""
    rows = UsageHour.objects.filter(
        Q(date__gt=first[0]) | Q(date=first[0], hour__gte=first[1]),
        Q(date__lt=last[0]) | Q(date=last[0], hour__lt=last[1]),
        machine__in=pks,
    )
    return Totals(rows.aggregate(**{name: Sum(name) for name in COLUMNS}))


Sums = dict[str, int | None]


def _by_machine(pks: Sequence[int], month: MonthOfSpace) -> dict[tuple[int, bool], Sums]:
    during = Q(date__gte=month.period.first, date__lte=month.period.last)
    earlier = Q(date__gte=month.before.first, date__lte=month.before.last)
    rows = (
        UsageHour.objects.filter(during | earlier, machine__in=pks)
        .annotate(
            during=Case(
                When(date__gte=month.period.first, then=Value(True)),  # noqa: FBT003
                default=Value(False),  # noqa: FBT003
                output_field=BooleanField(),
            )
        )
        .values("machine_id", "during")
        .annotate(**{f"sum_{name}": Sum(name) for name in COLUMNS})
    )
    return {(row["machine_id"], row["during"]): _sums(row, COLUMNS) for row in rows}


def _sums(row: Mapping[str, Any], names: Iterable[str]) -> Sums:
    return {name: row[f"sum_{name}"] for name in names}


def _by_hour(pks: Sequence[int], period: Period) -> list[tuple[date, int, Sums]]:
    rows = (
        UsageHour.objects.filter(machine__in=pks, date__gte=period.first, date__lte=period.last)
        .values("date", "hour")
        .annotate(**{f"sum_{name}": Sum(name) for name in BY_HOUR})
        .order_by("date", "hour")
    )
    return [(row["date"], row["hour"], _sums(row, BY_HOUR)) for row in rows]


def _sum_of(sums: dict[tuple[int, bool], Sums], *, during: bool, with_assumed: bool) -> Totals:
    rows = [row for (_, is_during), row in sums.items() if is_during == during]
    return Totals.of(rows, with_assumed=with_assumed)


def _grouped(rows: Iterable[tuple[Key, Sums]], *, with_assumed: bool) -> dict[Key, Totals]:
    groups: dict[Key, list[Sums]] = defaultdict(list)
    for key, row in rows:
        groups[key].append(row)
    return {key: Totals.of(group, with_assumed=with_assumed) for key, group in groups.items()}


def _days_in_work(pks: Sequence[int], period: Period) -> int:
    marks = DirtyDay.objects.filter(machine__in=pks, date__gte=period.first, date__lte=period.last)
    return marks.values("date").distinct().count()
