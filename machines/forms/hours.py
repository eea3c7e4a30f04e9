"""The weekly hours as a grid: three spans for each day."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from machines.forms.previewed import PreviewedForm
from machines.forms.times import ENDS, MIDNIGHT, STARTS, DateInput, TimeField, time_of
from machines.services.calendars import WeeklySpan

SPANS = 3


class HoursForm(PreviewedForm):
    """For each weekday up to three spans, and the day from which they hold."""

    from_date = forms.DateField(
        label=gettext_lazy("Valid from"),
        help_text=gettext_lazy("The hours until the day before stay as they are."),
        widget=DateInput,
    )

    def __init__(
        self,
        *args: Any,
        needs_a_span: bool,
        earliest: date,
        may_follow: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.earliest = earliest
        if may_follow:
            self.fields["as_space"] = forms.BooleanField(
                label=_("Open like the space again"),
                help_text=_("The times above are then left aside."),
                required=False,
            )
        self.needs_a_span = needs_a_span
        for weekday, number in self._places():
            start, end = self._names(weekday, number)
            names = {"day": WEEKDAYS[weekday], "number": number + 1}
            self.fields[start] = TimeField(
                texts=STARTS, required=False, label=_("%(day)s, span %(number)d from") % names
            )
            self.fields[end] = TimeField(
                texts=ENDS, required=False, label=_("%(day)s, span %(number)d until") % names
            )

    @classmethod
    def initial_of(
        cls, week: Sequence[tuple[int, time, time]], from_date: date
    ) -> dict[str, object]:
        """What the grid shows for hours that are in force."""
        initial: dict[str, object] = {"from_date": from_date}
        used: defaultdict[int, int] = defaultdict(int)
        for weekday, start, end in week:
            names = cls._names(weekday, used[weekday])
            used[weekday] += 1
            until = MIDNIGHT if end == time.min else f"{end:%H:%M}"
            initial |= dict(zip(names, (f"{start:%H:%M}", until), strict=True))
        return initial

    def days(self) -> Iterator[tuple[str, list[tuple[BoundField, BoundField]]]]:
        """The rows of the grid: the weekday's name and its pairs of fields."""
        for weekday in range(7):
            pairs = []
            for number in range(SPANS):
                start, end = self._names(weekday, number)
                pairs.append((self[start], self[end]))
            yield str(WEEKDAYS[weekday]), pairs

    def clean_from_date(self) -> date:
        """Today or later: figures of the past were computed with the hours of the past."""
        from_date: date = self.cleaned_data["from_date"]
        if from_date < self.earliest:
            raise ValidationError(_("Choose today or a later day: hours of the past are kept."))
        return from_date

    def clean(self) -> dict[str, Any]:
        """Both ends or none, no empty span, no overlap, and at least one span where one must be."""
        cleaned: dict[str, Any] = super().clean() or {}
        taken: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
        for weekday, number in self._places():
            names = self._names(weekday, number)
            if any(name in self.errors for name in names):
                continue
            start, end = cleaned[names[0]], cleaned[names[1]]
            if bool(start) != bool(end):
                self.add_error(names[0 if end else 1], _("A span needs both its times."))
            elif start and start == end:
                self.add_error(names[1], _("For a whole day, choose 00:00 to 24:00."))
            elif start:
                if any(_overlap((start, end), other) for other in taken[weekday]):
                    self.add_error(names[0], _("This overlaps another span of the day."))
                taken[weekday].append((start, end))
        if self.needs_a_span and not self.follows and not taken and not self.errors:
            raise ValidationError(
                _("Enter at least one span. To close the space for a time, add a closure.")
            )
        return cleaned

    @property
    def follows(self) -> bool:
        """Whether a machine is to have the hours of its space again; on a cleaned form."""
        return bool(self.cleaned_data.get("as_space"))

    def week(self) -> list[WeeklySpan]:
        """The spans of a valid form, alike ones of several days together."""
        days: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for weekday, number in self._places():
            start, end = (self.cleaned_data[name] for name in self._names(weekday, number))
            if start:
                days[start, end].append(weekday)
        return [
            WeeklySpan(tuple(weekdays), time_of(start), time_of(end))
            for (start, end), weekdays in sorted(days.items())
        ]

    @staticmethod
    def _names(weekday: int, number: int) -> tuple[str, str]:
        return f"from_{weekday}_{number}", f"until_{weekday}_{number}"

    @staticmethod
    def _places() -> Iterator[tuple[int, int]]:
        return ((weekday, number) for weekday in range(7) for number in range(SPANS))


def _overlap(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two spans of one day share time; an end not after its start is on the next day."""
    ends = [f"{int(end[:2]) + 24}{end[2:]}" if end <= start else end for start, end in (one, other)]
    return one[0] < ends[1] and other[0] < ends[0]
