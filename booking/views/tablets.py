"""The tablets of a space for its staff: announced, paired, revoked."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking.models import Kiosk
from booking.services.kiosks import new_code, register_kiosk, revoke_kiosk
from machines.models import Machine
from machines.views.staff import UNPROCESSABLE, StaffPage

HALF = 4


class TabletForm(forms.Form):
    """What a tablet is called, and what it is for."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("Such as “Tablet beside the lasers”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    machine = forms.ModelChoiceField(
        label=gettext_lazy("For"),
        queryset=Machine.objects.none(),
        required=False,
        empty_label=gettext_lazy("all machines of the space"),
    )

    def __init__(self, *args: Any, machines: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["machine"].queryset = machines  # type: ignore[attr-defined]


class TabletsPage(StaffPage):
    """The tablets that people may use, and a form to announce one."""

    template_name = "booking/tablets.html"

    def get(self, request: HttpRequest, space: str) -> HttpResponse:
        """The list and the form."""
        return self._page(request, self._form())

    def post(self, request: HttpRequest, space: str) -> HttpResponse:
        """Announce a tablet, and show the code that pairs it, this once."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(request, form, UNPROCESSABLE)
        kiosk, code = register_kiosk(
            space=self.space, **form.cleaned_data, by=self.member, now=self.now
        )
        return self._page(request, self._form(), code=code, new=kiosk)

    def _form(self, data: Any = None) -> TabletForm:
        machines = Machine.objects.in_service().filter(space=self.space).order_by("name")
        return TabletForm(data, machines=machines)

    def _page(
        self, request: HttpRequest, form: TabletForm, status: int = 200, **more: Any
    ) -> HttpResponse:
        code = more.pop("code", "")
        return self.show(
            request,
            status,
            form=form,
            tablets=Kiosk.objects.standing().filter(space=self.space).select_related("machine"),
            code=f"{code[:HALF]} {code[HALF:]}" if code else "",
            page_of_tablets=request.build_absolute_uri(reverse("booking:kiosk")),
            **more,
        )


class TabletChange(TabletsPage):
    """Gives a tablet another code, or revokes it."""

    def get(self, request: HttpRequest, space: str, pk: int = 0) -> HttpResponse:
        """Back to the list: a code is shown once."""
        return redirect("booking:tablets", space)

    def post(self, request: HttpRequest, space: str, pk: int = 0) -> HttpResponse:
        """Do it and show the list."""
        kiosk = get_object_or_404(Kiosk.objects.standing(), pk=pk, space=self.space)
        if request.POST.get("step") == "code":
            code = new_code(kiosk=kiosk, now=self.now)
            return self._page(request, self._form(), code=code, new=kiosk)
        revoke_kiosk(kiosk=kiosk, now=self.now)
        messages.success(request, _("The tablet opens nothing any more."))
        return redirect("booking:tablets", space)
