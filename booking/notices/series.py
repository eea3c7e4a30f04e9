"""Which message follows which event of a series: one for all of its dates.

Each date is reminded of by itself, like any reservation. Services call these inside their
transaction, after saving the rows.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import override

from booking.facts import Refusal
from booking.models import Reservation, Series
from booking.notices.reminders import keep_reminders, remind_of_all
from booking.notices.telling import ask_the_staff, doer_told, packed_events, page
from booking.pattern_words import series_in_words
from booking.states import ReservationState
from members.models import Member
from notifications import outbox
from spaces.intervals import Interval

CONFIRMED = "series_confirmed"
REQUESTED = "series_requested"
TO_DECIDE = "series_to_decide"
MOVED = "series_moved"
CANCELLED = "series_cancelled"
APPROVED = "series_approved"
NOT_GIVEN = "series_not_given"
GAPS = "series_gaps"


def confirmed(
    series: Series,
    rows: Sequence[Reservation],
    left_out: Sequence[tuple[Interval, list[Refusal]]],
    *,
    by: Member,
    now: datetime,
) -> None:
    """Tell the holder which dates are kept and which are not, and remember to remind of each.

    Where staff is to approve them first, that is told instead, and asked of the staff.
    """
    if not rows:
        return
    waiting = [row for row in rows if row.state == ReservationState.PENDING]
    kind = REQUESTED if waiting else CONFIRMED
    _tell(series, kind, rows, by=by, now=now, left_out=left_out)
    remind_of_all(rows, now=now)
    _ask_for_approval(series, waiting, by=by, now=now)


def moved(series: Series, rows: Sequence[Reservation], *, by: Member, now: datetime) -> None:
    """Tell the holder the new times, and remind of each at its own."""
    waiting = [row for row in rows if row.state == ReservationState.PENDING]
    _tell(series, MOVED, rows, by=by, now=now)
    for row in rows:
        keep_reminders(row, now=now)
    _ask_for_approval(series, waiting, by=by, now=now)


def cancelled(series: Series, rows: Sequence[Reservation], *, by: Member, now: datetime) -> None:
    """Tell the holder which dates are no longer kept."""
    _settle_request(series)
    _tell(series, CANCELLED, rows, by=by, now=now, method="CANCEL")


def forget(rows: Sequence[Reservation]) -> None:
    """Whatever was still to be said about `rows` is not."""
    outbox.withdraw_all(subject_keys=[row.subject_key for row in rows])


def approved(series: Series, rows: Sequence[Reservation], *, by: Member, now: datetime) -> None:
    """Tell the holder that the dates are theirs, and remember to remind of each."""
    _settle_request(series)
    _tell(series, APPROVED, rows, by=by, now=now)
    remind_of_all(rows, now=now)


def denied(
    series: Series, rows: Sequence[Reservation], *, by: Member, now: datetime, reason: str
) -> None:
    """Tell the holder that they do not get the dates, and why."""
    _settle_request(series)
    _tell(series, NOT_GIVEN, rows, by=by, now=now, method="", reason=reason)


def request_expired(row: Reservation, *, now: datetime) -> None:
    """Tell the holder that nobody decided in time; once for all dates that end together."""
    series = row.series
    if series is not None and row.expires_at is not None:
        moment = row.expires_at.isoformat()
        _tell(series, NOT_GIVEN, [row], by=None, now=now, method="", event=moment)


def gaps_found(
    series: Series,
    left_out: Sequence[tuple[Interval, list[Refusal]]],
    *,
    now: datetime,
) -> None:
    """Tell the holder which dates of a series that goes on could not be kept."""
    if left_out:
        _tell(series, GAPS, [], by=None, now=now, left_out=left_out, method="")


def _tell(
    series: Series,
    kind: str,
    rows: Sequence[Reservation],
    *,
    by: Member | None,
    now: datetime,
    left_out: Sequence[tuple[Interval, list[Refusal]]] = (),
    method: str = "PUBLISH",
    reason: str = "",
    event: str = "",
) -> None:
    """Post the news to the holder, with the dates that stand as a calendar."""
    for_calendar = [row for row in rows if method == "CANCEL" or _is_confirmed(row)]
    with override(series.member.language):
        context = _context(series, rows, by=by)
        context["left_out"] = [
            {**_span(span), "reason": refusals[0].message} for span, refusals in left_out
        ]
        if for_calendar and method:
            context["events"] = packed_events(for_calendar, method=method, now=now)
    outbox.post(
        outbox.draft(
            recipient=series.member,
            space_key=str(series.space.pk),
            kind=kind,
            subject_key=series.subject_key,
            dedupe_key=f"{kind}:{series.uid}:{event or now.isoformat()}",
            context=context | {"reason": reason},
            send_after=now,
        )
    )


def _ask_for_approval(
    series: Series, waiting: Sequence[Reservation], *, by: Member | None, now: datetime
) -> None:
    """Ask everybody of the staff once to decide on the dates that wait."""
    if not waiting:
        return
    space = series.space
    ask_the_staff(
        space,
        TO_DECIDE,
        subject_key=series.subject_key,
        event=f"{series.uid}:{now.isoformat()}",
        context=_context(series, waiting, by=by)
        | {
            "member": str(series.member),
            "url": page("request", space.slug, waiting[0].pk),
        },
        now=now,
        expires_at=waiting[0].expires_at,
    )


def _settle_request(series: Series) -> None:
    """Nothing is left to be asked of the staff."""
    outbox.withdraw(subject_key=series.subject_key, kinds=[TO_DECIDE])


def _is_confirmed(row: Reservation) -> bool:
    return row.state == ReservationState.CONFIRMED


def _context(series: Series, rows: Sequence[Reservation], *, by: Member | None) -> dict[str, Any]:
    """What the templates need, as JSON; `dates` are told on the clock of the space."""
    first = rows[0] if rows else None
    told = {}
    if first is not None and first.state == ReservationState.PENDING and first.expires_at:
        told["released_at"] = first.expires_at.isoformat()
    return {
        "name": series.member.name,
        "machine": series.target.name,
        "space": series.space.name,
        "zone": series.space.timezone,
        "pattern": series_in_words(series),
        "dates": [_span(row.span) for row in rows],
        "purpose": series.purpose,
        "company": series.company.name if series.company else "",
        **doer_told(by, series.member),
        "url": page("series", series.pk),
        **told,
    }


def _span(span: Interval) -> dict[str, str]:
    return {"starts_at": span.start.isoformat(), "ends_at": span.end.isoformat()}
