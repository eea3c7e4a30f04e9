"""Giving rows that stand new times, all together."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from billing.services.contracts import charge_new, release_many
from booking.models import Reservation, Series
from booking.services.allocation import only_checked_at_the_end
from booking.services.placing import ask_for_approval
from booking.services.series.cancelling import touch
from booking.services.series.dates import DateVerdict
from booking.services.series.judging import Judge
from booking.services.verdict import occupy, tell_price

WRITTEN = (
    "machine",
    "series",
    "original_start_at",
    "starts_at",
    "ends_at",
    "occupied_from",
    "occupied_until",
    "amount",
    "state",
    "expires_at",
    "decided_at",
    "decided_by",
    "decision",
    "sequence",
)


@contextmanager
def times_given(
    moved: Sequence[tuple[Reservation, DateVerdict]], *, series: Series, judge: Judge
) -> Iterator[None]:
    """Give each row its date of `series`, together with what is written inside; nobody is told.

    Raises TimeTaken where somebody was faster.
    """
    rows = [row for row, _date in moved]
    if not rows:
        yield
        return
    touch(rows)
    for row, date in moved:
        row.machine, row.series, row.original_start_at = date.unit, series, date.span.start
        occupy(row, date.request, date.verdict)
        tell_price(row, date.verdict)
        ask_for_approval(row, date.verdict, now=judge.now)
        row.sequence += 1
    # One may go where another still is.
    with only_checked_at_the_end():
        Reservation.objects.bulk_update(rows, WRITTEN)
        yield
    company = series.company
    if company is not None:
        keys = {row.subject_key: row.span for row in rows}
        by, now = judge.claim.by, judge.now
        release_many(subject_keys=list(keys), by=by, now=now)
        charge_new(company=company, space=series.space, spans=keys, by=by, now=now)
    touch(rows)
