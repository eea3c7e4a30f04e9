"""A reservation that lost its time: the page of its holder, and the queue of the staff."""

from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking.forms import MoveForm
from booking.models import Displacement
from booking.queries.displaced import displacements, open_in, settled_in
from booking.queries.terms import terms_of_reservation
from booking.services import displaced
from booking.services.refusing import BookingRefused, TimeTaken
from booking.span_forms import asked_span
from booking.views.asking import signed_in, tell_refusals
from machines.views.staff import StaffPage
from members.permissions import is_staff_of

SETTLED_SHOWN = 20
CONFLICT, UNPROCESSABLE = 409, 422


@login_required
@require_safe
@never_cache
def displacement(request: HttpRequest, pk: int) -> HttpResponse:
    """What was lost and what is held instead; the answer is a button, never opening a link."""
    found, moment = _found(request, pk), now()
    row = found.reservation
    context = {
        "displacement": found,
        "reservation": row,
        "is_open": found.is_open(moment) and row.state == "held",
        "is_staff": is_staff_of(signed_in(request), found.machine.space),
        "asked": urlencode(asked_span(found.lost, found.machine.space.zone)),
        "may_wait": row.member == request.user and found.ends_at > moment,
    }
    return render(request, "booking/displacement.html", context)


@login_required
@require_POST
def displacement_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the time that is held."""
    found = _found(request, pk)
    try:
        row = displaced.accept(displacement=found, by=signed_in(request), now=now())
    except BookingRefused as error:
        tell_refusals(request, error)
        return redirect("booking:displacement", pk)
    if row.state == "pending":
        messages.success(request, _("Accepted. The staff of the space has to approve it."))
    else:
        messages.success(request, _("Accepted. A confirmation is on its way to you."))
    return redirect("booking:displacement", pk)


@login_required
@require_POST
def displacement_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the time that is held back."""
    found = _found(request, pk)
    try:
        displaced.decline(displacement=found, by=signed_in(request), now=now())
    except BookingRefused as error:
        tell_refusals(request, error)
    else:
        messages.success(request, _("Declined. The time is free for others."))
    return redirect("booking:displacement", pk)


@login_required
@require_http_methods(["GET", "POST"])
def displacement_choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Another time than the one that is held, by the rules of moving."""
    found, moment = _found(request, pk), now()
    row, machine, status = found.reservation, found.reservation.machine, 200
    options: dict[str, Any] = {"machine": machine, "terms": terms_of_reservation(row)}
    if request.method == "GET":
        held = asked_span(row.span, machine.space.zone)
        form = MoveForm(initial={**held, "to_machine": machine.pk}, **options)
    else:
        form, status = MoveForm(request.POST, **options), UNPROCESSABLE
    if form.is_valid():
        try:
            displaced.choose(
                displacement=found,
                request=form.booking_request(),
                machine=form.cleaned_data["to_machine"] or machine,
                by=signed_in(request),
                now=moment,
            )
        except BookingRefused as error:
            form.show(error.refusals)
            status = CONFLICT if isinstance(error, TimeTaken) else UNPROCESSABLE
        else:
            messages.success(request, _("Reserved. A confirmation is on its way to you."))
            return redirect("booking:displacement", pk)
    context = {"displacement": found, "reservation": row, "form": form}
    return render(request, "booking/displacement_choose.html", context, status=status)


class DisplacedPage(StaffPage):
    """Who waits for an answer in a space; staff may answer for many at once."""

    template_name = "booking/displaced.html"

    ACTS: dict[str, Callable[..., object]] = {
        "accept": displaced.accept,
        "cancel": displaced.decline,
        "give_back": displaced.give_back,
    }

    def get(self, request: HttpRequest, space: str) -> HttpResponse:
        """The queue, and what became of the others."""
        return self.show(
            request,
            waiting=open_in(self.space, now=self.now),
            settled=settled_in(self.space, limit=SETTLED_SHOWN),
        )

    def post(self, request: HttpRequest, space: str) -> HttpResponse:
        """Do one thing with all that are ticked, each on its own, and tell what could not be."""
        act = self.ACTS.get(request.POST.get("act", ""))
        chosen = {int(each) for each in request.POST.getlist("chosen") if each.isdecimal()}
        rows = displacements().filter(machine__space=self.space, pk__in=chosen)
        if act is None or not rows:
            messages.error(request, _("Tick at least one, then say what to do."))
            return redirect("booking:displaced", self.space.slug)
        done, refused = 0, Counter[str]()
        for row in rows.order_by("expires_at", "pk"):
            try:
                act(displacement=row, by=self.member, now=self.now)
            except BookingRefused as error:
                refused.update(
                    f"{row.reservation.member}: {each.message}" for each in error.refusals
                )
            else:
                done += 1
        self._tell(request, done, refused)
        return redirect("booking:displaced", self.space.slug)

    def _tell(self, request: HttpRequest, done: int, refused: Counter[str]) -> None:
        if done:
            told = ngettext(
                "%(count)d is settled, and its holder is told by mail.",
                "%(count)d are settled, and their holders are told by mail.",
                done,
            )
            messages.success(request, told % {"count": done})
        for message in refused:
            messages.error(request, message)


def _found(request: HttpRequest, pk: int) -> Displacement:
    """A displacement for who may answer it or could; for others it does not exist (Http404)."""
    found = get_object_or_404(displacements(), pk=pk)
    if not displaced.may_answer(found, signed_in(request)):
        raise Http404
    return found
