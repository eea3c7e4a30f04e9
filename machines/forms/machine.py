"""A machine as staff fill it in."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from machines.forms.times import DateInput
from machines.queries.inventory import MachineSheet
from machines.queries.machine_choices import category_choices, skill_choices
from machines.queries.owners import choices_of_owners
from spaces.models import Space

FACTS = ("name", "category", "room", "make", "model", "materials", "work_area", "description")
SHOWN = ("is_listed", "loaded", "skills")
PAPERS = (
    "inventory_number", "serial_number", "purchase_date", "purchase_price", "residual_value",
    "useful_life", "funder", "owner", "others_ahead_days",
)  # fmt: skip
MOST = 10**10


class PriorityField(forms.IntegerField):
    """How many days ahead others than the owner may reserve."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("Others may reserve so many days ahead"),
            required=False,
            min_value=0,
            max_value=1000,
            help_text=_(
                "Whoever owns the machine comes first: they may reserve further ahead, as the "
                "rules say. Empty: all alike."
            ),
            **options,
        )


class LoadedForm(forms.Form):
    """What is loaded now."""

    loaded = forms.CharField(
        label=_("Loaded now"),
        max_length=120,
        required=False,
        help_text=_("Such as PETG, 0.4 mm. Empty: nothing, or it does not matter."),
    )


class PriorityForm(forms.Form):
    """Who comes first on a machine that somebody owns."""

    others_ahead_days = PriorityField()


class MachineForm(LoadedForm):
    """All that a sheet says of a machine but its lists and prices."""

    name = forms.CharField(label=_("Name"), max_length=130)
    category = forms.ChoiceField(label=_("Category"))
    room = forms.CharField(
        label=_("Room"),
        max_length=80,
        required=False,
        help_text=_("One of those that are there, or a new one."),
        widget=forms.TextInput(attrs={"list": "rooms"}),
    )
    make = forms.CharField(label=_("Make"), max_length=80, required=False)
    model = forms.CharField(label=_("Model"), max_length=80, required=False)
    description = forms.CharField(
        label=_("Description"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    materials = forms.CharField(label=_("Materials"), max_length=200, required=False)
    work_area = forms.CharField(label=_("Work area"), max_length=120, required=False)
    is_listed = forms.BooleanField(label=_("Shown in the catalogue"), required=False)
    skills = forms.MultipleChoiceField(
        label=_("Skills needed"), required=False, widget=forms.CheckboxSelectMultiple
    )
    inventory_number = forms.CharField(label=_("Inventory number"), max_length=80, required=False)
    serial_number = forms.CharField(label=_("Serial number"), max_length=80, required=False)
    purchase_date = forms.DateField(label=_("Purchase date"), required=False, widget=DateInput)
    purchase_price = forms.DecimalField(
        label=_("Purchase price"), required=False, min_value=0, max_value=MOST, decimal_places=2
    )
    residual_value = forms.DecimalField(
        label=_("Residual value"),
        required=False,
        min_value=0,
        max_value=MOST,
        decimal_places=2,
        help_text=_("What will be left of the price at the end."),
    )
    useful_life = forms.IntegerField(
        label=_("Useful life in years"),
        required=False,
        min_value=1,
        max_value=100,
        help_text=_("The price is written off in equal parts, month by month."),
    )
    funder = forms.CharField(label=_("Funder"), max_length=120, required=False)
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    others_ahead_days = PriorityField()

    def __init__(self, *args: Any, space: Space, **options: Any) -> None:
        super().__init__(*args, **options)
        self.rooms = [room.name for room in space.rooms.all()]
        offered = {
            "category": category_choices(),
            "skills": skill_choices(),
            "owner": [("", space.name), *choices_of_owners(space)],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        if not offered["skills"]:
            del self.fields["skills"]

    @classmethod
    def initial_of(cls, sheet: MachineSheet) -> dict[str, Any]:
        """What a form shows of `sheet`."""
        told = {name: getattr(sheet, name) for name in (*FACTS, *SHOWN, *PAPERS)}
        return told | {"skills": sorted(sheet.skills)}

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings."""
        titles = (
            (_("What it is"), FACTS),
            (_("What people see and need"), SHOWN),
            (_("Papers and money"), PAPERS),
        )
        return [
            (str(title), [self[name] for name in names if name in self.fields])
            for title, names in titles
        ]

    def clean(self) -> dict[str, Any]:
        """A value that is left is no more than was paid; a priority needs somebody who has it."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        price, left = told.get("purchase_price"), told.get("residual_value")
        if left is not None and (price is None or left > price):
            self.add_error("residual_value", _("No more can be left than the purchase price."))
        if told.get("others_ahead_days") is not None and not told.get("owner"):
            self.add_error("others_ahead_days", _("Say first who owns the machine."))
        return told

    def sheet(self, before: MachineSheet | None = None) -> MachineSheet:
        """The sheet as it was filled in; only on a valid form."""
        told: dict[str, Any] = {
            name: self.cleaned_data.get(name) for name in (*FACTS, *SHOWN, *PAPERS)
        }
        told["skills"] = frozenset(told["skills"] or ())
        told["name"] = " ".join(told["name"].split())
        told["description"] = "\n".join(told["description"].strip().splitlines())
        start = before or MachineSheet(name=told["name"], category=told["category"])
        return replace(start, **told)
