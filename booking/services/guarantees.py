"""Guaranteed windows: dates held for a company, confirmed by its people or given back in time.

The job looks at ranges, never at one minute, so it may run late, twice, or at once.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from billing.models import GuaranteedWindow
from booking import notices
from booking.facts import BookingRequest, Refusal, Terms
from booking.models import Reservation
from booking.models.reservation import ReservationQuerySet
from booking.queries.guarantees import (
    GuaranteedDate,
    dates_ahead,
    units_of,
    windows_to_follow,
)
from booking.queries.terms import terms_of_many
from booking.rules import (
    contract_has_the_hours,
    not_allowed,
)
from booking.services.changing import charge_company, locked, touch_days
from booking.services.expiring import expire
from booking.services.locking import in_transaction, lock
from booking.services.refusing import (
    TimeTaken,
    last_word_of_the_database,
    refuse,
    refused_tries_kept,
)
from booking.services.settling import settle_each
from booking.services.verdict import ACCEPTING, occupy, tell_price, verdict_on_row
from booking.states import GUARANTEE_REMINDER, OCCUPYING, ReservationState
from machines.models import Machine
from machines.queries.opening import openings_of
from members.models import Member
from members.permissions import may_book_for
from members.states import Audience
from spaces.intervals import covers

logger = logging.getLogger(__name__)

CONFIRMING = (*ACCEPTING, contract_has_the_hours)
"""What must hold for a date to be taken up: its hours were agreed, the person was not."""

Held = dict[datetime, Reservation]


@dataclass(slots=True)
class GuaranteeReport:
    """What a run of the job did; `not_held` are dates that something stands in the way of.

    `failed` are windows that could not be followed at all: their rows stay as they were.
    """

    held: int = 0
    withdrawn: int = 0
    not_held: list[GuaranteedDate] = field(default_factory=list)
    failed: list[GuaranteedWindow] = field(default_factory=list)

    def add(self, other: "GuaranteeReport") -> None:
        """Count what was done for another window, too."""
        self.held += other.held
        self.withdrawn += other.withdrawn
        self.not_held += other.not_held


def hold_guaranteed(now: datetime, *, only: GuaranteedWindow | None = None) -> GuaranteeReport:
    """Bring the HELD rows of every window, or of `only` one, in line with its contract.

    A date is held once: one that was confirmed, given back or released is not held again. One
    that is taken is reported and tried again until its release. Reminders are posted as they
    come due. Running it again changes nothing. A window that cannot be followed is logged and
    does not hold up the others; its dates show as not held.
    """
    report = GuaranteeReport()
    for window in windows_to_follow():
        if only is None or window.pk == only.pk:
            _follow(window, now, report)
    soon = _waiting().filter(expires_at__gt=now, expires_at__lte=now + GUARANTEE_REMINDER)
    for row in soon:
        notices.guarantee_waits(row, now=now)
    return report


def release_guaranteed(now: datetime) -> int:
    """Give back the dates that nobody confirmed in time; how many there were."""
    return settle_each(_waiting().filter(expires_at__lte=now), lambda row: _release(row, now))


def confirm(*, reservation: Reservation, by: Member, now: datetime) -> Reservation:
    """Take up a held date in the name of `by`, who books for its company.

    Raises BookingRefused: NOT_ALLOWED for others, or once it was released, whether or not the
    job has come by; and with every rule that the person or the contract does not keep.
    """

    def work() -> Reservation:
        row = locked(reservation)
        asked = BookingRequest(starts_at=row.starts_at, ends_at=row.ends_at)
        verdict = verdict_on_row(
            row, asked, machine=row.machine, member=by, by=by, now=now, rules=CONFIRMING
        )
        refuse(verdict.refusals + reasons_not_to_confirm(row, by=by, now=now))
        row.member = by
        row.state = ReservationState.CONFIRMED
        row.decided_at, row.decided_by, row.expires_at = now, by, None
        occupy(row, asked, verdict)
        tell_price(row, verdict)
        row.sequence += 1
        with last_word_of_the_database():
            row.save()
        charge_company(row, by=by, now=now)
        touch_days(row.machine, row.occupied_from, row.occupied_until)
        notices.guarantee_settled(row)
        notices.reservation_confirmed(row, by=by, now=now)
        return row

    wish = BookingRequest(starts_at=reservation.starts_at, ends_at=reservation.ends_at)
    with refused_tries_kept(machine=reservation.machine, member=by, request=wish, now=now):
        return in_transaction(work)


def reasons_not_to_confirm(row: Reservation, *, by: Member, now: datetime) -> list[Refusal]:
    """Why `by` may not take up a date at `now`; its release is exclusive."""
    if row.company is None or row.guarantee_id is None or not may_book_for(by, row.company):
        return [not_allowed(_("Only those who book for the company may confirm this."))]
    if row.state != ReservationState.HELD or row.expires_at is None or row.expires_at <= now:
        return [not_allowed(_("This date is no longer kept for the company."))]
    return []


def _follow(window: GuaranteedWindow, now: datetime, report: GuaranteeReport) -> None:
    """Bring one window in line; only what a transaction has kept is added to `report`."""
    try:
        report.add(in_transaction(lambda: _Keeper(window, now).keep()))
    except Exception:
        logger.exception("Guaranteed window %s could not be followed", window.pk)
        report.failed.append(window)


class _Keeper:
    """Brings the rows of one window in line with it, in one transaction."""

    def __init__(self, window: GuaranteedWindow, now: datetime) -> None:
        self.window, self.now, self.report = window, now, GuaranteeReport()
        self.units = units_of(window)
        self.terms = terms_of_many(self.units, audience=Audience.COMPANY)

    def keep(self) -> GuaranteeReport:
        lock(machines=[unit.pk for unit in self.units])
        dates = {each.interval.start: each for each in dates_ahead(self.window, self.now)}
        rows = self._rows()
        for start, row in rows.items():
            if row.state == ReservationState.HELD and start not in dates:
                self._withdraw(row)
        for start, date in dates.items():
            self._hold(date, rows.get(start))
        return self.report

    def _rows(self) -> Held:
        rows = Reservation.objects.filter(
            guarantee=self.window, original_start_at__gt=self.now
        ).select_related("machine__space")
        return {row.original_start_at: row for row in rows if row.original_start_at is not None}

    def _hold(self, date: GuaranteedDate, row: Reservation | None) -> None:
        if date.released_at <= self.now or (row is not None and not _may_change(row)):
            return
        if row is not None and _stays(row, date):
            return
        row = row or self._row(date)
        is_new = row.state != ReservationState.HELD or row.pk is None
        if any(self._write(row, date, unit) for unit in self._open_units(date, row)):
            self.report.held += is_new
            return
        self.report.not_held.append(date)
        if not is_new:
            # Its old hours are wrong in any case.
            row.refresh_from_db()
            self._withdraw(row)

    def _row(self, date: GuaranteedDate) -> Reservation:
        return Reservation(
            guarantee=self.window,
            company=self.window.contract.company,
            pool=self.window.pool,
            original_start_at=date.interval.start,
            created_at=self.now,
        )

    def _open_units(self, date: GuaranteedDate, row: Reservation) -> Iterator[Machine]:
        """The units that are open then, the one that the row has already before the others."""
        openings = openings_of(self.units, date.interval) if self.units else {}
        for unit in sorted(self.units, key=lambda each: each.pk != row.machine_id):
            if covers(openings[unit.pk].open, date.interval):
                yield unit

    def _write(self, row: Reservation, date: GuaranteedDate, unit: Machine) -> bool:
        """Hold `unit` for the date; False where somebody else has it."""
        row.machine, row.state = unit, ReservationState.HELD
        row.expires_at, row.cancelled_at = date.released_at, None
        _place(row, date, self.terms[unit.pk])
        try:
            with last_word_of_the_database(), transaction.atomic():
                row.save()
        except TimeTaken:
            return False
        touch_days(unit, row.occupied_from, row.occupied_until)
        return True

    def _withdraw(self, row: Reservation) -> None:
        row.state, row.cancelled_at = ReservationState.CANCELLED, self.now
        row.save(update_fields=["state", "cancelled_at"])
        touch_days(row.machine, row.occupied_from, row.occupied_until)
        notices.guarantee_settled(row)
        self.report.withdrawn += 1


def _may_change(row: Reservation) -> bool:
    """Whether nobody has decided on the date: it waits, or the job itself withdrew it."""
    return row.state == ReservationState.HELD or (
        row.state == ReservationState.CANCELLED and row.cancelled_by_id is None
    )


def _stays(row: Reservation, date: GuaranteedDate) -> bool:
    return (
        row.state in OCCUPYING and row.span == date.interval and row.expires_at == date.released_at
    )


def _place(row: Reservation, date: GuaranteedDate, terms: Terms) -> None:
    occupied = date.interval.widened(before=terms.setup, after=terms.turnaround)
    row.starts_at, row.ends_at = date.interval.start, date.interval.end
    row.occupied_from, row.occupied_until = occupied.start, occupied.end


def _waiting() -> ReservationQuerySet:
    """The held dates of all windows."""
    rows = Reservation.objects.filter(guarantee__isnull=False, state=ReservationState.HELD)
    return rows.select_related("machine__space", "pool", "company").order_by("expires_at", "pk")


def _release(waiting: Reservation, now: datetime) -> int:
    """Give one date back, unless somebody decided meanwhile."""

    def work() -> int:
        lock(machines=[waiting.machine_id])
        return expire([waiting.pk], now=now)

    return in_transaction(work)
