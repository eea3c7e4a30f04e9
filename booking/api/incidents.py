"""Faults, for programs: what is reported at machines, and how it stands."""

from datetime import datetime
from typing import Annotated

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from ninja.decorators import decorate_view
from ninja.errors import HttpError
from pydantic import Field

from booking.api import schemas
from booking.api.idempotency import answered_once
from booking.api.parties import caller_of, machine_for
from booking.services.reporting import Report, TooManyReports, report_at_machine
from machines.api import Paging
from machines.models import Fault
from machines.queries.faults import PARTS, filtered_faults
from machines.states import FaultFilter, Found, Severity
from members.authentication import needs
from members.models import Member
from members.permissions import is_staff_of
from members.states import Scope
from spaces.models import Space
from spaces.paging import CursorInvalid, page

router = Router(tags=["incidents"])

TOO_MANY = 429


class IncidentIn(schemas.Body):
    """What somebody saw at a machine, in their words; what is dangerous stops it at once."""

    machine: int
    summary: Annotated[str, Field(min_length=1, max_length=300, pattern=schemas.NO_ZERO)]
    found: Found = Found.FOUND
    hazard: bool = False


class IncidentFilters(Paging):
    """Which faults: those of a space for its staff, else those that you have reported."""

    space: schemas.Slug | None = None
    machine: int | None = None
    state: FaultFilter = FaultFilter.OPEN
    severity: Severity | None = None


class IncidentOut(Schema):
    """A fault; who looks after it, and what it took, is for the staff."""

    id: int
    machine: int
    machine_name: str
    space: str
    summary: str
    found: Annotated[str, Field(description="found, broke, fixed; empty where staff wrote it")]
    severity: Severity
    stops_machine: bool
    stopped_machines: Annotated[
        list[int], Field(description="all that stand still for it now, what needs it included")
    ]
    known: str
    starts_at: datetime
    expected_at: Annotated[datetime | None, Field(description="likely mended by then")]
    ends_at: datetime | None
    looked_at: bool
    assigned_to: int | None
    duplicate_of: int | None
    reported_by: int | None


class IncidentList(Schema):
    """A page of faults, the latest last."""

    items: list[IncidentOut]
    next: str | None


@router.post(
    "/incidents", auth=needs(Scope.BOOK), response={201: IncidentOut, TOO_MANY: schemas.Problem}
)
@decorate_view(answered_once)
def report(request: HttpRequest, body: IncidentIn) -> object:
    """Report a fault; the staff is told, and a few an hour are taken from one person."""
    machine = machine_for(body.machine, caller_of(request))
    told = Report(summary=body.summary, found=body.found, is_hazard=body.hazard)
    try:
        fault = report_at_machine(machine=machine, report=told, by=caller_of(request), now=now())
    except TooManyReports as error:
        raise HttpError(TOO_MANY, _("You have reported a lot within an hour.")) from error
    return Status(201, _out(_with_parts(Fault.objects.filter(pk=fault.pk)).get(), is_staff=False))


@router.get("/incidents", auth=needs(Scope.READ), response=IncidentList)
def incidents(request: HttpRequest, filters: Query[IncidentFilters]) -> object:
    """The faults of a space for its staff; without a space those that you have reported.

    Spaces that you do not work for are not found.
    """
    caller, is_staff = caller_of(request), filters.space is not None
    rows = _asked_for(filters, caller)
    if filters.machine is not None:
        rows = rows.filter(machine=filters.machine)
    try:
        listed = page(
            _with_parts(rows),
            keys=["starts_at", "id"],
            cursor=filters.cursor,
            limit=filters.limit,
        )
    except CursorInvalid as error:
        raise HttpError(422, _("This cursor is not of this list.")) from error
    return {"items": [_out(each, is_staff=is_staff) for each in listed.items], "next": listed.next}


def _asked_for(filters: IncidentFilters, caller: Member) -> QuerySet[Fault]:
    of: Space | Member = caller
    if filters.space is not None:
        of = get_object_or_404(Space, slug=filters.space)
        if not is_staff_of(caller, of):
            raise Http404
    return filtered_faults(
        of, state=filters.state, severity=filters.severity or "", by=caller, now=now()
    )


def _with_parts(rows: QuerySet[Fault]) -> QuerySet[Fault]:
    return rows.select_related(*PARTS).prefetch_related("stoppages")


def _out(fault: Fault, *, is_staff: bool) -> dict[str, object]:
    """A fault as the API tells it, on the clock of its space."""
    space = fault.machine.space
    zone = space.zone
    return {
        "id": fault.pk,
        "machine": fault.machine_id,
        "machine_name": fault.machine.name,
        "space": space.slug,
        "summary": fault.summary,
        "found": fault.found,
        "severity": fault.severity,
        "stops_machine": fault.stops_machine,
        "stopped_machines": [
            row.machine_id for row in fault.stoppages.all() if row.ends_at is None
        ],
        "known": fault.known,
        "starts_at": fault.starts_at.astimezone(zone),
        "expected_at": fault.expected_at.astimezone(zone) if fault.expected_at else None,
        "ends_at": fault.ends_at.astimezone(zone) if fault.ends_at else None,
        "looked_at": fault.judged_at is not None,
        "assigned_to": fault.assigned_to_id if is_staff else None,
        "duplicate_of": fault.duplicate_of_id,
        "reported_by": fault.reported_by_id if is_staff else None,
    }
