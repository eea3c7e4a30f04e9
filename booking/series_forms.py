"""What people fill in to repeat a reservation, and to move or prolong a series."""

from datetime import date as local_date
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from booking.forms import ReservationForm
from booking.models import Series
from booking.recurring import LAST, MOST_DATES, MOST_EVERY, MOST_SURE, Pattern, PatternInvalid
from booking.span_forms import WITHIN_REACH, SpanForm
from booking.states import Frequency
from machines.forms.previewed import PreviewedForm
from machines.models import Machine, Pool

DEFAULT_COUNT = 10
SAME_DAY, SAME_WEEKDAY, LAST_WEEKDAY, LAST_DAY = "day", "nth", "last", "last_day"
UNTIL, COUNT, OPEN = "until", "count", "open"
ENDS = [(UNTIL, _("on a day")), (COUNT, _("after … dates")), (OPEN, _("never"))]


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day within reach of every calendar."""
    widget = forms.DateInput(attrs={"type": "date"})
    return forms.DateField(label=label, validators=WITHIN_REACH, widget=widget, **options)


class SeriesForm(ReservationForm, PreviewedForm):
    """The first date, how often it comes again, until when, and for whom."""

    # Leaving a date out takes nothing away from what was shown of the others.
    unsigned = PreviewedForm.unsigned | {"excepted"}

    every = forms.IntegerField(
        label=_("Repeat every"), min_value=1, max_value=MOST_EVERY, initial=1
    )
    frequency = forms.ChoiceField(
        label=pgettext_lazy("of time", "Unit"),
        choices=[
            (Frequency.DAILY.value, _("days")),
            (Frequency.WEEKLY.value, _("weeks")),
            (Frequency.MONTHLY.value, _("months")),
        ],
        initial=Frequency.WEEKLY.value,
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On these days"),
        required=False,
        coerce=int,
        choices=list(WEEKDAYS_ABBR.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: the day of the first date."),
    )
    monthly = forms.ChoiceField(
        label=_("On which day"),
        required=False,
        choices=[
            (SAME_DAY, _("the same day of the month, such as the 15th")),
            (SAME_WEEKDAY, _("the same weekday, such as the second Tuesday")),
            (LAST_WEEKDAY, _("the last such weekday of the month")),
            (LAST_DAY, _("the last day of the month")),
        ],
        initial=SAME_DAY,
    )
    ends = forms.ChoiceField(label=_("Ends"), choices=ENDS, initial=COUNT)
    until = day_field(_("Last day"), required=False)
    count = forms.IntegerField(
        label=_("Number of dates"),
        required=False,
        min_value=1,
        max_value=MOST_DATES,
        initial=DEFAULT_COUNT,
    )
    excepted = forms.TypedMultipleChoiceField(
        required=False, coerce=local_date.fromisoformat, choices=()
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        machine = self.machine
        if machine.pool is not None:
            choices = [
                ("machine", gettext("%(name)s only") % {"name": machine.name}),
                ("pool", gettext("Any of %(name)s") % {"name": machine.pool.name}),
            ]
            self.fields["target"] = forms.ChoiceField(label=_("What"), choices=choices)
        days = self.data.getlist("excepted") if hasattr(self.data, "getlist") else []
        excepted: Any = self.fields["excepted"]
        excepted.choices = [(each, each) for each in days if _is_day(each)]

    def clean(self) -> dict[str, Any]:
        """The parts make a pattern; what says when it ends is there."""
        cleaned = super().clean()
        if cleaned.get("ends") == UNTIL and not cleaned.get("until"):
            self.add_error("until", gettext("Say on which day it ends."))
        if cleaned.get("ends") == COUNT and not cleaned.get("count"):
            self.add_error("count", gettext("Say how many dates there are."))
        if not self.errors:
            try:
                self.pattern()
            except PatternInvalid as error:
                self.add_error(None, str(error))
        return cleaned

    def chosen(self) -> Machine | Pool:
        """The machine, or any of its pool; only on a valid form."""
        pool = self.machine.pool
        return pool if pool is not None and self.cleaned_data["target"] == "pool" else self.machine

    def pattern(self) -> Pattern:
        """How often, and until when; only on a valid form. Raises PatternInvalid."""
        told = self.cleaned_data
        frequency = Frequency(told["frequency"])
        monthly = self._day_of_month() if frequency == Frequency.MONTHLY else {}
        return Pattern(
            frequency=frequency,
            every=told["every"],
            weekdays=tuple(told["weekdays"]) if frequency == Frequency.WEEKLY else (),
            until=told["until"] if told["ends"] == UNTIL else None,
            count=told["count"] if told["ends"] == COUNT else None,
            excepted=frozenset(told["excepted"]),
            **monthly,
        )

    def _day_of_month(self) -> dict[str, int]:
        first: local_date = self.cleaned_data["date"]
        nth = (first.day - 1) // len(WEEKDAYS_ABBR) + 1
        return {
            SAME_WEEKDAY: {
                "nth": nth if nth <= MOST_SURE else LAST,
                "weekday": first.weekday(),
            },
            LAST_WEEKDAY: {"nth": LAST, "weekday": first.weekday()},
            LAST_DAY: {"day": LAST},
        }.get(self.cleaned_data["monthly"], {"day": first.day})


class SeriesMoveForm(SpanForm, PreviewedForm):
    """From which date on, and when the first of them is then."""

    field_order = ("from_day", "date", "start", "end")

    from_day = forms.TypedChoiceField(label=_("From this date on"), coerce=local_date.fromisoformat)

    def __init__(self, *args: Any, days: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        from_day: Any = self.fields["from_day"]
        from_day.choices = days
        self.fields["date"].label = _("New day of the first of them")


class SeriesExtendForm(PreviewedForm):
    """Until when a series goes on."""

    ends = forms.ChoiceField(
        label=_("Ends"), choices=[each for each in ENDS if each[0] != COUNT], initial=UNTIL
    )
    until = day_field(_("Last day"), required=False)

    def __init__(self, *args: Any, series: Series, **options: Any) -> None:
        super().__init__(*args, **options)
        self.series = series

    def clean(self) -> dict[str, Any]:
        """An end that is on a day names it."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("ends") == UNTIL and not cleaned.get("until"):
            self.add_error("until", gettext("Say on which day it ends."))
        return cleaned

    def last_day(self) -> local_date | None:
        """The new last day, or None for no end; only on a valid form."""
        day: local_date | None = self.cleaned_data["until"]
        return day if self.cleaned_data["ends"] == UNTIL else None


def _is_day(text: str) -> bool:
    try:
        local_date.fromisoformat(text)
    except ValueError:
        return False
    return True
