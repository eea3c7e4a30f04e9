"""Holding machines for upkeep and workshops, and following the planned maintenance (HOUSE §5)."""

import logging
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from booking.models import Reservation
from booking.queries.terms import every_terms_of
from booking.queries.upkeep import holders_of
from booking.rules import not_allowed
from booking.services.changing import cut_short, end_block, touch_days
from booking.services.expiring import give_up_on
from booking.services.locking import in_transaction, lock
from booking.services.refusing import TimeTaken, last_word_of_the_database, refuse
from booking.services.waking import time_was_freed
from booking.states import MAX_SPAN, OCCUPYING, UPCOMING, ReservationKind, ReservationState
from machines.models import Machine
from machines.queries.opening import maintenance_dates
from machines.states import CalendarKind
from members.models import Member
from members.permissions import is_staff_of
from spaces.intervals import Interval

logger = logging.getLogger(__name__)

PLANNED_AHEAD = timedelta(days=60)
"""How far maintenance is held at least; further where the horizon of a machine reaches further."""

Key = tuple[int, datetime]


@dataclass(frozen=True, slots=True)
class NotPlaced:
    """Planned maintenance for which somebody else has the machine."""

    machine: Machine
    title: str
    interval: Interval


@dataclass(slots=True)
class MaintenanceReport:
    """What a run of the job did; `failed` are machines whose plan could not be followed."""

    placed: int = 0
    moved: int = 0
    withdrawn: int = 0
    not_placed: list[NotPlaced] = field(default_factory=list)
    failed: list[Machine] = field(default_factory=list)

    def add(self, other: "MaintenanceReport") -> None:
        """Count what was done for another machine, too."""
        self.placed += other.placed
        self.moved += other.moved
        self.withdrawn += other.withdrawn
        self.not_placed += other.not_placed


def block(
    *,
    machines: Sequence[Machine],
    kind: ReservationKind,
    span: Interval,
    by: Member,
    now: datetime,
    purpose: str = "",
) -> list[Reservation]:
    """Hold `machines` together for maintenance or a workshop; they are cancelled together too.

    What is longer than MAX_SPAN becomes consecutive rows. Raises TimeTaken where anything stands
    in the way, and BookingRefused for people who do not work for the space.
    """
    if not all(is_staff_of(by, machine.space) for machine in machines):
        refuse([not_allowed(_("Only staff of the space may block a machine."))])
    bundle_id = uuid.uuid4()

    def work() -> list[Reservation]:
        lock(machines=[machine.pk for machine in machines])
        give_up_on([machine.pk for machine in machines], now=now)
        # The database keeps rows apart, but somebody may use the machine without one.
        if any(holders_of(machine, span, now=now) for machine in machines):
            raise TimeTaken
        rows = [
            Reservation(
                machine=machine,
                kind=kind,
                purpose=purpose,
                bundle_id=bundle_id,
                created_at=now,
                created_by=by,
                **_times(piece),
            )
            for machine in machines
            for piece in _pieces(span)
        ]
        with last_word_of_the_database():
            Reservation.objects.bulk_create(rows)
        for machine in machines:
            touch_days(machine, span.start, span.end)
        return rows

    return in_transaction(work)


def give_back(*, bundle_id: uuid.UUID, by: Member | None, now: datetime) -> None:
    """Take back what is still to come of a block; of what is under way, the rest."""
    upcoming = Reservation.objects.filter(bundle_id=bundle_id, state__in=UPCOMING, ends_at__gt=now)
    lock(machines=upcoming.values_list("machine_id", flat=True))
    rows = list(upcoming.select_related("machine__space").order_by("pk"))
    for row in rows:
        end_block(row, by=by, now=now)
    for space in {row.machine.space_id for row in rows}:
        time_was_freed(space)


def materialise_maintenance(now: datetime, *, only: Machine | None = None) -> MaintenanceReport:
    """Bring the MAINTENANCE rows of every machine, or of `only` one, in line with its calendar.

    New dates are held, moved ones moved, and those that went are withdrawn. A date that staff
    cancelled by hand stays cancelled. Running it again changes nothing. A machine that breaks is
    logged and does not hold up the others; who asks for one is told, unless its plan is not
    understood.
    """
    report = MaintenanceReport()
    rows = Machine.objects.in_service()
    machines = list(
        (rows if only is None else rows.filter(pk=only.pk))
        .filter(calendars__kind=CalendarKind.MAINTENANCE)
        .select_related("space")
        .distinct()
        .order_by("pk")
    )
    terms = every_terms_of(machines)
    for machine in machines:
        horizon = max(each.horizon_days for each in terms[machine.pk])
        ahead = max(PLANNED_AHEAD, timedelta(days=horizon))
        try:
            report.add(in_transaction(partial(_follow, machine, Interval(now, now + ahead))))
        except Exception as error:
            if only is not None and not isinstance(error, ValidationError):
                raise
            logger.exception("The maintenance plan of machine %s was not followed", machine.pk)
            report.failed.append(machine)
    return report


