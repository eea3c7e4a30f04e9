"""The page on which staff say what a machine needs so that it can be used."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from machines.models import Machine, Stoppage
from machines.queries.dependencies import could_need, needed_in, stopped_with
from machines.services.dependencies import CannotNeed, add_need, remove_need
from machines.views.staff import StaffPage


class NeedForm(forms.Form):
    """One more machine that is needed."""

    needs = forms.ModelChoiceField(
        label=gettext_lazy("It needs also"),
        queryset=Machine.objects.none(),
        help_text=gettext_lazy(
            "Such as an extraction, a compressor or a chiller. Machines that need this one "
            "cannot be chosen."
        ),
    )

    def __init__(self, *args: Any, machines: list[Machine], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["needs"]
        field.queryset = Machine.objects.filter(pk__in=[machine.pk for machine in machines])


class NeedsPage(StaffPage):
    """What a machine needs, what needs it, and a form for one more."""

    template_name = "booking/needs.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The chain as it is."""
        return self._page(NeedForm(machines=could_need(self.the_machine)))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Add one, or take one away."""
        if request.POST.get("remove"):
            self._remove(request.POST["remove"])
            return self._back()
        form = NeedForm(request.POST, machines=could_need(self.the_machine))
        if not form.is_valid():
            return self._page(form, 422)
        needs = form.cleaned_data["needs"]
        try:
            add_need(machine=self.the_machine, needs=needs, now=self.now)
        except CannotNeed:
            form.add_error("needs", _("That machine needs this one, so this one cannot need it."))
            return self._page(form, 422)
        messages.success(
            request,
            _("It stands still from now on whenever %(machine)s does.") % {"machine": needs},
        )
        self._tell_if_stopped()
        return self._back()

    def _remove(self, told: str) -> None:
        number = int(told) if told.isdecimal() else 0
        needs = get_object_or_404(Machine, pk=number, needed_by__machine=self.the_machine)
        remove_need(machine=self.the_machine, needs=needs, now=self.now)
        messages.success(
            self.request, _("%(machine)s is not needed any more.") % {"machine": needs}
        )

    def _tell_if_stopped(self) -> None:
        """Who has reserved it is asked on the page of the fault for which it stands still."""
        running = Stoppage.objects.open().filter(machine=self.the_machine)
        if running.exclude(fault__machine=self.the_machine).exists():
            messages.warning(
                self.request,
                _("It stands still already. On the page of the fault you see who has reserved it."),
            )

    def _page(self, form: NeedForm, status: int = 200) -> HttpResponse:
        machine = self.the_machine
        return self.show(
            self.request,
            status,
            form=form,
            needs=needed_in(self.space, [machine])[machine.pk],
            stopped_with_it=stopped_with(machine)[1:],
            stoppages=Stoppage.objects.open()
            .filter(machine=machine)
            .exclude(fault__machine=machine)
            .select_related("fault__machine"),
        )

    def _back(self) -> HttpResponse:
        return redirect("booking:needs", self.space.slug, self.the_machine.slug)
