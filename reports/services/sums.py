"""Writing the rollup of machines: hours, days and months, by company, and when they were free.

Each is put in the place of what stood there, within the transaction of the rebuild.
"""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from booking.states import BOOKED, ReservationKind
from reports.filters import Period
from reports.hours import (
    BY_AUDIENCE,
    COLUMNS,
    Calendar,
    Figures,
    HourTable,
    figures_by_company,
    figures_of,
)
from reports.log import Log
from reports.queries.columns import EPOCH_DAY, write_columns
from reports.sweep import Ints, Mask, Ruler, Spans, ints

Key = tuple[int, date]

DELETE_DAYS = (
    "DELETE FROM {table} AS row USING unnest(%s::bigint[], %s::date[]) AS day(pk, date)"
    " WHERE row.machine_id = day.pk AND row.date = day.date"
)

OF_DAYS = (
    "reports_usagehour",
    "reports_usageday",
    "reports_companyhour",
    "reports_freetime",
)


def write_machines(keys: Sequence[Key], log: Log, calendar: Calendar) -> None:
    """Write all that is kept by date of these machine-days."""
    lanes = {pk: lane for lane, pk in enumerate(log.machines)}
    places = {day: place for place, day in enumerate(calendar.dates)}
    wanted = np.zeros((len(lanes), len(places)), dtype=np.bool_)
    for pk, day in keys:
        wanted[lanes[pk], places[day]] = True
    figures = figures_of(log, calendar)
    by_company, machine, company = figures_by_company(log, calendar)
    pks, dates = ints(log.machines), _dates(calendar)
    _delete(keys)
    hours = _only(figures.hours, wanted[figures.hours.lane, figures.hours.day])
    _write_hours("reports_usagehour", hours, pks[hours.lane], dates)
    _write_days(figures, wanted, pks, dates)
    by_company = _only(by_company, wanted[machine[by_company.lane], by_company.day])
    _write_hours(
        "reports_companyhour",
        by_company,
        pks[machine[by_company.lane]],
        dates,
        company=company[by_company.lane],
    )
    _write_free_time(figures, wanted, log, calendar)


def _delete(keys: Sequence[Key]) -> None:
    """Take away what stood there; the keys are written out once for all tables."""
    pks, days = (",".join(str(key[place]) for key in keys) for place in range(2))
    with connection.cursor() as cursor:
        for table in OF_DAYS:
            cursor.execute(DELETE_DAYS.format(table=table), [f"{{{pks}}}", f"{{{days}}}"])


def _dates(calendar: Calendar) -> Ints:
    """The dates as PostgreSQL sends them: days since 2000."""
    days = np.array(calendar.dates, dtype="datetime64[D]") - EPOCH_DAY
    return days.astype(np.int64)


def _only(table: HourTable, chosen: Mask) -> HourTable:
    return HourTable(table.lane[chosen], table.day[chosen], table.hour[chosen], table.sums[chosen])


def _write_hours(name: str, table: HourTable, machine: Ints, dates: Ints, **further: Ints) -> None:
    write_columns(
        name,
        ["machine_id", "date", "hour", *(f"{each}_id" for each in further), *COLUMNS],
        ["i8", "i4", "i2", *["i8"] * len(further)],
        [machine, dates[table.day], table.hour, *further.values()],
        table.sums,
    )


def _write_days(figures: Figures, wanted: Mask, pks: Ints, dates: Ints) -> None:
    """The sums of the hours of each date."""
    lane, day = np.nonzero(wanted)
    sums = _by_date(figures.hours, wanted.shape)[lane, day]
    write_columns(
        "reports_usageday",
        ["machine_id", "date", *COLUMNS, *BY_AUDIENCE],
        ["i8", "i4"],
        [pks[lane], dates[day]],
        np.concatenate([sums, figures.by_audience[lane, day]], axis=1),
    )


