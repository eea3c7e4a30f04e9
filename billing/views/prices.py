"""What an hour on a machine costs, by audience."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from billing.forms import PricesForm
from billing.queries import price_list
from billing.services.prices import set_prices
from machines.views.staff import UNPROCESSABLE, StaffPage


class PricesPage(StaffPage):
    """One hourly price for each audience of a machine."""

    template_name = "billing/prices.html"

    def get(self, request: HttpRequest, space: str, slug: str) -> HttpResponse:
        """The prices as they are."""
        return self._page(request, PricesForm(initial=dict(price_list(self.the_machine))))

    def post(self, request: HttpRequest, space: str, slug: str) -> HttpResponse:
        """Keep the prices."""
        form = PricesForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, UNPROCESSABLE)
        set_prices(machine=self.the_machine, prices=form.prices(), by=self.member, now=self.now)
        messages.success(request, _("The prices hold for whatever is reserved from now on."))
        return redirect(request.path)

    def _page(self, request: HttpRequest, form: Any, status: int = 200) -> HttpResponse:
        return self.show(request, status, form=form)
