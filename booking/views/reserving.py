"""Reserving a machine: the form, and what is said of a time before it is sent."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from booking.facts import Refusal
from booking.forms import ReservationForm
from booking.models import Reservation
from booking.queries.first_free import first_free
from booking.queries.quotas import Usage, usage_of
from booking.queries.terms import terms_of
from booking.queries.viewer import audience_told, terms_told
from booking.services import reservations
from booking.services.placing import Claim
from booking.services.reservations import BookingRefused, TimeTaken
from booking.services.waitlist import WORTH_WAITING
from booking.span_forms import asked_span
from booking.states import ReservationState
from booking.views.asking import SPAN_FIELDS, open_machine, signed_in, way_to_learn
from machines.models import Machine
from members.models import Member
from members.permissions import Visitor
from members.states import Audience


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
        **way_to_learn(form.machine, refusals, moment=moment),
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


def claim_of(form: ReservationForm, person: Member) -> Claim:
    """In whose name the form asks; only on a valid form."""
    told = form.cleaned_data
    return Claim(
        member=form.holder() or person,
        by=person,
        company=told.get("company"),
        purpose=told["purpose"],
        is_confidential=told.get("is_confidential", False),
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
    learn: dict[str, object] = {}
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
            learn = way_to_learn(machine, error.refusals, moment=moment)
            form.show(error.refusals)
            status = 409 if isinstance(error, TimeTaken) else 422
        else:
            tell_reserved(request, made)
            return redirect("booking:reservation", made.pk)
    context = {"machine": machine, "form": form, "wait": wait, **learn}
    return render(request, "booking/reserve.html", context, status=status)


def tell_reserved(request: HttpRequest, made: Reservation) -> None:
    """Say that it worked, or waits for the staff, and who hears of it."""
    is_own = made.member is None or made.member == request.user
    if made.state == ReservationState.PENDING:
        told = _("Requested. The time is kept until the staff decides; you are told by mail.")
        if not is_own:
            told = _("Requested. The time is kept until the staff decides; %(member)s is told.")
    else:
        told = _("Reserved. A confirmation is on its way to you.")
        if not is_own:
            told = _("Reserved. A confirmation is on its way to %(member)s.")
    messages.success(request, told % {"member": made.member})


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
