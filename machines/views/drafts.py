"""Pages that take a file, show what would become of it, have it imported, and say how it went."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from machines.models import ImportDraft
from machines.services.drafts import ask_for_import, reopen
from machines.sheets import SheetUnreadable
from machines.states import DraftState, FilePurpose
from machines.views.staff import UNPROCESSABLE, StaffPage, number_in

ROWS_SHOWN = 300


class DraftPage(StaffPage):
    """Upload, look at what would happen, then have a worker import it."""

    purpose: ClassVar[FilePurpose]
    title: ClassVar[Any]
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

    def said(self, counts: dict[str, int]) -> str:
        """What became of the rows of a file that was imported."""
        raise NotImplementedError

    def after(self, draft: ImportDraft) -> tuple[str, str]:
        """Where to go on from there: an address, and what to call it."""
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
        if self._is_part or not draft.is_looked_at:
            return self._show_state(draft)
        try:
            return self._preview(draft, self.reading_form(draft))
        except SheetUnreadable as error:
            return self._unreadable(error)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take a file, read it another way, or import it."""
        if "draft" not in request.GET:
            return self._upload(request)
        draft = draft_of(self, self.purpose)
        if not draft.is_looked_at:
            return redirect(request.get_full_path())
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
        if not was_seen:
            reopen(draft)
        if step not in {"import", "good"}:
            return redirect(request.get_full_path())
        if not was_seen:
            messages.warning(
                request, _("The reading has changed. Look at the preview, then import.")
            )
            return redirect(request.get_full_path())
        ask_for_import(
            draft, good_rows_only=step == "good", language=get_language() or "en", now=self.now
        )
        return redirect(request.get_full_path())

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

    @property
    def _is_part(self) -> bool:
        """Whether a script asks how far it is."""
        return self.request.headers.get("HX-Request") == "true"

    def _unreadable(self, error: SheetUnreadable) -> HttpResponse:
        messages.error(self.request, str(error))
        return self._show_upload(self.upload_form(), UNPROCESSABLE)

    def _show_upload(self, form: forms.Form, status: int = 200) -> HttpResponse:
        mine = ImportDraft.objects.filter(
            space=self.space, member=self.member, purpose=self.purpose
        ).exclude(state=DraftState.OPEN)
        return self.show(
            self.request,
            status,
            title=self.title,
            upload=form,
            brought=mine.defer("content").order_by("-asked_at"),
            **self.beside_upload(),
        )

    def _show_state(self, draft: ImportDraft) -> HttpResponse:
        """How far the import is, and how it went; a part of the page where a script asks."""
        context: dict[str, Any] = {
            "draft": draft,
            "refusal": self.refusal,
            "rows_shown": ROWS_SHOWN,
        }
        if draft.is_done:
            address, words = self.after(draft)
            said = self.said(draft.outcome["counts"])
            context |= {"said": said, "after": address, "after_words": words}
        if self._is_part:
            return render(self.request, "machines/_draft_state.html", context)
        return self.show(self.request, title=self.title, **context)

    def _preview(self, draft: ImportDraft, form: forms.Form, status: int = 200) -> HttpResponse:
        return self.show(
            self.request,
            status,
            title=self.title,
            draft=draft,
            refusal=self.refusal,
            form=form,
            rows_shown=ROWS_SHOWN,
            **self.preview(draft, form),
        )


def draft_of(page: StaffPage, purpose: FilePurpose) -> ImportDraft:
    """The draft that the address of `page` names, of who looks at it; raises Http404.

    Without its content, which may be many megabytes: most answers only say how far it is.
    """
    return get_object_or_404(
        ImportDraft.objects.select_related("space").defer("content"),
        pk=number_in(page.request.GET.get("draft", "")),
        space=page.space,
        member=page.member,
        purpose=purpose,
    )
