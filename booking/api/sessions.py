"""Use of machines, for programs: begun, ended, written down afterwards, corrected."""

from datetime import datetime
from typing import Annotated, Self

from django.http import Http404, HttpRequest
from django.utils.timezone import now
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from ninja.decorators import decorate_view
from ninja.errors import HttpError
from pydantic import AwareDatetime, Field, model_validator

from booking.api import schemas
from booking.api.idempotency import answered_once
from booking.api.parties import caller_of, machine_for
from booking.api.reservations import REFUSED
from booking.models import UsageSession
from booking.permissions import may_see_session
from booking.queries.questions import answers_told
from booking.queries.sessions import PARTS
from booking.rules import not_allowed
from booking.services import attendance, corrections
from booking.services.entering import enter_session
from booking.services.refusing import BookingRefused
from booking.states import CorrectionState, SessionSource
from machines.api import Paging
from machines.models import Machine
from members.authentication import needs
from members.models import Member
from members.permissions import is_staff_of
from members.states import Scope
from spaces.intervals import Interval
from spaces.paging import CursorInvalid, page

router = Router(tags=["usage sessions"])


class SessionIn(schemas.Body):
    """Use that begins now; with both ends, use that is over and is written down by staff."""

    machine: int
    starts_at: AwareDatetime | None = None
    ends_at: Annotated[
        AwareDatetime | None, Field(description="now: how long it lasts; past: when it ended")
    ] = None
    for_member: Annotated[int | None, Field(description="for whom; for staff")] = None


class SessionChange(schemas.Body):
    """The end of use that goes on, or how use that is over really was."""

    ended: Annotated[bool, Field(description="end it now")] = False
    machine: int | None = None
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    was_not_me: Annotated[bool, Field(description="nobody who is known used it")] = False
    reason: Annotated[str, Field(max_length=300, pattern=schemas.NO_ZERO)] = ""

    @model_validator(mode="after")
    def says_something(self) -> Self:
        """One of both, not nothing."""
        corrects = bool(self.machine or self.starts_at or self.ends_at or self.was_not_me)
        if self.ended == corrects:
            raise ValueError("either ended, or what is to be corrected")
        return self


class SessionFilters(Paging):
    """Which use, of that of the caller or of a space that they work for."""

    space: schemas.Slug | None = None
    from_: AwareDatetime | None = Field(None, alias="from")
    until: AwareDatetime | None = None


class AnswerOut(Schema):
    """What was asked at check-out, and what was said."""

    question: str
    answer: str


class SessionOut(Schema):
    """A use, for who used the machine, those inside its reservation, and staff."""

    id: int
    machine: int
    machine_name: str
    space: str
    member: int | None
    reservation: int | None
    starts_at: datetime
    ends_at: datetime | None
    expected_end_at: datetime | None
    end_is_assumed: bool
    source: SessionSource
    answers: list[AnswerOut]
    correction: Annotated[
        CorrectionState | None, Field(description="what became of the latest one asked for")
    ]


class SessionList(Schema):
    """A page of use."""

    items: list[SessionOut]
    next: str | None


@router.get("/usage-sessions", auth=needs(Scope.READ), response=SessionList)
def list_sessions(request: HttpRequest, filters: Query[SessionFilters]) -> object:
    """Your own use; with `space` that of a space that you work for."""
    caller = caller_of(request)
    rows = UsageSession.objects.select_related(*PARTS).prefetch_related(
        "answers__question", "corrections"
    )
    if filters.space is None:
        rows = rows.filter(member=caller)
    elif caller.is_superuser:
        rows = rows.filter(machine__space__slug=filters.space)
    else:
        mine = caller.roles.filter(space__slug=filters.space).values("space")
        rows = rows.filter(machine__space__in=mine)
    if filters.from_:
        rows = rows.exclude(ended_at__lte=filters.from_)
    if filters.until:
        rows = rows.filter(started_at__lt=filters.until)
    try:
        listed = page(rows, keys=["started_at", "id"], cursor=filters.cursor, limit=filters.limit)
    except CursorInvalid as error:
        raise HttpError(422, _("This cursor is not of this list.")) from error
    return {"items": [session_out(each) for each in listed.items], "next": listed.next}


