"""What was wanted of each kind of machine and was taken: the demand of a report, told apart."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from reports.filters import Scope
from reports.queries.tried import TRIED
from reports.report import Tries

BY_KIND = f"""
    {TRIED},
    wanted AS (
        SELECT category.slug AS category, coalesce(tried.pool_id, machine.pool_id) AS pool,
            tried.member_id, count(*) AS tries, min(tried.seconds) AS seconds
        FROM tried
        JOIN LATERAL (
            SELECT category_id, pool_id FROM machines_machine
            WHERE id = tried.machine_id
                OR (tried.machine_id IS NULL AND pool_id = tried.pool_id)
            ORDER BY id = ANY(%(machines)s::bigint[]) DESC, id LIMIT 1
        ) AS machine ON true
        JOIN machines_category AS category ON category.id = machine.category_id
        WHERE tried.codes <@ ARRAY[%(full)s]::varchar[]
        GROUP BY category.slug, coalesce(tried.pool_id, machine.pool_id), tried.member_id,
            coalesce(tried.member_id, -tried.id), tried.machine_id, tried.pool_id,
            tried.starts_at, tried.ends_at
    )
    SELECT category, pool, sum(tries)::bigint, count(DISTINCT member_id), sum(seconds)::bigint
    FROM wanted GROUP BY GROUPING SETS ((category), (pool))
"""  # noqa: S608


def full_by_kind(scope: Scope, asked: Mapping[str, Any]) -> Mapping[str, Tries]:
    """Tries that met with no free unit, by the key of the category and of the pool they were for.

    Who tries the same time of the same machine again asks for its seconds once. `asked` are the
    parameters of TRIED.
    """
    with connection.cursor() as cursor:
        cursor.execute(BY_KIND, asked)
        rows = cursor.fetchall()
    place = "" if scope.space is None else f"@{scope.space.slug}"
    return {
        f"category:{category}{place}" if category else f"pool:{pool}": Tries(
            count=count, people=people, asked=seconds
        )
        for category, pool, count, people, seconds in rows
        if category or pool
    }
