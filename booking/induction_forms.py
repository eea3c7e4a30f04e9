"""What staff fill in to plan an induction, and what becomes of who was there."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from booking.models import Induction, InductionPlace
from booking.span_forms import WITHIN_REACH
from booking.states import (
    DEFAULT_DECISION_AHEAD,
    MOST_SEATS,
    TAUGHT,
    InductionKind,
    PlaceState,
)
from machines.forms.times import ENDS, STARTS, TimeField, wall_of
from machines.models import Machine
from members.models import Member, Skill
from spaces.intervals import exists_on_clock, moment_of
from spaces.models import Space

HOUR = timedelta(hours=1)
MOST_HOURS_AHEAD = 14 * 24
DEFAULT_SEATS, DEFAULT_MINIMUM = 6, 2


class InductionForm(forms.Form):
    """A date on which a skill is taught, and the machines that it takes."""

    skill = forms.ModelChoiceField(Skill.objects.all(), label=_("What is taught"))
    kind = forms.ChoiceField(
        label=_("For whom"),
        choices=[
            (InductionKind.FULL, _("those who learn it for the first time")),
            (InductionKind.REFRESHER, _("a refresher: those who have had the certification")),
        ],
    )
    date = forms.DateField(
        label=_("Day"), validators=WITHIN_REACH, widget=forms.DateInput(attrs={"type": "date"})
    )
    start = TimeField(label=_("From"), texts=STARTS)
    end = TimeField(label=_("To"), texts=ENDS)
    machines = forms.ModelMultipleChoiceField(
        Machine.objects.none(),
        label=_("Machines"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nobody can reserve them then. None: it takes no machine."),
    )
    seats = forms.IntegerField(
        label=_("Seats"), min_value=1, max_value=MOST_SEATS, initial=DEFAULT_SEATS
    )
    minimum = forms.IntegerField(
        label=_("People needed"),
        min_value=1,
        max_value=MOST_SEATS,
        initial=DEFAULT_MINIMUM,
        help_text=_("With fewer it is cancelled, and everybody is told."),
    )
    decide_hours = forms.IntegerField(
        label=_("Hours before the start when that is decided"),
        min_value=0,
        max_value=MOST_HOURS_AHEAD,
        initial=DEFAULT_DECISION_AHEAD // HOUR,
    )
    led_by = forms.ModelChoiceField(
        Member.objects.none(), label=_("Who teaches"), required=False, empty_label=_("Not said")
    )
    note = forms.CharField(
        label=_("What to know"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everyone reads it: what to bring, where to meet."),
    )

    def __init__(self, *args: Any, space: Space, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.space, self.now = space, now
        self.fields["machines"].queryset = (  # type: ignore[attr-defined]
            Machine.objects.in_service().filter(space=space).order_by("name", "pk")
        )
        self.fields["led_by"].queryset = (  # type: ignore[attr-defined]
            Member.objects.filter(
                Q(roles__space=space)
                | Q(granting_rights__space=space, granting_rights__revoked_at=None),
                is_active=True,
            )
            .distinct()
            .order_by("name", "pk")
        )

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [
            (str(title), [self[name] for name in names])
            for title, names in (
                (_("What and when"), ("skill", "kind", "date", "start", "end")),
                (_("People"), ("seats", "minimum", "decide_hours", "led_by")),
                (_("Where"), ("machines", "note")),
            )
        ]

    def clean(self) -> dict[str, Any]:
        """A time to come that exists, and as many seats as people needed."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if {"seats", "minimum"} <= told.keys() and told["minimum"] > told["seats"]:
            self.add_error("minimum", gettext("There are fewer seats than that."))
        if not {"date", "start", "end", "decide_hours"} <= told.keys():
            return told
        start, end = self._walls()
        zone = self.space.zone
        if end <= start:
            self.add_error("end", gettext("The end must come after the start."))
        elif not (exists_on_clock(start, zone) and exists_on_clock(end, zone)):
            self.add_error(
                "start", gettext("The clock skips this time on that day. Choose one hour later.")
            )
        elif moment_of(start, zone) <= self.now:
            self.add_error("date", gettext("This time is over already."))
        elif moment_of(start, zone) - told["decide_hours"] * HOUR <= self.now:
            self.add_error(
                "decide_hours", gettext("That is over already: nobody could ask for a seat.")
            )
        return told

    def induction(self) -> Induction:
        """What was filled in; only on a valid form."""
        told = self.cleaned_data
        start, end = self._walls()
        starts_at = moment_of(start, self.space.zone)
        return Induction(
            space=self.space,
            starts_at=starts_at,
            ends_at=moment_of(end, self.space.zone),
            decide_at=starts_at - told["decide_hours"] * HOUR,
            **{
                name: told[name] for name in ("skill", "kind", "seats", "minimum", "led_by", "note")
            },
        )

    def _walls(self) -> tuple[datetime, datetime]:
        told = self.cleaned_data
        return wall_of(told["date"], told["start"]), wall_of(told["date"], told["end"])


class AttendanceForm(forms.Form):
    """What became of everybody who was to come; what is not said stays open."""

    def __init__(self, *args: Any, places: list[InductionPlace], **options: Any) -> None:
        super().__init__(*args, **options)
        for place in places:
            self.fields[f"place-{place.pk}"] = forms.ChoiceField(
                label=str(place.member),
                required=False,
                choices=[("", gettext("Not said yet")), *((each, each.label) for each in TAUGHT)],
                initial=place.state if place.state in TAUGHT else "",
            )

    def results(self) -> dict[int, PlaceState]:
        """What was said of places by their ids; only on a valid form."""
        return {
            int(name.removeprefix("place-")): PlaceState(value)
            for name, value in self.cleaned_data.items()
            if value
        }


class CallOffForm(forms.Form):
    """Why an induction does not take place."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("It is told to everybody who wanted to come."),
    )
