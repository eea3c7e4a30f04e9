"""What is broken."""

from django import forms
from django.utils.translation import gettext_lazy as _


class FaultForm(forms.Form):
    """A report of a fault."""

    summary = forms.CharField(
        label=_("What is wrong?"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
    stops_machine = forms.BooleanField(
        label=_("The machine cannot be used"),
        required=False,
        initial=True,
        help_text=_("It is shown as out of service and cannot be reserved."),
    )
