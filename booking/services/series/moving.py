"""Moving the dates of a series: one of them, or all from one on to other hours and days."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import islice, takewhile

from django.utils.translation import gettext as _

from booking.facts import BookingRequest
from booking.models import Reservation, Series
from booking.notices import series as series_notices
from booking.queries.series import with_parts
from booking.queries.terms import terms_of_reservations
from booking.recurring import Plan, moved_to, pattern_of, plan
from booking.rules import not_allowed
from booking.services import reservations
from booking.services.actions import reasons_not_to_move
from booking.services.refusing import refuse
from booking.services.series.cancelling import end_before, give_back, held_from, rows_from
from booking.services.series.dates import (
    TOO_FAR,
    DateVerdict,
    Made,
    SeriesConflict,
    claim_of,
    may_change,
)
from booking.services.series.judging import SECOND, Judge
from booking.services.series.making import begun, keep, tries_kept
from booking.services.series.rewriting import times_given
from booking.services.verdict import MOVING
from machines.recurrence import Dated, reserved_dates
from members.models import Member
from spaces.intervals import local_day, wall_time


def move_occurrence(
    *, series: Series, day: date, request: BookingRequest, by: Member, now: datetime
) -> Reservation:
    """Give the date that `series` has on `day` another time; the others stay where they are."""
    dates = local_day(day, series.space.zone)
    rows = series.reservations.filter(
        original_start_at__gte=dates.start, original_start_at__lt=dates.end
    )
    row = rows.select_related("machine__space", "member", "company").first()
    if row is None:
        refuse([not_allowed(_("The series has no such date."))])
        raise AssertionError
    return reservations.move(reservation=row, request=request, by=by, now=now)


def preview_move(
    *, series: Series, from_day: date, start: datetime, end: datetime, by: Member, now: datetime
) -> list[DateVerdict]:
    """The dates that those from `from_day` on would be moved to, each with its verdict.

    Raises like `move_from`, but for conflicts.
    """
    row = with_parts(Series.objects.all()).get(pk=series.pk)
    rows = rows_from(row, local_day(from_day, row.space.zone).start, now=now)
    return _Move(row, rows, start, end, by=by, now=now).dates


def move_from(
    *, series: Series, from_day: date, start: datetime, end: datetime, by: Member, now: datetime
) -> Made:
    """Move all dates from `from_day` on, so that the first has the wall times `start` to `end`.

    They go on as a series of their own, and keep what they are in people's calendars. Dates
    that were given back stay given back; a date that comes to lie too far ahead waits until it
    can be reserved. Raises SeriesConflict where another cannot be moved, and BookingRefused
    with NOT_ALLOWED or CANCELLATION_TOO_LATE, with nothing moved; PatternInvalid.
    """
    starts_at = local_day(from_day, series.space.zone).start

    def work() -> Made:
        row, rows = held_from(series, starts_at, now=now)
        move = _Move(row, rows, start, end, by=by, now=now)
        move.refuse_conflicts()
        return move.write()

    return tries_kept(claim_of(series, by=by), series.target, now, work)


class _Move:
    """Where each of `rows` of `series` goes, the first of them to `start`."""

    def __init__(
        self,
        series: Series,
        rows: Sequence[Reservation],
        start: datetime,
        end: datetime,
        *,
        by: Member,
        now: datetime,
    ) -> None:
        self.series, self.rows, self.by, self.now = series, rows, by, now
        self._refuse_who_may_not()
        planned, self.row_at = self._paired(start, end)
        self.planned = planned
        self.judge = Judge(
            claim_of(series, by=by), series.target, now, rules=MOVING, excluding=rows
        )
        self.dates = [
            replace(
                each,
                may_stay_out=each.span.start not in self.row_at or each.codes == TOO_FAR,
            )
            for each in self.judge.planned(planned)
        ]

    def refuse_conflicts(self) -> None:
        """Raise SeriesConflict where one of the rows cannot be moved."""
        conflicts = [each for each in self.dates if each.is_conflict]
        if conflicts:
            raise SeriesConflict(conflicts)

    def write(self) -> Made:
        """Move the rows, and keep what the new pattern has besides."""
        moved = [
            (self.row_at[each.span.start], each)
            for each in self.dates
            if each.is_free and each.span.start in self.row_at
        ]
        gone = {row.pk for row in self.rows} - {row.pk for row, _date in moved}
        too_far = [row for row in self.rows if row.pk in gone]
        if too_far:
            give_back(too_far, by=self.by, now=self.now)
            series_notices.cancelled(self.series, too_far, by=self.by, now=self.now)
        first = self.rows[0].original_start_at or self.rows[0].starts_at
        claim = claim_of(self.series, by=self.series.created_by)
        new = begun(claim, self.series.target, self.planned, self.judge)
        with times_given(moved, series=new, judge=self.judge):
            rest = [each for each in self.dates if not any(each is date for _row, date in moved)]
            made = keep(new, self.judge, rest)
        self._end(first)
        rows = sorted([*(row for row, _date in moved), *made.rows], key=lambda row: row.starts_at)
        series_notices.moved(new, rows, by=self.by, now=self.now)
        return replace(made, rows=rows)

    def _end(self, first: datetime) -> None:
        """End the old series, which is forgotten where nothing of it was before."""
        zone = self.series.space.zone
        # To the day, as people are told it.
        end_before(self.series, local_day(wall_time(first, zone).date(), zone).start)
        self.series.gaps.filter(original_start_at__gte=first).delete()
        if not self.series.reservations.exists():
            event = self.series.event
            self.series.delete()
            event.delete()

    def _refuse_who_may_not(self) -> None:
        if not may_change(self.series, self.by):
            refuse([not_allowed(_("This is not your series."))])
        if not self.rows:
            refuse([not_allowed(_("The series has no such date."))])
        terms = terms_of_reservations(self.rows)
        refuse(
            reason
            for row in self.rows
            for reason in reasons_not_to_move(row, terms=terms[row.pk], by=self.by, now=self.now)
        )

    def _paired(self, start: datetime, end: datetime) -> tuple[Plan, dict[datetime, Reservation]]:
        """The new pattern, and by each of its dates the row that goes there.

        The first date of the old pattern goes to the first of the new one, and so on.
        """
        event, zone = self.series.event, self.series.space.zone
        first = self.rows[0].original_start_at or self.rows[0].starts_at
        ends = event.end_recurring_period
        last = ends or self.rows[-1].original_start_at or first
        dates = reserved_dates(event, zone, after=first - SECOND)
        old = list(takewhile(lambda dated: dated.original_start <= last, dates))
        day = wall_time(first, zone).date()
        pattern = moved_to(pattern_of(event), day, start.date())
        count = len(old) if ends is not None else None
        planned = plan(replace(pattern, count=count), start, end, zone)
        new = islice(reserved_dates(planned.event, zone), len(old))
        return self._without_what_was_given_back(planned, list(zip(old, new, strict=False)))

    def _without_what_was_given_back(
        self, planned: Plan, pairs: Sequence[tuple[Dated, Dated]]
    ) -> tuple[Plan, dict[datetime, Reservation]]:
        rows = {row.original_start_at: row for row in self.rows}
        gaps = set(self.series.gaps.values_list("original_start_at", flat=True))
        row_at, left_out = {}, []
        for old, new in pairs:
            if old.original_start in rows:
                row_at[new.original_start] = rows[old.original_start]
            elif old.original_start not in gaps:
                left_out.append(new)
        return replace(planned, excepted=tuple(left_out)), row_at
