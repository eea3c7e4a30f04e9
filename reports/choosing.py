"""The form of the utilisation page: what may be chosen, and periods that people mean often."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from reports.filters import Filters, FiltersForm, Period
from reports.queries.offered import Choices
from spaces.intervals import DAY


class LongSelect(forms.Select):
    """A select drawn by one template: Django's takes two for each of a hundred machines."""

    template_name = "reports/_long_select.html"


class ChoosingForm(FiltersForm):
    """Filters to choose from; a scope that was typed and is none of them stays in the list.

    `initial` is what it shows of filters that were understood, which need no second look.
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        now: datetime,
        choices: Choices,
        initial: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(data, now=now)
        self.initial = dict(initial or {})
        typed = self["scope"].value()
        if typed and typed not in {key for _group, keys in choices for key, _name in keys}:
            choices = [*choices, (_("Typed"), [(typed, typed)])]
        self.fields["scope"].widget = LongSelect(choices=choices)
        for name in ("compare", "assumed"):
            self.fields[name].widget.template_name = LongSelect.template_name


def as_typed(filters: Filters) -> dict[str, str]:
    """What the form shows of filters: every field, the ones left out as they were understood."""
    return {
        "scope": filters.scope.key,
        "from": filters.period.first.isoformat(),
        "until": filters.period.last.isoformat(),
        "compare": filters.compare.value,
        "assumed": "1" if filters.with_assumed else "0",
    }


@dataclass(frozen=True, slots=True)
class Preset:
    """A period with a name, and the address of its figures."""

    name: str
    query: str
    is_current: bool


def presets_of(filters: Filters, *, today: date) -> list[Preset]:
    """The periods that people mean often, seen on `today`."""
    month = Period.month_of(today)
    last_month = month.previous()
    first_of_year = month.first.replace(year=month.first.year - 1)
    named = [
        (_("This month"), Period(month.first, today)),
        (_("Last month"), last_month),
        (_("This year"), Period(today.replace(month=1, day=1), today)),
        (_("Last 12 months"), Period(first_of_year, month.first - DAY)),
    ]
    return [
        Preset(name, f"?{filters.but(period=period).query}", period == filters.period)
        for name, period in named
    ]
