"""Changing the ticked machines together, and what was done to machines, to be taken back."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from booking.inventory_forms import BulkForm
from booking.services.inventory import (
    NothingToTakeBack,
    change_together,
    sheets_in,
    take_back,
)
from machines.models import Change
from machines.queries.change_words import ChangeWords
from machines.queries.changes import changes_in, changes_of, differences, lines_of, with_lines
from machines.states import FINAL
from machines.views.chosen import chosen_in
from machines.views.staff import PreviewedPage, StaffPage

ROWS_SHOWN = 300
PER_PAGE = 50


class BulkPage(PreviewedPage):
    """What all ticked machines are to say; each is shown before it is written."""

    template_name = "booking/inventory_bulk.html"
    change: Change | None = None

    def form(self, data: Any = None) -> BulkForm:
        """A form that leaves everything as it is."""
        return BulkForm(data, space=self.space)

    def context(self) -> dict[str, Any]:
        """How many machines are ticked."""
        return {"count": len(chosen_in(self.request, self.space))}

    def preview(self, form: BulkForm) -> dict[str, Any]:
        """What changes of which machine."""
        bulk, words = form.bulk(), ChangeWords(self.space)
        found = sheets_in(self.space, chosen_in(self.request, self.space))
        told = [(machine, differences(sheet, bulk.of(sheet))) for machine, sheet in found]
        changed = [(machine, values) for machine, values in told if values]
        rows = [(machine, words.lines(values)) for machine, values in changed[:ROWS_SHOWN]]
        return {
            "rows": rows,
            "rows_shown": ROWS_SHOWN,
            "changed": len(changed),
            "unchanged": len(told) - len(changed),
            "is_previewed": True,
        }

    def save(self, form: BulkForm) -> str:
        """Write it."""
        self.change = change_together(
            space=self.space,
            chosen=chosen_in(self.request, self.space),
            bulk=form.bulk(),
            by=self.member,
            now=self.now,
        )
        return _("Saved.") if self.change else _("They all say so already.")

    def after(self) -> HttpResponse:
        """To what was done, where it can be taken back."""
        if self.change is None:
            return redirect("machines:inventory", self.space.slug)
        return redirect("booking:inventory_change", self.space.slug, self.change.pk)


class ChangesPage(StaffPage):
    """What was done to the machines of a space, the latest first."""

    template_name = "booking/inventory_changes.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list."""
        page = Paginator(changes_in(self.space), PER_PAGE).get_page(request.GET.get("page"))
        lines, words = lines_of(list(page)), ChangeWords(self.space)
        rows = [
            (
                change,
                lines.get(change.pk),
                words.lines(lines[change.pk].values) if _is_told(change) else [],
            )
            for change in page
        ]
        return self.show(request, page=page, rows=rows)


def _is_told(change: Any) -> bool:
    """Whether a list says what was changed: where it was one machine."""
    return bool(change.machine_count == 1)


class MachineHistory(StaffPage):
    """What was done to one machine, the latest first."""

    template_name = "booking/machine_history.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list."""
        page = Paginator(changes_of(self.the_machine), PER_PAGE).get_page(request.GET.get("page"))
        words = ChangeWords(self.space)
        rows = [(line, words.lines(line.values)) for line in page]
        return self.show(request, page=page, rows=rows)


class ChangePage(StaffPage):
    """One act: what it changed of each machine, and a button to take it back."""

    template_name = "booking/inventory_change.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The act."""
        change = self._change()
        lines, words = with_lines(change), ChangeWords(self.space)
        return self.show(
            request,
            change=change,
            rows=[(line, words.lines(line.values)) for line in lines[:ROWS_SHOWN]],
            count=len(lines),
            rows_shown=ROWS_SHOWN,
            can_be_undone=change.kind not in FINAL and not hasattr(change, "undone_by"),
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take it back."""
        change = self._change()
        try:
            undone = take_back(change=change, by=self.member, now=self.now)
        except NothingToTakeBack:
            messages.warning(request, _("There is nothing to take back: it was changed since."))
            return redirect(request.path)
        messages.success(request, _("Taken back."))
        for machine, _fields in undone.kept[:10]:
            messages.warning(
                request,
                _("%(machine)s was changed since, or is reserved: some of it stays as it is.")
                % {"machine": machine},
            )
        return redirect("booking:inventory_change", self.space.slug, undone.change.pk)

    def _change(self) -> Change:
        rows = Change.objects.select_related("made_by", "space", "undone_by", "undoes")
        return get_object_or_404(rows, space=self.space, pk=self.kwargs["pk"])
