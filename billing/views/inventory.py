"""The pages on which staff take an inventory in and out."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _

from billing.forms import ReadingForm, UploadForm
from billing.services.inventory import (
    change_draft,
    export_inventory,
    export_workbook,
    import_draft,
    keep_draft,
    preview_import,
    read_draft,
)
from machines.models import ImportDraft
from machines.services.import_plan import ImportPreview, RowPlan, Verdict
from machines.sheets import SheetUnreadable
from machines.views.staff import UNPROCESSABLE, StaffPage

ROWS_SHOWN = 300
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class InventoryImport(StaffPage):
    """Upload, look at what would happen, then import."""

    template_name = "machines/inventory_import.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The upload, or the preview of a draft."""
        if "draft" not in request.GET:
            return self.show(request, upload=UploadForm())
        draft = draft_of(self)
        try:
            return self._preview(request, draft)
        except SheetUnreadable as error:
            return self._refuse(request, UploadForm(), str(error))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take a file, read it another way, or import it."""
        if "draft" not in request.GET:
            return self._upload(request)
        draft = draft_of(self)
        form = ReadingForm(request.POST, sheet=read_draft(draft))
        if not form.is_valid():
            return self._preview(request, draft, form=form, status=UNPROCESSABLE)
        was_seen = change_draft(draft, columns=form.columns(), keep=form.cleaned_data["keep"])
        step = request.POST.get("step")
        if step not in {"import", "good"}:
            return redirect(request.get_full_path())
        if not was_seen:
            messages.warning(
                request, _("The reading has changed. Look at the preview, then import.")
            )
            return redirect(request.get_full_path())
        return self._import(request, draft, good_rows_only=step == "good")

    def _upload(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(request, UNPROCESSABLE, upload=form)
        file = form.cleaned_data["file"]
        try:
            draft = keep_draft(
                space=self.space,
                member=self.member,
                filename=file.name,
                content=file.read(),
                now=now(),
            )
        except SheetUnreadable as error:
            return self._refuse(request, form, str(error))
        return redirect(f"{request.path}?draft={draft.pk}")

    def _refuse(self, request: HttpRequest, form: UploadForm, message: str) -> HttpResponse:
        if form.is_bound:
            form.add_error("file", message)
        else:
            messages.error(request, message)
        return self.show(request, UNPROCESSABLE, upload=form)

    def _import(
        self, request: HttpRequest, draft: ImportDraft, *, good_rows_only: bool
    ) -> HttpResponse:
        done = import_draft(draft, good_rows_only=good_rows_only, by=self.member, now=now())
        if not done.is_written:
            messages.error(
                request,
                _("Nothing was imported: some rows are rejected. Import the good rows, or say "
                  "that the others are machines."),
            )  # fmt: skip
            return self._preview(request, draft, status=UNPROCESSABLE)
        counts = done.preview.counts
        messages.success(
            request,
            _("Imported: %(new)d new, %(changed)d changed, %(unchanged)d unchanged, "
              "%(rejected)d left out.")
            % {str(verdict): count for verdict, count in counts.items()},
        )  # fmt: skip
        if done.change is not None:
            return redirect("booking:inventory_change", self.space.slug, done.change.pk)
        return redirect("machines:inventory", self.space.slug)

    def _preview(
        self,
        request: HttpRequest,
        draft: ImportDraft,
        form: ReadingForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        sheet = read_draft(draft)
        preview = preview_import(self.space, sheet)
        form = form or ReadingForm(sheet=sheet)
        good = [plan for plan in preview.rows if plan.units]
        return self.show(
            request,
            status,
            draft=draft,
            form=form,
            samples=_samples(form, preview),
            preview=preview,
            counts=_counts(preview),
            kept=draft.columns.get("keep", []),
            pools=list(preview.pools.items())[:ROWS_SHOWN],
            rows=[_row(plan) for plan in good[:ROWS_SHOWN]],
            row_count=len(good),
            rows_shown=ROWS_SHOWN,
        )


class ImportProgress(StaffPage):
    """How far the import of a draft is, for the page that waits for it."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """How many machines of how many are written; the draft is gone once all are."""
        found = drafts_named(self).values("done", "total").first()
        return JsonResponse(found or {"is_over": True})


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


def draft_of(page: StaffPage) -> ImportDraft:
    """The draft that the address of `page` names, of who looks at it; raises Http404."""
    return get_object_or_404(drafts_named(page))


def drafts_named(page: StaffPage) -> QuerySet[ImportDraft]:
    """That draft, if there is one."""
    number = page.request.GET.get("draft", "")
    return ImportDraft.objects.filter(
        pk=number if number.isdecimal() and len(number) < 15 else 0,  # noqa: PLR2004
        space=page.space,
        member=page.member,
    )


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
