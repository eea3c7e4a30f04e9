"""The first gap of each machine that is long enough, found by PostgreSQL where the rows are.

For each machine the rows that occupy it are read in the order of their start, together with the
closed hours, until the first gap that fits: what lies behind it is never read, however full the
table is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection
from psycopg import sql

from booking.states import OCCUPYING, UNDECIDED
from booking.unattended import next_start
from spaces.intervals import Interval, clip, wall_time

ANY_MOMENT = timedelta(microseconds=1)
"""The step of who asks for an exact time."""

SOON = timedelta(days=7)
"""Where enough is found so soon, what comes later is not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is looked for on machines that are alike: `length` within `hours`, sorted and disjoint.

    The start falls on a `step` from midnight in `zone` and is at most `latest`. Where it may run on
    while the space is closed, only its ends must lie in the hours that are `opened`.
    """

    machines: tuple[int, ...]
    hours: tuple[Interval, ...]
    length: timedelta
    step: timedelta
    setup: timedelta
    turnaround: timedelta
    latest: datetime
    zone: ZoneInfo
    opened: tuple[Interval, ...] | None = None


class Gap(NamedTuple):
    """Where a machine is free for the length that was asked; ordered by start, then by machine."""

    start: datetime
    machine_id: int
    end: datetime

    @property
    def place(self) -> "Place":
        """Where it stands among the gaps of all machines."""
        return Place(self.start, self.machine_id)


class Place(NamedTuple):
    """A place in the order of gaps, to go on from."""

    start: datetime
    machine_id: int


def first_gaps(
    asks: Sequence[Ask], *, now: datetime, limit: int | None = None, after: Place | None = None
) -> list[Gap]:
    """The first gap of each machine in its `ask`, earliest first, `limit` of those after a place.

    One query, or two where not enough is found soon. Where a gap would begin or end beside the
    step, as on a day when the clock changes, or while nobody is there, its machine is asked again
    for a later one.
    """
    asks = [ask for ask in asks if ask.machines and ask.hours]
    if limit is not None and asks:
        near = list(_near(asks, min(ask.hours[0].start for ask in asks) + SOON))
        if near != asks:
            # All that begins so soon comes before whatever begins later.
            gaps = _on_steps(near, now=now, limit=limit, after=after)
            if len(gaps) >= limit:
                return gaps
    return _on_steps(asks, now=now, limit=limit, after=after)


def _near(asks: Sequence[Ask], edge: datetime) -> Iterator[Ask]:
    """The same asks for what begins until `edge`."""
    for ask in asks:
        reach = Interval(ask.hours[0].start, max(ask.hours[0].start, edge + ask.length))
        hours = tuple(clip(ask.hours, reach))
        yield replace(ask, hours=hours, latest=min(ask.latest, edge)) if hours != ask.hours else ask


def _on_steps(
    asks: Sequence[Ask], *, now: datetime, limit: int | None, after: Place | None
) -> list[Gap]:
    while asks:
        gaps, beside = [], []
        of_machine = {pk: ask for ask in asks for pk in ask.machines}
        for start, pk in _rows(asks, now=now, limit=limit, after=after):
            gap = Gap(start, pk, start + of_machine[pk].length)
            gaps.append(gap)
            if not _on_step(gap, of_machine[pk]):
                beside.append(gap)
        if not beside:
            return gaps
        asks = list(_without(asks, {gap.machine_id: gap for gap in beside}))
    return []


def _on_step(gap: Gap, ask: Ask) -> bool:
    if ask.opened is not None and next_start(ask.opened, ask.length, after=gap.start) != gap.start:
        return False
    return ask.step == ANY_MOMENT or not any(
        since_midnight(moment, ask.zone) % ask.step for moment in (gap.start, gap.end)
    )


def since_midnight(moment: datetime, zone: ZoneInfo) -> timedelta:
    """What the clock of `zone` shows, as a time from its midnight (RULES, C5)."""
    wall = wall_time(moment, zone)
    return wall - wall.replace(hour=0, minute=0, second=0, microsecond=0)


def _without(asks: Sequence[Ask], beside: dict[int, Gap]) -> Iterator[Ask]:
    """The same asks, where each machine in `beside` must begin later than that gap."""
    for ask in asks:
        yield replace(ask, machines=tuple(pk for pk in ask.machines if pk not in beside))
        for pk in ask.machines:
            if pk in beside:
                later = _later(beside[pk], ask)
                hours = tuple(
                    Interval(max(each.start, later), each.end)
                    for each in ask.hours
                    if each.end > later
                )
                yield replace(ask, machines=(pk,), hours=hours)


def _later(beside: Gap, ask: Ask) -> datetime:
    """From when on to look instead of `beside`."""
    later = beside.start + ANY_MOMENT
    if ask.opened is None:
        return later
    return next_start(ask.opened, ask.length, after=later) or ask.hours[-1].end


def _rows(
    asks: Sequence[Ask], *, now: datetime, limit: int | None, after: Place | None
) -> list[tuple[datetime, int]]:
    """Start and machine of each gap as the database tells them."""
    asks = [ask for ask in asks if ask.machines and ask.hours]
    if not asks:
        return []
    given: dict[str, Any] = {
        "machines": [pk for ask in asks for pk in ask.machines],
        "asks": [number for number, ask in enumerate(asks, 1) for _ in ask.machines],
        "lengths": [ask.length for ask in asks],
        "steps": [ask.step for ask in asks],
        "setups": [ask.setup for ask in asks],
        "turnarounds": [ask.turnaround for ask in asks],
        "zones": [ask.zone.key for ask in asks],
        "firsts": [ask.hours[0].start for ask in asks],
        "lasts": [ask.hours[-1].end for ask in asks],
        "latests": [ask.latest for ask in asks],
        "closed": [_closed(ask.hours) for ask in asks],
        "now": now,
        "limit": limit,
        "after_start": after.start if after else None,
        "after_machine": after.machine_id if after else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_GAPS, given)
        rows: list[tuple[datetime, int]] = cursor.fetchall()
    return rows


def _closed(hours: tuple[Interval, ...]) -> str:
    """All time beside `hours`, as a multirange."""
    spans = [f"[-infinity,{hours[0].start.isoformat()})"]
    spans += [
        f"[{one.end.isoformat()},{other.start.isoformat()})" for one, other in pairwise(hours)
    ]
    spans.append(f"[{hours[-1].end.isoformat()},infinity)")
    return f"{{{','.join(spans)}}}"


_FIRST_GAPS = sql.SQL("""
    WITH ask AS MATERIALIZED (
        SELECT * FROM unnest(
            %(lengths)s::interval[], %(steps)s::interval[], %(setups)s::interval[],
            %(turnarounds)s::interval[], %(zones)s::text[], %(firsts)s::timestamptz[],
            %(lasts)s::timestamptz[], %(latests)s::timestamptz[], %(closed)s::tstzmultirange[]
        ) WITH ORDINALITY AS ask (
            length, step, setup, turnaround, zone, first, last, latest, closed, number
        )
    )
    SELECT slot.start, machine.id
    FROM unnest(%(machines)s::bigint[], %(asks)s::bigint[]) AS machine (id, ask)
    JOIN ask ON ask.number = machine.ask
    CROSS JOIN LATERAL (
        SELECT stepped.start
        FROM (
            -- The next step of the clock on the wall, which begins again at midnight.
            SELECT gap.from_at, gap.until, gap.start + (
                LEAST(
                    date_bin(
                        ask.step,
                        timezone(ask.zone, gap.start) + ask.step - interval '1 microsecond',
                        date_trunc('day', timezone(ask.zone, gap.start))
                    ),
                    date_trunc('day', timezone(ask.zone, gap.start)) + interval '1 day'
                ) - timezone(ask.zone, gap.start)
            ) AS start
            FROM (
                -- `from_at` is where the turnaround of a newcomer must have ended.
                SELECT
                    busy.from_at,
                    max(busy.until) OVER (ORDER BY busy.from_at ROWS UNBOUNDED PRECEDING) AS start,
                    lead(busy.from_at) OVER (ORDER BY busy.from_at) - ask.turnaround AS until
                FROM (
                    SELECT lower(shut) + ask.turnaround AS from_at, upper(shut) AS until
                    FROM unnest(ask.closed) AS shut
                    UNION ALL
                    -- Rows do not overlap: of those before, the last reaches farthest.
                    SELECT * FROM (
                        SELECT held.occupied_from, held.occupied_until + ask.setup
                        FROM booking_reservation AS held
                        WHERE held.machine_id = machine.id AND held.state IN ({occupying})
                            AND held.occupied_from <= ask.first
                            AND held.occupied_until > held.occupied_from
                            AND NOT (held.state IN ({undecided}) AND held.expires_at <= %(now)s)
                        ORDER BY held.occupied_from DESC
                        LIMIT 1
                    ) AS before
                    UNION ALL
                    SELECT held.occupied_from, held.occupied_until + ask.setup
                    FROM booking_reservation AS held
                    WHERE held.machine_id = machine.id AND held.state IN ({occupying})
                        AND held.occupied_from > ask.first
                        AND held.occupied_from < ask.last + ask.turnaround
                        AND NOT (held.state IN ({undecided}) AND held.expires_at <= %(now)s)
                    UNION ALL
                    -- A unit is taken until the expected end, and once that is past until now.
                    SELECT
                        session.started_at,
                        GREATEST(session.expected_end_at, %(now)s::timestamptz) + ask.setup
                    FROM booking_usagesession AS session
                    WHERE session.machine_id = machine.id AND session.ended_at IS NULL
                    UNION ALL
                    -- Use may not touch a stop, the time around it may. It ends when it is
                    -- expected to, and nobody knows when once that is past.
                    SELECT
                        stop.starts_at + ask.turnaround,
                        COALESCE(
                            stop.ends_at,
                            CASE WHEN fault.expected_at > %(now)s THEN fault.expected_at END,
                            'infinity'
                        )
                    FROM machines_stoppage AS stop
                    JOIN machines_fault AS fault ON fault.id = stop.fault_id
                    WHERE stop.machine_id = machine.id
                        AND stop.starts_at < ask.last
                        AND (stop.ends_at IS NULL OR stop.ends_at > ask.first)
                ) AS busy
            ) AS gap
            WHERE gap.until >= gap.start + ask.length
        ) AS stepped
        WHERE stepped.until >= stepped.start + ask.length AND stepped.start <= ask.latest
        ORDER BY stepped.from_at
        LIMIT 1
    ) AS slot
    WHERE %(after_start)s::timestamptz IS NULL
        OR (slot.start, machine.id) > (%(after_start)s::timestamptz, %(after_machine)s::bigint)
    ORDER BY slot.start, machine.id
    LIMIT %(limit)s
""").format(
    occupying=sql.SQL(", ").join(sql.Literal(state.value) for state in OCCUPYING),
    undecided=sql.SQL(", ").join(sql.Literal(state.value) for state in UNDECIDED),
)
