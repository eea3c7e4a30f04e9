"""Waiting for time and answering what is offered, for programs."""

from datetime import datetime, timedelta
from typing import Annotated, Self

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from ninja.decorators import decorate_view
from pydantic import AwareDatetime, Field, model_validator

from booking.api import schemas
from booking.api.idempotency import answered_once
from booking.api.parties import caller_of, machine_for, pool_for
from booking.api.reservations import REFUSED, reservation_out
from booking.models import Offer, WaitlistEntry
from booking.queries.waitlist import PARTS, Waiting, offers, wishes_of
from booking.rules import not_allowed
from booking.services import waitlist
from booking.services.refusing import BookingRefused
from booking.states import OfferState, WishState
from machines.models import Category
from members.authentication import needs
from members.models import Company, Member
from members.permissions import may_book_for
from members.states import Scope
from spaces.models import Space

router = Router(tags=["waitlist"])

Minutes = Annotated[int, Field(ge=1, le=schemas.LONGEST_MINUTES, description="in minutes")]


class WishIn(schemas.Body):
    """A window, how long within it, on what: one machine, a pool, or a category of a space."""

    machine: int | None = None
    pool: int | None = None
    category: schemas.Slug | None = None
    space: schemas.Slug | None = None
    starts_at: Annotated[AwareDatetime, Field(description="not before")]
    ends_at: Annotated[AwareDatetime, Field(description="not after")]
    duration: Annotated[Minutes | None, Field(description="in minutes; else the window")] = None
    notice: Annotated[
        int, Field(ge=0, le=schemas.LONGEST_MINUTES, description="least minutes before the start")
    ] = 0
    purpose: Annotated[str, Field(max_length=200, pattern=schemas.NO_ZERO)] = ""
    company: Annotated[str | None, Field(pattern=schemas.NO_ZERO)] = None

    @model_validator(mode="after")
    def one_target(self) -> Self:
        """A machine, a pool, or a category with its space."""
        targets = [self.machine, self.pool, self.category]
        if sum(each is not None for each in targets) != 1:
            raise ValueError("one of machine, pool, category")
        if (self.category is None) != (self.space is None):
            raise ValueError("category and space go together")
        if not timedelta(0) < self.length <= self.ends_at - self.starts_at:
            raise ValueError("duration within the window")
        return self

    @property
    def length(self) -> timedelta:
        """How long within the window."""
        return timedelta(minutes=self.duration) if self.duration else self.ends_at - self.starts_at


class OfferOut(Schema):
    """Time that is kept for who waited, until `expires_at`, exclusive."""

    id: int
    wish: int
    state: OfferState
    expires_at: datetime
    reservation: schemas.ReservationOut


class WishOut(Schema):
    """A wish with its place in line, and what is offered to it."""

    id: int
    state: WishState
    space: str
    machine: int | None
    pool: int | None
    category: str | None
    starts_at: datetime
    ends_at: datetime
    duration: int
    notice: int
    purpose: str
    company: str | None
    member: int
    place: int | None
    offer: OfferOut | None


class WishList(Schema):
    """What you wait for, soonest first."""

    items: list[WishOut]


@router.get("/waitlist", auth=needs(Scope.READ), response=WishList)
def wishes(request: HttpRequest) -> object:
    """What you wait for, with your place in each line and what is offered to you."""
    current, _past = wishes_of(caller_of(request), now=now())
    return {"items": [_wish(each.wish, each) for each in current]}


@router.post("/waitlist", auth=needs(Scope.BOOK), response={201: WishOut, **REFUSED})
@decorate_view(answered_once)
def join(request: HttpRequest, body: WishIn) -> object:
    """Wait for time; refused where it is free now, or where waiting cannot help."""
    caller = caller_of(request)
    wish = waitlist.join(
        WaitlistEntry(
            member=caller,
            company=_company(body.company, caller),
            earliest_at=body.starts_at,
            latest_at=body.ends_at,
            duration=body.length,
            notice=timedelta(minutes=body.notice),
            purpose=body.purpose,
            **_target(body, caller),
        ),
        now=now(),
    )
    return Status(201, _wish(wish, _waiting(wish, caller)))


