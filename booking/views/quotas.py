"""The quotas of a space: the list, and one as a form that tells itself in a sentence."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from booking.models import Quota
from booking.queries.quotas import quota_told, quotas_in
from booking.quota_forms import QuotaForm
from booking.services.quotas import remove_quota, save_quota
from booking.views.told import ToldPage
from machines.views.staff import StaffPage


class QuotasPage(StaffPage):
    """Every quota in words."""

    template_name = "booking/quotas.html"

    def get(self, request: HttpRequest, space: str) -> HttpResponse:
        """The list."""
        quotas = [(each, quota_told(each)) for each in quotas_in(self.space)]
        return self.show(request, quotas=quotas)


class QuotaPage(ToldPage):
    """One quota, new or to be changed."""

    template_name = "booking/quota.html"
    form_class = QuotaForm
    words_name = "booking/_quota_words.html"
    list_name = "booking:quotas"

    def rule(self, pk: int | None) -> Quota:
        """The quota."""
        if pk is None:
            return Quota(space=self.space)
        return get_object_or_404(Quota.objects.select_related("space"), pk=pk, space=self.space)

    def in_words(self, rule: Quota) -> str:
        """What it allows."""
        return quota_told(rule)

    def save(self, form: QuotaForm) -> str:
        """Keep it."""
        save_quota(quota=form.rule())
        return _("The quota is saved. It counts from now on.")

    def at_once(self, rule: Quota, step: str) -> str:
        """Remove it."""
        if step != "remove":
            return ""
        remove_quota(quota=rule)
        return _("The quota is gone.")
