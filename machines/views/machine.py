"""The pages on which staff make a machine by hand, and change what is said of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from machines.depreciation import book_value
from machines.forms.machine import MachineForm
from machines.models import Machine
from machines.queries.inventory import MachineSheet, machines_of, sheet_of
from machines.services.changes import Act
from machines.services.machines import (
    ChangedMeanwhile,
    change_machine,
    digest_of,
    make_machine,
)
from machines.states import ChangeKind
from machines.views.staff import UNPROCESSABLE, StaffPage
from spaces.intervals import wall_time

CONFLICT = 409


class MachineNew(StaffPage):
    """A form for a machine that stands there and in no list."""

    template_name = "machines/machine_form.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The empty form."""
        return self.show(request, form=MachineForm(space=self.space, initial={"is_listed": True}))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Make the machine."""
        form = MachineForm(request.POST, space=self.space)
        if not form.is_valid():
            return self.show(request, UNPROCESSABLE, form=form)
        made = make_machine(space=self.space, sheet=form.sheet(), by=self.member, now=self.now)
        messages.success(request, _("%(machine)s is in the inventory.") % {"machine": made})
        return redirect("machines:machine_edit", self.space.slug, made.slug)


class MachineEdit(StaffPage):
    """All that is said of one machine, to be changed."""

    template_name = "machines/machine_form.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The machine as it is."""
        sheet = self._sheet()
        form = MachineForm(space=self.space, initial=MachineForm.initial_of(sheet))
        return self._page(request, form, seen=digest_of(sheet))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep what was typed, unless somebody else was faster."""
        form = MachineForm(request.POST, space=self.space)
        seen = request.POST.get("seen", "")
        if not form.is_valid():
            return self._page(request, form, UNPROCESSABLE, seen=seen)
        try:
            change_machine(
                machine=self.the_machine,
                change=form.sheet,
                act=Act(kind=ChangeKind.EDITED, by=self.member, now=self.now),
                seen=seen,
            )
        except ChangedMeanwhile:
            messages.warning(
                request,
                _(
                    "Somebody has changed this machine meanwhile, so nothing was saved. What you "
                    "typed stands below; save once more to have it so."
                ),
            )
            return self._page(request, form, CONFLICT, seen=digest_of(self._sheet()))
        messages.success(request, _("Saved."))
        return redirect(request.path)

    def _sheet(self) -> MachineSheet:
        return sheet_of(machines_of(self.space).get(pk=self.the_machine.pk), {})

    def _page(
        self, request: HttpRequest, form: MachineForm, status: int = 200, *, seen: str
    ) -> HttpResponse:
        machine = Machine.objects.select_related("loaded_by", "moved_to__space").get(
            pk=self.the_machine.pk
        )
        today = wall_time(self.now, self.space.zone).date()
        value = book_value(machine.bought, today) if machine.bought else None
        return self.show(request, status, form=form, seen=seen, row=machine, value=value)