def _by_date(hours: HourTable, shape: tuple[int, ...]) -> NDArray[np.int32]:
    """The sums of the hours, which are in the order of their lanes and dates."""
    sums = np.zeros((*shape, len(COLUMNS)), dtype=np.int32)
    if len(hours.lane):
        dates = hours.lane * shape[1] + hours.day
        first = np.flatnonzero(np.diff(dates, prepend=-1))
        sums[hours.lane[first], hours.day[first]] = np.add.reduceat(hours.sums, first, axis=0)
    return sums


def _write_free_time(figures: Figures, wanted: Mask, log: Log, calendar: Calendar) -> None:
    opened, busy, free = (
        _written(spans, len(log.machines), calendar.days)
        for spans in (figures.opened, figures.busy, figures.free)
    )
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY reports_freetime (machine_id, date, opened, busy, free)"
            " FROM STDIN (FORMAT BINARY)"
        ) as copy,
    ):
        copy.set_types(["int8", "date", "bytea", "bytea", "bytea"])
        for lane, day in zip(*np.nonzero(wanted), strict=True):
            key = int(lane), int(day)
            copy.write_row(
                (log.machines[lane], calendar.dates[day], opened[key], busy[key], free[key])
            )


def _written(spans: Spans, lanes: int, days: Ruler) -> dict[tuple[int, int], bytes]:
    """The spans of each lane and date, as FreeTime keeps them."""
    _place, day, cut = days.cut(spans)
    order = np.lexsort((cut.start, day, cut.lane))
    day, cut = day[order], cut.only(order)
    kept = (np.stack([cut.start, cut.end], axis=1) - days.starts[day][:, None]).astype(">i4")
    count = len(days.starts)
    bounds = np.searchsorted(cut.lane * count + day, np.arange(lanes * count + 1))
    return {
        divmod(key, count): kept[bounds[key] : bounds[key + 1]].tobytes()
        for key in range(lanes * count)
    }


def spans_kept(rows: Sequence[tuple[int, int, bytes | memoryview]], days: Ruler) -> Spans:
    """The spans of rows of lane, place of the date, and what FreeTime keeps of it."""
    counts = ints([len(kept) // 8 for _, _, kept in rows])
    pairs = np.frombuffer(b"".join(bytes(kept) for _, _, kept in rows), ">i4").reshape(-1, 2)
    lane = np.repeat(ints([lane for lane, _, _ in rows]), counts)
    day = np.repeat(ints([day for _, day, _ in rows]), counts)
    start, end = (pairs.astype(np.int64) + days.starts[day][:, None]).T
    return Spans(lane, start, end)


SUMMED = ", ".join(f"sum({name})" for name in (*COLUMNS, *BY_AUDIENCE))

WRITE_MONTHS = f"""
    INSERT INTO reports_usagemonth (machine_id, month, {", ".join((*COLUMNS, *BY_AUDIENCE))}, leads)
    SELECT machine_id, %(first)s, {SUMMED}, coalesce((
        SELECT string_agg(int4send(lead), '' ORDER BY lead)
        FROM (
            SELECT extract(epoch FROM starts_at - created_at)::int AS lead
            FROM booking_reservation AS made
            WHERE made.machine_id = day.machine_id AND kind = %(kind)s AND state = ANY(%(states)s)
              AND starts_at >= %(start)s AND starts_at < %(end)s AND created_at <= starts_at
        ) AS leads
    ), '')
    FROM reports_usageday AS day
    WHERE machine_id = ANY(%(machines)s) AND date BETWEEN %(first)s AND %(last)s
    GROUP BY machine_id
"""  # noqa: S608


def write_months(pks: Sequence[int], day: date, zone: ZoneInfo) -> None:
    """Add up the month of a date again for each machine."""
    month = Period.month_of(day)
    window = month.window(zone)
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM reports_usagemonth WHERE machine_id = ANY(%s) AND month = %s",
            [list(pks), month.first],
        )
        cursor.execute(
            WRITE_MONTHS,
            {
                "machines": list(pks),
                "first": month.first,
                "last": month.last,
                "kind": ReservationKind.BOOKING,
                "states": list(BOOKED),
                "start": window.start,
                "end": window.end,
            },
        )
