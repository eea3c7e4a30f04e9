"""Reading the log of machines: what was planned, booked, used and broken over a window."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from booking.models import Reservation, UsageSession
from booking.states import (
    BOOKED,
    MAX_SPAN,
    OCCUPYING,
    ReservationKind,
    ReservationState,
    SessionSource,
)
from machines.models import Machine, Meter, Run, Stoppage
from machines.queries.opening import openings_of
from members.models import Delegate
from reports.hours import Booked, MachineLog, Use
from reports.spans import Span, span_of, spans_of
from spaces.intervals import Interval

EVER: Span = (0, 1 << 40)


def logs_of(
    machines: Sequence[Machine], window: Interval, *, now: datetime
) -> dict[int, MachineLog]:
    """The log of each machine over `window` in a fixed number of queries.

    What still runs ends at `now`; what has not begun by then is left out.
    """
    pks = [machine.pk for machine in machines]
    openings = openings_of(machines, window)
    reservations = _reservations(pks, window)
    delegates = _delegates({row.company_id for row in reservations if row.company_id})
    bookings: dict[int, list[Booked]] = defaultdict(list)
    maintenance: dict[int, list[Span]] = defaultdict(list)
    late: dict[int, list[Span]] = defaultdict(list)
    for row in reservations:
        if row.kind == ReservationKind.MAINTENANCE:
            maintenance[row.machine_id].append(span_of(row.starts_at, row.ends_at))
        elif row.state == ReservationState.CANCELLED:
            late[row.machine_id].append(span_of(row.starts_at, row.ends_at))
        else:
            bookings[row.machine_id].append(_booked(row, delegates))
    uses, faults = _uses(pks, window, now), _faults(pks, window, now)
    runs, metered = _runs(pks, window), _metered(pks, now)
    return {
        machine.pk: MachineLog(
            life=(EVER[0], int(machine.retired_at.timestamp()) if machine.retired_at else EVER[1]),
            opening=spans_of(openings[machine.pk].open),
            maintenance=maintenance[machine.pk],
            faults=faults[machine.pk],
            late_cancelled=late[machine.pk],
            bookings=bookings[machine.pk],
            uses=uses[machine.pk],
            runs=runs[machine.pk],
            metered=metered[machine.pk],
        )
        for machine in machines
    }


def _reservations(pks: Sequence[int], window: Interval) -> QuerySet[Reservation]:
    """Rows of which the booked or the occupied time touches `window`.

    A check-out cuts the occupied time short while the booked time stays, so both are asked.
    """
    return (
        Reservation.objects.filter(
            Q(state__in=BOOKED)
            | Q(state=ReservationState.CANCELLED, cancelled_late=True)
            | Q(kind=ReservationKind.MAINTENANCE, state__in=OCCUPYING),
            Q(ends_at__gt=window.start) | Q(occupied_until__gt=window.start),
            machine__in=pks,
            occupied_from__lt=window.end,
            starts_at__gt=window.start - MAX_SPAN,
            starts_at__lt=window.end + MAX_SPAN,
        )
        .exclude(kind=ReservationKind.MAINTENANCE, state__in=_NOT_MAINTENANCE)
        .order_by("pk")
        .only(
            "machine",
            "kind",
            "state",
            "member",
            "company",
            "starts_at",
            "ends_at",
            "occupied_from",
            "occupied_until",
            "released_at",
        )
    )


_NOT_MAINTENANCE = [state for state in ReservationState if state not in OCCUPYING]


def _delegates(companies: set[int]) -> dict[int, frozenset[int]]:
    people: dict[int, set[int]] = defaultdict(set)
    if companies:
        rows = Delegate.objects.filter(company__in=companies)
        for company, member in rows.values_list("company_id", "member_id"):
            people[company].add(member)
    return {company: frozenset(members) for company, members in people.items()}


def _booked(row: Reservation, delegates: dict[int, frozenset[int]]) -> Booked:
    holders = delegates.get(row.company_id, frozenset()) if row.company_id else frozenset()
    booked = span_of(row.starts_at, row.ends_at)
    occupied = span_of(row.occupied_from, max(row.occupied_until, row.ends_at))
    return Booked(
        id=row.pk,
        booked=booked,
        occupied=occupied,
        holders=holders | {row.member_id} if row.member_id else holders,
        needs_check_in=row.kind == ReservationKind.BOOKING,
        is_no_show=row.state == ReservationState.NO_SHOW,
        released_at=int(row.released_at.timestamp()) if row.released_at else None,
    )


def _uses(pks: Sequence[int], window: Interval, now: datetime) -> dict[int, list[Use]]:
    uses: dict[int, list[Use]] = defaultdict(list)
    rows = UsageSession.objects.filter(machine__in=pks).touching(window.start, window.end)
    for row in rows.order_by("pk"):
        source = SessionSource.ASSUMED if row.end_is_assumed else SessionSource(row.source)
        uses[row.machine_id].append(
            Use(
                span=span_of(row.started_at, row.ended_at or now),
                source=source,
                member=row.member_id,
                reservation=row.reservation_id,
            )
        )
    return uses


def _faults(pks: Sequence[int], window: Interval, now: datetime) -> dict[int, list[Span]]:
    faults: dict[int, list[Span]] = defaultdict(list)
    rows = Stoppage.objects.filter(machine__in=pks).touching(window.start, window.end)
    for row in rows.order_by("pk"):
        faults[row.machine_id].append(span_of(row.starts_at, row.ends_at or now))
    return faults


def _runs(pks: Sequence[int], window: Interval) -> dict[int, list[Span]]:
    runs: dict[int, list[Span]] = defaultdict(list)
    rows = Run.objects.filter(machine__in=pks).touching(window.start, window.end)
    for machine, *moments in rows.values_list("machine_id", "started_at", "seen_at"):
        runs[machine].append(span_of(*moments))
    return runs


def _metered(pks: Sequence[int], now: datetime) -> dict[int, list[Span]]:
    """From when a device first told of the machine, until it was taken away."""
    metered: dict[int, list[Span]] = defaultdict(list)
    rows = Meter.objects.filter(machine__in=pks, heard_from__lt=now)
    for machine, start, end in rows.values_list("machine_id", "heard_from", "removed_at"):
        if start is not None:
            metered[machine].append(span_of(start, max(start, end or now)))
    return metered
