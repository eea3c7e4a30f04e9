"""What was changed of a machine, as a person would say it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from machines.models import Category
from machines.queries.changes import PHOTOS, RETIRED
from machines.queries.owners import choices_of_owners, key_of_owner
from members.states import Audience
from spaces.models import Space

LABELS: dict[str, Promise] = {
    "name": gettext_lazy("Name"),
    "category": gettext_lazy("Category"),
    "make": gettext_lazy("Make"),
    "model": gettext_lazy("Model"),
    "room": gettext_lazy("Room"),
    "pool": gettext_lazy("Pool"),
    "inventory_number": gettext_lazy("Inventory number"),
    "serial_number": gettext_lazy("Serial number"),
    "description": gettext_lazy("Description"),
    "materials": gettext_lazy("Materials"),
    "work_area": gettext_lazy("Work area"),
    "is_listed": gettext_lazy("Shown in the catalogue"),
    "skills": gettext_lazy("Skills needed"),
    "loaded": gettext_lazy("Loaded now"),
    "purchase_date": gettext_lazy("Purchase date"),
    "purchase_price": gettext_lazy("Purchase price"),
    "residual_value": gettext_lazy("Residual value"),
    "useful_life": gettext_lazy("Useful life in years"),
    "funder": gettext_lazy("Funder"),
    "owner": gettext_lazy("Owner"),
    "others_ahead_days": gettext_lazy("Others may reserve so many days ahead"),
    "details": gettext_lazy("Specifications"),
    "prices": gettext_lazy("Prices"),
    PHOTOS: gettext_lazy("Photos"),
    RETIRED: gettext_lazy("Retired"),
}
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Line:
    """One field: its name, and what it said before and says since."""

    label: str
    was: str
    said: str

    @property
    def was_told(self) -> bool:
        """Whether it said anything before."""
        return self.was != NOTHING


class ChangeWords:
    """Says changes of machines of one space in words; three queries for any number of them."""

    def __init__(self, space: Space) -> None:
        self._currency = space.currency
        categories = {each.slug: each.name for each in Category.objects.all()}
        self._sayers: dict[str, Callable[[Any], str]] = {
            "category": lambda slug: categories.get(slug, slug),
            "purchase_date": lambda day: date_format(date.fromisoformat(day)),
            "purchase_price": self._money,
            "residual_value": self._money,
            "prices": self._prices,
            PHOTOS: _photos,
        }
        self._owners = dict(choices_of_owners(space)) | {
            "": space.name,
            key_of_owner(space): space.name,
        }

    def lines(self, values: Mapping[str, list[Any]]) -> list[Line]:
        """Each changed field, in the order in which a sheet tells them."""
        told = [name for name in LABELS if name in values]
        return [
            Line(str(LABELS[name]), *(self._said(name, each) for each in values[name]))
            for name in told
        ]

    def _said(self, name: str, value: Any) -> str:
        if name == "owner":
            return self._owners.get(value, str(value))
        if value is None or value in ("", [], {}):
            return NOTHING
        return self._sayers.get(name, _plainly)(value)

    def _prices(self, prices: Mapping[str, str]) -> str:
        told = [(Audience(each).label, self._money(amount)) for each, amount in prices.items()]
        return ", ".join(f"{who}: {amount}" for who, amount in told)

    def _money(self, amount: str) -> str:
        return f"{self._currency} {number_format(Decimal(amount), 2, force_grouping=True)}"


def _photos(photos: Sequence[Mapping[str, Any]]) -> str:
    """What each shows, in the language of who reads or in the first that says it."""
    language = get_language() or ""
    told = [
        each["alts"].get(language) or next(filter(None, each["alts"].values()), "")
        for each in photos
    ]
    return ", ".join(alt or _("a photo without words") for alt in told)


def _plainly(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return ", ".join(f"{each}: {said}" for each, said in value.items())
    return ", ".join(value) if isinstance(value, list) else str(value)
