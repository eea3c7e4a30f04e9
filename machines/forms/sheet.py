"""What staff says of a machine: photos, documents, and the lines of its sheet."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from machines.measuring.reading import line_measured, measurements_of
from machines.measuring.telling import measurements_told
from machines.models import Document, Machine, Photo
from machines.services.documents import Content, Paper
from machines.services.specs import Line
from spaces.uploads import DocumentField, PictureField

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
BLANK_LINES = 3
"""Empty lines at the end of a sheet, to be filled in."""


class AltForm(forms.Form):
    """What a photo shows, in each language."""

    def __init__(self, *args: Any, photo: Photo | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        if photo is not None:
            self.initial = {name: getattr(photo, name) for name in map(_alt, LANGUAGES)}
        for code in LANGUAGES:
            self.fields[_alt(code)] = forms.CharField(
                label=get_language_info(code)["name_local"].capitalize(),
                required=False,
                max_length=200,
            )

    def clean(self) -> dict[str, Any]:
        """One language at least: who cannot see it is told something."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if not any(self.alts().values()) and not self.errors:
            self.add_error(
                _alt(LANGUAGES[0]),
                gettext("Say what the photo shows, in one language at least."),
            )
        return told

    def alts(self) -> Mapping[str, str]:
        """What it shows, by language."""
        return {code: self.cleaned_data.get(_alt(code), "") for code in LANGUAGES}


class PhotoForm(AltForm):
    """A new photo."""

    picture = PictureField(
        label=_("Photo"),
        help_text=_("JPEG, PNG, WebP or AVIF, up to 15 MB. Where it was taken is not kept."),
    )


class DocumentForm(forms.Form):
    """A document: a file or a link, and what it is. What is there already may stay."""

    title = forms.CharField(label=_("Title"), max_length=120)
    file = DocumentField(
        label=_("File"),
        required=False,
        help_text=_("PDF, text, SVG or a picture, up to 25 MB. Or else a link."),
    )
    url = forms.URLField(label=_("Link"), required=False, max_length=200, assume_scheme="https")
    language = forms.ChoiceField(label=_("Language"), required=False)
    version = forms.CharField(label=_("Version"), required=False, max_length=20)
    licence = forms.CharField(
        label=_("Licence"),
        max_length=60,
        help_text=_("Such as CC BY-SA 4.0, or “all rights reserved”."),
    )
    is_restricted = forms.BooleanField(
        label=_("Only for certified members"),
        required=False,
        help_text=_("Whoever lacks a skill that the machine asks for does not see it."),
    )

    def __init__(self, *args: Any, document: Document | None = None, **options: Any) -> None:
        self.document = document
        names = ("title", "url", "language", "version", "licence", "is_restricted")
        super().__init__(*args, **options)
        if document is not None:
            self.initial = {name: getattr(document, name) for name in names}
        languages = [(code, get_language_info(code)["name_local"]) for code in LANGUAGES]
        self.fields["language"].choices = [("", _("none or several")), *languages]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A file or a link, not both."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return told
        has_new_link = bool(told["url"]) and told["url"] != self.initial.get("url")
        if told["file"] and has_new_link:
            self.add_error("url", gettext("Give a file or a link, not both."))
        if not told["file"] and not told["url"] and not (self.document and self.document.file):
            self.add_error("file", gettext("Choose a file, or give a link."))
        return told

    def paper(self) -> Paper:
        """What is said of it."""
        names = ("title", "language", "version", "licence", "is_restricted")
        return Paper(**{name: self.cleaned_data[name] for name in names})

    def content(self) -> Content | None:
        """What is new in it; None: what is there stays."""
        file, url = self.cleaned_data["file"], self.cleaned_data["url"]
        if file:
            return Content(file=file)
        if url and (self.document is None or url != self.document.url):
            return Content(url=url)
        return None


class LineForm(forms.Form):
    """One line of a sheet; one without a value is left out."""

    name = forms.CharField(label=_("Name"), required=False, max_length=80)
    value = forms.CharField(label=_("Value"), required=False, max_length=200)
    unit = forms.CharField(label=_("Unit"), required=False, max_length=20)

    def clean(self) -> dict[str, Any]:
        """A name and a value, or nothing."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if told.get("value") and not told.get("name"):
            self.add_error("name", gettext("What is it?"))
        return told

    @property
    def understood(self) -> list[str]:
        """What the line comes to in numbers."""
        name, value, unit = (str(self[field].value() or "") for field in ("name", "value", "unit"))
        return measurements_told(line_measured(name, f"{value} {unit}"))


LinesFormSet = forms.formset_factory(LineForm, extra=BLANK_LINES, max_num=100)


class SpecsForm(forms.Form):
    """The work area and the materials, with the lines of the sheet below."""

    work_area = forms.CharField(
        label=_("Work area"),
        required=False,
        max_length=120,
        help_text=_("Such as 600 × 400 mm."),
    )
    materials = forms.CharField(
        label=_("Materials"),
        required=False,
        max_length=200,
        help_text=_("Such as acrylic up to 10 mm, plywood up to 6 mm."),
    )

    def __init__(self, data: Any = None, *, machine: Machine) -> None:
        kept = {"work_area": machine.work_area, "materials": machine.materials}
        super().__init__(data, initial=kept)
        names = ("name", "value", "unit")
        lines = [{name: getattr(spec, name) for name in names} for spec in machine.specs.all()]
        self.lines = LinesFormSet(data, initial=lines, prefix="lines")

    def is_valid(self) -> bool:
        """Whether the form and each of its lines is in order."""
        return self.lines.is_valid() and super().is_valid()

    def told(self) -> list[Line]:
        """The lines that say something."""
        typed = (form.cleaned_data for form in self.lines)
        return [
            Line(each["name"], each["value"], each["unit"]) for each in typed if each.get("value")
        ]

    @property
    def understood(self) -> list[str]:
        """What work area and materials come to in numbers."""
        area, materials = (str(self[name].value() or "") for name in ("work_area", "materials"))
        return measurements_told(measurements_of(work_area=area, materials=materials, lines=()))


def _alt(code: str) -> str:
    return f"alt_{code}"
