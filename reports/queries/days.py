"""Which days of a machine have rows: all, from its first trace in the log on, and ahead for a time.

What is ahead ends with next month. A machine is counted from the day on which the rollup first
saw it, or from the first that its log tells of before that; once it has left service, only days
have rows on which something still happened. So the rows that there must be follow from the log
and the clock alone, and those that lack, or are too many, are found without anybody's mark.
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from booking.models import UsageSession
from machines.models import Stoppage
from reports.filters import last_kept
from reports.models import Counted
from reports.written import Key
from spaces.intervals import DAY
from spaces.models import Space

logger = logging.getLogger(__name__)

LASTING_LOOKBACK = timedelta(days=31)
"""How late it may be told that something still lasts, so that all of its days are counted again."""

PLACES = """
    places AS (
        SELECT * FROM unnest(
            %(spaces)s::bigint[], %(zones)s::text[], %(todays)s::date[], %(lasts)s::date[]
        ) AS place (space_id, zone, today, last)
    )
"""
"""The clock of each space: its date of today, and the last date that has rows."""

FIRSTS = ", ".join(
    f"((SELECT min({start}) FROM {table} AS trace WHERE trace.machine_id = machine.id)"  # noqa: S608
    " AT TIME ZONE place.zone)::date"
    for table, start in (
        ("booking_reservation", "starts_at"),
        ("booking_usagesession", "started_at"),
        ("machines_stoppage", "starts_at"),
    )
)
"""Its first traces: a look into an index for each."""

BOUNDS = f"""
    {PLACES},
    bounds AS MATERIALIZED (
        SELECT machine.id AS machine_id, place.last,
            least(coalesce(counted.since, place.today), {FIRSTS}) AS first,
            least(
                place.last, ((machine.retired_at - interval '1 s') AT TIME ZONE place.zone)::date
            ) AS served
        FROM machines_machine AS machine
        JOIN places AS place USING (space_id)
        LEFT JOIN reports_counted AS counted ON counted.machine_id = machine.id
        WHERE %(machines)s::bigint[] IS NULL OR machine.id = ANY(%(machines)s::bigint[])
    )
"""  # noqa: S608
"""The first and the last date of each machine, and the last on which it was in service."""

FIRST_AND_LAST = f"WITH {BOUNDS} SELECT machine_id, first, last FROM bounds"  # noqa: S608

TOO_MANY = """
    SELECT kept.machine_id, kept.date FROM bounds
    JOIN reports_usageday AS kept ON kept.machine_id = bounds.machine_id AND kept.date < first
    UNION ALL
    SELECT kept.machine_id, kept.date FROM bounds
    JOIN reports_usageday AS kept ON kept.machine_id = bounds.machine_id AND kept.date > last
"""

OUTSIDE = f"WITH {BOUNDS} {TOO_MANY}"

# Machines that have as many rows as days are passed over: nobody looks at their days one by one.
GAPS = f"""
    WITH {BOUNDS},
    lacking AS MATERIALIZED (
        SELECT * FROM bounds WHERE served - first >= (
            SELECT count(*) FROM reports_usageday AS kept
            WHERE kept.machine_id = bounds.machine_id AND kept.date BETWEEN first AND served
        )
    ),
    wrong AS (
        SELECT machine_id, first + n AS date
        FROM lacking CROSS JOIN LATERAL generate_series(0, served - first) AS n
        WHERE NOT EXISTS (
            SELECT FROM reports_usageday AS kept
            WHERE kept.machine_id = lacking.machine_id AND kept.date = first + n
        )
        UNION ALL {TOO_MANY}
    )
    SELECT machine_id, date FROM wrong WHERE NOT EXISTS (
        SELECT FROM machines_dirtyday AS mark
        WHERE mark.machine_id = wrong.machine_id AND mark.date = wrong.date
    )
"""  # noqa: S608

AT_THE_BEGINNING = """
    SELECT DISTINCT machine_id FROM machines_dirtyday AS mark
    WHERE NOT EXISTS (
        SELECT FROM reports_usageday AS kept
        WHERE kept.machine_id = mark.machine_id AND kept.date < mark.date
    )
"""


@dataclass(frozen=True, slots=True)
class Clock:
    """What the date is in a space."""

    zone: ZoneInfo
    today: date

    @property
    def last(self) -> date:
        """The last date that has rows."""
        return last_kept(self.today)


Clocks = Mapping[int, Clock]
"""By the id of the space."""


def clocks_at(now: datetime, spaces: Iterable[Space] | None = None) -> Clocks:
    """The clock of every space; one that cannot be read does not hold up the others."""
    clocks = {}
    for space in Space.objects.all() if spaces is None else spaces:
        try:
            clocks[space.pk] = Clock(space.zone, now.astimezone(space.zone).date())
        except Exception:
            logger.exception("The clock of %s could not be read", space)
    return clocks


def told_of(clocks: Clocks) -> dict[str, Any]:
    """The parameters of PLACES."""
    return {
        "spaces": list(clocks),
        "zones": [clock.zone.key for clock in clocks.values()],
        "todays": [clock.today for clock in clocks.values()],
        "lasts": [clock.last for clock in clocks.values()],
    }


def bounds_of(
    machines: Collection[int], space: Space, *, now: datetime
) -> dict[int, tuple[date, date]]:
    """The first and the last date on which each of these machines of `space` has rows."""
    rows = _rows(FIRST_AND_LAST, clocks_at(now, [space]), machines)
    return {pk: (first, last) for pk, first, last in rows}


def every_day(clocks: Clocks) -> set[Key]:
    """Every day of every machine of these spaces, and what stands outside of them."""
    keys: set[Key] = set(_rows(OUTSIDE, clocks))
    for pk, first, last in _rows(FIRST_AND_LAST, clocks):
        keys.update(_dates(pk, first, last))
    return keys


def gaps(clocks: Clocks, machines: Collection[int] | None = None) -> set[Key]:
    """Days that have no rows and must have some, or the other way round, and bear no mark yet."""
    return set(_rows(GAPS, clocks, machines))


def with_another_beginning() -> list[int]:
    """Machines with a mark before all of their rows, or on the first: they may begin elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute(AT_THE_BEGINNING)
        return [pk for (pk,) in cursor.fetchall()]


def lasting_days(clocks: Clocks) -> set[Key]:
    """The days up to today of what is still open, as far as they may not be counted whole."""
    lasting = [
        *UsageSession.objects.open().values_list("machine_id", "machine__space", "started_at"),
        *Stoppage.objects.open().values_list("machine_id", "machine__space", "starts_at"),
    ]
    rows = Counted.objects.filter(machine__in={pk for pk, _space, _start in lasting})
    seen: dict[int, date] = dict(rows.values_list("machine", "seen_on"))
    keys: set[Key] = set()
    for pk, space, start in lasting:
        if clock := clocks.get(space):
            first = min(seen.get(pk, clock.today), clock.today) - LASTING_LOOKBACK
            keys.update(_dates(pk, max(start.astimezone(clock.zone).date(), first), clock.today))
    return keys


def _dates(pk: int, first: date, last: date) -> Iterator[Key]:
    return ((pk, first + n * DAY) for n in range((last - first).days + 1))


def _rows(
    statement: str, clocks: Clocks, machines: Collection[int] | None = None
) -> list[tuple[Any, ...]]:
    chosen = None if machines is None else list(machines)
    with connection.cursor() as cursor:
        cursor.execute(statement, {**told_of(clocks), "machines": chosen})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
