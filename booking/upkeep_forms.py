"""What staff fill in about upkeep: a plan, a job that was done, a counter and what it shows."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from booking.lengths import LengthField
from booking.services.upkeep_plans import Done
from machines.forms.times import DateInput
from machines.models import Counter, MaintenancePlan
from machines.states import UpkeepBasis
from spaces.intervals import local_day, wall_time
from spaces.uploads import PictureField

LINES = {"rows": 4}
LONGEST_JOB = timedelta(hours=12)
EARLIEST = date(2000, 1, 1)


class PlanForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is done, how often, how long it takes, and when it was done last."""

    basis = forms.ChoiceField(label=_("Counted in"), choices=UpkeepBasis.choices)
    counted_from = forms.DateField(
        label=_("Last done on"),
        widget=DateInput,
        help_text=_("It is counted from then; the day of the purchase where it was never done."),
    )

    field_order = (
        "title",
        "every",
        "basis",
        "counter",
        "counted_from",
        "duration",
        "checklist",
        "parts",
    )

    class Meta:
        model = MaintenancePlan
        fields = ("title", "every", "basis", "counter", "duration", "checklist", "parts")
        field_classes = {"duration": LengthField}
        labels = {
            "every": _("Every"),
            "counter": _("Which counter"),
            "duration": _("How long the machine is needed"),
            "checklist": _("Checklist"),
            "parts": _("Spare parts"),
        }
        help_texts = {
            "counter": _("Only where a counter is counted."),
            "duration": _("Such as 2 h. So much free time is put aside before it is due."),
            "checklist": _("One step per line."),
            "parts": _("What has to be there for it."),
        }
        widgets = {
            "checklist": forms.Textarea(attrs=LINES),
            "parts": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        plan: MaintenancePlan = self.instance
        self._zone, self._now = plan.machine.space.zone, now
        counters = Counter.objects.filter(machine=plan.machine)
        self.fields["counter"].queryset = counters  # type: ignore[attr-defined]
        self.fields["counter"].required = False
        counted_from = plan.counted_from if plan.pk else now
        self.initial.setdefault("counted_from", wall_time(counted_from, self._zone).date())

    def clean_duration(self) -> timedelta:
        """Time that fits into a day."""
        length: timedelta | None = self.cleaned_data["duration"]
        if not length:
            raise ValidationError(gettext("Say how long it takes."))
        if length > LONGEST_JOB:
            raise ValidationError(gettext("Give at most 12 hours; plan longer work by its dates."))
        return length

    def clean_counted_from(self) -> date:
        """A day that has been."""
        day: date = self.cleaned_data["counted_from"]
        if not EARLIEST <= day <= wall_time(self._now, self._zone).date():
            raise ValidationError(gettext("Give a day that has been."))
        return day

    def clean(self) -> dict[str, Any]:
        """A counter where one is counted."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if told.get("basis") != UpkeepBasis.COUNTER:
            told["counter"] = None
        elif told.get("counter") is None:
            self.add_error("counter", gettext("Choose a counter, or add one to the machine first."))
        return told

    def plan(self) -> MaintenancePlan:
        """The plan as it was filled in; only on a valid form."""
        plan: MaintenancePlan = self.save(commit=False)
        day = self.cleaned_data["counted_from"]
        if plan.pk is None or wall_time(plan.counted_from, self._zone).date() != day:
            plan.counted_from = local_day(day, self._zone).start
        return plan


class JobForm(forms.Form):
    """A job that was done: its steps, what was used, what it cost, and how it looks now."""

    done_on = forms.DateField(label=_("Done on"), widget=DateInput)
    ticked = forms.TypedMultipleChoiceField(
        label=_("Checklist"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    reading = forms.DecimalField(
        label=_("The counter shows"), min_value=Decimal(0), max_digits=14, decimal_places=2
    )
    is_restart = forms.BooleanField(label=_("It began anew: a part was replaced"), required=False)
    parts = forms.CharField(
        label=_("Parts used"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    cost = forms.DecimalField(
        label=_("Cost"), required=False, min_value=Decimal(0), max_digits=10, decimal_places=2
    )
    note = forms.CharField(
        label=_("Remarks"), required=False, max_length=4000, widget=forms.Textarea(attrs=LINES)
    )
    photo = PictureField(label=_("Photo"), required=False)

    def __init__(self, *args: Any, plan: MaintenancePlan, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self._plan, self._zone, self._now = plan, plan.machine.space.zone, now
        self.initial.setdefault("done_on", self._today)
        self.initial.setdefault("parts", plan.parts)
        steps = list(enumerate(plan.steps))
        self.fields["ticked"].choices = steps  # type: ignore[attr-defined]
        if not steps:
            del self.fields["ticked"]
        if plan.counter is None:
            del self.fields["reading"], self.fields["is_restart"]
        else:
            self.fields["reading"].help_text = f"{plan.counter} ({plan.counter.unit})"
        self.fields["cost"].help_text = plan.machine.space.currency

    @property
    def _today(self) -> date:
        return wall_time(self._now, self._zone).date()

    def clean_done_on(self) -> date:
        """A day that has been, since the plan counts."""
        day: date = self.cleaned_data["done_on"]
        if not wall_time(self._plan.counted_from, self._zone).date() <= day <= self._today:
            raise ValidationError(gettext("Give a day from the last time until today."))
        return day

    def done(self) -> Done:
        """What was told; only on a valid form."""
        told = self.cleaned_data
        day: date = told["done_on"]
        # What is told of an earlier day was done by its end.
        end = local_day(day, self._zone).end - timedelta(seconds=1)
        return Done(
            done_at=self._now if day == self._today else end,
            ticked=frozenset(told.get("ticked", ())),
            parts=told["parts"],
            cost=told["cost"],
            note=told["note"],
            photo=told["photo"],
            reading=told.get("reading"),
            is_restart=told.get("is_restart", False),
        )


class CounterForm(forms.ModelForm):  # type: ignore[type-arg]
    """A counter of a machine."""

    class Meta:
        model = Counter
        fields = ("name", "unit")
        labels = {"name": _("Name"), "unit": pgettext_lazy("of a measure", "Unit")}
        help_texts = {"name": _("Such as lamp hours."), "unit": _("Such as h, m or prints.")}

    def validate_unique(self) -> None:
        """The machine is known, so that a name that is there twice is told beside it."""
        try:
            self.instance.validate_constraints()
        except ValidationError:
            self.add_error("name", gettext("The machine has a counter of this name."))


class ReadingForm(forms.Form):
    """What a counter shows now, or what it showed."""

    value = forms.DecimalField(
        label=_("The counter shows"), min_value=Decimal(0), max_digits=14, decimal_places=2
    )
    is_restart = forms.BooleanField(label=_("It began anew: a part was replaced"), required=False)
