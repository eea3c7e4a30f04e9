"""From a report to the figures that its answers are made of. Pure."""

from datetime import datetime

from reports.answers import Drawn, Group
from reports.figures import Share, Totals
from reports.report import Part, Report, Saturation, Tries


def drawn_from(report: Report, *, now: datetime) -> Drawn:
    """What `answers_of` reads of a report at `now`."""
    filters = report.filters
    return Drawn(
        days=filters.period.days,
        totals=report.totals,
        before=report.before,
        machines=[(part.name, part.totals.share("use_rate")) for part in report.parts],
        use={hour: totals.share("use_rate") for hour, totals in report.by_weekday_and_hour.items()},
        groups=_groups(report),
        tries_refused=report.demand.full.count,
        people_refused=report.demand.full.people,
        seconds_refused=report.demand.full.asked,
        wishes_unmet=report.demand.wishes,
        stage=filters.period.stage(filters.scope.zone, now=now),
    )


def _groups(report: Report) -> list[Group]:
    """The machine itself, the pool, or the categories of the report."""
    scope = report.filters.scope
    if scope.machine is None:
        kinds = [kind for kind in report.saturation if scope.pool or kind.scope.category]
        return [_group(kind, report.demand.full_of(kind.scope)) for kind in kinds]
    full = report.demand.full
    busy = {
        hour: Share(_busy(totals), opened)
        for hour, totals in report.by_weekday_and_hour.items()
        if (opened := totals.seconds("available"))
    }
    return [
        Group(
            name=scope.name, units=1, saturation=busy, people_refused=full.people, unmet=full.asked
        )
    ]


def _busy(totals: Totals) -> int:
    """The seconds in which a machine was used or booked at least while it could be used.

    Of what was booked nobody knows here how much fell into the time in which it stood still.
    """
    stood_still = totals.seconds("opening") - totals.seconds("available")
    return max(totals.seconds("used"), totals.seconds("booked") - stood_still)


def use_of(kind: Saturation, report: Report) -> Share:
    """The utilisation of the machines of a kind, from those of a report of a space or a part of it.

    Parts that are spaces, or a machine alone, do not tell it: it is a share of nothing.
    """
    if report.filters.scope.machine is not None:
        return Share(0, 0)
    shares = [part.totals.share("use_rate") for part in report.parts if _is_of(part, kind)]
    return Share(
        sum(share.numerator for share in shares), sum(share.denominator for share in shares)
    )


def _is_of(part: Part, kind: Saturation) -> bool:
    machine = part.scope.machine
    if machine is None:
        return False
    if kind.scope.pool is not None:
        return machine.pool_id == kind.scope.pool.pk
    return kind.scope.category is not None and machine.category_id == kind.scope.category.pk


def _group(kind: Saturation, tries: Tries) -> Group:
    return Group(
        name=kind.scope.name,
        units=kind.units,
        saturation=kind.by_weekday_and_hour,
        people_refused=tries.people,
        unmet=tries.asked,
    )
