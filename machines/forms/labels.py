"""Which labels, and on what they are printed."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from machines.labels.formats import FORMATS, NAMES
from machines.models import Machine
from machines.queries.labels import MOST_LABELS
from spaces.models import Space


class LabelsForm(forms.Form):
    """A format, what is left of the first sheet, and the machines."""

    format = forms.ChoiceField(label=_("Labels"), choices=list(NAMES.items()))
    used = forms.IntegerField(
        label=_("Used on the first sheet"),
        min_value=0,
        max_value=max(each.per_sheet for each in FORMATS.values()) - 1,
        initial=0,
        required=False,
        help_text=_("How many labels are gone from it already."),
    )
    machine = forms.ModelMultipleChoiceField(
        label=_("Machines"),
        queryset=Machine.objects.none(),
        error_messages={"required": _("Tick one machine at least.")},
    )

    def __init__(self, data: Any = None, *, space: Space) -> None:
        super().__init__(data)
        self.fields["machine"].queryset = space.machines.all()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A sheet that is used up is none."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return told
        told["used"] = told["used"] or 0
        per_sheet = FORMATS[told["format"]].per_sheet
        if told["used"] >= per_sheet:
            self.add_error("used", gettext("A sheet has %(count)d labels.") % {"count": per_sheet})
        if len(told["machine"]) > MOST_LABELS:
            self.add_error(
                "machine",
                gettext("At most %(count)d labels at a time.") % {"count": MOST_LABELS},
            )
        return told
