"""What staff fill in when a machine breaks."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from booking.span_forms import WITHIN_REACH
from booking.states import REPAIR_EXPECTED
from machines.forms.faults import FaultForm
from machines.forms.times import DateInput
from spaces.intervals import DAY, moment_of, wall_time
from spaces.models import Space


class StoppageForm(FaultForm):
    """A report of a fault, and until when nobody can use the machine for it."""

    mended = forms.DateField(
        label=_("Likely mended by"),
        required=False,
        validators=WITHIN_REACH,
        widget=DateInput,
        help_text=_(
            "Whoever has reserved it until then, that day included, is offered something else. "
            "Empty: all keep their time for now."
        ),
    )
    ends_use = forms.BooleanField(label=_("End the use that goes on"), required=False)

    def __init__(self, *args: Any, space: Space, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self._zone = space.zone
        today = wall_time(now, self._zone).date()
        self.fields["mended"].initial = today + REPAIR_EXPECTED

    def until(self) -> datetime | None:
        """The end of the day by which it is likely mended; only on a valid form."""
        day = self.cleaned_data["mended"]
        if day is None:
            return None
        return moment_of(datetime.combine(day + DAY, time.min), self._zone)
