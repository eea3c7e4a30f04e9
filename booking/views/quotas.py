"""The quotas of a space: the list, and one as a form that tells itself in a sentence."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from booking.models import Quota
from booking.queries.quotas import quota_told, quotas_in
from booking.quota_forms import QuotaForm
from booking.services.quotas import remove_quota, save_quota
from booking.views.policies import WORDS
from machines.views.staff import UNPROCESSABLE, StaffPage


class QuotasPage(StaffPage):
    """Every quota in words."""

    template_name = "booking/quotas.html"

    def get(self, request: HttpRequest, space: str) -> HttpResponse:
        """The list."""
        quotas = [(each, quota_told(each)) for each in quotas_in(self.space)]
        return self.show(request, quotas=quotas)


class QuotaPage(StaffPage):
    """One quota, new or to be changed."""

    template_name = "booking/quota.html"

    def get(self, request: HttpRequest, space: str, pk: int | None = None) -> HttpResponse:
        """The quota as it is."""
        return self._page(request, QuotaForm(instance=self._quota(pk)))

    def post(self, request: HttpRequest, space: str, pk: int | None = None) -> HttpResponse:
        """Tell it in words, keep it, or remove it."""
        quota, step = self._quota(pk), request.POST.get("step")
        if step == "remove" and quota.pk is not None:
            remove_quota(quota=quota)
            messages.success(request, _("The quota is gone."))
            return redirect("booking:quotas", self.space.slug)
        form = QuotaForm(request.POST, instance=quota)
        is_valid = form.is_valid()
        if request.headers.get("HX-Target") == WORDS:
            return render(request, "booking/_quota_words.html", _words(form))
        if step != "save" or not is_valid:
            return self._page(request, form, 200 if is_valid else UNPROCESSABLE)
        save_quota(quota=form.quota())
        messages.success(request, _("The quota is saved. It counts from now on."))
        return redirect("booking:quotas", self.space.slug)

    def _quota(self, pk: int | None) -> Quota:
        if pk is None:
            return Quota(space=self.space)
        return get_object_or_404(Quota.objects.select_related("space"), pk=pk, space=self.space)

    def _page(self, request: HttpRequest, form: QuotaForm, status: int = 200) -> HttpResponse:
        return self.show(request, status, form=form, quota=form.instance, **_words(form))


def _words(form: QuotaForm) -> dict[str, Any]:
    """The quota in words, as it is kept or as it was typed; empty while that is not understood."""
    if form.is_bound:
        return {"words": quota_told(form.quota()) if form.is_valid() else "", "is_draft": True}
    return {"words": quota_told(form.instance) if form.instance.pk else ""}
