"""How a session really was, as its user or the staff fills it in."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from booking.facts import Refusal
from booking.models import UsageSession
from booking.queries.people import people_of
from booking.services.corrections import Truth
from booking.span_forms import WITHIN_REACH, WallTimeField, wall_text
from machines.forms.times import DateInput
from machines.models import Machine
from members.models import Member
from spaces.intervals import moment_of

SAME, NOBODY, OTHER = "same", "nobody", "other"
CLOCK = {"inputmode": "numeric", "autocomplete": "off", "placeholder": "14:30"}


class CorrectionForm(forms.Form):
    """The machine, the person, both ends, and why."""

    machine = forms.ModelChoiceField(
        label=_("Machine"), queryset=Machine.objects.none(), empty_label=None
    )
    who = forms.ChoiceField(label=pgettext_lazy("a person", "Who"), widget=forms.RadioSelect)
    email = forms.EmailField(
        label=_("E-mail address of the other person"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    start_date = forms.DateField(label=_("Day"), validators=WITHIN_REACH, widget=DateInput)
    start = WallTimeField(label=_("From"), widget=forms.TextInput(attrs=CLOCK))
    end_date = forms.DateField(label=_("Until day"), validators=WITHIN_REACH, widget=DateInput)
    end = WallTimeField(label=_("To"), widget=forms.TextInput(attrs=CLOCK))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What happened, so that the staff can decide."),
    )

    def __init__(
        self, *args: Any, session: UsageSession, by: Member, is_staff: bool, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.session = session
        space = session.machine.space
        self.zone = space.zone
        machines = Machine.objects.filter(
            Q(space=space, retired_at=None) | Q(pk=session.machine_id)
        )
        self.fields["machine"].queryset = machines.order_by("name")  # type: ignore[attr-defined]
        is_own = session.member_id == by.pk
        choices = [(SAME, gettext("as it is: %(name)s") % {"name": session.member or "–"})]
        choices.append((NOBODY, gettext("it was not me") if is_own else gettext("nobody known")))
        if is_staff:
            choices.append((OTHER, gettext("somebody else")))
            self.fields["reason"].required = False
        else:
            del self.fields["email"]
        self.fields["who"].choices = choices  # type: ignore[attr-defined]
        self.initial.update(self._as_it_is())

    def clean(self) -> dict[str, Any]:
        """Find the other person among the people of the space."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if told.get("who") == OTHER and not self.errors:
            people = people_of(self.session.machine.space)
            told["member"] = people.filter(email__iexact=told["email"]).first()
            if not told["email"] or told["member"] is None:
                self.add_error("email", gettext("Nobody in this space has this address."))
        return told

    def truth(self) -> Truth:
        """What was filled in; only on a valid form."""
        told = self.cleaned_data
        members = {SAME: self.session.member, NOBODY: None, OTHER: told.get("member")}
        return Truth(
            machine=told["machine"],
            member=members[told["who"]],
            started_at=self._moment("start", self.session.started_at),
            ended_at=self._moment("end", self.session.ended_at),
        )

    def show(self, refusals: list[Refusal]) -> None:
        """Put each refusal beside its field."""
        for refusal in refusals:
            self.add_error(
                refusal.field if refusal.field in self.fields else None,
                forms.ValidationError(refusal.message, code=refusal.code),
            )

    def _as_it_is(self) -> dict[str, Any]:
        start, end = self._local(self.session.started_at), self._local(self.session.ended_at)
        return {
            "machine": self.session.machine_id,
            "who": SAME,
            "start_date": start.date(),
            "start": wall_text(start),
            "end_date": end.date(),
            "end": wall_text(end),
        }

    def _local(self, moment: datetime | None) -> datetime:
        return (moment or self.session.started_at).astimezone(self.zone)

    def _moment(self, name: str, before: datetime | None) -> datetime:
        """What was filled in; the seconds of a minute that nobody changed stay."""
        day: date = self.cleaned_data[f"{name}_date"]
        clock: time = self.cleaned_data[name]
        asked = moment_of(datetime.combine(day, clock), self.zone)
        if before is not None and before.replace(second=0, microsecond=0) == asked:
            return before
        return asked