@router.delete("/waitlist/{id}", auth=needs(Scope.BOOK), response={204: None, **REFUSED})
def leave(request: HttpRequest, id: int) -> object:
    """Give a wish up, and with it what is offered to it."""
    caller = caller_of(request)
    wish = get_object_or_404(WaitlistEntry.objects.select_related(*PARTS), pk=id)
    if not waitlist.may_settle(wish, caller):
        raise Http404
    waitlist.leave(wish=wish, by=caller, now=now())
    return Status(204, None)


@router.get("/offers/{id}", auth=needs(Scope.READ), response=OfferOut)
def read_offer(request: HttpRequest, id: int) -> object:
    """What is offered, and until when."""
    return _offer(_found(request, id))


@router.post(
    "/offers/{id}/accept",
    auth=needs(Scope.BOOK),
    response={200: schemas.ReservationOut, **REFUSED},
)
@decorate_view(answered_once)
def accept(request: HttpRequest, id: int) -> object:
    """Make a reservation of what is offered, before its deadline."""
    made = waitlist.accept(offer=_found(request, id), by=caller_of(request), now=now())
    return reservation_out(made)


@router.post("/offers/{id}/decline", auth=needs(Scope.BOOK), response={200: OfferOut, **REFUSED})
@decorate_view(answered_once)
def decline(request: HttpRequest, id: int) -> object:
    """Pass what is offered on to the next in line."""
    waitlist.decline(offer=_found(request, id), by=caller_of(request), now=now())
    return _offer(_found(request, id))


def _target(body: WishIn, caller: Member) -> dict[str, object]:
    """What is waited for, and its space."""
    if body.machine is not None:
        machine = machine_for(body.machine, caller)
        return {"machine": machine, "space": machine.space}
    if body.pool is not None:
        pool, unit = pool_for(body.pool, caller)
        return {"pool": pool, "space": unit.space}
    return {
        "category": get_object_or_404(Category, slug=body.category),
        "space": get_object_or_404(Space.objects.listed(), slug=body.space),
    }


def _company(slug: str | None, caller: Member) -> Company | None:
    """The company waited for; whether there is one is not for strangers to find out by asking."""
    if slug is None:
        return None
    found = Company.objects.filter(slug=slug).first()
    if found is None or not may_book_for(caller, found):
        raise BookingRefused([not_allowed(_("You may not book for this person or company."))])
    return found


def _found(request: HttpRequest, pk: int) -> Offer:
    """An offer that the caller may answer; for others it does not exist."""
    found = get_object_or_404(offers(), pk=pk)
    if not waitlist.may_settle(found.entry, caller_of(request)):
        raise Http404
    return found


def _waiting(wish: WaitlistEntry, caller: Member) -> Waiting | None:
    current, _past = wishes_of(caller, now=now())
    return next((each for each in current if each.wish.pk == wish.pk), None)


def _wish(wish: WaitlistEntry, waiting: Waiting | None) -> dict[str, object]:
    zone = wish.space.zone
    return {
        "id": wish.pk,
        "state": wish.state,
        "space": wish.space.slug,
        "machine": wish.machine_id,
        "pool": wish.pool_id,
        "category": wish.category.slug if wish.category else None,
        "starts_at": wish.earliest_at.astimezone(zone),
        "ends_at": wish.latest_at.astimezone(zone),
        "duration": int(wish.duration.total_seconds()) // 60,
        "notice": int(wish.notice.total_seconds()) // 60,
        "purpose": wish.purpose,
        "company": wish.company.slug if wish.company else None,
        "member": wish.member_id,
        "place": waiting.place if waiting else None,
        "offer": _offer(waiting.offer) if waiting and waiting.offer else None,
    }


def _offer(offer: Offer) -> dict[str, object]:
    zone = offer.reservation.machine.space.zone
    return {
        "id": offer.pk,
        "wish": offer.entry_id,
        "state": offer.state,
        "expires_at": offer.expires_at.astimezone(zone),
        "reservation": reservation_out(offer.reservation),
    }
