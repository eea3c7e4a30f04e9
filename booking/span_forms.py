"""A day and two wall times, as people fill them in and as addresses ask for them."""

from datetime import date as local_date
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from booking.facts import BookingRequest, Refusal, Terms
from booking.states import EARLIEST_DAY, LATEST_DAY
from machines.models import Machine
from spaces.intervals import DAY, Interval, exists_on_clock, happens_twice, moment_of

FINEST_STEP = timedelta(minutes=5)
SHORTEST_DAY = DAY - timedelta(hours=1)
"""Below this, two wall times and a day tell every span; the clock change takes an hour."""

PLAIN_DAY = local_date(2001, 1, 1)
"""Any day without a clock change, where none was asked for."""

WITHIN_REACH = (MinValueValidator(EARLIEST_DAY), MaxValueValidator(LATEST_DAY))
AGAIN = "/2"
"""What follows a time of the hour that autumn repeats, to mean its second pass."""


class WallTimeField(forms.CharField):
    """A wall time `HH:MM`, as a naive time; `HH:MM/2` means the second pass (fold 1)."""

    default_error_messages = {"invalid": _("Give a time such as 14:30.")}

    def to_python(self, value: Any) -> Any:
        """The time; raises ValidationError where it is none."""
        text = super().to_python(value)
        if not text:
            return None
        try:
            found = time.fromisoformat(text.removesuffix(AGAIN))
        except ValueError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None
        return found.replace(fold=1 if text.endswith(AGAIN) else 0, tzinfo=None)


def wall_text(moment: datetime) -> str:
    """A local moment as the forms and links write it: `HH:MM`, or `HH:MM/2` on a second pass."""
    return f"{moment:%H:%M}{AGAIN if moment.fold else ''}"


def asked_span(span: Interval, zone: ZoneInfo) -> dict[str, str]:
    """A span as the address of a form to reserve asks for it."""
    start, end = span.start.astimezone(zone), span.end.astimezone(zone)
    asked = {"date": start.date().isoformat(), "start": wall_text(start), "end": wall_text(end)}
    if end - start >= SHORTEST_DAY:
        asked["end_date"] = end.date().isoformat()
    return asked


def grid_times(day: local_date, terms: Terms, machine: Machine) -> list[tuple[str, str]]:
    """The wall times of `day` on the grid of a machine as choices, a repeated hour twice."""
    step = max(terms.grid, FINEST_STEP)
    zone = machine.space.zone
    choices: list[tuple[str, str]] = []
    again: list[tuple[str, str]] = []
    wall = datetime.combine(day, time.min)
    while wall.date() == day:
        label = f"{wall:%H:%M}"
        if happens_twice(wall, zone):
            again.append((label + AGAIN, gettext("%(time)s again") % {"time": label}))
        else:
            choices += again
            again = []
        if exists_on_clock(wall, zone):
            choices.append((label, label))
        wall += step
    return choices + again


class SpanForm(forms.Form):
    """A day and two wall times of a machine's space."""

    date = forms.DateField(
        label=_("Day"), validators=WITHIN_REACH, widget=forms.DateInput(attrs={"type": "date"})
    )
    start = WallTimeField(label=_("From"), widget=forms.Select)
    end = WallTimeField(label=_("To"), widget=forms.Select)
    end_date = forms.DateField(
        label=_("Until day"),
        required=False,
        validators=WITHIN_REACH,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty: the same day, or the next where the end comes first."),
    )

    always_asks_for_the_last_day = False

    def __init__(self, *args: Any, machine: Machine, terms: Terms, **options: Any) -> None:
        super().__init__(*args, **options)
        self.machine, self.terms = machine, terms
        if terms.longest < SHORTEST_DAY and not self.always_asks_for_the_last_day:
            del self.fields["end_date"]
        for name in ("start", "end"):
            self._offer_times(name)

    def booking_request(self) -> BookingRequest:
        """The span asked for; only on a valid form."""
        return BookingRequest.from_wall(*self.walls(), self.machine.space.zone)

    def walls(self) -> tuple[datetime, datetime]:
        """The wall times asked for; only on a valid form."""
        day, start, end = (self.cleaned_data[name] for name in ("date", "start", "end"))
        end_date = self.cleaned_data.get("end_date")
        zone = self.machine.space.zone
        starts, ends = datetime.combine(day, start), datetime.combine(end_date or day, end)
        if not end_date and moment_of(ends, zone) < moment_of(starts, zone):
            ends = datetime.combine(day + DAY, end)
        return starts, ends

    def show(self, refusals: list[Refusal]) -> None:
        """Put each refusal beside its field."""
        for refusal in refusals:
            self.add_error(
                refusal.field if refusal.field in self.fields else None,
                forms.ValidationError(refusal.message, code=refusal.code),
            )

    def _offer_times(self, name: str) -> None:
        """The grid's steps, and whatever was asked for, so that nothing typed is lost."""
        choices = grid_times(self._day(), self.terms, self.machine)
        if name == "end":
            # Over midnight the end may lie in the hour that autumn repeats the next day.
            tomorrow = grid_times(self._day() + DAY, self.terms, self.machine)
            choices = max(choices, tomorrow, key=len)
        asked = self._given(name)
        if asked and asked not in dict(choices):
            choices.append((asked, asked))
        self.fields[name].widget = forms.Select(choices=choices)

    def _given(self, name: str) -> Any:
        return self.data.get(name) if self.is_bound else self.initial.get(name)

    def _day(self) -> local_date:
        asked = self._given("date") or self._given("end_date")
        try:
            day = asked if isinstance(asked, local_date) else local_date.fromisoformat(asked or "")
        except ValueError:
            return PLAIN_DAY
        return day if EARLIEST_DAY <= day <= LATEST_DAY else PLAIN_DAY
