"""Reading the log of machines: what was planned, booked, used and broken over a window."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from booking.models.usage import IS_ASSUMED_SQL
from booking.states import (
    BOOKED,
    LONG_USE,
    MAX_SPAN,
    OCCUPYING,
    ReservationKind,
    ReservationState,
    SessionSource,
)
from machines.models import Machine, Meter, Run, Stoppage
from machines.queries.opening import openings_of
from reports.hours import AUDIENCES, SOURCES, UsedBy
from reports.log import NOT_RELEASED, Acting, Bookings, Late, Log, Uses
from reports.queries.columns import columns_of, seconds_of
from reports.spans import Span, span_of
from reports.sweep import Ints, Spans, places_of
from spaces.intervals import Interval

EVER: Span = (0, 1 << 40)

AUDIENCE = f"""
    coalesce(
        array_position(array{[str(each) for each in AUDIENCES]}, audience::text) - 1,
        {AUDIENCES.index(UsedBy.NOBODY)}
    )::int8
"""
"""What the person was when the row was made, as a place in AUDIENCES."""

ACTING = """
    CASE WHEN companies IS NULL THEN 0 WHEN companies[2] IS NULL THEN companies[1] ELSE -id END
"""
"""The company for which the person of a session could act, or below zero a session of several."""

RESERVATIONS = f"""
    SELECT machine_id::int8, id::int8, starts_at, ends_at, occupied_from, occupied_until,
           coalesce(released_at, 'infinity'), coalesce(company_id, 0)::int8,
           coalesce(member_id, 0)::int8,
           CASE WHEN kind = %s THEN 2 WHEN state = %s THEN 3 WHEN kind = %s THEN 1 ELSE 0 END::int8,
           (state = %s)::int::int8, {AUDIENCE}
    FROM booking_reservation
    WHERE machine_id = ANY(%s) AND starts_at > %s AND starts_at < %s AND occupied_from < %s
      AND (ends_at > %s OR occupied_until > %s)
      AND CASE WHEN kind = %s THEN state = ANY(%s)
               ELSE state = ANY(%s) OR (state = %s AND cancelled_late) END
"""  # noqa: S608
WORKSHOP, BOOKING, MAINTENANCE, LATE = range(4)

SESSIONS = f"""
    SELECT machine_id::int8, started_at, coalesce(ended_at, %(now)s::timestamptz),
           CASE WHEN {IS_ASSUMED_SQL.format(session="booking_usagesession")} THEN %(assumed)s
                ELSE array_position(%(sources)s::text[], source::text) - 1 END::int8,
           coalesce(member_id, 0)::int8, coalesce(reservation_id, 0)::int8, {AUDIENCE}, {ACTING}
    FROM booking_usagesession
    WHERE machine_id = ANY(%(machines)s) AND started_at >= %(first)s AND started_at < %(end)s
      AND (ended_at IS NULL OR ended_at > %(start)s)
    UNION ALL
    SELECT machine_id::int8, started_at, coalesce(ended_at, %(now)s::timestamptz),
           CASE WHEN {IS_ASSUMED_SQL.format(session="booking_usagesession")} THEN %(assumed)s
                ELSE array_position(%(sources)s::text[], source::text) - 1 END::int8,
           coalesce(member_id, 0)::int8, coalesce(reservation_id, 0)::int8, {AUDIENCE}, {ACTING}
    FROM booking_usagesession
    WHERE machine_id = ANY(%(machines)s) AND started_at < %(first)s
      AND (ended_at IS NULL OR ended_at - started_at > interval '1 day')
      AND (ended_at IS NULL OR ended_at > %(start)s)
"""  # noqa: S608
"""Those that begin in the window or up to LONG_USE before it, then the long ones before that."""

COMPANIES = """
    SELECT id::int8, company_id::int8 FROM booking_reservation
    WHERE id = ANY(%s) AND company_id IS NOT NULL
"""

OF_SEVERAL = """
    SELECT id::int8, unnest(companies)::int8 FROM booking_usagesession WHERE id = ANY(%s)
