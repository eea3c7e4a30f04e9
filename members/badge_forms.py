"""What is filled in about badges and PINs, by members and by staff for them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.states import LONGEST_PIN

# A reader types the number and presses Enter; nobody is to read it over a shoulder.
SECRET = {"autocomplete": "off", "spellcheck": "false"}


class PinField(forms.CharField):
    """A few digits that are not shown."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=LONGEST_PIN,
            widget=forms.PasswordInput(attrs={**SECRET, "inputmode": "numeric"}),
            **options,
        )


class BadgeForm(forms.Form):
    """The number of a badge, and what its holder calls it."""

    read = forms.CharField(
        label=_("Badge"),
        max_length=80,
        help_text=_("Hold the badge to the reader, or type the number that is printed on it."),
        widget=forms.PasswordInput(attrs=SECRET, render_value=True),
    )
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=80,
        help_text=_("Such as “blue key fob”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PinForm(forms.Form):
    """A new PIN."""

    pin = PinField(
        label=_("New PIN"),
        help_text=_("4 to 8 digits; not 1234, and not the same one throughout."),
    )


class EnrolmentForm(BadgeForm):
    """A badge that staff gives to somebody, with a PIN that they type themselves."""

    email = forms.EmailField(
        label=_("E-mail address of the member"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    pin = PinField(
        label=_("New PIN"),
        required=False,
        help_text=_("Let the member type it. Empty: they set it in their profile."),
    )
    field_order = ("email", "read", "name", "pin")
