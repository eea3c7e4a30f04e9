"""The filters of the catalogue, read from the address of the page."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from booking.forms import WITHIN_REACH
from booking.queries.catalogue import Filters, WallSpan
from machines.models import Category
from spaces.intervals import moment_of
from spaces.models import Space

HALF_HOURS = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30)]
MIDNIGHT = "23:59"
LAST_ON_EARTH = ZoneInfo("Etc/GMT+12")
"""Where every day comes last."""


def _times(last: str | None = None) -> list[tuple[str, str]]:
    choices = [("", "–"), *((each, each) for each in HALF_HOURS)]
    return [*choices, (last, "24:00")] if last else choices


class CatalogueForm(forms.Form):
    """Space, category, words, free now, free at; every field may be left out."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    space = forms.ModelChoiceField(
        label=_("Space"),
        queryset=Space.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=_("All spaces"),
    )
    category = forms.ModelChoiceField(
        label=_("Category"),
        queryset=Category.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=_("All categories"),
    )
    free = forms.BooleanField(label=_("Free now"), required=False)
    date = forms.DateField(
        label=_("Date"),
        required=False,
        validators=WITHIN_REACH,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    start = forms.TypedChoiceField(
        label=_("From"), required=False, choices=_times(), coerce=time.fromisoformat
    )
    end = forms.TypedChoiceField(
        label=_("To"), required=False, choices=_times(MIDNIGHT), coerce=time.fromisoformat
    )

    def __init__(
        self, data: object, *, spaces: QuerySet[Space], categories: QuerySet[Category]
    ) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["space"].queryset = spaces  # type: ignore[attr-defined]
        self.fields["category"].queryset = categories  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        """A time asked for must be whole and must end after it starts."""
        data = super().clean() or {}
        parts = [data.get(name) for name in ("date", "start", "end")]
        if any(parts) and not all(parts) and not self.errors:
            self.add_error("date", _("Give a date, a start and an end."))
        elif all(parts) and data["end"] <= data["start"]:
            self.add_error("end", _("The end must lie after the start."))
        return data

    def has_passed(self, now: datetime) -> bool:
        """Whether the time asked for is over: in its space, else wherever on earth."""
        asked = self.filters()
        if asked.free_at is None:
            return False
        zone = asked.space.zone if asked.space else LAST_ON_EARTH
        return moment_of(datetime.combine(asked.free_at.date, asked.free_at.start), zone) < now

    def filters(self) -> Filters:
        """What was asked; a field at fault is left out, so that something is always shown."""
        data = self.cleaned_data
        whole = not self.errors and all(data.get(name) for name in ("date", "start", "end"))
        return Filters(
            space=data.get("space"),
            category=data.get("category"),
            text=data.get("q", ""),
            free_now=data.get("free", False),
            free_at=WallSpan(data["date"], data["start"], data["end"]) if whole else None,
        )
