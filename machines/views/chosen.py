"""Which machines of a list somebody has ticked, kept over its pages."""

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from machines.forms.inventory import InventoryFilter
from machines.models import Machine
from machines.queries.inventory import filtered_inventory
from machines.views.staff import StaffPage, number_in
from spaces.models import Space

WHERE_TO = {
    "change": "booking:inventory_bulk",
    "retire": "booking:inventory_retire",
    "labels": "machines:labels_chosen",
}
"""What can be done with what is ticked, and the page that does it."""


def chosen_in(request: HttpRequest, space: Space) -> list[int]:
    """The ids of the machines of `space` that are ticked."""
    found: list[int] = request.session.get(_key(space), [])
    return found


def choose(request: HttpRequest, space: Space, machines: Collection[int]) -> None:
    """Have just these be ticked, as far as they stand in `space`."""
    rows = Machine.objects.filter(space=space, pk__in=machines).order_by("pk")
    request.session[_key(space)] = list(rows.values_list("pk", flat=True))


def _key(space: Space) -> str:
    return f"chosen-machines-{space.pk}"


class InventoryChoose(StaffPage):
    """Keeps what is ticked on a page of the inventory, and goes on from there."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Tick what is ticked on the page, all that match, or nothing."""
        filters, step = QueryDict(request.POST.get("filters", "")), request.POST.get("step", "")
        choose(request, self.space, self._wanted(filters, step))
        if step in WHERE_TO:
            return redirect(WHERE_TO[step], self.space.slug)
        query = filters.copy()
        query["page"] = request.POST.get("to") or request.POST.get("page") or "1"
        return redirect(
            f"{reverse('machines:inventory', args=[self.space.slug])}?{query.urlencode()}"
        )

    def _wanted(self, filters: QueryDict, step: str) -> Collection[int]:
        if step == "none":
            return []
        if step == "all":
            form = InventoryFilter(filters, space=self.space)
            rows = filtered_inventory(self.space, **form.chosen()).prefetch_related(None)
            return list(rows.order_by().values_list("pk", flat=True))
        shown = _numbers(self.request.POST.getlist("shown"))
        ticked = shown if step == "page" else _numbers(self.request.POST.getlist("machine"))
        return (set(chosen_in(self.request, self.space)) - shown) | ticked


def _numbers(texts: Collection[str]) -> set[int]:
    return {number for text in texts if (number := number_in(text))}
