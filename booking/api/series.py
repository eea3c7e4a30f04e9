"""Series, for programs: planned, read and given back; each date is a reservation as well."""

from datetime import UTC, date, datetime, time
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils.timezone import now
from ninja import Router, Schema, Status
from ninja.decorators import decorate_view
from ninja.errors import HttpError
from pydantic import AwareDatetime, Field

from booking.api import schemas
from booking.api.idempotency import answered_once
from booking.api.parties import caller_of
from booking.api.reservations import REFUSED, asked_for, reservation_out
from booking.models import Series
from booking.permissions import may_see_series
from booking.queries.series import with_parts
from booking.recurring import MOST_DATES, Pattern, PatternInvalid, pattern_from, pattern_of
from booking.services import series
from booking.services.placing import Claim
from booking.services.series import DateVerdict
from booking.states import EARLIEST_DAY, LATEST_DAY, OnConflict, RefusalCode
from machines.models import Machine, Pool
from members.authentication import needs
from members.states import Scope
from spaces.intervals import wall_time

router = Router(tags=["series"])


Day = Annotated[date, Field(ge=EARLIEST_DAY, le=LATEST_DAY)]
Moment = Annotated[
    AwareDatetime,
    Field(
        ge=datetime.combine(EARLIEST_DAY, time.min, UTC),
        le=datetime.combine(LATEST_DAY, time.min, UTC),
    ),
]


class SeriesIn(schemas.BookingIn):
    """The first date, and the rule by which it comes again on the clock of the space."""

    starts_at: Moment
    ends_at: Moment
    rule: Annotated[
        str,
        Field(
            max_length=200,
            pattern=schemas.NO_ZERO,
            description="an RRULE of RFC 5545; without UNTIL and COUNT it goes on without an end",
            examples=["FREQ=WEEKLY;BYDAY=TU,TH;COUNT=10"],
        ),
    ]
    excepted: Annotated[
        list[Day], Field(max_length=MOST_DATES, description="dates to leave out")
    ] = []


class SeriesBooking(SeriesIn):
    """A series to be reserved, and what becomes of it where a date is not free."""

    on_conflict: OnConflict = OnConflict.ALL_OR_NOTHING


class DateOut(schemas.IntervalOut):
    """A date and every rule that does not hold; none means that it can be reserved."""

    date: date
    refusals: list[schemas.RefusalOut]
    quote: schemas.QuoteOut | None


class SeriesPreview(Schema):
    """Every date of a series; nothing is reserved."""

    dates: list[DateOut]


class GapOut(Schema):
    """A date that could not be reserved."""

    starts_at: datetime
    codes: list[RefusalCode]


class SeriesOut(Schema):
    """A series with its reservations and the dates that could not be reserved."""

    id: int
    uid: str
    machine: int | None
    pool: int | None
    space: str
    rule: str
    until: date | None
    member: int
    company: str | None
    purpose: str
    confidential: bool
    reservations: list[schemas.ReservationOut]
    gaps: list[GapOut]


class CancelIn(schemas.Body):
    """From which date on; without one, every date that has not begun."""

    from_date: Day | None = None


class CancelOut(Schema):
    """The dates that were given back."""

    cancelled: list[int]


@router.post("/series/check", auth=needs(Scope.READ), response={200: SeriesPreview, **REFUSED})
def check(request: HttpRequest, body: SeriesIn) -> object:
    """Every date with what the rules say to it, without reserving; open ones to the horizon."""
    claim, wanted = _asked(request, body)
    try:
        dates = series.preview(claim, now=now(), **wanted)
    except PatternInvalid as error:
        raise HttpError(422, str(error)) from error
    return {"dates": [date_out(each) for each in dates]}


@router.post("/series", auth=needs(Scope.BOOK), response={201: SeriesOut, **REFUSED})
@decorate_view(answered_once)
def reserve(request: HttpRequest, body: SeriesBooking) -> object:
    """Reserve every date, or all that are free; `conflicts` tells which dates are not."""
    claim, wanted = _asked(request, body)
    try:
        made = series.reserve_series(claim, on_conflict=body.on_conflict, now=now(), **wanted)
    except PatternInvalid as error:
        raise HttpError(422, str(error)) from error
    return Status(201, _series(made.series))


@router.get("/series/{id}", auth=needs(Scope.READ), response=SeriesOut)
def read(request: HttpRequest, id: int) -> object:
    """One series that you may see."""
    return _series(_found(request, id))


@router.post("/series/{id}/cancel", auth=needs(Scope.BOOK), response={200: CancelOut, **REFUSED})
@decorate_view(answered_once)
def cancel(request: HttpRequest, id: int, body: CancelIn) -> object:
    """Give back the dates from one on, and let none follow."""
    found, caller = _found(request, id), caller_of(request)
    if body.from_date is None:
        rows = series.cancel_all(series=found, by=caller, now=now())
    else:
        rows = series.cancel_from(series=found, from_day=body.from_date, by=caller, now=now())
    return {"cancelled": [row.pk for row in rows]}


def date_out(verdict: DateVerdict) -> dict[str, Any]:
    """A date and what stands in its way."""
    zone = verdict.unit.space.zone
    return {
        "date": verdict.day,
        "starts_at": verdict.span.start.astimezone(zone),
        "ends_at": verdict.span.end.astimezone(zone),
        "refusals": [schemas.refusal_out(each) for each in verdict.refusals],
        "quote": verdict.verdict.quote,
    }


def _asked(request: HttpRequest, body: SeriesIn) -> tuple[Claim, dict[str, Any]]:
    """In whose name, and what is wanted on the clock of the space."""
    machine, pool, claim = asked_for(request, body)
    target: Machine | Pool = pool or machine
    try:
        pattern: Pattern = pattern_from(body.rule, excepted=body.excepted)
    except PatternInvalid as error:
        raise HttpError(422, str(error)) from error
    zone = machine.space.zone
    start, end = wall_time(body.starts_at, zone), wall_time(body.ends_at, zone)
    return claim, {"target": target, "pattern": pattern, "start": start, "end": end}


def _found(request: HttpRequest, pk: int) -> Series:
    """A series that the caller may see; for others it does not exist."""
    found = with_parts(Series.objects.filter(pk=pk)).first()
    if found is None or not may_see_series(caller_of(request), found):
        raise Http404
    return found


def _series(found: Series) -> dict[str, Any]:
    """A series that the caller may see."""
    zone, event = found.space.zone, found.event
    ends = event.end_recurring_period
    rows = found.reservations.select_related("machine__space", "pool", "company", "member")
    return {
        "id": found.pk,
        "uid": str(found.uid),
        "machine": found.machine_id,
        "pool": found.pool_id,
        "space": found.space.slug,
        "rule": pattern_of(event).rrule(event.start.astimezone(zone).date()),
        "until": ends.astimezone(zone).date() if ends else None,
        "member": found.member_id,
        "company": found.company.slug if found.company else None,
        "purpose": found.purpose,
        "confidential": found.is_confidential,
        "reservations": [reservation_out(row) for row in rows.order_by("starts_at", "pk")],
        "gaps": [
            {"starts_at": gap.original_start_at.astimezone(zone), "codes": gap.codes}
            for gap in found.gaps.all()
        ],
    }