@router.get("/usage-sessions/{id}", auth=needs(Scope.READ), response=SessionOut)
def read(request: HttpRequest, id: int) -> object:
    """One use that you may see."""
    return session_out(_found(request, id))


@router.post("/usage-sessions", auth=needs(Scope.BOOK), response={201: SessionOut, **REFUSED})
@decorate_view(answered_once)
def start(request: HttpRequest, body: SessionIn) -> object:
    """Check in where you have reserved, else use the machine while it is free.

    With `starts_at` it is use that is over: staff of the space write it down.
    """
    caller = caller_of(request)
    machine = machine_for(body.machine, caller)
    member = _member_of(body, machine, caller)
    if body.starts_at is None:
        session = attendance.start_walk_in(
            machine=machine,
            member=member,
            by=caller,
            now=now(),
            ends_at=body.ends_at,
            source=SessionSource.API,
        )
    else:
        if body.ends_at is None or body.ends_at <= body.starts_at:
            raise HttpError(422, _("The end must lie after the start."))
        session = enter_session(
            machine=machine,
            member=member,
            span=Interval(body.starts_at, body.ends_at),
            by=caller,
            now=now(),
        )
    return Status(201, session_out(_found(request, session.pk)))


@router.patch("/usage-sessions/{id}", auth=needs(Scope.BOOK), response={200: SessionOut, **REFUSED})
@decorate_view(answered_once)
def change(request: HttpRequest, id: int, body: SessionChange) -> object:
    """End use that goes on. Staff correct use that is over at once; who used it asks them to."""
    caller, session = caller_of(request), _found(request, id)
    if body.ended:
        attendance.check_out(session=session, by=caller, now=now())
    else:
        _correct(session, body, caller)
    return session_out(_found(request, id))


def _member_of(body: SessionIn, machine: Machine, caller: Member) -> Member:
    """For whom it is; raises BookingRefused alike for people who are not there, and for others'."""
    if body.for_member in (None, caller.pk):
        return caller
    member = Member.objects.filter(pk=body.for_member, is_active=True).first()
    if member is None or not is_staff_of(caller, machine.space):
        raise BookingRefused([not_allowed(_("You may not book for this person or company."))])
    return member


def _correct(session: UsageSession, body: SessionChange, caller: Member) -> None:
    if session.ended_at is None:
        told = _("This use still goes on: check out first.")
        raise BookingRefused([not_allowed(told)])
    machine = session.machine
    if body.machine is not None and body.machine != machine.pk:
        machine = machine_for(body.machine, caller)
    act = corrections.ask
    if is_staff_of(caller, session.machine.space):
        act = corrections.correct
    act(
        session=session,
        truth=corrections.Truth(
            machine=machine,
            member=None if body.was_not_me else session.member,
            started_at=body.starts_at or session.started_at,
            ended_at=body.ends_at or session.ended_at,
        ),
        reason=body.reason,
        by=caller,
        now=now(),
    )


def _found(request: HttpRequest, pk: int) -> UsageSession:
    """A use that the caller may see; for others it does not exist."""
    rows = UsageSession.objects.select_related(*PARTS).prefetch_related(
        "answers__question", "corrections"
    )
    found = rows.filter(pk=pk).first()
    if found is None or not may_see_session(caller_of(request), found):
        raise Http404
    return found


def session_out(session: UsageSession) -> dict[str, object]:
    """A use that the caller may see, as the API tells it."""
    zone = session.machine.space.zone
    ends_at, expected = session.ended_at, session.expected_end_at
    asked = next(iter(session.corrections.all()), None)
    return {
        "id": session.pk,
        "machine": session.machine_id,
        "machine_name": session.machine.name,
        "space": session.machine.space.slug,
        "member": session.member_id,
        "reservation": session.reservation_id,
        "starts_at": session.started_at.astimezone(zone),
        "ends_at": ends_at.astimezone(zone) if ends_at else None,
        "expected_end_at": expected.astimezone(zone) if expected else None,
        "end_is_assumed": session.end_is_assumed,
        "source": session.source,
        "answers": [told._asdict() for told in answers_told(session)],
        "correction": asked.state if asked else None,
    }
