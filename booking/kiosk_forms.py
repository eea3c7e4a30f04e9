"""What people fill in at a tablet."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from booking.states import KioskAct
from machines.models import Machine
from members.badge_forms import SECRET, PinField


class PairingForm(forms.Form):
    """The code that staff reads out."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class KioskForm(forms.Form):
    """Which machine, who, and what."""

    machine = forms.ModelChoiceField(
        label=_("Machine"), queryset=Machine.objects.none(), widget=forms.RadioSelect
    )
    badge = forms.CharField(
        label=_("Badge"), required=False, max_length=80, widget=forms.PasswordInput(attrs=SECRET)
    )
    pin = PinField(label=_("PIN"), required=False)
    act = forms.ChoiceField(choices=KioskAct.choices)
    key = forms.UUIDField(widget=forms.HiddenInput)
    known = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)

    def __init__(self, *args: Any, machines: Sequence[Machine], **options: Any) -> None:
        super().__init__(*args, **options)
        rows = Machine.objects.filter(pk__in=[machine.pk for machine in machines])
        self.fields["machine"].queryset = rows  # type: ignore[attr-defined]
