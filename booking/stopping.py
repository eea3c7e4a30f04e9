"""What staff fill in when a machine breaks, and when they know more."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from booking.span_forms import WITHIN_REACH
from booking.states import REPAIR_EXPECTED
from machines.forms.faults import FaultForm
from machines.forms.times import DateInput
from machines.models import Fault
from machines.services.faults import Judgement
from machines.states import Severity
from spaces.intervals import DAY, moment_of, wall_time
from spaces.models import Space

MOMENT = timedelta(microseconds=1)


class MendedForm(forms.Form):
    """Until when nobody can use a machine, and what becomes of who is at it now."""

    mended = forms.DateField(
        label=_("Likely mended by"),
        required=False,
        validators=WITHIN_REACH,
        widget=DateInput,
        help_text=_(
            "Whoever has reserved it until then, that day included, is offered something else; "
            "later times can be reserved. Empty: all keep their time for now."
        ),
    )
    ends_use = forms.BooleanField(label=_("End the use that goes on"), required=False)

    def __init__(self, *args: Any, space: Space, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self._zone, self._now = space.zone, now
        self._today = wall_time(now, self._zone).date()

    def clean_mended(self) -> Any:
        """Nothing can be mended by a day that is past."""
        day = self.cleaned_data["mended"]
        if day is not None and day < self._today:
            raise forms.ValidationError(_("This day is past. Choose another one, or none."))
        return day

    def until(self) -> datetime | None:
        """The end of the day by which it is likely mended; only on a valid form."""
        day = self.cleaned_data["mended"]
        if day is None:
            return None
        return moment_of(datetime.combine(day + DAY, time.min), self._zone)


class StoppageForm(FaultForm, MendedForm):
    """A report of a fault, and until when nobody can use the machine for it."""

    field_order = ["summary", "stops_machine", "mended", "ends_use"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["mended"].initial = self._today + REPAIR_EXPECTED


class JudgementForm(MendedForm):
    """What the staff makes of a fault."""

    severity = forms.ChoiceField(label=_("How bad is it?"), choices=Severity.choices)
    stops_machine = forms.BooleanField(
        label=_("The machine cannot be used"),
        required=False,
        help_text=_("It, and whatever needs it, is out of service. A safety hazard always stops."),
    )
    known = forms.CharField(
        label=_("What is known"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Shown on the page of the machine, and told to who reported it."),
    )

    field_order = ["severity", "stops_machine", "mended", "known", "ends_use"]

    def __init__(self, *args: Any, fault: Fault, now: datetime, **options: Any) -> None:
        super().__init__(*args, space=fault.machine.space, now=now, **options)
        until = fault.until(now)
        told = {
            "severity": Severity.HAZARD if fault.is_unstopped_hazard else fault.severity,
            "stops_machine": fault.stops_machine,
            "known": fault.known,
            "mended": wall_time(until - MOMENT, self._zone).date() if until else None,
        }
        self.initial = {**told, **self.initial}

    def clean(self) -> dict[str, Any]:
        """What could hurt somebody stops the machine, whatever is ticked."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("severity") == Severity.HAZARD:
            cleaned["stops_machine"] = True
        return cleaned

    def judgement(self) -> Judgement:
        """What was said; only on a valid form."""
        return Judgement(
            severity=Severity(self.cleaned_data["severity"]),
            stops_machine=self.cleaned_data["stops_machine"],
            known=self.cleaned_data["known"],
            expected_at=self.until(),
        )
