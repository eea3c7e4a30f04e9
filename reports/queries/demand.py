"""What was wanted and could not be had: refused tries, and wishes that waited too long."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum

from booking.models import WaitlistEntry
from booking.states import RefusalCode, WishState
from reports.filters import Period
from reports.queries.clocks import days_of, within
from reports.queries.kinds import full_by_kind
from reports.queries.scopes import Chosen
from reports.queries.tried import TRIED
from reports.report import Demand, Tries

BY_CODE = f"""
    {TRIED}
    SELECT code, count(*), count(DISTINCT member_id), sum(seconds) FILTER (WHERE nth = 1)
    FROM (
        SELECT *, row_number() OVER (
            PARTITION BY code, coalesce(member_id, -id), machine_id, pool_id, starts_at, ends_at
        ) AS nth
        FROM (
            SELECT *, '' AS code FROM tried
            UNION ALL SELECT *, %(only)s FROM tried WHERE codes <@ ARRAY[%(full)s]::varchar[]
            UNION ALL SELECT *, unnest(codes) FROM tried
        ) AS coded
    ) AS numbered
    GROUP BY code
"""  # noqa: S608

BY_HOUR = f"""
    {TRIED}
    SELECT extract(isodow FROM wall)::int - 1, extract(hour FROM wall)::int, count(*)
    FROM tried WHERE codes <@ ARRAY[%(full)s]::varchar[]
    GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608

ONLY_FULL = "only"
NOBODY = Tries()


def demand_of(chosen: Chosen, period: Period) -> Demand:
    """What was asked of the machines and pools of a scope for the period, and not had.

    Of a company only its wishes are known: a refused try is that of a person.
    """
    wishes, wished = _wishes(chosen, period)
    if chosen.company is not None:
        return Demand(wishes=wishes, wished=wished)
    values: dict[str, Any] = {
        **days_of(period),
        "machines": chosen.pks,
        "pools": list(chosen.pools().values_list("pk", flat=True)),
        "full": RefusalCode.TAKEN,
        "only": ONLY_FULL,
    }
    with connection.cursor() as cursor:
        cursor.execute(BY_CODE, values)
        by_code = {
            code: Tries(count=count, people=people, asked=int(asked))
            for code, count, people, asked in cursor.fetchall()
        }
        cursor.execute(BY_HOUR, values)
        by_hour = {(weekday, hour): count for weekday, hour, count in cursor.fetchall()}
    return Demand(
        by_kind=full_by_kind(chosen.scope, values),
        refused=by_code.pop("", NOBODY),
        full=by_code.pop(ONLY_FULL, NOBODY),
        by_code=dict(sorted(by_code.items(), key=lambda each: (-each[1].count, each[0]))),
        by_weekday_and_hour=by_hour,
        wishes=wishes,
        wished=wished,
    )


def _wishes(chosen: Chosen, period: Period) -> tuple[int, int]:
    """The wishes that waited until it was too late: how many, and the seconds wished for."""
    rows = within(_wishes_for(chosen), period, "earliest_at", F("space__timezone"))
    rows = rows.filter(state=WishState.EXPIRED)
    found = rows.aggregate(count=Count("pk"), wished=Sum("duration", default=timedelta(0)))
    return found["count"], int(found["wished"].total_seconds())


def _wishes_for(chosen: Chosen) -> QuerySet[WaitlistEntry]:
    rows = WaitlistEntry.objects.all()
    scope = chosen.scope
    if scope.company is not None:
        return rows.filter(company=scope.company)
    if scope.space is not None:
        rows = rows.filter(space=scope.space)
    if scope.machine is not None:
        return rows.filter(machine=scope.machine)
    if scope.pool is not None:
        return rows.filter(Q(pool=scope.pool) | Q(machine__pool=scope.pool))
    if scope.category is not None:
        return rows.filter(
            Q(category=scope.category)
            | Q(machine__category=scope.category)
            | Q(pool__in=chosen.pools().values("pk"))
        )
    return rows
