"""Writing the rollup of machines: hours, days and months, by company, and when they were free.

Each is put in the place of what stood there, within the transaction of the rebuild.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
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
from reports.queries.columns import days_since_2000, write_columns, write_pairs
from reports.sweep import Ints, Mask, Ruler, Spans, ints
from reports.written import Key, Written
from spaces.intervals import DAY

DELETE_DAYS = (
    "DELETE FROM {table} AS row USING unnest(%s::bigint[], %s::date[], %s::date[])"
    " AS run (pk, first, last)"
    " WHERE row.machine_id = run.pk AND row.date BETWEEN run.first AND run.last"
    " AND row.machine_id = ANY(%s) AND row.date BETWEEN %s AND %s"
)

OF_DAYS = (
    "reports_usagehour",
    "reports_usageday",
    "reports_companyhour",
    "reports_freetime",
)


def write_machines(
    keys: Sequence[Key], kept: Mapping[int, tuple[date, date]], log: Log, calendar: Calendar
) -> Written:
    """Write all that is kept by date of these machine-days, which are in order.

    There are rows from the first to the last date that `kept` tells of a machine, and of those
    only on which it was in service, or on which something happened nevertheless.
    """
    lanes = {pk: lane for lane, pk in enumerate(log.machines)}
    places = {day: place for place, day in enumerate(calendar.dates)}
    wanted = np.zeros((len(lanes), len(places)), dtype=np.bool_)
    for pk, day in keys:
        first, last = kept[pk]
        wanted[lanes[pk], places[day]] = first <= day <= last
    figures = figures_of(log, calendar)
    by_date = _by_date(figures.hours, wanted.shape)
    wanted &= by_date.any(axis=2)
    by_company, machine, company = figures_by_company(log, calendar)
    pks, dates = ints(log.machines), days_since_2000(calendar.dates)
    _delete(keys)
    hours = _only(figures.hours, wanted[figures.hours.lane, figures.hours.day])
    _write_hours("reports_usagehour", hours, pks[hours.lane], dates)
    _write_days(figures, by_date, wanted, pks, dates)
    by_company = _only(by_company, wanted[machine[by_company.lane], by_company.day])
    _write_hours(
        "reports_companyhour",
        by_company,
        pks[machine[by_company.lane]],
        dates,
        company=company[by_company.lane],
    )
    opened, busy, free = _write_free_time(figures, wanted, pks, calendar)
    return Written(
        keys=frozenset(keys),
        machines=log.machines,
        days=calendar.dates,
        hours=hours,
        opened=opened,
        busy=busy,
        free=free,
    )


def _delete(keys: Sequence[Key]) -> None:
    """Take away what stood there: neighbouring dates of a machine at once."""
    runs: list[list[Any]] = []
    for pk, day in keys:
        if runs and runs[-1][0] == pk and runs[-1][2] == day - DAY:
            runs[-1][2] = day
        else:
            runs.append([pk, day, day])
    pks, firsts, lasts = (list(each) for each in zip(*runs, strict=True))
    with connection.cursor() as cursor:
        for table in OF_DAYS:
            cursor.execute(
                DELETE_DAYS.format(table=table),
                [pks, firsts, lasts, pks, min(firsts), max(lasts)],
            )


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


def _write_days(
    figures: Figures, by_date: NDArray[np.int32], wanted: Mask, pks: Ints, dates: Ints
) -> None:
    """The sums of the hours of each date."""
    lane, day = np.nonzero(wanted)
    write_columns(
        "reports_usageday",
        ["machine_id", "date", *COLUMNS, *BY_AUDIENCE],
        ["i8", "i4"],
        [pks[lane], dates[day]],
        np.concatenate([by_date[lane, day], figures.by_audience[lane, day]], axis=1),
    )


def _by_date(hours: HourTable, shape: tuple[int, ...]) -> NDArray[np.int32]:
    """The sums of the hours, which are in the order of their lanes and dates."""
    sums = np.zeros((*shape, len(COLUMNS)), dtype=np.int32)
    if len(hours.lane):
        dates = hours.lane * shape[1] + hours.day
        first = np.flatnonzero(np.diff(dates, prepend=-1))
        sums[hours.lane[first], hours.day[first]] = np.add.reduceat(hours.sums, first, axis=0)
    return sums


def _write_free_time(
    figures: Figures, wanted: Mask, pks: Ints, calendar: Calendar
) -> tuple[Spans, Spans, Spans]:
    """Write when machines were open, busy and free by date; returns the spans that were written."""
    lane, day = np.nonzero(wanted)
    days = calendar.days
    kept, pairs = [], []
    for spans in (figures.opened, figures.busy, figures.free):
        _place, cell, cut = days.cut(spans)
        ours = np.flatnonzero(wanted[cut.lane, cell])
        ours = ours[np.lexsort((cut.start[ours], cell[ours], cut.lane[ours]))]
        cell, cut = cell[ours], cut.only(ours)
        counts = np.bincount(cut.lane * wanted.shape[1] + cell, minlength=wanted.size)
        since = np.stack([cut.start, cut.end], axis=1) - days.starts[cell][:, None]
        pairs.append((counts[lane * wanted.shape[1] + day], since.astype(">i4")))
        kept.append(cut)
    write_pairs(
        "reports_freetime",
        ["machine_id", "date", "opened", "busy", "free"],
        ["i8", "i4"],
        [pks[lane], days_since_2000(calendar.dates)[day]],
        pairs,
    )
    opened, busy, free = kept
    return opened, busy, free


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
