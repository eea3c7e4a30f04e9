"""Reserving a machine, and what the holder does with the reservation."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from booking import notices
from booking.agenda import agenda_of
from booking.facts import Refusal
from booking.forms import MoveForm, ProlongForm, ReservationForm, asked_span, wall_text
from booking.models import Reservation
from booking.permissions import machines_open_to, may_see
from booking.queries.bundles import entry_of
from booking.queries.displaced import open_displacements, open_of
from booking.queries.exchanges import exchanges_of, open_exchanges, proposals_of
from booking.queries.first_free import first_free
from booking.queries.mine import reservations_of
from booking.queries.prolonging import latest_end
from booking.queries.quotas import Usage, usage_of
from booking.queries.terms import terms_of, terms_of_reservation
from booking.queries.viewer import audience_told, terms_told
from booking.services import reservations
from booking.services.exchanges import reasons_not_to_offer
from booking.services.reservations import BookingRefused, TimeTaken
from booking.services.waitlist import WORTH_WAITING
from booking.states import OCCUPYING, ReservationState
from booking.wording import moment_in_words, span_in_words
from machines.models import Machine
from members.models import Member
from members.permissions import Visitor, is_staff_of
from members.states import Audience
from spaces.intervals import DAY

SPAN_FIELDS = ("date", "start", "end", "end_date")
MOVE_FIELDS = (*SPAN_FIELDS, "to_machine")


def open_machine(request: HttpRequest, space: str, slug: str) -> Machine:
    """A machine by its address, where it has a page for the person; raises Http404."""
    rows = machines_open_to(request.user).select_related("space", "category", "room")
    return get_object_or_404(rows, space__slug=space, slug=slug)


def visible_reservation(request: HttpRequest, pk: int) -> Reservation:
    """A reservation that the person may see; for anyone else it does not exist (Http404)."""
    rows = Reservation.objects.select_related(
        "machine__space",
        "machine__category",
        "pool",
        "member",
        "company",
        "created_by",
        "series__event__rule",
        "series__machine__space",
        "series__pool__space",
        "decided_by",
        "cancelled_by",
    )
    reservation = get_object_or_404(rows, pk=pk)
    if not may_see(request.user, reservation):
        raise Http404
    return reservation


def signed_in(request: HttpRequest) -> Member:
    """The member who asks; raises PermissionDenied for visitors."""
    if not isinstance(request.user, Member):
        raise PermissionDenied
    return request.user


def back(request: HttpRequest, reservation: Reservation) -> HttpResponse:
    """Go back to the page that asked, else to the reservation."""
    return redirect(next_page(request, reverse("booking:reservation", args=[reservation.pk])))


def next_page(request: HttpRequest, otherwise: str) -> str:
    """The page of ours that asked, else another one."""
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if is_ours else otherwise


def reserve_form(
    machine: Machine, person: Visitor, asked: Mapping[str, Any], *, moment: datetime
) -> ReservationForm:
    """An unbound form, filled with the span in `asked` or else the next free hour."""
    initial = {name: asked[name] for name in SPAN_FIELDS if asked.get(name)}
    audience = audience_told(person, machine.space)
    if not initial.keys() & {"start", "end"}:
        initial = _next_free_hour(machine, audience, moment) | initial
    return ReservationForm(
        initial=initial,
        machine=machine,
        terms=terms_of(machine, audience=audience),
        member=person if isinstance(person, Member) else None,
    )


def _next_free_hour(machine: Machine, audience: Audience, moment: datetime) -> dict[str, str]:
    length = timedelta(hours=1)
    free = first_free(machine, after=moment, now=moment, length=length, audience=audience)
    zone = machine.space.zone
    if free is None:
        return {"date": moment.astimezone(zone).date().isoformat()}
    return asked_span(free, zone)


def verdict_on_form(form: ReservationForm, person: Visitor, *, moment: datetime) -> dict[str, Any]:
    """What `booking/_verdict.html` shows: every reason why not, and the price.

    `form` may be unbound, in which case what it was filled with is judged.
    """
    if not isinstance(person, Member):
        return {}
    if not form.is_bound:
        form = ReservationForm(form.initial, machine=form.machine, terms=form.terms, member=person)
    if not form.is_valid():
        return {}
    refusals, quote = reservations.check(
        machine=form.machine,
        member=form.holder() or person,
        request=form.booking_request(),
        by=person,
        now=moment,
        company=form.cleaned_data.get("company"),
    )
    return {
        "checked": True,
        "refusals": refusals,
        "quote": quote,
        "wait": wait_address(form, refusals),
        "usages": _usages(form, person, moment=moment),
    }


def _usages(form: ReservationForm, person: Member, *, moment: datetime) -> list[Usage]:
    """How much of each quota is used on the dates asked for."""
    asked = form.booking_request()
    if asked.ends_at <= asked.starts_at:
        return []
    return usage_of(
        machine=form.machine,
        member=form.holder() or person,
        company=form.cleaned_data.get("company"),
        span=asked.span,
        now=moment,
    )


def wait_address(form: ReservationForm, refusals: list[Refusal]) -> str:
    """Where to ask to be told when the time of a valid form is free; empty where that is no use."""
    if not any(each.code in WORTH_WAITING for each in refusals):
        return ""
    return form.wait_url(**asked_span(form.booking_request().span, form.machine.space.zone))


@login_required
@require_http_methods(["GET", "POST"])
def reserve(request: HttpRequest, space: str, slug: str) -> HttpResponse:
    """The form to reserve a machine; refused with every reason beside its field."""
    machine = open_machine(request, space, slug)
    moment = now()
    if request.method == "GET":
        form = reserve_form(machine, request.user, request.GET, moment=moment)
        judged = verdict_on_form(form, request.user, moment=moment)
        context = {"machine": machine, "form": form, **judged}
        return render(request, "booking/reserve.html", context)
    member = signed_in(request)
    terms = terms_told(member, machine)
    form = ReservationForm(request.POST, machine=machine, terms=terms, member=member)
    status, wait = 422, ""
    if form.is_valid():
        try:
            made = reservations.reserve(
                machine=machine,
                member=form.holder() or member,
                request=form.booking_request(),
                by=member,
                now=moment,
                purpose=form.cleaned_data["purpose"],
                company=form.cleaned_data.get("company"),
                is_confidential=form.cleaned_data.get("is_confidential", False),
            )
        except BookingRefused as error:
            wait = wait_address(form, error.refusals)
            form.show(error.refusals)
            status = 409 if isinstance(error, TimeTaken) else 422
        else:
            tell_reserved(request, made)
            return redirect("booking:reservation", made.pk)
    context = {"machine": machine, "form": form, "wait": wait}
    return render(request, "booking/reserve.html", context, status=status)


def tell_reserved(request: HttpRequest, made: Reservation) -> None:
    """Say that it worked, and who hears of it."""
    if made.member is None or made.member == request.user:
        told = _("Reserved. A confirmation is on its way to you.")
    else:
        told = _("Reserved. A confirmation is on its way to %(member)s.") % {"member": made.member}
    messages.success(request, told)


@require_GET
def verdict(request: HttpRequest, space: str, slug: str) -> HttpResponse:
    """Whether a span could be reserved: every reason why not, and the price."""
    machine = open_machine(request, space, slug)
    form = ReservationForm(
        request.GET,
        machine=machine,
        terms=terms_told(request.user, machine),
        member=request.user if isinstance(request.user, Member) else None,
    )
    return render(
        request, "booking/_verdict.html", verdict_on_form(form, request.user, moment=now())
    )


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
        "may_exchange": not reasons_not_to_offer(found, by=member, now=moment),
        "proposal": open_exchanges(moment).filter(reservation=found).first(),
        "exchanges": exchanges_of(found) if is_staff else (),
        "open_session": found.sessions.open().first(),
        "is_staff": is_staff,
    }
    return render(request, "booking/reservation.html", context)


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
        messages.success(request, _("Moved. The new time is on its way to you."))
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
        for refusal in error.refusals:
            messages.error(request, refusal.message)
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
