"""The page on which staff report what is broken, and say when it is mended."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _

from machines.forms.faults import FaultForm
from machines.models import Fault
from machines.services.faults import report_fault, resolve_fault
from machines.views.staff import UNPROCESSABLE, StaffPage

LISTED_RESOLVED = 20


class FaultsPage(StaffPage):
    """The faults of a machine, open ones first, and a form to report one."""

    template_name = "machines/faults.html"

    def get(self, request: HttpRequest, space: str, slug: str) -> HttpResponse:
        """The list and an empty form."""
        return self.page(request, FaultForm())

    def post(self, request: HttpRequest, space: str, slug: str) -> HttpResponse:
        """Report."""
        form = FaultForm(request.POST)
        if not form.is_valid():
            return self.page(request, form, UNPROCESSABLE)
        report_fault(machine=self.the_machine, by=self.member, now=now(), **form.cleaned_data)
        messages.success(request, _("The fault is reported."))
        return redirect("machines:faults", space, slug)

    def page(self, request: HttpRequest, form: FaultForm, status: int = 200) -> HttpResponse:
        """The page around `form`."""
        faults = Fault.objects.filter(machine=self.the_machine).select_related(
            "reported_by", "resolved_by"
        )
        return self.show(
            request,
            status,
            form=form,
            open_faults=faults.open(),
            resolved=faults.exclude(ends_at=None)[:LISTED_RESOLVED],
        )


class FaultResolve(StaffPage):
    """Says that a fault is mended."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, space: str, slug: str, pk: int) -> HttpResponse:
        """Resolve and go back to the list."""
        fault = get_object_or_404(Fault, pk=pk, machine=self.the_machine)
        resolve_fault(fault=fault, by=self.member, now=now())
        messages.success(request, _("The fault is resolved."))
        return redirect("machines:faults", space, slug)
