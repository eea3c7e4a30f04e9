"""What is broken, in the words of whoever sees it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from machines.states import Found
from spaces.uploads import PictureField


class FaultForm(forms.Form):
    """A report of a fault by the staff."""

    summary = forms.CharField(
        label=_("What is wrong?"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
    stops_machine = forms.BooleanField(
        label=_("The machine cannot be used"),
        required=False,
        initial=True,
        help_text=_("It is shown as out of service and cannot be reserved."),
    )


class ReportForm(forms.Form):
    """A report by whoever stands at the machine; nobody is asked whose fault it is."""

    found = forms.ChoiceField(
        label=_("What happened?"),
        choices=Found.choices,
        widget=forms.RadioSelect,
    )
    summary = forms.CharField(
        label=_("In your words"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What you see, hear or smell, and what no longer works. A sentence will do."),
    )
    photo = PictureField(
        label=_("Photo"),
        required=False,
        help_text=_("The staff sees it, and nobody else."),
    )
    is_hazard = forms.BooleanField(
        label=_("Somebody could get hurt"),
        required=False,
        help_text=_("The machine stops at once, and the staff is told."),
    )

    @property
    def photos(self) -> list[Any]:
        """What was photographed; only on a valid form."""
        photo = self.cleaned_data["photo"]
        return [photo] if photo else []
