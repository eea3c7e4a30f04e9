"""Making a series of dates, and letting it go on longer."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from schedule.models import Calendar, Event, Occurrence

from booking.models import RefusedTry, Series, SeriesGap
from booking.notices import series as series_notices
from booking.queries.series import with_parts
from booking.recurring import Pattern, PatternInvalid, Plan, plan
from booking.rules import not_allowed
from booking.services.allocation import units_exchanged
from booking.services.locking import in_transaction
from booking.services.placing import Claim, hold, place_many
from booking.services.refusing import BookingRefused, refuse
from booking.services.series.dates import (
    DateVerdict,
    Made,
    SeriesConflict,
    claim_of,
    may_change,
    refuse_conflicts,
)
from booking.services.series.judging import SECOND, Judge, units_for
from booking.states import OnConflict
from machines.models import Machine, Pool
from machines.services.events import shared_rule
from members.models import Member
from spaces.intervals import local_day
from spaces.models import Space


def preview(
    claim: Claim,
    *,
    target: Machine | Pool,
    pattern: Pattern,
    start: datetime,
    end: datetime,
    now: datetime,
) -> list[DateVerdict]:
    """Every date of a series from the wall times `start` to `end` on, with its verdict.

    Without an end in `pattern`, as far as can be reserved today. Raises PatternInvalid for a
    pattern without dates, or with too many, and BookingRefused with NOT_ALLOWED.
    """
    return Judge(claim, target, now).planned(plan(pattern, start, end, target.space.zone))


def reserve_series(
    claim: Claim,
    *,
    target: Machine | Pool,
    pattern: Pattern,
    start: datetime,
    end: datetime,
    on_conflict: OnConflict,
    now: datetime,
) -> Made:
    """Keep every date of a series, or those that can be kept, and tell the holder once.

    Raises SeriesConflict, with nothing written, where a date cannot be kept and all or nothing
    was asked, or none can be; PatternInvalid and BookingRefused like `preview`.
    """

    def work() -> Made:
        planned = plan(pattern, start, end, target.space.zone)
        judge = held_judge(claim, target, now)
        dates = judge.planned(planned)
        refuse_conflicts(dates, on_conflict)
        made = keep(begun(claim, target, planned, judge), judge, dates)
        series_notices.confirmed(made.series, made.rows, made.left_out, by=claim.by, now=now)
        return made

    return tries_kept(claim, target, now, work)


def preview_extension(
    *, series: Series, until: date | None, by: Member, now: datetime
) -> list[DateVerdict]:
    """The dates that `series` would have behind its end so far, each with its verdict.

    Raises like `extend`, but for conflicts.
    """
    row = with_parts(Series.objects.all()).get(pk=series.pk)
    after = _lengthen(row, until, by, now)
    return Judge(claim_of(row, by=by), row.target, now).dates_of(row, after=after)


def extend(
    *,
    series: Series,
    until: date | None,
    on_conflict: OnConflict,
    by: Member,
    now: datetime,
) -> Made:
    """Let `series` go on to the day `until`, or without an end, and keep its new dates.

    Raises BookingRefused with NOT_ALLOWED or SERIES_CONFLICT, and PatternInvalid where the end
    does not lie behind the end so far.
    """
    claim, target = claim_of(series, by=by), series.target

    def work() -> Made:
        judge = held_judge(claim, target, now)
        row = fresh(series)
        after = _lengthen(row, until, by, now)
        dates = judge.dates_of(row, after=after)
        refuse_conflicts(dates, on_conflict)
        row.event.save(update_fields=["end_recurring_period"])
        made = keep(row, judge, dates)
        series_notices.confirmed(row, made.rows, made.left_out, by=by, now=now)
        return made

    return tries_kept(claim, target, now, work)


def _lengthen(series: Series, until: date | None, by: Member, now: datetime) -> datetime:
    """Give the event of `series` its new end, unsaved; after which moment new dates begin."""
    if not may_change(series, by):
        refuse([not_allowed(_("This is not your series."))])
    so_far = series.event.end_recurring_period
    ends = until and last_moment(until, series)
    if so_far is None or (ends is not None and ends <= so_far):
        raise PatternInvalid(_("Choose a day after the end of the series so far."))
    series.event.end_recurring_period = ends
    after: datetime = max(so_far, now)
    return after


def last_moment(day: date, series: Series) -> datetime:
    """The last moment of `day` on the clock of the space."""
    return local_day(day, series.space.zone).end - SECOND


def held_judge(
    claim: Claim, target: Machine | Pool, now: datetime, *, asks_first: bool = True
) -> Judge:
    """A judge of dates on machines that are held until the transaction ends."""
    pools = [target.pk] if isinstance(target, Pool) else []
    hold(claim, pools=pools, machines=[unit.pk for unit in units_for(target)])
    return Judge(claim, target, now, asks_first=asks_first)


def fresh(series: Series) -> Series:
    """The series as it is now, held until the transaction ends.

    Raises BookingRefused where all of its dates have meanwhile moved to another one.
    """
    found = with_parts(Series.objects.select_for_update(of=("self",))).filter(pk=series.pk).first()
    if found is None:
        raise BookingRefused([not_allowed(_("All dates of this series have moved to another."))])
    return found


def begun(claim: Claim, target: Machine | Pool, planned: Plan, judge: Judge) -> Series:
    """A new series that follows `planned`, still without rows."""
    return Series.objects.create(
        event=_saved(planned, target.space),
        **named(target),
        member=claim.member,
        company=claim.company,
        purpose=claim.purpose,
        is_confidential=claim.is_confidential,
        materialised_until=judge.reaches,
        created_at=judge.now,
        created_by=claim.by,
    )


def named(target: Machine | Pool) -> dict[str, Any]:
    """The machine or else the pool, as the fields of a row name it."""
    return {"pool": target} if isinstance(target, Pool) else {"machine": target}


def _saved(planned: Plan, space: Space) -> Event:
    """The event of `planned` with its shared rule, and the dates that were left out of it.

    It stands in a calendar of the space that opens nothing and closes nothing.
    """
    event = planned.event
    event.calendar, _created = Calendar.objects.get_or_create(
        slug=f"space-{space.pk}-series", defaults={"name": f"{space} (series)"}
    )
    event.rule = shared_rule(event.rule.frequency, event.rule.params)
    event.save()
    Occurrence.objects.bulk_create(
        Occurrence(
            event=event,
            start=dated.interval.start,
            end=dated.interval.end,
            original_start=dated.original_start,
            original_end=dated.interval.end,
            cancelled=True,
        )
        for dated in planned.excepted
    )
    return event


def keep(series: Series, judge: Judge, dates: list[DateVerdict]) -> Made:
    """Write a row for each date that is free, and a gap for each that is not; nobody is told."""
    free = [each for each in dates if each.is_free]
    skipped = [each for each in dates if not each.is_free]
    with units_exchanged(judge.moved, judge.units):
        rows = place_many(
            judge.claim,
            judged=[(each.unit, each.request, each.verdict) for each in free],
            overdue=judge.ahead.overdue,
            now=judge.now,
            series=series,
            pool=series.pool,
        )
    SeriesGap.objects.bulk_create(
        [
            SeriesGap(
                series=series,
                original_start_at=each.span.start,
                codes=each.codes,
                created_at=judge.now,
            )
            for each in skipped
        ],
        update_conflicts=True,
        unique_fields=["series", "original_start_at"],
        update_fields=["codes", "created_at"],
    )
    if series.materialised_until < judge.reaches:
        series.materialised_until = judge.reaches
        series.save(update_fields=["materialised_until"])
    return Made(series, rows, skipped)


def tries_kept(
    claim: Claim, target: Machine | Pool, now: datetime, work: Callable[[], Made]
) -> Made:
    """Do `work` in a transaction; each date that was wanted and not given is kept as a try."""
    try:
        made = in_transaction(work)
    except SeriesConflict as error:
        _note_tries(claim, target, now, error.conflicts)
        raise
    _note_tries(claim, target, now, made.skipped)
    return made


def _note_tries(
    claim: Claim, target: Machine | Pool, now: datetime, dates: list[DateVerdict]
) -> None:
    RefusedTry.objects.bulk_create(
        RefusedTry(
            **named(target),
            member=claim.member,
            starts_at=each.span.start,
            ends_at=each.span.end,
            codes=each.codes,
            created_at=now,
        )
        for each in dates
    )
