"""The form of a policy: whatever is left empty holds as the next policy says."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from booking.facts import HoursOfWeek
from booking.lengths import LengthField
from booking.models import Policy
from booking.models.policy import DURATIONS
from booking.queries.policies import Subject, with_draft
from booking.queries.terms import FIELDS, HOURS, Resolved, Saying
from booking.states import EVERYBODY
from booking.wording import duration_in_words
from machines.forms.times import ENDS, STARTS, TimeField, time_of

LENGTHS = (*DURATIONS, "grid")
SWITCHES = ("staff_needed", "unattended_allowed", "membership_needed", "approval_needed")
SECTIONS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("How far ahead, how long"), ("lead_time", "horizon_days", "shortest", "longest", "grid")),
    (_("Who may, and when"), SWITCHES),
    (_("Around each reservation"), ("setup", "turnaround")),
    (_("Coming and going"), ("early_check_in", "grace_period", "auto_close_after")),
    (
        _("Changing one’s mind, waiting"),
        ("cancellation_window", "approval_hold", "offer_hold"),
    ),
)
HELP = {
    "lead_time": _("How near the start may be."),
    "horizon_days": _("How far away the start may be."),
    "grid": _("Start and end fall on these steps, counted from midnight."),
    "setup": _("Kept free before the start."),
    "turnaround": _("Kept free after the end, for cleaning."),
    "early_check_in": _("How long before the start one may check in."),
    "grace_period": _("Who has not come by then loses the time."),
    "auto_close_after": _("How long after the end a forgotten check-out is made up."),
    "cancellation_window": _("How long before the start one may still cancel or move."),
    "approval_hold": _("How long a request keeps its time without an answer."),
    "offer_hold": _("How long freed time is kept for the first who waits."),
}


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]
    """The terms of one policy; `subject` says of what and for whom."""

    class Meta:
        model = Policy
        fields = FIELDS
        field_classes = dict.fromkeys(LENGTHS, LengthField)
        labels = {
            "lead_time": _("Least time ahead"),
            "horizon_days": _("Most days ahead"),
            "grid": _("Steps"),
            "cancellation_window": _("Free cancellation until"),
        }

    def __init__(
        self, *args: Any, subject: Subject, others: list[Saying], silent: Resolved, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.subject, self.others, self.silent = subject, others, silent
        for name in FIELDS:
            field = self.fields[name]
            told = _told(name, silent, subject)
            field.help_text = format_html("{} {}", HELP.get(name, ""), told) if told else ""
            if name in SWITCHES:
                self.fields[name] = _switch(field, silent, subject, name)

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [
            (str(title), [self[name] for name in names if name in self.fields])
            for title, names in SECTIONS
        ]

    def clean(self) -> dict[str, Any]:
        """What is said here goes together with what others say."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        terms = self.drafted(()).terms
        if terms.shortest > terms.longest:
            name = "shortest" if cleaned["shortest"] is not None else "longest"
            words = {
                "shortest": duration_in_words(terms.shortest),
                "longest": duration_in_words(terms.longest),
            }
            self.add_error(
                name,
                gettext(
                    "Nothing could be booked: the shortest (%(shortest)s) is longer than the "
                    "longest (%(longest)s)."
                )
                % words,
            )
        return cleaned

    def said(self) -> dict[str, Any]:
        """What the policy says: as typed once the form is valid, before that as it is kept."""
        if self.is_bound:
            return {name: self.cleaned_data[name] for name in FIELDS}
        return {name: getattr(self.instance, name) for name in FIELDS}

    def drafted(self, hours: Sequence[HoursOfWeek]) -> Resolved:
        """What holds with what is `said` here, together with `hours`."""
        said = {name: value for name, value in self.said().items() if value is not None}
        if hours:
            said[HOURS] = tuple(hours)
        audience = self.subject.audience or EVERYBODY
        draft = Saying(self.instance.pk or 0, audience, self.subject.pk or None, said)
        return with_draft(self.subject, self.others, draft)


def _switch(
    field: forms.Field, silent: Resolved, subject: Subject, name: str
) -> forms.TypedChoiceField:
    """Yes, no, or as the others say."""
    otherwise = gettext("yes") if getattr(silent.terms, name) else gettext("no")
    return forms.TypedChoiceField(
        label=field.label,
        required=False,
        coerce=lambda text: text == "True",
        empty_value=None,
        choices=[
            ("", gettext("as otherwise: %(answer)s") % {"answer": otherwise}),
            ("True", gettext("yes")),
            ("False", gettext("no")),
        ],
        help_text=format_html("{}", subject.words_of(silent.said_by[name])),
    )


def _told(name: str, silent: Resolved, subject: Subject) -> str:
    """What an empty field means, and who says so."""
    value = getattr(silent.terms, name)
    words = duration_in_words(value) if isinstance(value, timedelta) else str(value)
    return gettext("Empty: %(value)s (%(policy)s).") % {
        "value": words,
        "policy": subject.words_of(silent.said_by[name]),
    }


class HoursForm(forms.Form):
    """Hours of the week; a row without times says nothing."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"),
        coerce=int,
        required=False,
        choices=list(WEEKDAYS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    start_time = TimeField(label=_("From"), texts=STARTS, required=False)
    end_time = TimeField(label=_("Until"), texts=ENDS, required=False)

    def clean(self) -> dict[str, Any]:
        """Both times, or none."""
        cleaned: dict[str, Any] = super().clean() or {}
        start, end = cleaned.get("start_time"), cleaned.get("end_time")
        if bool(start) != bool(end) and not self.errors:
            self.add_error("end_time" if start else "start_time", gettext("Give both times."))
        if cleaned.get("weekdays") and not start and not end and not self.errors:
            self.add_error("start_time", gettext("Give both times."))
        return cleaned

    def hours(self) -> HoursOfWeek | None:
        """The hours of a valid row, if it has any."""
        told = self.cleaned_data
        if not told.get("start_time") or told.get("DELETE"):
            return None
        return HoursOfWeek(
            weekdays=tuple(told["weekdays"]),
            start_time=time_of(told["start_time"]),
            end_time=time_of(told["end_time"]),
        )


HoursFormSet = forms.formset_factory(HoursForm, extra=2, max_num=14, can_delete=True)
