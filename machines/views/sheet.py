"""The staff page of what comes with a machine: photos, documents, specifications."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from machines.forms.sheet import AltForm, DocumentForm, PhotoForm, SpecsForm
from machines.models import Document
from machines.queries.media import history_of, photos_of, taken_away
from machines.services.documents import (
    DocumentEnded,
    add_document,
    change_document,
    end_document,
    replace_document,
)
from machines.services.photos import (
    PhotosFull,
    add_photo,
    describe_photo,
    move_photo,
    remove_photo,
    written_down,
)
from machines.services.specs import save_specs
from machines.views.staff import UNPROCESSABLE, StaffPage


class SheetPage(StaffPage):
    """Everything that the page of a machine shows beside its calendar."""

    template_name = "machines/sheet.html"

    def get(self, request: HttpRequest, space: str, slug: str) -> HttpResponse:
        """The sheet as it is."""
        return self._page(request)

    def post(self, request: HttpRequest, space: str, slug: str) -> HttpResponse:
        """Change one of its three parts."""
        change = {"photo": self._add_photo, "document": self._add_document, "specs": self._specs}
        chosen = change.get(request.POST.get("part", ""))
        return chosen(request) if chosen else self._page(request, UNPROCESSABLE)

    def _add_photo(self, request: HttpRequest) -> HttpResponse:
        form = PhotoForm(request.POST, request.FILES, prefix="photo")
        if not form.is_valid():
            return self._page(request, UNPROCESSABLE, photo_form=form)
        try:
            with written_down(self.the_machine, by=self.member, now=self.now):
                add_photo(
                    machine=self.the_machine, picture=form.cleaned_data["picture"], alts=form.alts()
                )
        except PhotosFull as error:
            form.add_error("picture", str(error))
            return self._page(request, UNPROCESSABLE, photo_form=form)
        messages.success(request, _("The photo is there."))
        return self._back("photos")

    def _add_document(self, request: HttpRequest) -> HttpResponse:
        form = DocumentForm(request.POST, request.FILES, prefix="document")
        content = form.content() if form.is_valid() else None
        if content is None:
            return self._page(request, UNPROCESSABLE, document_form=form)
        add_document(
            machine=self.the_machine,
            paper=form.paper(),
            content=content,
            by=self.member,
            now=self.now,
        )
        messages.success(request, _("The document is there."))
        return self._back("documents")

    def _specs(self, request: HttpRequest) -> HttpResponse:
        form = SpecsForm(request.POST, machine=self.the_machine)
        if not form.is_valid():
            return self._page(request, UNPROCESSABLE, specs_form=form)
        save_specs(
            machine=self.the_machine,
            work_area=form.cleaned_data["work_area"],
            materials=form.cleaned_data["materials"],
            lines=form.told(),
            by=self.member,
            now=self.now,
        )
        messages.success(request, _("The specifications are saved."))
        return self._back("specs")

    def _back(self, part: str) -> HttpResponse:
        return redirect(f"{self.request.path}#{part}")

    def _page(self, request: HttpRequest, status: int = 200, **forms: Any) -> HttpResponse:
        machine = self.the_machine
        context = {
            "photos": [(photo, AltForm(photo=photo)) for photo in photos_of(machine)],
            "documents": machine.documents.current(),
            "taken_away": taken_away(machine),
            "photo_form": PhotoForm(prefix="photo"),
            "document_form": DocumentForm(prefix="document"),
            "specs_form": SpecsForm(machine=machine),
        }
        return self.show(request, status, **context | forms)


class PhotoPage(StaffPage):
    """One photo: what it shows, its place, and out with it."""

    template_name = "machines/photo.html"

    def get(self, request: HttpRequest, space: str, slug: str, pk: int) -> HttpResponse:
        """The photo with its words."""
        photo = get_object_or_404(photos_of(self.the_machine), pk=pk)
        return self.show(request, photo=photo, form=AltForm(photo=photo))

    def post(self, request: HttpRequest, space: str, slug: str, pk: int) -> HttpResponse:
        """Say what it shows, move it or take it away."""
        photo = get_object_or_404(photos_of(self.the_machine), pk=pk)
        step = request.POST.get("step")
        history = written_down(self.the_machine, by=self.member, now=self.now)
        if step == "remove":
            with history:
                remove_photo(photo=photo)
            messages.success(request, _("The photo is gone."))
        elif step in {"earlier", "later"}:
            with history:
                move_photo(photo=photo, to_front=step == "earlier")
        else:
            form = AltForm(request.POST, photo=photo)
            if not form.is_valid():
                return self.show(request, UNPROCESSABLE, photo=photo, form=form)
            with history:
                describe_photo(photo=photo, alts=form.alts())
            messages.success(request, _("The words are saved."))
        address = redirect("machines:sheet", self.space.slug, self.the_machine.slug)
        address["Location"] += "#photos"
        return address


class DocumentPage(StaffPage):
    """One document: what it is, a new version of it, and those before."""

    template_name = "machines/document.html"

    def get(self, request: HttpRequest, space: str, slug: str, pk: int) -> HttpResponse:
        """The document with its history."""
        document = self._document(pk)
        return self._page(request, document, DocumentForm(document=document))

    def post(self, request: HttpRequest, space: str, slug: str, pk: int) -> HttpResponse:
        """Save what was typed, as a new version where the content is new; or take it away."""
        document = self._document(pk)
        try:
            if request.POST.get("step") == "remove":
                end_document(document=document, now=self.now)
                messages.success(request, _("The document is taken away; its history stays."))
                return redirect("machines:sheet", self.space.slug, self.the_machine.slug)
            form = DocumentForm(request.POST, request.FILES, document=document)
            if not form.is_valid():
                return self._page(request, document, form, UNPROCESSABLE)
            kept = self._save(document, form)
        except DocumentEnded:
            messages.error(request, _("This version was replaced or taken away in the meantime."))
            return redirect("machines:sheet", self.space.slug, self.the_machine.slug)
        messages.success(request, _("The document is saved."))
        return redirect("machines:document_edit", self.space.slug, self.the_machine.slug, kept.pk)

    def _save(self, document: Document, form: DocumentForm) -> Document:
        content = form.content()
        if content is None:
            return change_document(document=document, paper=form.paper())
        return replace_document(
            document=document, paper=form.paper(), content=content, by=self.member, now=self.now
        )

    def _document(self, pk: int) -> Document:
        rows = self.the_machine.documents.select_related("machine", "replaced_by")
        return get_object_or_404(rows, pk=pk)

    def _page(
        self, request: HttpRequest, document: Document, form: DocumentForm, status: int = 200
    ) -> HttpResponse:
        return self.show(
            request, status, document=document, form=form, history=history_of(document)
        )
