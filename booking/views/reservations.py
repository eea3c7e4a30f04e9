"""The reservations of a person, and what the holder does with one."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from booking import notices
from booking.agenda import agenda_of
from booking.models import Reservation
from booking.queries.bundles import entry_of
from booking.queries.displaced import open_displacements, open_of
from booking.queries.exchanges import exchanges_of, open_exchanges, proposals_of
from booking.queries.mine import reservations_of
from booking.queries.waitlist import offers_to
from booking.services import reservations
from booking.services.exchanges import reasons_not_to_offer
from booking.services.reservations import BookingRefused
from booking.states import OCCUPYING
from booking.views.asking import back, signed_in, tell_refusals, visible_reservation
from members.permissions import is_staff_of


@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """My reservations: those to come, and those of the past."""
    member, moment = signed_in(request), now()
    found = reservations_of(member, now=moment)
    context = {
        "proposals": proposals_of(member, now=moment),
        "upcoming": agenda_of([(each.first, str(each)) for each in found.upcoming], _page_of),
        "past": agenda_of([(each.first, str(each)) for each in found.past], _page_of),
        "moment": moment,
        "displaced": open_of(member, now=moment),
        "offers": offers_to(member, moment),
    }
    return render(request, "booking/reservations.html", context)


def _page_of(reservation: Reservation) -> str:
    return reverse("booking:reservation", args=[reservation.pk])


@login_required
@require_GET
def reservation(request: HttpRequest, pk: int) -> HttpResponse:
    """One reservation with all that can be done about it."""
    found = visible_reservation(request, pk)
    member = signed_in(request)
    moment = now()
    entry, is_staff = entry_of(found), is_staff_of(member, found.machine.space)
    context = {
        "reservation": found,
        "entry": entry,
        "may": reservations.possible_actions(reservation=found, by=member, now=moment),
        "parts": [
            (row, reservations.possible_actions(reservation=row, by=member, now=moment))
            for row in (entry.rows if entry.is_cart else ())
        ],
        "displacement": open_displacements(moment).filter(reservation=found).first(),
        "offer": offers_to(member, moment).filter(reservation=found).first(),
        "may_exchange": not reasons_not_to_offer(found, by=member, now=moment),
        "proposal": open_exchanges(moment).filter(reservation=found).first(),
        "exchanges": exchanges_of(found) if is_staff else (),
        "sessions": found.sessions.order_by("started_at"),
        "is_staff": is_staff,
    }
    return render(request, "booking/reservation.html", context)


@login_required
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a reservation; refused to the member once its window has closed."""
    return _act(request, pk, reservations.cancel, _("Cancelled. The time is free again."))


@login_required
@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a cancellation while the time is free; for staff of the space."""
    found = visible_reservation(request, pk)
    if not is_staff_of(signed_in(request), found.machine.space):
        raise PermissionDenied
    return _act(request, pk, reservations.restore, _("The reservation stands again."))


def _act(request: HttpRequest, pk: int, action: Any, done: str) -> HttpResponse:
    """Do one thing to a reservation, tell the outcome and go back."""
    found = visible_reservation(request, pk)
    try:
        action(reservation=found, by=signed_in(request), now=now())
    except BookingRefused as error:
        tell_refusals(request, error)
    else:
        messages.success(request, done)
    return back(request, found)


@login_required
@require_GET
def event(request: HttpRequest, pk: int) -> HttpResponse:
    """The reservation as a calendar event."""
    found = visible_reservation(request, pk)
    # Whoever opens the file of a cancelled one wants it out of the calendar, not in.
    method = "PUBLISH" if found.state in OCCUPYING else "CANCEL"
    text = notices.calendar_text(found, method=method, now=now())
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="reservation-{found.pk}.ics"'
    return response
