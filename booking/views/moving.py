"""Giving a reservation another time, another machine or a later end."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from booking.forms import MoveForm, ProlongForm
from booking.models import Reservation
from booking.queries.bundles import entry_of
from booking.queries.prolonging import latest_end
from booking.queries.terms import terms_of_reservation
from booking.services import reservations
from booking.services.reservations import BookingRefused, TimeTaken
from booking.span_forms import wall_text
from booking.states import ReservationState
from booking.views.asking import SPAN_FIELDS, back, signed_in, visible_reservation
from booking.wording import moment_in_words, span_in_words
from spaces.intervals import DAY

MOVE_FIELDS = (*SPAN_FIELDS, "to_machine")


@login_required
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a reservation to another time or another machine of its kind."""
    found = visible_reservation(request, pk)
    machine = found.machine
    options: dict[str, Any] = {
        "machine": machine,
        "terms": terms_of_reservation(found),
        "pool": found.pool if found.is_of_any_unit else None,
    }
    asked = request.POST if request.method == "POST" else request.GET
    context: dict[str, Any] = {
        "reservation": found,
        "entry": entry_of(found),
        "next": asked.get("next", ""),
    }
    if request.method == "GET":
        wanted = {name: asked[name] for name in MOVE_FIELDS if asked.get(name)}
        context["form"] = MoveForm(initial=_span_of(found) | wanted, **options)
        return render(request, "booking/reservation_move.html", context)
    if _asks_more(found) and not request.accepts("text/html"):
        return JsonResponse({"form": f"{request.path}?{request.POST.urlencode()}"})
    form = MoveForm(request.POST, **options)
    status = 422
    if form.is_valid():
        try:
            moved = reservations.move(
                reservation=found,
                request=form.booking_request(),
                by=signed_in(request),
                now=now(),
                machine=form.cleaned_data["to_machine"],
            )
        except BookingRefused as error:
            form.show(error.refusals)
            status = 409 if isinstance(error, TimeTaken) else 422
        else:
            return _moved(request, moved)
    if request.accepts("text/html"):
        context["form"] = form
        return render(request, "booking/reservation_move.html", context, status=status)
    return JsonResponse({"refusals": _refusals(form)}, status=status)


def _asks_more(reservation: Reservation) -> bool:
    """Whether more than a new time has to be said: it is one of several."""
    return reservation.series_id is not None or reservation.bundle_id is not None


def _moved(request: HttpRequest, moved: Reservation) -> HttpResponse:
    if request.accepts("text/html"):
        done = _("Moved. The new time is on its way to you.")
        if moved.state == ReservationState.PENDING:
            done = _("Moved. The new time is kept until the staff decides; you are told by mail.")
        messages.success(request, done)
        return back(request, moved)
    zone = moved.machine.space.zone
    told = _("Moved: %(machine)s, %(span)s.")
    if moved.state == ReservationState.PENDING:
        told = _("Moved: %(machine)s, %(span)s. It waits for approval.")
    return JsonResponse(
        {
            "told": told % {"machine": moved.what, "span": span_in_words(moved.span, zone)},
            "machine": moved.machine_id,
            "starts_at": moved.starts_at.astimezone(zone).isoformat(),
            "ends_at": moved.ends_at.astimezone(zone).isoformat(),
        }
    )


def _refusals(form: MoveForm) -> list[dict[str, str | None]]:
    """The errors of a form as the API tells refusals."""
    errors = json.loads(form.errors.as_json())
    return [
        {"code": each["code"], "message": each["message"], "field": field}
        for field, found in errors.items()
        for each in found
    ]


def _span_of(reservation: Reservation) -> dict[str, object]:
    zone = reservation.machine.space.zone
    start, end = reservation.starts_at.astimezone(zone), reservation.ends_at.astimezone(zone)
    return {
        "date": start.date().isoformat(),
        "start": wall_text(start),
        "end": wall_text(end),
        # Left empty where that means the same: whoever changes the day then need not change two.
        "end_date": end.date().isoformat() if end - start >= DAY else "",
        "to_machine": "" if reservation.is_of_any_unit else reservation.machine_id,
    }


@login_required
@require_http_methods(["GET", "POST"])
def prolong(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a use that goes on a later end, while the time behind it is free."""
    found = visible_reservation(request, pk)
    member, moment = signed_in(request), now()
    if not reservations.possible_actions(reservation=found, by=member, now=moment).prolong:
        messages.error(request, _("Only a use that goes on can be extended."))
        return redirect("booking:reservation", pk)
    latest = latest_end(found, by=member, now=moment)
    terms, status = terms_of_reservation(found), 200
    if request.method == "GET":
        form = ProlongForm(initial=_end_of(found, latest), reservation=found, terms=terms)
    else:
        form = ProlongForm(request.POST, reservation=found, terms=terms)
        status = 422
    if form.is_valid():
        try:
            longer = reservations.move(
                reservation=found, request=form.booking_request(), by=member, now=moment
            )
        except BookingRefused as error:
            form.show(error.refusals)
            status = 409 if isinstance(error, TimeTaken) else 422
        else:
            until = moment_in_words(longer.ends_at, longer.machine.space.zone)
            messages.success(request, _("Extended until %(moment)s.") % {"moment": until})
            return back(request, longer)
    asked = request.POST if request.method == "POST" else request.GET
    context = {
        "reservation": found,
        "form": form,
        "latest": latest,
        "next": asked.get("next", ""),
    }
    return render(request, "booking/reservation_prolong.html", context, status=status)


def _end_of(reservation: Reservation, latest: datetime | None) -> dict[str, object]:
    """An hour more, or as much as there is."""
    end = reservation.ends_at
    if latest is not None:
        end = min(end + timedelta(hours=1), latest)
    local = end.astimezone(reservation.machine.space.zone)
    return {"end_date": local.date().isoformat(), "end": wall_text(local)}
