"""The form behind the QR code on which anybody says what is wrong with a machine."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from booking.services.reporting import Report, TooManyReports, report_at_machine
from booking.views.asking import open_machine
from machines.forms.faults import ReportForm
from machines.models import Fault, Machine
from machines.states import Found
from members.models import Member
from members.rates import address_of, counted

UNPROCESSABLE, TOO_MANY = 422, 429

MOST_A_MINUTE = 6
"""How many forms without a name one address may send in a minute."""


@require_http_methods(["GET", "POST"])
def fault_report(request: HttpRequest, space: str, slug: str) -> HttpResponse:
    """Ask what happened, and tell the staff; no account is needed."""
    machine = open_machine(request, space, slug)
    member = request.user if isinstance(request.user, Member) else None
    if request.method == "GET":
        return _page(request, machine, ReportForm())
    if member is None and counted(f"fault:{address_of(request)}") > MOST_A_MINUTE:
        # Pictures of who floods the form are not even looked at.
        return _page(request, machine, ReportForm(), TOO_MANY)
    form = ReportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, machine, form, UNPROCESSABLE)
    told = form.cleaned_data
    report = Report(
        summary=told["summary"],
        found=Found(told["found"]),
        is_hazard=told["is_hazard"],
        photos=form.photos,
    )
    try:
        fault = report_at_machine(machine=machine, report=report, by=member, now=now())
    except TooManyReports:
        return _page(request, machine, form, TOO_MANY)
    messages.success(request, _thanks(fault))
    if member is not None:
        return redirect("booking:fault", fault.pk)
    return redirect("booking:at_machine", space, slug)


def _thanks(fault: Fault) -> str:
    if not fault.is_open:
        return _("Thank you for mending it. The staff is told.")
    if fault.stops_machine:
        return _("Thank you. The machine is out of service now, and the staff is told.")
    if fault.is_unstopped_hazard:
        return _(
            "Thank you. The staff is told at once. The machine is not stopped yet, because several "
            "were without a name within an hour: warn whoever is there, and do not use it."
        )
    return _("Thank you. The staff is told, and decides whether the machine can be used.")


def _page(
    request: HttpRequest, machine: Machine, form: ReportForm, status: int = 200
) -> HttpResponse:
    context = {"machine": machine, "form": form, "is_too_many": status == TOO_MANY}
    return render(request, "booking/fault_report.html", context, status=status)
