"""At the machine: the page behind its QR code, check-in and check-out."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from booking.models import Reservation, UsageSession
from booking.permissions import may_load
from booking.queries.availability import state_now
from booking.queries.mine import next_on_machine
from booking.queries.questions import asked_about
from booking.queries.sheet import faults_told_on
from booking.queries.terms import terms_of_reservation
from booking.queries.viewer import terms_told
from booking.services import attendance
from booking.services.reservations import BookingRefused, possible_actions
from booking.states import MachineState
from booking.views.asking import (
    back,
    follows_moves,
    open_machine,
    signed_in,
    tell_refusals,
    visible_reservation,
)
from machines.models import Machine
from machines.queries.stocktakes import open_in
from members.models import Member
from members.permissions import is_staff_of


@require_GET
@follows_moves
def at_machine(request: HttpRequest, space: str, slug: str) -> HttpResponse:
    """What a phone shows after reading the QR code: state, check-in, use at once, check-out."""
    machine = open_machine(request, space, slug)
    moment = now()
    terms = terms_told(request.user, machine)
    context: dict[str, Any] = {
        "machine": machine,
        "moment": moment,
        "faults": faults_told_on(machine),
        "state": state_now([machine], terms={machine.pk: terms}, now=moment)[machine.pk],
    }
    context["may_load"] = may_load(request.user, machine)
    if is_staff_of(request.user, machine.space):
        context["stocktake"] = open_in(machine.space)
    if isinstance(request.user, Member):
        context |= _of_member(machine, request.user, context)
    return render(request, "booking/at_machine.html", context)


def _of_member(machine: Machine, member: Member, context: dict[str, Any]) -> dict[str, Any]:
    """What `member` can do at the machine now."""
    moment = context["moment"]
    running = UsageSession.objects.open().filter(machine=machine, member=member)
    session = running.select_related("reservation").first()
    if session is not None:
        return {"open_session": session, "has_questions": bool(asked_about(machine).questions)}
    told: dict[str, Any] = {}
    found = next_on_machine(machine, member, now=moment)
    if found is not None:
        told["reservation"] = found
        told["may"] = possible_actions(reservation=found, by=member, now=moment)
        told["check_in_from"] = found.starts_at - terms_of_reservation(found).early_check_in
    may_check_in = found is not None and told["may"].check_in
    if not may_check_in and context["state"].state != MachineState.IN_USE:
        told["walk_in"] = attendance.may_walk_in(machine=machine, member=member, now=moment)
    return told


@login_required
@require_POST
def use_at_once(request: HttpRequest, space: str, slug: str) -> HttpResponse:
    """Use a free machine without a reservation, or check in where there is one."""
    machine = open_machine(request, space, slug)
    member = signed_in(request)
    try:
        attendance.start_walk_in(machine=machine, member=member, by=member, now=now())
    except BookingRefused as error:
        tell_refusals(request, error)
    else:
        messages.success(request, _told())
    return redirect("booking:at_machine", space, slug)


@login_required
@require_POST
def check_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Start the use of the machine."""
    found = visible_reservation(request, pk)
    try:
        session = attendance.check_in(reservation=found, by=signed_in(request), now=now())
    except BookingRefused as error:
        tell_refusals(request, error)
    else:
        messages.success(request, _told_of(found, session.machine))
    return back(request, found)


def _told() -> str:
    return _("Checked in. Enjoy your work, and check out when you leave.")


def _told_of(checked_in: Reservation, unit: Machine) -> str:
    """That it worked, and which unit of a pool it is."""
    if checked_in.pool is None:
        return _told()
    return _("Checked in. Your unit: %(unit)s.") % {"unit": unit}


@login_required
@require_POST
def check_out(request: HttpRequest, pk: int) -> HttpResponse:
    """End the use of the machine and give the rest of the time back.

    Whoever leaves a machine about which something is asked gets to the questions first.
    """
    found = visible_reservation(request, pk)
    member = signed_in(request)
    session = found.sessions.open().first()
    if session is None:
        messages.error(request, _("Nobody has checked in on this reservation."))
        return back(request, found)
    if session.member_id == member.pk and asked_about(found.machine).questions:
        return redirect("booking:session_leave", session.pk)
    try:
        attendance.check_out(session=session, by=member, now=now())
    except BookingRefused as error:
        tell_refusals(request, error)
    else:
        messages.success(request, _("Checked out. Thank you for leaving the machine ready."))
    return back(request, found)
