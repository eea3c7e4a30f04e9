"""The pages on which machines leave: retired, moved to another space, and brought back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from booking.inventory_forms import MoveForm, RetireForm
from booking.queries.displacing import Plan
from booking.services.belongings import stays_behind
from booking.services.retiring import (
    LivesElsewhere,
    StillInUse,
    bring_back,
    in_use_on,
    move_to_space,
    plan_of_leaving,
    retire,
)
from booking.views.displacing import CONFLICT, AtOncePage
from machines.models import Machine
from machines.views.chosen import choose, chosen_in
from machines.views.staff import StaffPage


class LeavingPage(AtOncePage):
    """A form by which machines leave; who has reserved them is shown before anything is done."""

    machines: list[Machine]

    def setup_machines(self) -> list[Machine]:
        """The machines that leave."""
        rows = Machine.objects.in_service().filter(space=self.space)
        wanted = chosen_in(self.request, self.space)
        if self.machine is not None:
            wanted = [self.machine.pk]
        parts = ("space", "pool", "category", "room")
        return list(rows.filter(pk__in=wanted).select_related(*parts).order_by("name", "pk"))

    def context(self, form: Any) -> dict[str, Any]:
        """Which machines, and who uses them now."""
        return {"machines": self.machines, "running": in_use_on(self.machines)}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        self.machines = self.setup_machines()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show who is displaced, or let them leave; not while somebody uses one of them."""
        self.machines = self.setup_machines()
        form = self.form(request.POST)
        if not self.machines or in_use_on(self.machines):
            return self.show(request, CONFLICT, form=form, **self.context(form))
        try:
            return super().post(request, *args, **kwargs)
        except StillInUse:
            return self.show(request, CONFLICT, form=form, **self.context(form))

    def plan(self, form: Any) -> Plan:
        """What is reserved on them from now on."""
        return plan_of_leaving(self.machines, now=self.now)


class RetirePage(LeavingPage):
    """One machine, or all that are ticked, leave service; the history stays."""

    template_name = "booking/machine_retire.html"

    def form(self, data: Any = None) -> RetireForm:
        """Why."""
        return RetireForm(data)

    def carry_out(self, form: RetireForm, choices: dict[int, str]) -> str:
        """Retire."""
        retire(
            machines=self.machines,
            reason=form.cleaned_data["reason"],
            choices=choices,
            by=self.member,
            now=self.now,
        )
        if self.machine is None:
            choose(self.request, self.space, [])
        return ngettext(
            "%(count)d machine has left service. Its history stays.",
            "%(count)d machines have left service. Their history stays.",
            len(self.machines),
        ) % {"count": len(self.machines)}

    def after(self) -> HttpResponse:
        """Back to what stands there."""
        return redirect("machines:inventory", self.space.slug)


class MovePage(LeavingPage):
    """A machine goes on in another space, for people who work in both."""

    template_name = "booking/machine_move.html"
    made: Machine

    def form(self, data: Any = None) -> MoveForm:
        """Where to, and why."""
        return MoveForm(data, machine=self.the_machine, by=self.member)

    def context(self, form: Any) -> dict[str, Any]:
        """What does not go along, too."""
        return super().context(form) | {"stays": stays_behind(self.the_machine)}

    def carry_out(self, form: MoveForm, choices: dict[int, str]) -> str:
        """Move."""
        self.made = move_to_space(
            machine=self.machines[0],
            to=form.space,
            room=form.cleaned_data["room"],
            reason=form.cleaned_data["reason"],
            choices=choices,
            by=self.member,
            now=self.now,
        )
        return _("It stands in %(place)s now. Its history until then is kept here.") % {
            "place": form.space
        }

    def after(self) -> HttpResponse:
        """To the machine where it is now."""
        return redirect("machines:machine_edit", self.made.space.slug, self.made.slug)


class BackAction(StaffPage):
    """Puts a retired machine back into service."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, space: str, slug: str) -> HttpResponse:
        """Bring it back and look at it."""
        machine = get_object_or_404(Machine.objects.select_related("space"), pk=self.the_machine.pk)
        try:
            bring_back(machine=machine, by=self.member, now=self.now)
        except LivesElsewhere:
            messages.warning(request, _("It stands in another space: move it from there."))
        else:
            messages.success(request, _("It is in service again."))
        return redirect("machines:machine_edit", space, slug)
