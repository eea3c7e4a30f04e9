"""Proposals between members, for programs."""

from collections.abc import Callable

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from ninja import Router, Status
from ninja.decorators import decorate_view

from booking.api import schemas
from booking.api.idempotency import answered_once
from booking.api.parties import caller_of
from booking.api.reservations import REFUSED
from booking.models import Exchange, Reservation
from booking.permissions import may_see
from booking.queries.exchanges import PARTS, may_see_exchange, times_of_others
from booking.services import exchanges
from booking.services.exchanges import Proposal
from members.authentication import needs
from members.states import Scope

router = Router(tags=["reservations"])


@router.post(
    "/reservations/{id}/exchange",
    auth=needs(Scope.BOOK),
    response={201: schemas.ExchangeOut, **REFUSED},
)
@decorate_view(answered_once)
def propose(request: HttpRequest, id: int, body: schemas.ExchangeIn) -> object:
    """Offer your time for another one, or to another member; nothing changes until they accept."""
    caller, moment = caller_of(request), now()
    rows = Reservation.objects.select_related("machine__space", "member", "company")
    found = get_object_or_404(rows, pk=id)
    if not may_see(caller, found):
        raise Http404
    in_return = None
    if body.in_return is not None:
        in_return = get_object_or_404(times_of_others(found, now=moment), pk=body.in_return)
    proposal = Proposal(
        reservation=found,
        by=caller,
        address=body.to_email,
        in_return=in_return,
        note=body.note,
    )
    return Status(201, _told(exchanges.propose(proposal, now=moment)))


@router.get("/exchanges/{id}", auth=needs(Scope.READ), response=schemas.ExchangeOut)
def read(request: HttpRequest, id: int) -> object:
    """A proposal in which you take part."""
    return _told(_found(request, id))


@router.post(
    "/exchanges/{id}/accept",
    auth=needs(Scope.BOOK),
    response={200: schemas.ExchangeOut, **REFUSED},
)
@decorate_view(answered_once)
def accept(request: HttpRequest, id: int) -> object:
    """Exchange the times, or take the time over; both sides must keep every rule."""
    return _answered(request, id, exchanges.accept)


@router.post(
    "/exchanges/{id}/decline",
    auth=needs(Scope.BOOK),
    response={200: schemas.ExchangeOut, **REFUSED},
)
@decorate_view(answered_once)
def decline(request: HttpRequest, id: int) -> object:
    """Leave everything as it is."""
    return _answered(request, id, exchanges.decline)


@router.post(
    "/exchanges/{id}/withdraw",
    auth=needs(Scope.BOOK),
    response={200: schemas.ExchangeOut, **REFUSED},
)
@decorate_view(answered_once)
def withdraw(request: HttpRequest, id: int) -> object:
    """Take your proposal back."""
    return _answered(request, id, exchanges.withdraw)


def _answered(request: HttpRequest, pk: int, act: Callable[..., Exchange]) -> dict[str, object]:
    return _told(act(exchange=_found(request, pk), by=caller_of(request), now=now()))


def _found(request: HttpRequest, pk: int) -> Exchange:
    found = get_object_or_404(Exchange.objects.select_related("proposed_to", *PARTS), pk=pk)
    if not may_see_exchange(caller_of(request), found):
        raise Http404
    return found


def _told(exchange: Exchange) -> dict[str, object]:
    zone = exchange.reservation.machine.space.zone
    return {
        "id": exchange.pk,
        "reservation": exchange.reservation_id,
        "in_return": exchange.in_return_id,
        "state": exchange.state,
        "note": exchange.note,
        "expires_at": exchange.expires_at.astimezone(zone),
    }