"""


def logs_of(machines: Sequence[Machine], window: Interval, *, now: datetime) -> Log:
    """The log of machines of one space over `window`, in a fixed number of queries.

    What still runs ends at `now`; what has not begun by then is left out.
    """
    pks = [machine.pk for machine in machines]
    lanes = {pk: lane for lane, pk in enumerate(pks)}
    openings = openings_of(machines, window)
    bookings, maintenance, late = _reservations(pks, window)
    uses, acting = _uses(pks, window, now, bookings)
    return Log(
        machines=tuple(pks),
        life=Spans.of([(lanes[each.pk], *_life(each)) for each in machines]),
        opening=Spans.of(
            [
                (lanes[pk], *span_of(each.start, each.end))
                for pk, opening in openings.items()
                for each in opening.open
            ]
        ),
        maintenance=maintenance,
        late_cancelled=late,
        faults=_faults(lanes, window, now),
        bookings=bookings,
        uses=uses,
        acting=acting,
        runs=_runs(lanes, window),
        metered=_metered(lanes, now),
    )


def _life(machine: Machine) -> Span:
    """Since ever, until it was retired."""
    retired = machine.retired_at
    return EVER[0], int(retired.timestamp()) if retired else EVER[1]


def _reservations(pks: Sequence[int], window: Interval) -> tuple[Bookings, Spans, Late]:
    """What is booked, maintenance, and what staff cancelled late.

    Rows count of which the booked or the occupied time touches `window`. A check-out cuts the
    occupied time short while the booked time stays, so both are asked.
    """
    columns = columns_of(
        RESERVATIONS,
        [
            ReservationKind.MAINTENANCE,
            ReservationState.CANCELLED,
            ReservationKind.BOOKING,
            ReservationState.NO_SHOW,
            pks,
            window.start - MAX_SPAN,
            window.end + MAX_SPAN,
            window.end,
            window.start,
            window.start,
            ReservationKind.MAINTENANCE,
            list(OCCUPYING),
            list(BOOKED),
            ReservationState.CANCELLED,
        ],
        12,
    )
    machine, pk, *moments, company, member, kind, no_show, booked_by = columns
    start, end, occupied_from, occupied_until = (seconds_of(each) for each in moments[:4])
    is_released = moments[4] < np.iinfo(np.int64).max
    released = np.where(is_released, seconds_of(moments[4]), NOT_RELEASED)
    lane = places_of(pks, machine)
    spans = Spans(lane, start, end)
    booked = (kind == WORKSHOP) | (kind == BOOKING)
    rows = Bookings(
        id=pk,
        lane=lane,
        start=start,
        end=end,
        occupied_from=occupied_from,
        occupied_until=np.maximum(occupied_until, end),
        held_until=np.minimum(occupied_until, released),
        released_at=released,
        member=member,
        company=company,
        booked_by=booked_by,
        needs_check_in=(kind == BOOKING).astype(np.int64),
        is_no_show=no_show,
    )
    late = Late(lane, start, end, company)
    return rows.only(booked), spans.only(kind == MAINTENANCE), late.only(kind == LATE)


def _uses(
    pks: Sequence[int], window: Interval, now: datetime, bookings: Bookings
) -> tuple[Uses, Acting]:
    machine, started, ended, source, member, reservation, used_by, acting = columns_of(
        SESSIONS,
        {
            "now": now,
            "assumed": SOURCES.index(SessionSource.ASSUMED),
            "sources": list(SOURCES),
            "machines": pks,
            "first": window.start - LONG_USE,
            "start": window.start,
            "end": window.end,
        },
        8,
    )
    start, end = seconds_of(started), seconds_of(ended)
    uses = Uses(
        lane=places_of(pks, machine),
        start=start,
        end=np.maximum(start, end),
        source=source,
        member=member,
        reservation=reservation,
        company=_companies(reservation, bookings),
        used_by=used_by,
    )
    return uses, _acting(acting)


def _acting(acting: Ints) -> Acting:
    """From the column ACTING; the few who act for several companies are looked up."""
    one, several = np.flatnonzero(acting > 0), np.flatnonzero(acting < 0)
    if not len(several):
        return Acting(one, acting[one])
    pk, company = columns_of(OF_SEVERAL, [(-acting[several]).tolist()], 2)
    order = np.argsort(-acting[several])
    use = several[order[np.searchsorted(-acting[several[order]], pk)]]
    return Acting(np.concatenate([one, use]), np.concatenate([acting[one], company]))


def _companies(reservation: Ints, bookings: Bookings) -> Ints:
    """The company of each reservation, whatever its state; 0 where there is none.

    Few are not among the bookings that were read, and those alone are looked up.
    """
    linked = np.unique(reservation[reservation > 0])
    elsewhere = np.setdiff1d(linked, bookings.id, assume_unique=True)
    pk, company = bookings.id, bookings.company
    if len(elsewhere):
        further = columns_of(COMPANIES, [elsewhere.tolist()], 2)
        pk, company = (np.concatenate(both) for both in zip((pk, company), further, strict=True))
    if not len(pk):
        return np.zeros(len(reservation), dtype=np.int64)
    order = np.argsort(pk)
    place = np.minimum(np.searchsorted(pk[order], reservation), len(pk) - 1)
    found = order[place]
    return np.where(pk[found] == reservation, company[found], 0)


def _faults(lanes: dict[int, int], window: Interval, now: datetime) -> Spans:
    rows = Stoppage.objects.filter(machine__in=lanes).touching(window.start, window.end)
    return Spans.of(
        [
            (lanes[machine], *span_of(start, max(start, end or now)))
            for machine, start, end in rows.values_list("machine_id", "starts_at", "ends_at")
        ]
    )


def _runs(lanes: dict[int, int], window: Interval) -> Spans:
    rows = Run.objects.filter(machine__in=lanes).touching(window.start, window.end)
    return Spans.of(
        [
            (lanes[machine], *span_of(start, end))
            for machine, start, end in rows.values_list("machine_id", "started_at", "seen_at")
        ]
    )


def _metered(lanes: dict[int, int], now: datetime) -> Spans:
    """From when a device first told of the machine, until it was taken away."""
    rows = Meter.objects.filter(machine__in=lanes, heard_from__lt=now)
    return Spans.of(
        [
            (lanes[machine], *span_of(start, max(start, end or now)))
            for machine, start, end in rows.values_list("machine_id", "heard_from", "removed_at")
            if start is not None
        ]
    )
