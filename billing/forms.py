"""Uploading an inventory and saying how it is to be read; agreeing contracts with companies."""

from datetime import time
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.models import Contract, GuaranteedWindow
from machines.forms.times import ENDS, MIDNIGHT, STARTS, DateInput, TimeField, time_of
from machines.models import Machine, Pool
from machines.sheets import Sheet
from machines.sheets.decoding import MAX_BYTES
from machines.vocabulary import MANY, Field
from members.states import Audience

OFFERED = [field for field in Field if field not in {Field.KEY, Field.ORDINAL}]


class UploadForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=_("Inventory file"),
        help_text=_("XLSX, or CSV with any separator and encoding; up to 5 MB."),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,text/*"}),
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


class PricesForm(forms.Form):
    """The hourly price of a machine for each audience."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for audience in Audience:
            self.fields[audience.value] = forms.DecimalField(
                label=audience.label.capitalize(),
                required=False,
                min_value=Decimal(0),
                max_digits=8,
                decimal_places=2,
            )
        self.fields[Audience.MAKER].help_text = gettext(
            "Empty: no price is told. 0: free of charge."
        )
        for audience in (Audience.COMPANY, Audience.STAFF):
            self.fields[audience].help_text = gettext("Empty: like makers.")

    def prices(self) -> dict[Audience, Decimal | None]:
        """The price for each audience; only on a valid form."""
        return {audience: self.cleaned_data[audience] for audience in Audience}


class ContractForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a company agrees with a space; hours are entered as hours and kept in minutes."""

    hours = forms.DecimalField(
        label=_("Hours included"),
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(10_000),
        max_digits=7,
        decimal_places=2,
        help_text=_("Empty: as many as they like. 2.5 means two and a half hours."),
    )
    field_order = ("start_date", "end_date", "hours", "period", "horizon_days", "reference")

    class Meta:
        model = Contract
        fields = ("start_date", "end_date", "period", "horizon_days", "reference")
        widgets = {"start_date": DateInput, "end_date": DateInput}
        labels = {
            "start_date": _("First day"),
            "end_date": _("Last day"),
            "period": _("Included in"),
            "horizon_days": _("Days ahead that they may book"),
            "reference": _("Reference"),
        }
        help_texts = {
            "end_date": _("Included. Empty: until further notice."),
            "horizon_days": _("Empty: as the policy of the machine says."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        minutes = self.instance.included_minutes
        if minutes is not None:
            self.fields["hours"].initial = (Decimal(minutes) / 60).quantize(Decimal("0.01"))

    def clean(self) -> dict[str, Any]:
        """The last day does not come before the first."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = cleaned.get("start_date"), cleaned.get("end_date")
        if start and end and end < start:
            self.add_error("end_date", _("The last day must not come before the first."))
        return cleaned

    def terms(self) -> dict[str, Any]:
        """What was agreed, as the service takes it; only on a valid form."""
        terms = {name: self.cleaned_data[name] for name in self.Meta.fields}
        hours = self.cleaned_data["hours"]
        return terms | {"included_minutes": None if hours is None else round(hours * 60)}

    def show(self, error: ValidationError) -> None:
        """Put the reason why it was not saved beside the field that can mend it."""
        for message in error.messages:
            self.add_error("start_date", message)


class GuaranteedWindowForm(forms.ModelForm):  # type: ignore[type-arg]
    """Hours of the week that a machine, or any unit of a pool, is kept for a company."""

    target = forms.ChoiceField(label=_("Machine"))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    start_time = TimeField(label=_("From"), texts=STARTS)
    end_time = TimeField(label=_("Until"), texts=ENDS)
    field_order = ("target", "weekdays", "start_time", "end_time", "release_days", "end_date")

    class Meta:
        model = GuaranteedWindow
        fields = ("release_days", "end_date")
        widgets = {"end_date": DateInput}
        labels = {"release_days": _("Released days before"), "end_date": _("Last day")}
        help_texts = {
            "release_days": _(
                "What nobody has confirmed by then, at midnight, is free for everybody."
            ),
            "end_date": _("Empty: as long as the contract."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        window: GuaranteedWindow = self.instance
        space = window.contract.space
        machines = Machine.objects.in_service().filter(space=space).order_by("name")
        pools = Pool.objects.filter(space=space).order_by("name")
        self.targets: dict[str, Machine | Pool] = {f"m{each.pk}": each for each in machines}
        self.targets |= {f"p{each.pk}": each for each in pools}
        target, weekdays = self.fields["target"], self.fields["weekdays"]
        target.choices = [  # type: ignore[attr-defined]
            (key, _("Any of %(pool)s") % {"pool": each} if isinstance(each, Pool) else str(each))
            for key, each in self.targets.items()
        ]
        weekdays.choices = list(WEEKDAYS.items())  # type: ignore[attr-defined]
        if window.pk:
            target.initial = f"m{window.machine_id}" if window.machine_id else f"p{window.pool_id}"
            weekdays.initial = window.weekdays or list(WEEKDAYS)
            self.fields["start_time"].initial = f"{window.start_time:%H:%M}"
            self.fields["end_time"].initial = (
                MIDNIGHT if window.end_time == time.min else f"{window.end_time:%H:%M}"
            )

    def window(self) -> GuaranteedWindow:
        """The window as it was filled in; only on a valid form."""
        window: GuaranteedWindow = self.save(commit=False)
        target = self.targets[self.cleaned_data["target"]]
        window.machine = target if isinstance(target, Machine) else None
        window.pool = target if isinstance(target, Pool) else None
        window.weekdays = self.cleaned_data["weekdays"]
        window.start_time = time_of(self.cleaned_data["start_time"])
        window.end_time = time_of(self.cleaned_data["end_time"])
        return window
