"""Keeping the dates of series that go on, as far as they can be reserved by now."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from booking.models import Series
from booking.notices import series as series_notices
from booking.queries.series import with_parts
from booking.rules import not_allowed
from booking.services.locking import in_transaction
from booking.services.refusing import refuse
from booking.services.series.dates import TOO_FAR, Made, claim_of, may_change
from booking.services.series.judging import Judge, units_for
from booking.services.series.making import fresh, held_judge, keep, tries_kept
from members.models import Member

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class HorizonReport:
    """What a run of the job did; `not_kept` counts dates that something stood in the way of."""

    kept: int = 0
    not_kept: int = 0


def materialise(now: datetime) -> HorizonReport:
    """Keep the dates of series without an end, and those once too far, as far as allowed today.

    It looks at ranges, never at one minute, so it may run late, twice, or at once. A date that
    cannot be kept is told to the holder, stands as a gap, and is not tried again by the job. A
    series that cannot be followed is logged and does not hold up the others.
    """
    report = HorizonReport()
    for series in _waiting(now):
        try:
            made = _caught_up(series, now)
        except Exception:
            logger.exception("Series %s could not be followed", series.pk)
            continue
        if made is not None:
            report.kept += len(made.rows)
            report.not_kept += len(made.skipped)
    return report


def fill_gaps(*, series: Series, by: Member, now: datetime) -> Made:
    """Try the dates again that could not be reserved; what still cannot stays a gap.

    Raises BookingRefused with NOT_ALLOWED.
    """

    def work() -> Made:
        judge = held_judge(claim_of(series, by=by), series.target, now)
        row = fresh(series)
        if not may_change(row, by):
            refuse([not_allowed(_("This is not your series."))])
        gaps = row.gaps.filter(original_start_at__gt=now)
        made = _tried(row, judge, gaps.values_list("original_start_at", flat=True))
        if made.rows:
            series_notices.confirmed(row, made.rows, [], by=by, now=now)
        return made

    return tries_kept(claim_of(series, by=by), series.target, now, work)


def _waiting(now: datetime) -> Iterable[Series]:
    rows = Series.objects.filter(
        Q(event__end_recurring_period=None)
        | Q(gaps__codes=TOO_FAR, gaps__original_start_at__gt=now),
        Q(pool__isnull=False) | Q(machine__retired_at=None),
    )
    return with_parts(rows.distinct()).order_by("pk")


def _caught_up(series: Series, now: datetime) -> Made | None:
    """What became of the dates of one series that have come within reach; None without any."""
    claim, target = claim_of(series, by=series.created_by), series.target

    def work() -> Made | None:
        # Who may not reserve any more is refused date by date, and so told.
        judge = held_judge(claim, target, now, asks_first=False)
        row = fresh(series)
        reach = judge.reach(row.event)
        gaps = row.gaps.filter(
            codes=TOO_FAR, original_start_at__gt=now, original_start_at__lte=reach
        )
        again = list(gaps.values_list("original_start_at", flat=True))
        goes_on = row.event.end_recurring_period is None and reach > row.materialised_until
        if not (again or goes_on):
            return None
        made = _tried(row, judge, again)
        made = replace(made, skipped=[each for each in made.skipped if each.codes != TOO_FAR])
        series_notices.gaps_found(row, made.left_out, now=now)
        return made

    if not units_for(target):
        return None
    return in_transaction(work)


def _tried(series: Series, judge: Judge, again: Iterable[datetime]) -> Made:
    """Keep what can be kept of `again` and of the dates that nobody has decided on."""
    again = list(again)
    made = keep(series, judge, judge.dates_of(series, after=judge.now, again=again))
    kept = [row.starts_at for row in made.rows]
    series.gaps.filter(original_start_at__in=kept).delete()
    return made
