"""Several machines for one time, for programs: all of them or none."""

from django.http import HttpRequest
from django.utils.timezone import now
from ninja import Router, Status
from ninja.decorators import decorate_view

from booking.api import schemas
from booking.api.idempotency import answered_once
from booking.api.parties import caller_of, holder_of, machine_for
from booking.api.reservations import REFUSED, reservation_out
from booking.facts import BookingRequest
from booking.queries.bundles import Entry
from booking.services.carts import check_together, reserve_together
from booking.services.placing import Claim
from booking.services.refusing import BookingRefused
from machines.models import Machine
from members.authentication import needs
from members.states import Scope

router = Router(tags=["reservations"])


@router.post("/carts/check", auth=needs(Scope.READ), response=schemas.CartCheck)
def check(request: HttpRequest, body: schemas.CartIn) -> object:
    """Every refusal, each naming its machine, and the prices, without booking."""
    machines = _machines(request, body)
    space = machines[0].space
    try:
        found = check_together(
            machines=machines,
            claim=_claim(request, body, machines),
            request=_span(body),
            now=now(),
            any_unit=body.any_unit,
        )
    except BookingRefused as error:
        refusals = [schemas.refusal_out(each) for each in error.refusals]
        return {"refusals": refusals, "quotes": [], "amount": None, "currency": space.currency}
    return {
        "refusals": [schemas.refusal_out(each) for each in found.refusals],
        "quotes": [
            {"machine": machine.pk, "amount": quote.amount, "hourly": quote.hourly}
            for machine, quote in found.quotes
            if quote
        ],
        "amount": found.total,
        "currency": space.currency,
    }


@router.post("/carts", auth=needs(Scope.BOOK), response={201: schemas.CartOut, **REFUSED})
@decorate_view(answered_once)
def reserve(request: HttpRequest, body: schemas.CartIn) -> object:
    """Reserve several machines of one space for one time, or none of them."""
    machines = _machines(request, body)
    made = reserve_together(
        machines=machines,
        claim=_claim(request, body, machines),
        request=_span(body),
        now=now(),
        any_unit=body.any_unit,
    )
    return Status(
        201,
        {
            "bundle": str(made[0].bundle_id) if made[0].bundle_id else None,
            "items": [reservation_out(row) for row in made],
            "amount": Entry(tuple(made)).total,
            "currency": machines[0].space.currency,
        },
    )


def _machines(request: HttpRequest, body: schemas.CartIn) -> list[Machine]:
    caller = caller_of(request)
    return [machine_for(pk, caller) for pk in body.machines]


def _claim(request: HttpRequest, body: schemas.CartIn, machines: list[Machine]) -> Claim:
    caller = caller_of(request)
    member, company = holder_of(body, space=machines[0].space, caller=caller)
    return Claim(
        member=member,
        by=caller,
        company=company,
        purpose=body.purpose,
        is_confidential=body.confidential,
    )


def _span(body: schemas.CartIn) -> BookingRequest:
    return BookingRequest(starts_at=body.starts_at, ends_at=body.ends_at)
