"""Proposals between members: making one, and answering it by a button of a page."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking.exchanging import HandOverForm, SwapForm
from booking.models import Exchange, Reservation
from booking.queries.exchanges import PARTS, may_see_exchange, open_exchanges
from booking.services import exchanges
from booking.services.changing import is_theirs
from booking.services.exchanges import Proposal
from booking.services.refusing import BookingRefused
from booking.states import ExchangeState
from booking.views.asking import signed_in, tell_refusals, visible_reservation
from machines.views.staff import UNPROCESSABLE
from members.models import Member
from members.permissions import is_staff_of

SWAP, HAND_OVER = "swap", "hand-over"


@login_required
@require_http_methods(["GET", "POST"])
def exchange_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer one's time for another, or to another member."""
    found, member, moment = visible_reservation(request, pk), signed_in(request), now()
    reasons = exchanges.reasons_not_to_offer(found, by=member, now=moment)
    if reasons:
        for reason in reasons:
            messages.error(request, reason.message)
        return redirect("booking:reservation", pk)
    act = request.POST.get("act") if request.method == "POST" else None
    swap = SwapForm(request.POST if act == SWAP else None, reservation=found, now=moment)
    hand_over = HandOverForm(request.POST if act == HAND_OVER else None, prefix="to")
    asked: SwapForm | HandOverForm = swap if act == SWAP else hand_over
    if asked.is_bound and asked.is_valid():
        made = _proposed(request, found, asked, member, moment)
        if made is not None:
            messages.success(request, _told_to(made))
            return redirect("booking:exchange", made.pk)
    context = {"reservation": found, "swap": swap, "hand_over": hand_over}
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "booking/exchange_new.html", context, status=status)


def _told_to(made: Exchange) -> str:
    """What is said of whom was asked; the same whether or not a member has the address."""
    if made.in_return is not None:
        return _("Proposed. The other person is told by mail.")
    return _("Proposed. If a member has the address %(address)s, they are asked by mail.") % {
        "address": made.address
    }


def _proposed(
    request: HttpRequest,
    found: Reservation,
    form: SwapForm | HandOverForm,
    member: Member,
    moment: datetime,
) -> Exchange | None:
    """The proposal; None where it is refused, which the form then tells."""
    told = form.cleaned_data
    proposal = Proposal(
        reservation=found,
        by=member,
        address=told.get("email", ""),
        in_return=told.get("in_return"),
        note=told["note"],
    )
    try:
        return exchanges.propose(proposal, now=moment)
    except BookingRefused as error:
        for refusal in error.refusals:
            form.add_error(None, refusal.message)
        return None


@login_required
@require_safe
@never_cache
def exchange(request: HttpRequest, pk: int) -> HttpResponse:
    """What is proposed and until when; opening it answers nothing."""
    found, member, moment = _exchange(request, pk), signed_in(request), now()
    is_open = open_exchanges(moment).filter(pk=pk).exists()
    is_staff = is_staff_of(member, found.reservation.machine.space)
    is_receiver = exchanges.may_answer(found, member)
    is_handed_over = found.in_return is None and found.state == ExchangeState.ACCEPTED
    context = {
        "exchange": found,
        "is_open": is_open,
        "may_answer": is_open and is_receiver,
        "may_withdraw": is_open and is_theirs(found.reservation, member),
        # Who was asked, for a time or by an address, is told to them and to the staff.
        "names_receiver": is_handed_over or is_receiver or is_staff,
        "is_staff": is_staff,
    }
    return render(request, "booking/exchange.html", context)


@login_required
@require_POST
def exchange_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Exchange the times, or take the time over."""
    return _answer(request, pk, exchanges.accept, _("Done. The new time is on its way to you."))


@login_required
@require_POST
def exchange_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave everything as it is."""
    return _answer(request, pk, exchanges.decline, _("Declined. Everything stays as it was."))


@login_required
@require_POST
def exchange_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's proposal back."""
    return _answer(request, pk, exchanges.withdraw, _("Withdrawn. Everything stays as it was."))


def _answer(request: HttpRequest, pk: int, act: Callable[..., Any], done: str) -> HttpResponse:
    found = _exchange(request, pk)
    try:
        act(exchange=found, by=signed_in(request), now=now())
    except BookingRefused as error:
        tell_refusals(request, error)
        return redirect("booking:exchange", pk)
    messages.success(request, done)
    return redirect("booking:reservations")


def _exchange(request: HttpRequest, pk: int) -> Exchange:
    """A proposal, for those who take part in it and the staff; for others there is none."""
    rows = Exchange.objects.select_related("proposed_by", "proposed_to", "decided_by", *PARTS)
    found = get_object_or_404(rows, pk=pk)
    if not may_see_exchange(request.user, found):
        raise Http404
    return found
