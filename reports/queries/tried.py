"""The refused tries of a period, of which what was wanted in vain is counted."""

TRIED = """
    WITH tried AS MATERIALIZED (
        SELECT try.id, member_id, machine_id, try.pool_id, starts_at, ends_at, codes,
               extract(epoch FROM ends_at - starts_at)::bigint AS seconds,
               starts_at AT TIME ZONE space.timezone AS wall
        FROM booking_refusedtry AS try
        LEFT JOIN machines_machine AS machine ON machine.id = try.machine_id
        LEFT JOIN machines_pool AS pool ON pool.id = try.pool_id
        JOIN spaces_space AS space ON space.id = coalesce(machine.space_id, pool.space_id)
        WHERE starts_at >= %(earliest)s AND starts_at < %(latest)s
          AND (starts_at AT TIME ZONE space.timezone)::date BETWEEN %(first)s AND %(last)s
          AND (try.machine_id = ANY(%(machines)s::bigint[])
               OR try.pool_id = ANY(%(pools)s::bigint[]))
    )
"""
"""The tries of a period, each on the clock of its space."""
