"""What people fill in at a tablet, and what its page sends while it has a script to do so."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from ninja import Schema
from pydantic import Field

from booking.states import KioskAct
from machines.models import Machine
from members.badge_forms import SECRET, PinField

MOST_AT_ONCE = 100
LONGEST_SEAL = 20_000


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


class SentEntry(Schema):
    """One thing that was done at a tablet; `sealed` is who, with what PIN, and what they said."""

    key: str = Field(pattern=r"^[0-9a-fA-F-]{36}$")
    act: KioskAct
    machine: int
    at: int = Field(description="milliseconds since 1970 on the clock of the tablet")
    awaited: bool = False
    sealed: str = Field(max_length=LONGEST_SEAL)


class Sent(Schema):
    """What a tablet kept, and what its clock says now."""

    sent_at: int
    entries: list[SentEntry] = Field(max_length=MOST_AT_ONCE)
