"""The stock of a space: what there is, what is moved and counted, and where it is ordered."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from machines.exports import movements_csv
from machines.forms.stock import ConsumableForm, CountForm, MovementForm
from machines.models import Consumable, StockMovement
from machines.queries.stock import movements_in, movements_of, stock_of
from machines.services.stock import (
    ChangedMeanwhile,
    UndoneAlready,
    bring_back,
    count,
    discard,
    receive,
    retire,
    save_consumable,
    take,
    undo,
)
from machines.states import MovementKind
from machines.stock_words import quantity_in_words
from machines.views.staff import UNPROCESSABLE, StaffPage

PER_PAGE = 50
SHOWN = ("", "low", "retired")


class StockPage(StaffPage):
    """Everything that is used up, and how much of it there is."""

    template_name = "machines/stock.html"

    def get(self, request: HttpRequest, space: str) -> HttpResponse:
        """All of it, what is low, or what was given up."""
        show = request.GET.get("show", "")
        rows = list(stock_of(self.space, show=show if show in SHOWN else ""))
        return self.show(
            request,
            items=rows,
            shown=show,
            low=sum(item.low_since is not None for item in rows),
        )


class ItemPage(StaffPage):
    """A page about one consumable."""

    item: Consumable

    def setup_item(self, pk: int) -> Consumable:
        """The item that the address names."""
        rows = Consumable.objects.select_related("supplier", "space")
        self.item = get_object_or_404(rows, pk=pk, space=self.space)
        return self.item


class ConsumablePage(ItemPage):
    """One consumable: what there is, a form to move some, and its history."""

    template_name = "machines/consumable.html"

    def get(self, request: HttpRequest, space: str, pk: int) -> HttpResponse:
        """The item as it is."""
        return self._page(request, MovementForm(item=self.setup_item(pk)))

    def post(self, request: HttpRequest, space: str, pk: int) -> HttpResponse:
        """Move some, undo a movement, give the item up or bring it back."""
        item, step = self.setup_item(pk), request.POST.get("step")
        if step == "undo":
            return self._undone(request)
        if step in GIVING_UP:
            GIVING_UP[step](item=item, now=self.now)
            return self._again(request, _("Done."))
        form = MovementForm(request.POST, item=item)
        if not form.is_valid():
            return self._page(request, form, UNPROCESSABLE)
        movement = self._moved(form.cleaned_data)
        told = quantity_in_words(movement.balance, item.unit)
        return self._again(request, _("Written down. In stock now: %(stock)s.") % {"stock": told})

    def _moved(self, told: dict[str, Any]) -> StockMovement:
        moved: dict[str, Any] = {
            "item": self.item,
            "quantity": told["quantity"],
            "note": told["note"],
            "by": self.member,
            "now": self.now,
        }
        if told["kind"] == MovementKind.RECEIVED:
            return receive(**moved, unit_price=told["unit_price"])
        if told["kind"] == MovementKind.TAKEN:
            return take(**moved, session_key="")
        return discard(**moved)

    def _undone(self, request: HttpRequest) -> HttpResponse:
        number = request.POST.get("movement", "")
        if not number.isdecimal():
            raise Http404
        movement = get_object_or_404(
            StockMovement.objects.select_related("item"), pk=number, item=self.item
        )
        try:
            undo(movement=movement, by=self.member, now=self.now)
        except UndoneAlready:
            messages.warning(request, _("This was undone already."))
            return redirect(request.path)
        return self._again(request, _("Undone: the stock is as it was before."))

    def _again(self, request: HttpRequest, done: str) -> HttpResponse:
        messages.success(request, done)
        return redirect(request.path)

    def _page(self, request: HttpRequest, form: MovementForm, status: int = 200) -> HttpResponse:
        page = Paginator(movements_of(self.item), PER_PAGE).get_page(request.GET.get("page"))
        return self.show(request, status, item=self.item, form=form, page=page, address="")


GIVING_UP: dict[str, Callable[..., Consumable]] = {"retire": retire, "bring_back": bring_back}


class ConsumableFormPage(ItemPage):
    """What is said about one consumable, new or to be changed."""

    template_name = "machines/consumable_form.html"

    def get(self, request: HttpRequest, space: str, pk: int | None = None) -> HttpResponse:
        """The item as it is."""
        return self.show(request, form=ConsumableForm(instance=self._item(pk)))

    def post(self, request: HttpRequest, space: str, pk: int | None = None) -> HttpResponse:
        """Keep it."""
        form = ConsumableForm(request.POST, instance=self._item(pk))
        if not form.is_valid():
            return self.show(request, UNPROCESSABLE, form=form)
        item = save_consumable(item=form.consumable(), categories=form.categories(), now=self.now)
        messages.success(request, _("%(name)s is saved.") % {"name": item.name})
        return redirect("machines:consumable", self.space.slug, item.pk)

    def _item(self, pk: int | None) -> Consumable:
        return Consumable(space=self.space) if pk is None else self.setup_item(pk)


class StockCountPage(StaffPage):
    """A count of what is on the shelves, with the differences that it found."""

    template_name = "machines/stock_count.html"

    def get(self, request: HttpRequest, space: str) -> HttpResponse:
        """What there should be."""
        return self.show(request, form=self._form())

    def post(self, request: HttpRequest, space: str) -> HttpResponse:
        """Write down what there is."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self.show(request, UNPROCESSABLE, form=form)
        try:
            counts = count(counted=form.counted(), by=self.member, now=self.now)
        except ChangedMeanwhile as error:
            form.show_as_they_are(error.items)
            return self.show(request, UNPROCESSABLE, form=form)
        differences = sum(each.counted != each.expected for each in counts)
        messages.success(request, _counted_in_words(len(counts), differences))
        return redirect("machines:stock", self.space.slug)

    def _form(self, data: Any = None) -> CountForm:
        items = list(stock_of(self.space).order_by("name", "pk"))
        return CountForm(data, items=items)


class MovementsFile(StaffPage):
    """Every movement as a file that a spreadsheet opens."""

    def get(self, request: HttpRequest, space: str) -> StreamingHttpResponse:
        """The movements, as they happened."""
        lines = movements_csv(movements_in(self.space), self.space)
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        name = f"stock-{self.space.slug}.csv"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


def _counted_in_words(counted: int, differences: int) -> str:
    told = ngettext("%(count)s thing was counted.", "%(count)s things were counted.", counted) % {
        "count": counted
    }
    if not differences:
        return f"{told} {_('Nothing differed.')}"
    found = ngettext(
        "%(count)s difference was set right.", "%(count)s differences were set right.", differences
    ) % {"count": differences}
    return f"{told} {found}"
