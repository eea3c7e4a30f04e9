"""Calendars from elsewhere: where they are, and what their events are taken for."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from machines.external.fetching import MOST_BYTES
from machines.forms.previewed import PreviewedForm
from machines.models import Settings
from machines.states import Meaning, Trouble
from spaces.fetching import AddressRefused, checked

LONGEST_NAME = 80
SUBSCRIBED = {"webcal": "https", "webcals": "https"}
"""What calendar programs write instead, so that they are opened and not a browser."""


def meaning_field() -> forms.TypedChoiceField:
    """What the events are taken for."""
    return forms.TypedChoiceField(
        label=_("Its events are"),
        choices=Meaning.choices,
        coerce=Meaning,
        initial=Meaning.CLOSURE,
        widget=forms.RadioSelect,
    )


def takes_free_field() -> forms.BooleanField:
    """Whether events close something that the calendar says keep nobody busy."""
    return forms.BooleanField(
        label=_("Also take events that are marked as free"),
        help_text=_("Calendars of school holidays often mark them so."),
        required=False,
    )


class NewCalendarForm(forms.Form):
    """A calendar by its address, or as a file."""

    url = forms.CharField(
        label=_("Address of the calendar"),
        help_text=_("It often ends in .ics, or begins with webcal://."),
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    file = forms.FileField(
        label=_("or a file"),
        help_text=_("A file stays as it is; an address is read again every hour."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}),
    )
    name = forms.CharField(
        label=_("Name"),
        help_text=_("Empty: what the calendar calls itself."),
        required=False,
        max_length=LONGEST_NAME,
    )
    meaning = meaning_field()
    takes_free = takes_free_field()

    def clean_url(self) -> str:
        """The address as it is called; what can be known without calling is said at once."""
        typed: str = self.cleaned_data["url"].strip()
        if not typed:
            return ""
        scheme, mark, rest = typed.partition("://")
        url = f"{SUBSCRIBED.get(scheme.lower(), scheme)}://{rest}" if mark else f"https://{typed}"
        try:
            checked(url)
        except AddressRefused as error:
            raise ValidationError(Trouble.ADDRESS.label) from error
        return url

    def clean_file(self) -> "UploadedFile[bytes] | None":
        """A file that is not too large to be looked at."""
        file: UploadedFile[bytes] | None = self.cleaned_data["file"]
        if file is not None and (file.size or 0) > MOST_BYTES:
            raise ValidationError(Trouble.TOO_LARGE.label)
        return file

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        if not cleaned["url"] and not cleaned["file"]:
            raise ValidationError({"url": _("Enter an address, or choose a file.")})
        if cleaned["url"] and cleaned["file"]:
            raise ValidationError({"url": _("Either an address or a file, not both.")})
        return cleaned

    def settings(self) -> Settings:
        """What was said of it."""
        return settings_in(self.cleaned_data)

    def source(self) -> dict[str, Any]:
        """Where it comes from, as the service takes it."""
        file: UploadedFile[bytes] | None = self.cleaned_data["file"]
        if file is None:
            return {"url": self.cleaned_data["url"]}
        return {"filename": file.name, "content": file.read()}


class CalendarForm(PreviewedForm):
    """What is said of a calendar that has been got."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    meaning = meaning_field()
    takes_free = takes_free_field()

    def settings(self) -> Settings:
        """What was said of it."""
        return settings_in(self.cleaned_data)


def settings_in(cleaned: dict[str, Any]) -> Settings:
    """What a valid form says."""
    return Settings(**{name: cleaned[name] for name in ("name", "meaning", "takes_free")})
