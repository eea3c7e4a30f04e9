"""What people say of a machine that they stand at or own: what is loaded, who comes first."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from booking.permissions import may_load, may_set_priority
from booking.views.asking import open_machine, signed_in
from machines.forms.machine import LoadedForm, PriorityForm
from machines.models import Machine
from machines.services.machines import load_machine, set_priority
from machines.views.staff import UNPROCESSABLE


@login_required
@require_POST
def loaded(request: HttpRequest, space: str, slug: str) -> HttpResponse:
    """Say what is loaded now, and go back to the machine."""
    machine, member = open_machine(request, space, slug), signed_in(request)
    if not may_load(member, machine):
        raise PermissionDenied
    form = LoadedForm(request.POST)
    if form.is_valid():
        text = " ".join(form.cleaned_data["loaded"].split())
        load_machine(machine=machine, loaded=text, by=member, now=now())
        messages.success(request, _("Everybody sees now what is loaded."))
    else:
        for error in form.errors["loaded"]:
            messages.error(request, str(error))
    return redirect("booking:at_machine", space, slug)


@login_required
def priority(request: HttpRequest, space: str, slug: str) -> HttpResponse:
    """How far ahead others may reserve a machine, said by who owns it or where it stands."""
    rows = Machine.objects.select_related("space", "owner_company", "owner_space")
    machine = get_object_or_404(rows, space__slug=space, slug=slug)
    member = signed_in(request)
    if not may_set_priority(member, machine):
        raise PermissionDenied
    form = PriorityForm(
        request.POST or None, initial={"others_ahead_days": machine.others_ahead_days}
    )
    context: dict[str, Any] = {"machine": machine, "form": form}
    if request.method != "POST":
        return render(request, "booking/machine_priority.html", context)
    if not form.is_valid():
        return render(request, "booking/machine_priority.html", context, status=UNPROCESSABLE)
    days = form.cleaned_data["others_ahead_days"]
    set_priority(machine=machine, days=days, by=member, now=now())
    messages.success(request, _("Saved. It holds for what is reserved from now on."))
    return redirect("booking:machine", space, slug)
