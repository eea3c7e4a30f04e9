"""What is said about consumables and suppliers, what is moved, and what is counted."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from machines.forms.quantity import QuantityField, check_whole
from machines.models import Category, Consumable, Supplier
from machines.models.consumable import PRICE_PLACES
from machines.services.stock import Counted
from machines.states import MovementKind
from machines.stock_words import quantity_in_words

SMALLEST = Decimal("0.001")
NOTHING = Decimal(0)


class ConsumableForm(forms.ModelForm):  # type: ignore[type-arg]
    """A consumable of one space; once something was moved its unit stays."""

    price = QuantityField(
        label=_("Price per unit"),
        required=False,
        min_value=NOTHING,
        max_digits=10,
        decimal_places=PRICE_PLACES,
        help_text=_("What makers pay, in the currency of the space; empty where nothing is asked."),
    )
    minimum = QuantityField(
        label=_("Minimum"),
        required=False,
        min_value=NOTHING,
        help_text=_("As soon as no more than this is left, it is shown as low."),
    )
    reorder = QuantityField(label=_("To be ordered at a time"), required=False, min_value=SMALLEST)

    class Meta:
        model = Consumable
        fields = (
            "name",
            "unit",
            "price",
            "categories",
            "minimum",
            "reorder",
            "supplier",
            "article_number",
        )
        widgets = {"categories": forms.CheckboxSelectMultiple}
        help_texts = {
            "categories": _("At check-out it is offered on these machines; on all where none is."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        space = self.instance.space
        supplier, categories = self.fields["supplier"], self.fields["categories"]
        supplier.queryset = Supplier.objects.filter(space=space)  # type: ignore[attr-defined]
        categories.queryset = Category.objects.filter(  # type: ignore[attr-defined]
            machines__space=space
        ).distinct()
        self.fields["unit"].disabled = (
            self.instance.pk is not None and self.instance.movements.exists()
        )

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [
            (str(title), [self[name] for name in names])
            for title, names in (
                (_("What it is"), ("name", "unit", "price", "categories")),
                (_("Ordering"), ("minimum", "reorder", "supplier", "article_number")),
            )
        ]

    def clean_name(self) -> str:
        """Once in a space."""
        name: str = self.cleaned_data["name"]
        same = Consumable.objects.filter(space=self.instance.space, name=name)
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a consumable of this name already."))
        return name

    def clean(self) -> dict[str, Any]:
        """What is counted whole has no half as its minimum."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("minimum", "reorder"):
            try:
                check_whole(told.get(name), told.get("unit", ""))
            except forms.ValidationError as error:
                self.add_error(name, error)
        return told

    def consumable(self) -> Consumable:
        """The item as it was filled in; only on a valid form."""
        item: Consumable = self.save(commit=False)
        return item

    def categories(self) -> Iterable[Category]:
        """On which machines it is used."""
        chosen: Iterable[Category] = self.cleaned_data["categories"]
        return chosen


class MovementForm(forms.Form):
    """Something came in, was taken, or was thrown away."""

    kind = forms.ChoiceField(
        label=_("What happened"),
        choices=[
            (MovementKind.RECEIVED, _("Received")),
            (MovementKind.TAKEN, _("Taken")),
            (MovementKind.DISCARDED, _("Thrown away")),
        ],
        initial=MovementKind.RECEIVED,
        widget=forms.RadioSelect,
    )
    quantity = QuantityField(label=_("Quantity"), min_value=SMALLEST)
    unit_price = QuantityField(
        label=_("Paid per unit"),
        required=False,
        min_value=NOTHING,
        max_digits=10,
        decimal_places=PRICE_PLACES,
        help_text=_("Only for what was received."),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=200)

    def __init__(self, *args: Any, item: Consumable, **options: Any) -> None:
        super().__init__(*args, **options)
        self.item = item
        unit = item.get_unit_display()
        self.fields["quantity"].label = gettext("Quantity (%(unit)s)") % {"unit": unit}

    def clean_quantity(self) -> Decimal:
        """Whole ones, of what is counted whole."""
        quantity: Decimal = self.cleaned_data["quantity"]
        check_whole(quantity, self.item.unit)
        return quantity

    def clean(self) -> dict[str, Any]:
        """What is taken has the price of the house."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if told.get("unit_price") is not None and told.get("kind") != MovementKind.RECEIVED:
            self.add_error("unit_price", gettext("Only what was received was paid for."))
        return told


class CountForm(forms.Form):
    """What was found on the shelves, a field for each item; what is left empty was not counted."""

    def __init__(self, *args: Any, items: Sequence[Consumable], **options: Any) -> None:
        super().__init__(*args, **options)
        self.items = items
        for item in items:
            self.fields[f"found-{item.pk}"] = QuantityField(
                label=gettext("%(name)s (%(unit)s)")
                % {"name": item.name, "unit": item.get_unit_display()},
                help_text=_should_be(item),
                required=False,
                min_value=NOTHING,
            )
            self.fields[f"expected-{item.pk}"] = QuantityField(
                required=False, initial=item.quantity, widget=forms.HiddenInput
            )

    def clean(self) -> dict[str, Any]:
        """Something was counted, and whole ones of what is counted whole."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        for item in self.items:
            try:
                check_whole(told.get(f"found-{item.pk}"), item.unit)
            except forms.ValidationError as error:
                self.add_error(f"found-{item.pk}", error)
        if not self.errors and not self.counted():
            self.add_error(None, gettext("Write down of at least one thing how much there is."))
        return told

    def counted(self) -> list[Counted]:
        """What was found, of what was counted."""
        told = self.cleaned_data
        return [
            Counted(item, told[f"found-{item.pk}"], told.get(f"expected-{item.pk}") or NOTHING)
            for item in self.items
            if told.get(f"found-{item.pk}") is not None
        ]

    def show_as_they_are(self, changed: Iterable[Consumable]) -> None:
        """Say beside each of these that it was moved since, and what there should be now."""
        there_is = {f"expected-{item.pk}": f"{item.quantity}" for item in changed}
        self.data = {name: self.data.get(name) for name in self.data} | there_is
        for item in changed:
            name = f"found-{item.pk}"
            self.fields[name].help_text = _should_be(item)
            self.add_error(name, gettext("Something was moved meanwhile. Look again."))


def _should_be(item: Consumable) -> str:
    told = quantity_in_words(item.quantity, item.unit)
    return gettext("should be %(quantity)s") % {"quantity": told}


class SupplierForm(forms.ModelForm):  # type: ignore[type-arg]
    """A supplier of one space."""

    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")

    class Meta:
        model = Supplier
        fields = ("name", "website", "email", "phone", "customer_number", "note")
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def clean_name(self) -> str:
        """Once in a space."""
        name: str = self.cleaned_data["name"]
        same = Supplier.objects.filter(space=self.instance.space, name=name)
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a supplier of this name already."))
        return name
