"""Quantities and prices as people type them: 1’250, 0,5."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from machines.states import COUNTED_WHOLE

GAPS = str.maketrans("", "", "'’  \u00a0\u202f")


class QuantityField(forms.DecimalField):
    """A number: a comma is a point where people write it so, and thousands may stand apart."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_digits", 12)
        options.setdefault("decimal_places", 3)
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(**{"widget": widget} | options)

    def to_python(self, value: Any) -> Any:
        """The number; raises ValidationError where it is none."""
        if isinstance(value, str):
            value = value.translate(GAPS)
            is_english = (get_language() or "en").startswith("en")
            value = value.replace(",", "" if is_english else ".")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """What stands in the field, without needless zeros."""
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def check_whole(quantity: Decimal | None, unit: str) -> None:
    """Raise ValidationError for a part of what is counted whole."""
    if quantity is not None and unit in COUNTED_WHOLE and quantity % 1:
        raise forms.ValidationError(_("There are only whole ones."), code="not_whole")
