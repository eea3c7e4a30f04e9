"""How much of the opening time every unit of a pool or category was busy."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, cast

from django.db.models import QuerySet, Sum
from django.db.models.functions import ExtractIsoWeekDay

from machines.models import Category, Machine
from reports.figures import Share
from reports.filters import Period, Scope
from reports.models import GroupWeek, SaturatedHour, UsageGroup
from reports.queries.scopes import Chosen
from reports.queries.sums import during, split
from reports.report import Saturation, WeekHour

Owner = tuple[int | None, int | None]
"""A category or a pool."""


def added(shares: Iterable[Share]) -> Share:
    """The share of the sums."""
    numerator = denominator = 0
    for share in shares:
        numerator += share.numerator
        denominator += share.denominator
    return Share(numerator, denominator)


def saturation_of(chosen: Chosen, period: Period) -> list[Saturation]:
    """A line per category and pool, in the order of their names."""
    groups = list(chosen.groups_told().select_related("space", "category", "pool"))
    if not groups:
        return []
    scopes: dict[Owner, Scope] = {}
    for group in groups:
        scopes.setdefault((group.category_id, group.pool_id), _scope(chosen, group))
    found = _shares(groups, period)
    units = _units(groups)
    lines = [
        Saturation(
            scope=scope,
            units=units[owner],
            share=added(found[owner].values()),
            by_weekday_and_hour=dict(sorted(found[owner].items())),
        )
        for owner, scope in scopes.items()
    ]
    return sorted(lines, key=lambda each: (each.scope.pool is not None, each.scope.name))


def _scope(chosen: Chosen, group: UsageGroup) -> Scope:
    if group.pool is not None:
        group.pool.space = group.space
        return Scope.of_pool(group.pool)
    return Scope.of_category(cast("Category", group.category), chosen.scope.space)


def _units(groups: Iterable[UsageGroup]) -> Counter[Owner]:
    """How many machines in service each category and pool has."""
    pks = {pk for group in groups for pk in group.machines}
    in_service = set(Machine.objects.in_service().filter(pk__in=pks).values_list("pk", flat=True))
    units: Counter[Owner] = Counter()
    for group in groups:
        units[group.category_id, group.pool_id] += len(in_service & set(group.machines))
    return units


def _shares(groups: Iterable[UsageGroup], period: Period) -> dict[Owner, dict[WeekHour, Share]]:
    pks = [group.pk for group in groups]
    months, rest = split(period)
    queries: list[QuerySet[Any]] = []
    if months:
        weeks = GroupWeek.objects.filter(group__in=pks, month__in=months, opened__gt=0)
        queries.append(weeks.values("group__category", "group__pool", "weekday", "hour"))
    if rest:
        hours = SaturatedHour.objects.filter(during(rest), group__in=pks)
        queries.append(
            hours.values(
                "group__category", "group__pool", "hour", weekday=ExtractIsoWeekDay("date") - 1
            )
        )
    shares: dict[Owner, dict[WeekHour, Share]] = defaultdict(dict)
    for query in queries:
        for row in query.annotate(all_opened=Sum("opened"), all_saturated=Sum("saturated")):
            of_owner = shares[row["group__category"], row["group__pool"]]
            key = row["weekday"], row["hour"]
            earlier = of_owner.get(key, Share(0, 0))
            of_owner[key] = added([earlier, Share(row["all_saturated"], row["all_opened"])])
    return shares
