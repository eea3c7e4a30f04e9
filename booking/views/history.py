"""The pages on which staff bring the past of their space, and take it back."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from booking.history.entries import MachineChoice
from booking.history_forms import HistoryReadingForm, HistoryUploadForm
from booking.models import HistoryImport
from booking.services.history.importing import (
    Outcome,
    judged_rows,
    preview_history,
)
from booking.services.history.places import Places
from booking.services.history.planning import Fate, Judged, Preview
from booking.services.history.sources import (
    Source,
    change_reading,
    instances_of,
    keep_upload,
    reading_from,
    source_of,
)
from booking.services.history.undoing import ask_for_undo
from booking.services.inventory import NothingToTakeBack
from machines.models import ImportDraft
from machines.sheets import SheetUnreadable
from machines.states import FilePurpose
from machines.views.drafts import DraftPage, draft_of
from machines.views.staff import StaffPage
from spaces.intervals import wall_time
from spaces.tables import BYTE_ORDER_MARK, csv_lines, guarded

IMPORTS_SHOWN = 50
SAMPLE = 20
"""How many rows of those that are taken a preview shows."""


class HistoryPage(DraftPage):
    """Upload, look at what becomes of every row, then import."""

    template_name = "booking/history_import.html"
    purpose = FilePurpose.HISTORY
    title = gettext_lazy("Import earlier use")
    refusal = gettext_lazy(
        "Nothing was imported: some rows are rejected. Import the good rows, or say how the others "
        "are to be read."
    )

    def upload_form(self, *bound: Any) -> HistoryUploadForm:
        """One table, or several files of fab-manager."""
        return HistoryUploadForm(*bound, instances=instances_of(self.space))

    def keep(self, form: HistoryUploadForm) -> ImportDraft:
        """Keep them until they are imported."""
        files = [(file.name, file.read()) for file in form.cleaned_data["file"]]
        return keep_upload(
            space=self.space,
            member=self.member,
            files=files,
            instance=form.cleaned_data["instance"],
            now=self.now,
        )

    def beside_upload(self) -> dict[str, Any]:
        """What was brought so far."""
        rows = HistoryImport.objects.filter(space=self.space).select_related("made_by")
        imports = [(each, _taken_back(each.undo_outcome)) for each in rows[:IMPORTS_SHOWN]]
        return {
            "imports": imports,
            "is_waiting": any(each.is_being_undone for each, _told in imports),
        }

    def reading_form(self, draft: ImportDraft, data: Any = None) -> HistoryReadingForm:
        """The columns, and the names that need a machine."""
        source = source_of(draft)
        self.outcome = preview_history(self.space, source, now=self.now)
        places = Places(self.space, source.machines, source.told(), source.unknown)
        return HistoryReadingForm(
            data,
            source=source,
            reading=reading_from(draft.columns),
            places=places,
            names=self._names(source, places),
        )

    def _names(self, source: Source, places: Places) -> list[str]:
        """The names that somebody has mapped or still must, the most frequent first."""
        unmapped = Places(self.space, {}, source.told())
        names = [name for name, _count in self.outcome.preview.names.most_common()]
        return [
            name for name in names if name in source.machines or unmapped.of(name).machine is None
        ]

    def change(self, draft: ImportDraft, form: HistoryReadingForm) -> bool:
        """Keep how it is read, for the next file like it too."""
        return change_reading(draft, form.reading())

    def said(self, counts: dict[str, int]) -> str:
        """In two sentences."""
        return (
            _("Imported: %(new)d new, %(known)d here already, %(left_out)d left out, "
              "%(rejected)d rejected. The figures follow within minutes.") % counts
        )  # fmt: skip

    def after(self, draft: ImportDraft) -> tuple[str, str]:
        """Back to the upload, where it can be taken back."""
        address = reverse("booking:history_import", args=[self.space.slug])
        return address, _("Imported so far")

    def preview(self, draft: ImportDraft, form: HistoryReadingForm) -> dict[str, Any]:
        """How many rows become what, and the first of each."""
        outcome: Outcome = self.outcome
        preview = outcome.preview
        is_undecided = self._is_undecided(form)
        return {
            "outcome": outcome,
            "brings": preview.counts[Fate.NEW] > 0 or outcome.lessons.brings,
            "is_rejected": (is_rejected := is_all_rejected(preview)),
            "is_unread": is_rejected and not is_undecided,
            "row_count": preview.counts.total(),
            "counts": [(WORDS[fate], preview.counts[fate]) for fate in Fate],
            "sections": [
                (TITLES[fate], preview.shown[fate], preview.counts[fate])
                for fate in (Fate.REJECTED, Fate.LEFT_OUT)
                if preview.counts[fate]
            ],
            "sample": preview.shown[Fate.NEW][:SAMPLE],
            "columns": form.column_rows(),
            "besides": [form[name] for name in ("kind", "order") if name in form.fields],
            "machines": form.machine_rows(preview.names),
            "undecided": is_undecided,
        }

    def _is_undecided(self, form: HistoryReadingForm) -> bool:
        """Whether names of a table still need a machine."""
        return (
            any(
                form.source.machines.get(name, "") == MachineChoice.UNDECIDED for name in form.names
            )
            and not form.source.unknown
            and form.source.log is not None
        )


def is_all_rejected(preview: Preview) -> bool:
    """Whether every row is rejected: then the columns are hardly read as they were meant."""
    return preview.counts.total() == preview.counts[Fate.REJECTED] > 0


def _taken_back(outcome: dict[str, Any]) -> list[str]:
    """What became of an import that was to be taken back."""
    told = [_("It could not be taken back.")] if "failed" in outcome else []
    if "gone" in outcome:
        told.append(
            ngettext(
                "Taken back: %(count)d row is gone.",
                "Taken back: %(count)d rows are gone.",
                outcome["gone"],
            )
            % {"count": outcome["gone"]}
        )
    if outcome.get("kept"):
        told.append(
            ngettext(
                "%(count)d stays: somebody has worked with it since.",
                "%(count)d stay: somebody has worked with them since.",
                outcome["kept"],
            )
            % {"count": outcome["kept"]}
        )
    return told


WORDS = {
    Fate.NEW: gettext_lazy("new"),
    Fate.KNOWN: gettext_lazy("here already"),
    Fate.LEFT_OUT: gettext_lazy("left out"),
    Fate.REJECTED: gettext_lazy("rejected"),
}
TITLES = {
    Fate.REJECTED: gettext_lazy("Rejected rows"),
    Fate.LEFT_OUT: gettext_lazy("Rows left out"),
}


class HistoryRows(StaffPage):
    """What becomes of every row of a draft, as a file."""

    http_method_names = ["get"]

    def get(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> StreamingHttpResponse | HttpResponseRedirect:
        """CSV, a line for each row."""
        try:
            source = source_of(draft_of(self, FilePurpose.HISTORY))
        except SheetUnreadable as error:
            messages.error(request, str(error))
            return redirect("booking:history_import", self.space.slug)
        judged = judged_rows(self.space, source, now=self.now)
        response = StreamingHttpResponse(
            self._lines(judged), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = 'attachment; filename="rows.csv"'
        return response

    def _lines(self, judged: Iterator[Judged]) -> Iterator[str]:
        yield BYTE_ORDER_MARK
        header = [_("Line"), _("Verdict"), _("Why"), _("Machine"), _("Kind"), _("Start"), _("End")]
        yield from csv_lines([header])
        try:
            yield from csv_lines(map(self._cells, judged))
        except SheetUnreadable as error:
            yield from csv_lines([[str(error)]])

    def _cells(self, judged: Judged) -> list[object]:
        entry, what = judged.row.entry, []
        if entry is not None:
            span = (wall_time(each, self.space.zone) for each in (entry.span.start, entry.span.end))
            what = [entry.kind.label, *span]
        machine = guarded(judged.row.machine)
        return [judged.row.line, WORDS[judged.fate], judged.reason, machine, *what]


class HistoryUndo(StaffPage):
    """Takes an import back."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Have it taken back; the list says how that went."""
        history = get_object_or_404(HistoryImport, space=self.space, pk=kwargs["pk"])
        try:
            ask_for_undo(history=history, by=self.member, now=self.now)
        except NothingToTakeBack:
            messages.info(request, _("It was taken back already, or is being taken back."))
        address = reverse("booking:history_import", args=[self.space.slug])
        return redirect(f"{address}#imports")
