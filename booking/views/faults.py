"""The page on which staff report what is broken, and say when it is mended."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _

from booking.queries.displacing import Plan
from booking.services.stopping import plan_of_stop, resolve, running_on, stop_and_displace
from booking.stopping import StoppageForm
from booking.views.displacing import AtOncePage
from machines.models import Fault
from machines.queries.dependencies import needed_in, stopped_with
from machines.services.faults import report_fault
from machines.views.staff import StaffPage

LISTED_RESOLVED = 20


class FaultsPage(AtOncePage):
    """The faults of a machine, open ones first, and a form to report one."""

    template_name = "booking/faults.html"

    def form(self, data: Any = None) -> StoppageForm:
        """The form, two days from now on where nothing was typed."""
        return StoppageForm(data, space=self.space, now=self.now)

    def context(self, form: StoppageForm) -> dict[str, Any]:
        """The faults so far."""
        faults = Fault.objects.filter(machine=self.the_machine).select_related(
            "reported_by", "resolved_by"
        )
        return {
            "open_faults": faults.open(),
            "resolved": faults.exclude(ends_at=None)[:LISTED_RESOLVED],
            "needs": needed_in(self.space, [self.the_machine])[self.the_machine.pk],
            "stopped_with_it": stopped_with(self.the_machine)[1:],
        }

    def plan(self, form: StoppageForm) -> Plan:
        """Who has reserved the machine until it is likely to work again."""
        if not form.cleaned_data["stops_machine"]:
            return Plan(cases=(), machines={})
        return plan_of_stop(
            self.the_machine,
            form.cleaned_data["summary"],
            until=form.until(),
            by=self.member,
            now=self.now,
        )

    def displaced(self, form: StoppageForm, data: QueryDict) -> dict[str, Any]:
        """The plan, and who is at the machine now."""
        stopped = stopped_with(self.the_machine) if form.cleaned_data["stops_machine"] else []
        return super().displaced(form, data) | {"running": running_on(stopped)}

    def asks(self, context: dict[str, Any]) -> bool:
        """Also what becomes of the use that goes on."""
        return super().asks(context) or bool(context["running"])

    def carry_out(self, form: StoppageForm, choices: dict[int, str]) -> str:
        """Report."""
        if not form.cleaned_data["stops_machine"]:
            report_fault(
                machine=self.the_machine,
                summary=form.cleaned_data["summary"],
                stops_machine=False,
                by=self.member,
                now=self.now,
            )
        else:
            stop_and_displace(
                machine=self.the_machine,
                summary=form.cleaned_data["summary"],
                until=form.until(),
                choices=choices,
                ends_use=form.cleaned_data["ends_use"],
                by=self.member,
                now=self.now,
            )
        return _("The fault is reported.")

    def after(self) -> HttpResponse:
        """Back to the list."""
        return redirect("booking:faults", self.space.slug, self.the_machine.slug)


class FaultResolve(StaffPage):
    """Says that a fault is mended."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, space: str, slug: str, pk: int) -> HttpResponse:
        """Resolve and go back to the list."""
        rows = Fault.objects.select_related("machine__space", "reported_by")
        fault = get_object_or_404(rows, pk=pk, machine=self.the_machine)
        resolve(fault=fault, by=self.member, now=now())
        messages.success(request, _("The fault is resolved."))
        return redirect("booking:faults", space, slug)
