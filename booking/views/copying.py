"""The page on which staff duplicate a machine, with all that belongs to it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext

from booking.inventory_forms import CopyForm
from booking.services.belongings import duplicate
from machines.views.staff import UNPROCESSABLE, StaffPage


class MachineCopy(StaffPage):
    """How many more there are of a machine, and what they are called."""

    template_name = "booking/machine_copy.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """One more of the same name."""
        return self.show(request, form=CopyForm(initial={"name": self.the_machine.name}))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Make them, and go to the one that was made, or to all."""
        form = CopyForm(request.POST)
        if not form.is_valid():
            return self.show(request, UNPROCESSABLE, form=form)
        made = duplicate(
            machine=self.the_machine,
            name=form.cleaned_data["name"],
            count=form.cleaned_data["count"],
            by=self.member,
            now=self.now,
        )
        messages.success(
            request,
            ngettext(
                "%(count)d machine more. Give it its numbers.",
                "%(count)d machines more. Give them their numbers.",
                len(made),
            )
            % {"count": len(made)},
        )
        if len(made) == 1:
            return redirect("machines:machine_edit", self.space.slug, made[0].slug)
        return redirect("machines:inventory", self.space.slug)
