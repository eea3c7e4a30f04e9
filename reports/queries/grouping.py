"""The sums of the rollup by whatever a program asks: machine, category, space, month, hour."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.db.models import F, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import ExtractIsoWeekDay, TruncMonth

from members.models import Member
from reports.figures import Totals
from reports.filters import Filters
from reports.hours import COLUMNS
from reports.models import CompanyHour, UsageDay, UsageHour
from reports.queries.offered import workplace_of
from reports.queries.scopes import Chosen
from reports.queries.sums import summed, told

DIMENSIONS: Mapping[str, Combinable] = {
    "machine": F("machine_id"),
    "category": F("machine__category__slug"),
    "space": F("machine__space__slug"),
    "month": TruncMonth("date"),
    "weekday": ExtractIsoWeekDay("date"),
    "hour": F("hour"),
}
"""By what figures can be grouped, in the order in which groups are told."""

PARTS = frozenset({"machine", "space"})
"""Groups of which each has readers of its own."""

PREFIX = "by_"


@dataclass(frozen=True, slots=True)
class Group:
    """Some hours of some machines: what they have in common, and their sums."""

    names: dict[str, str | int]
    totals: Totals


def grouped_totals(
    filters: Filters, dimensions: Sequence[str], *, person: Member, offset: int, limit: int
) -> list[Group]:
    """The groups from `offset` on, at most `limit`, in one query besides those for the reader.

    Of a report of many spaces, machines and spaces are told where `person` works.
    """
    asked = [name for name in DIMENSIONS if name in dimensions]
    keys = {f"{PREFIX}{name}": DIMENSIONS[name] for name in asked}
    rows = _rows(filters, asked, person)
    if not keys:
        whole = rows.aggregate(**summed(COLUMNS))
        return [Group({}, _totals(whole, filters))][offset:]
    found = rows.values(**keys).annotate(**summed(COLUMNS)).order_by(*keys)
    return [
        Group(
            {name: _told(row[f"{PREFIX}{name}"]) for name in asked},
            _totals(row, filters),
        )
        for row in cast("Iterable[Mapping[str, Any]]", found[offset : offset + limit])
    ]


def _rows(filters: Filters, dimensions: Sequence[str], person: Member) -> QuerySet[Any]:
    """The rows of the period, by date where no hour is asked for."""
    scope, period = filters.scope, filters.period
    rows: QuerySet[Any]
    if scope.company is not None:
        rows = CompanyHour.objects.filter(company=scope.company)
    else:
        by_hour = "hour" in dimensions
        rows = UsageHour.objects.all() if by_hour else UsageDay.objects.all()
        rows = _shown(Chosen(scope).of(rows), filters, dimensions, person)
    return rows.filter(date__gte=period.first, date__lte=period.last)


def _shown(
    rows: QuerySet[Any], filters: Filters, dimensions: Sequence[str], person: Member
) -> QuerySet[Any]:
    if filters.scope.is_of_many_spaces and PARTS.intersection(dimensions):
        return rows.filter(machine__space__in=workplace_of(person).spaces)
    return rows


def _totals(row: Mapping[str, Any], filters: Filters) -> Totals:
    return Totals(told(row, COLUMNS), with_assumed=filters.with_assumed)


def _told(value: Any) -> str | int:
    """A month as 2026-10; everything else as it is."""
    if isinstance(value, date):
        return f"{value:%Y-%m}"
    return value if isinstance(value, int) else str(value)
