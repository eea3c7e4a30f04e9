"""What the staff pages of a space have in common: who may open them, and preview before save."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import AccessMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views import View

from machines.forms.previewed import PreviewedForm
from machines.models import Machine
from members.models import Member
from members.permissions import is_staff_of
from spaces.models import Space

UNPROCESSABLE = 422
LONGEST_NUMBER = 14
"""How many digits an id has at most."""


def number_in(text: str) -> int:
    """The id that a part of an address or a form names; 0, which nothing has, for what is none."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else 0


class StaffPage(AccessMixin, View):
    """A page under /spaces/<space>/ for the people who work there.

    Visitors are sent to the login; members who do not work here get 403.
    """

    template_name: str
    space: Space
    machine: Machine | None = None
    member: Member
    now: datetime

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask who it is before anything is read or written."""
        if not isinstance(request.user, Member):
            return self.handle_no_permission()
        self.space = get_object_or_404(Space, slug=kwargs["space"])
        if not is_staff_of(request.user, self.space):
            raise PermissionDenied
        self.member, self.now = request.user, now()
        if "slug" in kwargs:
            self.machine = get_object_or_404(
                Machine.objects.select_related("space"), space=self.space, slug=kwargs["slug"]
            )
        return super().dispatch(request, *args, **kwargs)

    @property
    def owner(self) -> Space | Machine:
        """The machine of the page, or else its space."""
        return self.machine or self.space

    @property
    def the_machine(self) -> Machine:
        """The machine that the address names."""
        if self.machine is None:
            raise Http404
        return self.machine

    def show(self, request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
        """The page with `context`."""
        context |= {"space": self.space, "machine": self.machine}
        return render(request, self.template_name, context, status=status)


class PreviewedPage(StaffPage):
    """A form that shows what would become of it, and saves when that was seen."""

    def form(self, data: Any = None) -> PreviewedForm:
        """The form of the page, bound where `data` is given."""
        raise NotImplementedError

    def preview(self, form: Any) -> dict[str, Any]:
        """The context that shows the result of a valid form."""
        raise NotImplementedError

    def save(self, form: Any) -> str:
        """Do it, and say what was done."""
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        """What the page shows besides its form."""
        return {}

    def after(self) -> HttpResponse:
        """Where to go once it is saved."""
        return redirect(self.request.get_full_path())

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form as things are."""
        return self.show(request, form=self.form(), **self.context())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what is wrong, show the result, or save what was shown."""
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(request, UNPROCESSABLE, form=form, **self.context())
        if request.POST.get("step") == "save" and form.was_previewed():
            messages.success(request, self.save(form))
            return self.after()
        if request.POST.get("step") == "save":
            messages.warning(request, _("This is new since the preview. Look again, then save."))
        return self.show(request, form=form, **self.context(), **self.preview(form))
