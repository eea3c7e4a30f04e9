"""Giving back the dates of a series: from one on, or all that have not begun."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from billing.services.contracts import release_many
from booking.models import Reservation, Series
from booking.notices import series as series_notices
from booking.queries.terms import terms_of_reservations
from booking.rules import not_allowed
from booking.services import displaced
from booking.services.actions import reasons_not_to_cancel
from booking.services.changing import CANCELLED_FIELDS, PARTS, mark_cancelled
from booking.services.locking import MovedAway, in_transaction, lock
from booking.services.refusing import refuse
from booking.services.series.dates import may_change
from booking.services.series.judging import SECOND, units_for
from booking.services.series.making import fresh
from booking.states import UPCOMING, ReservationState
from machines.services.dirty import mark_spans
from members.models import Member
from spaces.intervals import Interval, local_day


def cancel_from(*, series: Series, from_day: date, by: Member, now: datetime) -> list[Reservation]:
    """Give back every date from `from_day` on, and let none follow; the dates given back.

    A date that was moved counts as the one that it was. Nothing is given back where one of them
    may not be: BookingRefused with NOT_ALLOWED or CANCELLATION_TOO_LATE.
    """
    starts_at = local_day(from_day, series.space.zone).start

    def work() -> list[Reservation]:
        row, rows = held_from(series, starts_at, now=now)
        if not may_change(row, by):
            refuse([not_allowed(_("This is not your series."))])
        end_before(row, starts_at)
        row.gaps.filter(original_start_at__gte=starts_at).delete()
        if rows:
            give_back(rows, by=by, now=now)
            series_notices.cancelled(row, rows, by=by, now=now)
        return rows

    return in_transaction(work)


def cancel_all(*, series: Series, by: Member, now: datetime) -> list[Reservation]:
    """Give back every date that has not begun, and let none follow; like `cancel_from`."""
    first = min(series.event.start, now).astimezone(series.space.zone).date()
    return cancel_from(series=series, from_day=first, by=by, now=now)


def held_from(
    series: Series, starts_at: datetime, *, now: datetime
) -> tuple[Series, list[Reservation]]:
    """The series as it is now and its dates from `starts_at` on, held with all their machines.

    Raises MovedAway where one of them meanwhile went to a machine that is not held.
    """
    units = {unit.pk for unit in units_for(series.target)}
    units |= set(series.reservations.values_list("machine_id", flat=True))
    lock(
        companies=[series.company_id] if series.company_id else [],
        members=[] if series.company_id else [series.member_id],
        pools=[series.pool_id] if series.pool_id else [],
        machines=units,
    )
    row = fresh(series)
    rows = rows_from(row, starts_at, now=now)
    if any(each.machine_id not in units for each in rows):
        raise MovedAway
    return row, rows


def rows_from(series: Series, starts_at: datetime, *, now: datetime) -> list[Reservation]:
    """The dates of `series` that have not begun, from the one at or after `starts_at` on.

    A date that was moved counts as the one that it was.
    """
    rows = series.reservations.filter(
        state__in=UPCOMING, starts_at__gt=now, original_start_at__gte=starts_at
    )
    return list(rows.select_related(*PARTS).order_by("original_start_at"))


def end_before(series: Series, starts_at: datetime) -> None:
    """Let no date of `series` begin at or after `starts_at`."""
    event = series.event
    if event.end_recurring_period is None or event.end_recurring_period >= starts_at:
        event.end_recurring_period = max(starts_at, event.start) - SECOND
        event.save(update_fields=["end_recurring_period"])


def give_back(rows: Sequence[Reservation], *, by: Member, now: datetime) -> None:
    """Cancel `rows`, in as many queries as one; nobody is told.

    Raises BookingRefused, with nothing given back, where `by` may not cancel one of them.
    """
    terms = terms_of_reservations(rows)
    refuse(
        reason
        for row in rows
        for reason in reasons_not_to_cancel(row, terms=terms[row.pk], by=by, now=now)
    )
    held = [row for row in rows if row.state == ReservationState.HELD]
    for row in rows:
        mark_cancelled(row, terms[row.pk], by=by, now=now)
    Reservation.objects.bulk_update(rows, CANCELLED_FIELDS)
    release_many(subject_keys=[row.subject_key for row in rows], by=by, now=now)
    touch(rows)
    if held:
        displaced.withdraw(held, by=by, now=now)
    series_notices.forget(rows)


def touch(rows: Sequence[Reservation]) -> None:
    """Have the figures of the days of `rows`, all of one space, computed again."""
    spans = ((row.machine_id, Interval(row.occupied_from, row.occupied_until)) for row in rows)
    mark_spans(spans, rows[0].machine.space.zone)
