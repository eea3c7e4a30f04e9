"""The page that lists what stands in a space."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from machines.forms.inventory import InventoryFilter
from machines.queries.inventory import (
    filtered_inventory,
    machines_of,
    owned_by,
    worth_of,
)
from machines.views.chosen import chosen_in
from machines.views.staff import StaffPage
from spaces.intervals import wall_time

PER_PAGE = 50


class InventoryPage(StaffPage):
    """All machines of a space, with filters that are part of the address."""

    template_name = "machines/inventory.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The machines that match."""
        form = InventoryFilter(request.GET, space=self.space)
        rows = filtered_inventory(self.space, **form.chosen())
        chosen = chosen_in(request, self.space)
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        query = request.GET.copy()
        query.pop("page", None)
        return self.show(
            request,
            form=form,
            page=page,
            address=query.urlencode(),
            chosen=set(chosen),
            worth=worth_of(rows, wall_time(self.now, self.space.zone).date()),
            elsewhere=owned_by(self.space),
            is_filtered=any(form.chosen().values()),
            is_empty=not page.paginator.count and not machines_of(self.space).exists(),
        )