def _follow(machine: Machine, window: Interval) -> MaintenanceReport:
    follower = _Follower(machine, window)
    follower.follow()
    return follower.report


class _Follower:
    """Brings the rows of one machine in line with its calendar, in one transaction."""

    def __init__(self, machine: Machine, window: Interval) -> None:
        self.machine, self.window, self.report = machine, window, MaintenanceReport()

    def follow(self) -> None:
        lock(machines=[self.machine.pk])
        give_up_on([self.machine.pk], now=self.window.start)
        planned = self._planned()
        rows = self._rows(planned)
        # What went makes room for what came.
        for key, row in rows.items():
            if key not in planned and row.state in OCCUPYING:
                self._give_back(row)
        for key, (title, interval) in planned.items():
            self._keep(key, rows.get(key), title, interval)

    def _planned(self) -> dict[Key, tuple[str, Interval]]:
        """The dates by event and original start; later pieces of long ones count on from there."""
        return {
            (event.pk, original_start + number * MAX_SPAN): (event.title, piece)
            for event, original_start, interval in maintenance_dates(self.machine, self.window)
            for number, piece in enumerate(_pieces(interval))
        }

    def _rows(self, planned: dict[Key, tuple[str, Interval]]) -> dict[Key, Reservation]:
        """The rows of this machine that follow a plan, those of the distant past left aside."""
        starts = [original_start for _event, original_start in planned]
        earliest = min([self.window.start - MAX_SPAN, *starts])
        rows = Reservation.objects.filter(
            machine=self.machine,
            kind=ReservationKind.MAINTENANCE,
            event__isnull=False,
            original_start_at__gte=earliest,
        )
        return {
            (row.event_id, row.original_start_at): row
            for row in rows
            if row.event_id is not None and row.original_start_at is not None
        }

    def _give_back(self, row: Reservation) -> None:
        """Take back what lies before us in the time that was looked at; what was stays."""
        if self.window.start <= row.starts_at < self.window.end:
            self._withdraw(row)
        elif row.starts_at < self.window.start < row.ends_at:
            cut_short(row, now=self.window.start)
            self.report.withdrawn += 1

    def _keep(self, key: Key, row: Reservation | None, title: str, interval: Interval) -> None:
        if row is None:
            row = Reservation(
                machine=self.machine,
                kind=ReservationKind.MAINTENANCE,
                event_id=key[0],
                original_start_at=key[1],
                created_at=self.window.start,
            )
        elif _stays_as_it_is(row, interval):
            return
        is_new = row.pk is None or row.state not in OCCUPYING
        old = None if is_new else row.span
        try:
            self._write(row, title, interval)
        except TimeTaken:
            self.report.not_placed.append(NotPlaced(self.machine, title, interval))
            if old is not None:
                # Its old time is wrong in any case.
                row.refresh_from_db()
                self._withdraw(row)
            return
        self.report.placed += is_new
        self.report.moved += not is_new
        if old is not None:
            touch_days(self.machine, old.start, old.end)

    def _write(self, row: Reservation, title: str, interval: Interval) -> None:
        row.purpose = title[:200]
        row.state, row.cancelled_at = ReservationState.CONFIRMED, None
        for name, moment in _times(interval).items():
            setattr(row, name, moment)
        with last_word_of_the_database(), transaction.atomic():
            row.save()
        touch_days(self.machine, interval.start, interval.end)

    def _withdraw(self, row: Reservation) -> None:
        row.state, row.cancelled_at = ReservationState.CANCELLED, self.window.start
        row.save(update_fields=["state", "cancelled_at"])
        touch_days(self.machine, row.occupied_from, row.occupied_until)
        self.report.withdrawn += 1


def _stays_as_it_is(row: Reservation, interval: Interval) -> bool:
    """Whether staff cancelled or ended the date by hand, or the row has its time already."""
    if row.cancelled_by_id is not None:
        return True
    return row.state != ReservationState.CANCELLED and row.span == interval


def _times(span: Interval) -> dict[str, datetime]:
    """A block occupies just its time: setup and turnaround belong to reservations."""
    return {
        "starts_at": span.start,
        "ends_at": span.end,
        "occupied_from": span.start,
        "occupied_until": span.end,
    }


def _pieces(span: Interval) -> Iterator[Interval]:
    start = span.start
    while start < span.end:
        end = min(span.end, start + MAX_SPAN)
        yield Interval(start, end)
        start = end
