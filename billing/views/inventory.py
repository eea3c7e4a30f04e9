"""The pages on which staff take an inventory in and out."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.forms import ReadingForm, UploadForm
from billing.services.inventory import (
    change_draft,
    export_inventory,
    export_workbook,
    keep_draft,
    preview_import,
    read_draft,
)
from machines.models import ImportDraft
from machines.services.import_plan import ImportPreview, RowPlan, Verdict
from machines.states import FilePurpose
from machines.views.drafts import ROWS_SHOWN, DraftPage
from machines.views.staff import StaffPage

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class InventoryImport(DraftPage):
    """Upload, look at what would happen, then import."""

    template_name = "machines/inventory_import.html"
    purpose = FilePurpose.INVENTORY
    title = gettext_lazy("Import an inventory")
    refusal = gettext_lazy(
        "Nothing was imported: some rows are rejected. Import the good rows, or say "
        "that the others are machines."
    )

    def upload_form(self, *bound: Any) -> UploadForm:
        """One file."""
        return UploadForm(*bound)

    def keep(self, form: UploadForm) -> ImportDraft:
        """Keep it until it is imported."""
        file = form.cleaned_data["file"]
        return keep_draft(
            space=self.space,
            member=self.member,
            filename=file.name,
            content=file.read(),
            now=self.now,
        )

    def reading_form(self, draft: ImportDraft, data: Any = None) -> ReadingForm:
        """What the columns mean."""
        return ReadingForm(data, sheet=read_draft(draft))

    def change(self, draft: ImportDraft, form: ReadingForm) -> bool:
        """Keep the columns, and which rows are machines all the same."""
        return change_draft(draft, columns=form.columns(), keep=form.cleaned_data["keep"])

    def said(self, counts: dict[str, int]) -> str:
        """In one sentence."""
        return (
            _("Imported: %(new)d new, %(changed)d changed, %(unchanged)d unchanged, "
              "%(rejected)d left out.") % counts
        )  # fmt: skip

    def after(self, draft: ImportDraft) -> tuple[str, str]:
        """To what was done, where it can be taken back."""
        change = draft.outcome["change"]
        if change is None:
            return reverse("machines:inventory", args=[self.space.slug]), _("Inventory")
        address = reverse("booking:inventory_change", args=[self.space.slug, change])
        return address, _("What changed")

    def preview(self, draft: ImportDraft, form: ReadingForm) -> dict[str, Any]:
        """The rows, each with what becomes of it."""
        preview = preview_import(self.space, form.sheet)
        good = [plan for plan in preview.rows if plan.units]
        return {
            "samples": _samples(form, preview),
            "preview": preview,
            "counts": _counts(preview),
            "kept": draft.columns.get("keep", []),
            "pools": list(preview.pools.items())[:ROWS_SHOWN],
            "rows": [_row(plan) for plan in good[:ROWS_SHOWN]],
            "row_count": len(good),
        }


class InventoryWorkbook(StaffPage):
    """The same as a workbook."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """XLSX."""
        response = HttpResponse(export_workbook(self.space), content_type=WORKBOOK)
        name = f"{self.space.slug}-inventory.xlsx"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


class InventoryExport(StaffPage):
    """The inventory as a file that the import reads back."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """CSV."""
        response = HttpResponse(
            export_inventory(self.space), content_type="text/csv; charset=utf-8"
        )
        name = f"{self.space.slug}-inventory.csv"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


def _counts(preview: ImportPreview) -> list[tuple[str, int]]:
    words = {
        Verdict.NEW: _("new"),
        Verdict.CHANGED: _("changed"),
        Verdict.UNCHANGED: _("unchanged"),
        Verdict.REJECTED: _("rejected"),
    }
    return [(words[verdict], count) for verdict, count in preview.counts.items()]


def _samples(form: ReadingForm, preview: ImportPreview) -> list[tuple[Any, str]]:
    """Each column's select beside the first cell that says something."""
    rows = preview.sheet.rows
    return [
        (select, next((row.cells[at] for row in rows if row.cells[at]), ""))
        for at, select in enumerate(form.selects())
    ]


def _row(plan: RowPlan) -> dict[str, Any]:
    words = {
        Verdict.NEW: (_("new"), "ok"),
        Verdict.CHANGED: (_("changed"), "warn"),
        Verdict.UNCHANGED: (_("unchanged"), ""),
    }
    word, tone = words[plan.verdict]
    changed = sorted({name.replace("_", " ") for unit in plan.units for name in unit.changes})
    first = plan.units[0]
    return {
        "line": plan.row.line,
        "word": word,
        "tone": tone,
        "machines": [unit.after for unit in plan.units],
        "category": first.after.category,
        "changed": ", ".join(changed),
        "problems": plan.row.problems,
    }
