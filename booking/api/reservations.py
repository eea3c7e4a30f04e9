"""Reservations, for programs; every write is one call into the domain."""

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils.timezone import now
from django.utils.translation import gettext as _
from ninja import Query, Router, Status
from ninja.decorators import decorate_view
from ninja.errors import HttpError

from booking.api import schemas
from booking.api.idempotency import answered_once
from booking.api.parties import caller_of, holder_of, machine_for, pool_for
from booking.facts import BookingRequest
from booking.models import Reservation, UsageSession
from booking.permissions import may_see, visible_to
from booking.services import allocation, approvals, attendance, reservations
from booking.services.placing import Claim
from booking.services.refusing import BookingRefused
from booking.states import SessionSource
from machines.models import Machine, Pool
from members.authentication import needs
from members.permissions import is_staff_of
from members.states import Scope
from spaces.paging import CursorInvalid, page
from spaces.prepared import Prepared, given

router = Router(tags=["reservations"])

REFUSED = {409: schemas.BookingProblem, 422: schemas.BookingProblem}


@router.post("/reservations/check", auth=needs(Scope.READ), response=schemas.CheckResult)
def check(request: HttpRequest, body: schemas.BookingIn) -> object:
    """Every refusal and the price, without booking; of a pool also how many units are free."""
    free_units: int | None = None
    asked = BookingRequest(starts_at=body.starts_at, ends_at=body.ends_at)
    try:
        machine, pool, claim = asked_for(request, body)
    except BookingRefused as error:
        return {"refusals": [schemas.refusal_out(each) for each in error.refusals], "quote": None}
    if pool is not None:
        refusals, quote, free_units = allocation.check_units(
            pool=pool, claim=claim, request=asked, now=now()
        )
    else:
        refusals, quote = reservations.check(
            machine=machine,
            member=claim.member,
            request=asked,
            by=claim.by,
            now=now(),
            company=claim.company,
        )
    told = [schemas.refusal_out(each) for each in refusals]
    return {"refusals": told, "quote": quote, "free_units": free_units}


@router.post(
    "/reservations", auth=needs(Scope.BOOK), response={201: schemas.ReservationOut, **REFUSED}
)
@decorate_view(answered_once)
def reserve(request: HttpRequest, body: schemas.BookingIn) -> object:
    """Reserve a machine or any unit of a pool; refused with every rule that does not hold."""
    machine, pool, claim = asked_for(request, body)
    asked = BookingRequest(starts_at=body.starts_at, ends_at=body.ends_at)
    if pool is not None:
        made = allocation.reserve_unit(pool=pool, claim=claim, request=asked, now=now())
    else:
        made = reservations.reserve(
            machine=machine,
            member=claim.member,
            request=asked,
            by=claim.by,
            now=now(),
            purpose=claim.purpose,
            company=claim.company,
            is_confidential=claim.is_confidential,
        )
    return Status(201, reservation_out(made))


@router.get("/reservations", auth=needs(Scope.READ), response=schemas.ReservationList)
def list_reservations(request: HttpRequest, filters: Query[schemas.ReservationFilters]) -> object:
    """Your own reservations, those of your companies, and those of spaces you work for."""
    caller = caller_of(request)
    rows = Reservation.objects.filter(member=caller) if filters.mine else visible_to(caller)
    try:
        listed = page(
            _with_parts(_filtered(rows, filters)),
            keys=["starts_at", "id"],
            cursor=filters.cursor,
            limit=filters.limit,
        )
    except CursorInvalid as error:
        raise HttpError(422, _("This cursor is not of this list.")) from error
    return {"items": [reservation_out(each) for each in listed.items], "next": listed.next}


@router.get("/reservations/{id}", auth=needs(Scope.READ), response=schemas.ReservationOut)
def read(request: HttpRequest, id: int) -> object:
    """One reservation that you may see."""
    return reservation_out(_found(request, id))


@router.patch(
    "/reservations/{id}",
    auth=needs(Scope.BOOK),
    response={200: schemas.ReservationOut, **REFUSED},
)
@decorate_view(answered_once)
def move(request: HttpRequest, id: int, body: schemas.MoveIn) -> object:
    """Move or extend a reservation by the rules of booking, itself not counted.

    One of a pool takes whichever unit is free then, unless a machine is named.
    """
    reservation = _found(request, id)
    machine = None
    if body.machine == reservation.machine_id:
        machine = reservation.machine
    elif body.machine is not None:
        machine = machine_for(body.machine, caller_of(request))
    moved = reservations.move(
        reservation=reservation,
        request=BookingRequest(
            starts_at=body.starts_at or reservation.starts_at,
            ends_at=body.ends_at or reservation.ends_at,
        ),
        by=caller_of(request),
        now=now(),
        machine=machine,
        purpose=body.purpose,
    )
    return reservation_out(moved)


@router.post(
    "/reservations/{id}/cancel",
    auth=needs(Scope.BOOK),
    response={200: schemas.ReservationOut, **REFUSED},
)
@decorate_view(answered_once)
def cancel(request: HttpRequest, id: int) -> object:
    """Cancel a reservation before its window closes; staff may later."""
    cancelled = reservations.cancel(
        reservation=_found(request, id), by=caller_of(request), now=now()
    )
    return reservation_out(cancelled)


