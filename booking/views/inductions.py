"""Inductions as everybody sees them: the list, one of them, asking for a seat, giving it back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from booking.models import Induction
from booking.queries.inductions import own_places, place_in_line, to_come, told
from booking.services import inductions as services
from booking.services.refusing import BookingRefused
from booking.states import AHEAD, PlaceState
from booking.views.asking import signed_in, tell_refusals
from members.models import Member
from members.permissions import is_staff_of
from spaces.models import Space

FILTERS = ("space", "machine", "skill")


@require_safe
@never_cache
def inductions(request: HttpRequest) -> HttpResponse:
    """What is taught from now on, and where the reader has a seat."""
    asked = {name: request.GET[name] for name in FILTERS if _is_name(request.GET.get(name, ""))}
    reader = request.user if isinstance(request.user, Member) else None
    moment = now()
    context = {
        "inductions": told(to_come(moment, **asked), reader),
        "mine": own_places(reader, moment) if reader else (),
        "asked": asked,
        "spaces": Space.objects.listed(),
    }
    return render(request, "booking/inductions.html", context)


@require_safe
@never_cache
def induction(request: HttpRequest, pk: int) -> HttpResponse:
    """One induction, and what the reader has of it."""
    reader = request.user if isinstance(request.user, Member) else None
    row = _induction(request, pk)
    (shown,) = told([row], reader)
    place = shown.place
    is_waiting = place is not None and place.state == PlaceState.WAITING
    context = {
        "each": shown,
        "induction": row,
        "is_ahead": row.state in AHEAD and now() < row.starts_at,
        "line": place_in_line(place) if place is not None and is_waiting else None,
        "is_staff": is_staff_of(request.user, row.space),
    }
    return render(request, "booking/induction.html", context)


@login_required
@require_POST
def induction_join(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a seat."""
    row, member = _induction(request, pk), signed_in(request)
    try:
        place = services.join(induction=row, member=member, by=member, now=now())
    except BookingRefused as error:
        tell_refusals(request, error)
    else:
        if place.state == PlaceState.SEATED:
            messages.success(request, _("You have a seat. A confirmation is on its way to you."))
        else:
            messages.success(
                request, _("You are in the line: you are told by mail when a seat is free.")
            )
    return redirect("booking:induction", pk)


@login_required
@require_POST
def induction_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Give back a seat of mine, or my place in the line."""
    row, member = _induction(request, pk), signed_in(request)
    places = row.places.coming().select_related("induction__space")
    place = get_object_or_404(places, member=member)
    try:
        services.leave(place=place, by=member, now=now())
    except BookingRefused as error:
        tell_refusals(request, error)
    else:
        messages.success(request, _("Given back. Thank you for saying so."))
    return redirect("booking:induction", pk)


def _induction(request: HttpRequest, pk: int) -> Induction:
    """One of a space that is listed, of one's own, or of the space where one works (Http404)."""
    rows = Induction.objects.with_counts().select_related("space", "skill", "led_by")
    row = get_object_or_404(rows, pk=pk)
    if row.space.is_listed or is_staff_of(request.user, row.space):
        return row
    member = request.user.pk if isinstance(request.user, Member) else None
    if not row.places.filter(~Q(state=PlaceState.LEFT), member=member).exists():
        raise Http404
    return row


def _is_name(text: str) -> bool:
    return text.replace("-", "").replace("_", "").isalnum()
