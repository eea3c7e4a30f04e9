"""The refused tries of a period, of which what was wanted in vain is counted."""

from reports.queries.clocks import DURING

TRIED = f"""
    WITH tried AS MATERIALIZED (
        SELECT try.id, member_id, machine_id, try.pool_id, starts_at, ends_at, codes,
               extract(epoch FROM ends_at - starts_at)::bigint AS seconds,
               starts_at AT TIME ZONE space.timezone AS wall
        FROM booking_refusedtry AS try
        LEFT JOIN machines_machine AS machine ON machine.id = try.machine_id
        LEFT JOIN machines_pool AS pool ON pool.id = try.pool_id
        JOIN spaces_space AS space ON space.id = coalesce(machine.space_id, pool.space_id)
        WHERE {DURING.format(moment="starts_at", zone="space.timezone")}
          AND (try.machine_id = ANY(%(machines)s::bigint[])
               OR try.pool_id = ANY(%(pools)s::bigint[]))
    )
"""  # noqa: S608
"""The tries of a period, each on the clock of its space."""