@router.post(
    "/reservations/{id}/restore",
    auth=needs(Scope.STAFF),
    response={200: schemas.ReservationOut, **REFUSED},
)
@decorate_view(answered_once)
def restore(request: HttpRequest, id: int) -> object:
    """Undo a cancellation while the time is still free; for staff of the space."""
    reservation = _found(request, id)
    if not is_staff_of(caller_of(request), reservation.machine.space):
        raise HttpError(403, _("Only staff of the space may do this."))
    return reservation_out(
        reservations.restore(reservation=reservation, by=caller_of(request), now=now())
    )


@router.post(
    "/reservations/{id}/approve",
    auth=needs(Scope.STAFF),
    response={200: schemas.ReservationOut, **REFUSED},
)
@decorate_view(answered_once)
def approve(request: HttpRequest, id: int) -> object:
    """Give the holder the time that was asked for; for staff of the space."""
    return reservation_out(
        approvals.approve(reservation=_found(request, id), by=caller_of(request), now=now())
    )


@router.post(
    "/reservations/{id}/deny",
    auth=needs(Scope.STAFF),
    response={200: schemas.ReservationOut, **REFUSED},
)
@decorate_view(answered_once)
def deny(request: HttpRequest, id: int, body: schemas.DenialIn) -> object:
    """Give the time of a request back and tell its holder why; for staff of the space."""
    return reservation_out(
        approvals.deny(
            reservation=_found(request, id), by=caller_of(request), now=now(), reason=body.reason
        )
    )


@router.post(
    "/reservations/{id}/check-in",
    auth=needs(Scope.BOOK),
    response={200: schemas.ReservationOut, **REFUSED},
)
@decorate_view(answered_once)
def check_in(request: HttpRequest, id: int) -> object:
    """Start the use of the machine."""
    reservation = _found(request, id)
    attendance.check_in(
        reservation=reservation, by=caller_of(request), now=now(), source=SessionSource.API
    )
    return reservation_out(_found(request, id))


@router.post(
    "/reservations/{id}/check-out",
    auth=needs(Scope.BOOK),
    response={200: schemas.ReservationOut, **REFUSED},
)
@decorate_view(answered_once)
def check_out(request: HttpRequest, id: int) -> object:
    """End the use of the machine; the rest of the time is given back."""
    reservation = _found(request, id)
    session = UsageSession.objects.open().filter(reservation=reservation).first()
    if session is None:
        raise HttpError(409, _("Nobody has checked in on this reservation."))
    attendance.check_out(session=session, by=caller_of(request), now=now())
    return reservation_out(_found(request, id))


def asked_for(request: HttpRequest, body: schemas.BookingIn) -> tuple[Machine, Pool | None, Claim]:
    """The machine, or a unit of the pool and the pool, and in whose name; as `holder_of` raises."""
    caller = caller_of(request)
    pool: Pool | None = None
    if body.machine is not None:
        machine = machine_for(body.machine, caller)
    else:
        pool, machine = pool_for(body.pool or 0, caller)
    holder, company = holder_of(body, space=machine.space, caller=caller)
    claim = Claim(
        member=holder,
        by=caller,
        company=company,
        purpose=body.purpose,
        is_confidential=body.confidential,
    )
    return machine, pool, claim


def _found(request: HttpRequest, pk: int) -> Reservation:
    """A reservation that the caller may see; for others it does not exist."""
    for reservation in _RESERVATIONS(pk=pk):
        if may_see(caller_of(request), reservation):
            return reservation
    raise Http404


def _filtered(
    rows: QuerySet[Reservation], filters: schemas.ReservationFilters
) -> QuerySet[Reservation]:
    conditions = Q()
    if filters.space:
        conditions &= Q(machine__space__slug=filters.space)
    if filters.from_:
        conditions &= Q(ends_at__gt=filters.from_)
    if filters.until:
        conditions &= Q(starts_at__lt=filters.until)
    if filters.state:
        conditions &= Q(state=filters.state)
    return rows.filter(conditions)


def _with_parts(rows: QuerySet[Reservation]) -> QuerySet[Reservation]:
    return rows.select_related("machine__space", "machine__category", "pool", "company", "member")


_RESERVATIONS = Prepared(lambda: _with_parts(Reservation.objects.filter(pk=given("pk"))))


def reservation_out(reservation: Reservation) -> dict[str, object]:
    """A reservation that the caller may see, as the API tells it."""
    space = reservation.machine.space
    return {
        "id": reservation.pk,
        "uid": str(reservation.uid),
        "bundle": str(reservation.bundle_id) if reservation.bundle_id else None,
        "machine": reservation.machine_id,
        "machine_name": reservation.machine.name,
        "pool": reservation.pool_id,
        "space": space.slug,
        "kind": reservation.kind,
        "state": reservation.state,
        "starts_at": reservation.starts_at.astimezone(space.zone),
        "ends_at": reservation.ends_at.astimezone(space.zone),
        "member": reservation.member_id,
        "created_by": reservation.created_by_id,
        "decided_by": reservation.decided_by_id,
        "decision": reservation.decision,
        "cancelled_by": reservation.cancelled_by_id,
        "cancelled_late": reservation.cancelled_late,
        "company": reservation.company.slug if reservation.company else None,
        "purpose": reservation.purpose,
        "confidential": reservation.is_confidential,
        "amount": reservation.amount,
        "currency": space.currency,
        "created_at": reservation.created_at.astimezone(space.zone),
    }
