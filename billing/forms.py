"""Uploading an inventory and saying how it is to be read."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from machines.sheets import Sheet
from machines.sheets.decoding import MAX_BYTES
from machines.vocabulary import MANY, Field

OFFERED = [field for field in Field if field not in {Field.KEY, Field.ORDINAL}]


class UploadForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=_("Inventory file"),
        help_text=_("CSV with any separator and encoding, up to 5 MB and 5,000 rows."),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,text/*"}),
    )

    def clean_file(self) -> Any:
        """Refuse before reading what is too big."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(size)d MB."),
                params={"size": MAX_BYTES // 1_000_000},
            )
        return file


class ReadingForm(forms.Form):
    """What each column means, and which rows are machines whatever they look like."""

    keep = forms.TypedMultipleChoiceField(
        coerce=int, required=False, widget=forms.MultipleHiddenInput
    )

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        lines = [row.line for row in sheet.rows]
        self.fields["keep"].choices = [(line, line) for line in lines]  # type: ignore[attr-defined]
        for at, header in enumerate(sheet.headers):
            field = sheet.columns.get(header)
            choices = [("", _("do not read")), *((each.value, each.label) for each in OFFERED)]
            if field and field not in OFFERED:
                choices.append((field.value, field.label))
            self.fields[f"column-{at}"] = forms.ChoiceField(
                label=header, choices=choices, required=False, initial=field or ""
            )

    def clean(self) -> dict[str, Any]:
        """One column for each field, except for those that several may fill."""
        seen: dict[str, str] = {}
        for name, field in self.columns().items():
            if field in seen and field not in MANY:
                at = f"column-{self.sheet.headers.index(name)}"
                self.add_error(
                    at,
                    _("“%(other)s” is read as this already.") % {"other": seen[field]},
                )
            seen[field] = name
        return self.cleaned_data

    def columns(self) -> dict[str, str]:
        """Header to field, as chosen."""
        chosen = {
            header: self.cleaned_data.get(f"column-{at}", "")
            for at, header in enumerate(self.sheet.headers)
        }
        return {header: field for header, field in chosen.items() if field}

    def selects(self) -> list[forms.BoundField]:
        """The columns, for the page."""
        return [self[f"column-{at}"] for at in range(len(self.sheet.headers))]
