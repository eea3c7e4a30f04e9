"""What people took from the stock while they used a machine, asked when they leave it."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from machines.forms.quantity import QuantityField, check_whole
from machines.models import Machine
from machines.queries.stock import offered_at
from machines.services.stock import Taken
from machines.stock_words import unit_price_in_words

SMALLEST = Decimal("0.001")


class TakenForm(forms.Form):
    """A field for each thing that is offered at the machine, with its price; all may stay empty."""

    prefix = "taken"

    def __init__(self, *args: Any, machine: Machine, **options: Any) -> None:
        super().__init__(*args, **options)
        self.items = {f"item-{item.pk}": item for item in offered_at(machine)}
        for name, item in self.items.items():
            asked = item.price is not None and unit_price_in_words(
                item.price, machine.space.currency, item.unit
            )
            self.fields[name] = QuantityField(
                label=_("%(name)s, in %(unit)s")
                % {"name": item.name, "unit": item.get_unit_display()},
                required=False,
                min_value=SMALLEST,
                help_text=asked or "",
            )

    def clean(self) -> dict[str, Any]:
        """There is no half of what is counted whole."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        for name, item in self.items.items():
            try:
                check_whole(told.get(name), item.unit)
            except forms.ValidationError as error:
                self.add_error(name, error)
        return told

    def taken(self) -> list[Taken]:
        """What was taken; only on a valid form."""
        told = self.cleaned_data
        return [Taken(item, told[name]) for name, item in self.items.items() if told.get(name)]
