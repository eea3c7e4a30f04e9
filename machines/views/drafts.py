"""Pages that take a file, show what would become of it, and import it when that was seen."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from machines.models import ImportDraft
from machines.sheets import SheetUnreadable
from machines.states import FilePurpose
from machines.views.staff import UNPROCESSABLE, StaffPage, number_in

ROWS_SHOWN = 300


class DraftPage(StaffPage):
    """Upload, look at what would happen, then import."""

    purpose: ClassVar[FilePurpose]
    refusal: ClassVar[Any]
    """What is said where rejected rows keep the others back."""

    def upload_form(self, *bound: Any) -> forms.Form:
        """The form for the file."""
        raise NotImplementedError

    def keep(self, form: Any) -> ImportDraft:
        """Keep what was uploaded; raises SheetUnreadable."""
        raise NotImplementedError

    def reading_form(self, draft: ImportDraft, data: Any = None) -> forms.Form:
        """The form that says how it is read; raises SheetUnreadable."""
        raise NotImplementedError

    def change(self, draft: ImportDraft, form: Any) -> bool:
        """Read it as the form says from now on; False where that is another way."""
        raise NotImplementedError

    def bring(self, draft: ImportDraft, *, good_rows_only: bool) -> HttpResponse | None:
        """Import it, and say so; None where nothing was written."""
        raise NotImplementedError

    def preview(self, draft: ImportDraft, form: Any) -> dict[str, Any]:
        """The context that shows what would become of it."""
        raise NotImplementedError

    def beside_upload(self) -> dict[str, Any]:
        """What stands beside the upload."""
        return {}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The upload, or the preview of a draft."""
        if "draft" not in request.GET:
            return self._show_upload(self.upload_form())
        draft = draft_of(self, self.purpose)
        try:
            return self._preview(draft, self.reading_form(draft))
        except SheetUnreadable as error:
            return self._unreadable(error)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take a file, read it another way, or import it."""
        if "draft" not in request.GET:
            return self._upload(request)
        draft = draft_of(self, self.purpose)
        try:
            return self._go_on(request, draft)
        except SheetUnreadable as error:
            return self._unreadable(error)

    def _go_on(self, request: HttpRequest, draft: ImportDraft) -> HttpResponse:
        form = self.reading_form(draft, request.POST)
        if not form.is_valid():
            return self._preview(draft, form, UNPROCESSABLE)
        was_seen = self.change(draft, form)
        step = request.POST.get("step")
        if step not in {"import", "good"}:
            return redirect(request.get_full_path())
        if not was_seen:
            messages.warning(
                request, _("The reading has changed. Look at the preview, then import.")
            )
            return redirect(request.get_full_path())
        done = self.bring(draft, good_rows_only=step == "good")
        if done is not None:
            return done
        messages.error(request, str(self.refusal))
        return self._preview(draft, self.reading_form(draft), UNPROCESSABLE)

    def _upload(self, request: HttpRequest) -> HttpResponse:
        form = self.upload_form(request.POST, request.FILES)
        if not form.is_valid():
            return self._show_upload(form, UNPROCESSABLE)
        try:
            draft = self.keep(form)
        except SheetUnreadable as error:
            form.add_error("file", str(error))
            return self._show_upload(form, UNPROCESSABLE)
        return redirect(f"{request.path}?draft={draft.pk}")

    def _unreadable(self, error: SheetUnreadable) -> HttpResponse:
        messages.error(self.request, str(error))
        return self._show_upload(self.upload_form(), UNPROCESSABLE)

    def _show_upload(self, form: forms.Form, status: int = 200) -> HttpResponse:
        return self.show(self.request, status, upload=form, **self.beside_upload())

    def _preview(self, draft: ImportDraft, form: forms.Form, status: int = 200) -> HttpResponse:
        return self.show(
            self.request,
            status,
            draft=draft,
            form=form,
            rows_shown=ROWS_SHOWN,
            **self.preview(draft, form),
        )


class DraftProgress(StaffPage):
    """How far the import of a draft is, for the page that waits for it."""

    http_method_names = ["get"]
    purpose = FilePurpose.INVENTORY

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """How many of how many are written; the draft is gone once all are."""
        found = drafts_named(self, self.purpose).values("done", "total").first()
        return JsonResponse(found or {"is_over": True})


def draft_of(page: StaffPage, purpose: FilePurpose) -> ImportDraft:
    """The draft that the address of `page` names, of who looks at it; raises Http404."""
    return get_object_or_404(drafts_named(page, purpose).select_related("space"))


def drafts_named(page: StaffPage, purpose: FilePurpose) -> QuerySet[ImportDraft]:
    """That draft, if there is one."""
    return ImportDraft.objects.filter(
        pk=number_in(page.request.GET.get("draft", "")),
        space=page.space,
        member=page.member,
        purpose=purpose,
    )
