"""Closures, holidays and maintenance: dates that are taken out of the hours."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from machines.forms.previewed import PreviewedForm
from machines.forms.times import (
    ENDS,
    MIDNIGHT,
    STARTS,
    DateInput,
    TimeField,
    span_between,
    wall_of,
)
from machines.queries.holidays import Holiday
from machines.recurrence import LONGEST_RECURRING
from machines.states import Repeat
from spaces.intervals import DAY
from spaces.models import Space


class DatedForm(PreviewedForm):
    """A span with a title that may come back; valid, it has an `interval`."""

    title = forms.CharField(label=_("What for"), max_length=120)
    repeat = forms.ChoiceField(label=_("Repeats"), choices=Repeat.choices, initial=Repeat.ONCE)
    until = forms.DateField(
        label=_("Last repeated on"),
        required=False,
        widget=DateInput,
        help_text=_("Empty: until it is removed."),
    )

    def __init__(self, *args: Any, space: Space, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.space = space

    def clean(self) -> dict[str, Any]:
        """The two wall times make a span that exists on the clock of the space."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        walls = self.walls(cleaned)
        self.interval = span_between(*walls, self.space.zone)
        repeats = cleaned["repeat"] != Repeat.ONCE
        if repeats and self.interval.duration > LONGEST_RECURRING:
            raise ValidationError({"end": _("What recurs may last a year at most.")})
        if repeats and cleaned["until"] and cleaned["until"] < walls[0].date():
            raise ValidationError({"until": _("This lies before the first date.")})
        return cleaned

    def walls(self, cleaned: dict[str, Any]) -> tuple[Any, Any]:
        """The wall times of the start and the end."""
        raise NotImplementedError

    def planned(self) -> dict[str, Any]:
        """What the services take."""
        return {
            "title": self.cleaned_data["title"],
            "interval": self.interval,
            "repeat": Repeat(self.cleaned_data["repeat"]),
            "until": self.cleaned_data["until"],
        }


class ClosureForm(DatedForm):
    """One day, several days, or some hours."""

    field_order = ["title", "first", "start", "last", "end", "repeat", "until"]
    title = forms.CharField(
        label=_("Reason"), max_length=120, help_text=_("Everyone sees it in the calendar.")
    )
    first = forms.DateField(label=_("First day"), widget=DateInput)
    start = TimeField(label=_("From"), texts=STARTS, initial="00:00")
    last = forms.DateField(
        label=_("Last day"), widget=DateInput, required=False, help_text=_("Empty: the first day.")
    )
    end = TimeField(label=_("Until"), texts=ENDS, initial=MIDNIGHT)

    def walls(self, cleaned: dict[str, Any]) -> tuple[Any, Any]:
        """From a time of the first day to a time of the last."""
        last = cleaned["last"] or cleaned["first"]
        return wall_of(cleaned["first"], cleaned["start"]), wall_of(last, cleaned["end"])


class MaintenanceForm(DatedForm):
    """A job on a day; an end that is not after the start is on the next day."""

    field_order = ["title", "first", "start", "end", "repeat", "until"]
    title = forms.CharField(label=_("What is done"), max_length=120)
    first = forms.DateField(label=_("Day"), widget=DateInput)
    start = TimeField(label=_("From"), texts=STARTS, initial="08:00")
    end = TimeField(
        label=_("Until"),
        texts=ENDS,
        initial="10:00",
        help_text=_("A time before the start is on the next day."),
    )

    def walls(self, cleaned: dict[str, Any]) -> tuple[Any, Any]:
        """Both times, the end on the next day where it would come first."""
        start = wall_of(cleaned["first"], cleaned["start"])
        end = wall_of(cleaned["first"], cleaned["end"])
        return start, end if end > start else end + DAY


class HolidaysForm(PreviewedForm):
    """Which holidays of a year the space is closed on."""

    dates = forms.TypedMultipleChoiceField(
        label=_("Closed on"),
        coerce=date.fromisoformat,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one holiday.")},
    )

    def __init__(self, *args: Any, holidays: Sequence[Holiday], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dates"].choices = [  # type: ignore[attr-defined]
            (
                each.date.isoformat(),
                gettext("%(date)s: %(name)s")
                % {"date": date_format(each.date, gettext("D j F")), "name": each.name},
            )
            for each in holidays
            if not each.is_loaded
        ]
        self.initial["dates"] = [
            each.date.isoformat() for each in holidays if each.is_public and not each.is_loaded
        ]
