"""The filters of the catalogue, read from the address of the page."""

from collections.abc import Mapping
from datetime import date as local_date
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from booking.queries.catalogue import Filters, WallSpan
from booking.queries.offers import Search
from booking.span_forms import WITHIN_REACH
from booking.states import EARLIEST_DAY, LATEST_DAY
from booking.wording import duration_in_words
from machines.measuring.asking import Asked, asked
from machines.measuring.telling import wishes_told
from machines.models import Category
from spaces.intervals import DAY, moment_of
from spaces.models import Space

HALF_HOURS = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30)]
MIDNIGHT = "23:59"
LAST_ON_EARTH = ZoneInfo("Etc/GMT+12")
"""Where every day comes last."""


def _times(last: str | None = None) -> list[tuple[str, str]]:
    choices = [("", "–"), *((each, each) for each in HALF_HOURS)]
    return [*choices, (last, "24:00")] if last else choices


class PlaceForm(forms.Form):
    """Words, space and category; every field may be left out."""

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

    def __init__(
        self, data: object, *, spaces: QuerySet[Space], categories: QuerySet[Category]
    ) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["space"].queryset = spaces  # type: ignore[attr-defined]
        self.fields["category"].queryset = categories  # type: ignore[attr-defined]

    @property
    def wishes(self) -> list[str]:
        """What the search asks for in numbers, as it was understood."""
        return wishes_told(self._asked.wishes)

    @property
    def words(self) -> str:
        """What it looks for besides."""
        return " ".join(self._asked.words)

    @property
    def _asked(self) -> Asked:
        return asked(self["q"].value() or "")


class CatalogueForm(PlaceForm):
    """Space, category, words, free now, free at; every field may be left out."""

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


LENGTHS = (30, 60, 90, 120, 180, 240, 360, 480, 720, 1440)
"""How long, in minutes."""
USUAL_LENGTH = 60
USUAL_DAYS, MOST_DAYS = 7, 62


class SlotForm(PlaceForm):
    """How long, from which day to which, on which machines; without an answer, what is usual."""

    length = forms.TypedChoiceField(label=_("How long"), coerce=int)
    first = forms.DateField(
        label=_("From day"),
        validators=WITHIN_REACH,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    last = forms.DateField(
        label=_("Until day"),
        validators=WITHIN_REACH,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    field_order = ("q", "category", "space", "length", "first", "last")

    def __init__(self, data: Mapping[str, Any], *, today: local_date, **options: Any) -> None:
        first = _day(data.get("first")) or today
        usual = {
            "length": str(USUAL_LENGTH),
            "first": today.isoformat(),
            "last": (first + (USUAL_DAYS - 1) * DAY).isoformat(),
        }
        given = {name: data[name] for name in self.base_fields if data.get(name)}
        super().__init__(usual | given, **options)
        self.fields["length"].choices = [  # type: ignore[attr-defined]
            (minutes, duration_in_words(timedelta(minutes=minutes))) for minutes in LENGTHS
        ]

    def clean(self) -> dict[str, Any]:
        """The last day comes after the first, and not too long after."""
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day must not come before the first."))
        elif first and last and last - first >= MOST_DAYS * DAY:
            self.add_error(
                "last", _("Look at most %(days)d days ahead at a time.") % {"days": MOST_DAYS}
            )
        return data

    def search(self) -> Search:
        """What was asked; only on a valid form."""
        data = self.cleaned_data
        return Search(
            filters=Filters(
                space=data.get("space"), category=data.get("category"), text=data.get("q", "")
            ),
            length=timedelta(minutes=data["length"]),
            first=data["first"],
            last=data["last"],
        )


def _day(text: str | None) -> local_date | None:
    """A date in reach, or None where it is none."""
    try:
        day = local_date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if EARLIEST_DAY <= day <= LATEST_DAY - USUAL_DAYS * DAY else None
