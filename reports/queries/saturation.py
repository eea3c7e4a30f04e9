"""How much of the opening time every unit of a pool or category was busy."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, cast

from machines.models import Category, Machine
from reports.figures import Share
from reports.filters import Period, Scope
from reports.models import SaturatedHour, UsageGroup
from reports.queries.adding import WEEKDAY, Rows, of_dates, of_groups
from reports.queries.scopes import Chosen
from reports.queries.weeks import OWNER, THEIR_GROUP, Owner, WeekRow
from reports.report import Saturation, WeekHour


def added(shares: Iterable[Share]) -> Share:
    """The share of the sums."""
    numerator = denominator = 0
    for share in shares:
        numerator += share.numerator
        denominator += share.denominator
    return Share(numerator, denominator)


def added_by_hour(lines: Sequence[Saturation]) -> dict[WeekHour, Share]:
    """The shares of the sums of some lines, by weekday and hour."""
    found: dict[WeekHour, list[Share]] = defaultdict(list)
    for line in lines:
        for key, share in line.by_weekday_and_hour.items():
            found[key].append(share)
    return {key: added(found[key]) for key in sorted(found)}


def groups_of(chosen: Chosen) -> list[UsageGroup]:
    """The groups of which saturation is told, with what names them."""
    return list(chosen.groups_told().select_related("space", "category", "pool"))


def saturation_of(
    chosen: Chosen, groups: Sequence[UsageGroup], weeks: Iterable[WeekRow], rest: Sequence[Period]
) -> list[Saturation]:
    """A line per category and pool, in the order of their names, from whole months and the rest."""
    if not groups:
        return []
    scopes: dict[Owner, Scope] = {}
    for group in groups:
        scopes.setdefault((group.category_id, group.pool_id), _scope(chosen, group))
    found = _shares(groups, weeks, rest)
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
    here = Machine.objects.in_service().filter(space__in={group.space_id for group in groups})
    in_service = set(here.order_by().values_list("pk", flat=True))
    units: Counter[Owner] = Counter()
    for group in groups:
        units[group.category_id, group.pool_id] += len(in_service & set(group.machines))
    return units


def _shares(
    groups: Sequence[UsageGroup], weeks: Iterable[WeekRow], rest: Sequence[Period]
) -> dict[Owner, dict[WeekHour, Share]]:
    shares: dict[Owner, dict[WeekHour, Share]] = defaultdict(dict)
    for row in weeks:
        shares[row.owner][row.key] = Share(row.saturated, row.opened)
    if rest:
        for category, pool, hour, weekday, opened, saturated in _hours(groups, rest):
            of_owner, key = shares[category, pool], (weekday, hour)
            of_owner[key] = added([of_owner.get(key, Share(0, 0)), Share(saturated, opened)])
    return shares


def _hours(groups: Sequence[UsageGroup], rest: Sequence[Period]) -> Iterable[tuple[Any, ...]]:
    here, pks = of_groups([group.pk for group in groups])
    then, dates = of_dates(rest)
    rows = Rows(
        model=SaturatedHour,
        names=("opened", "saturated"),
        conditions=[here, then],
        values={**pks, **dates},
        joined=THEIR_GROUP,
    )
    return rows.by(*OWNER, "kept.hour", WEEKDAY)
