"""How a use really was, as its user or the staff fills it in."""

from collections.abc import Iterable, Sequence
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
from spaces.intervals import Interval, moment_of
from spaces.models import Space

SAME, NOBODY, OTHER = "same", "nobody", "other"
Choice = tuple[str, str]
CLOCK = {"inputmode": "numeric", "autocomplete": "off", "placeholder": "14:30"}


class UseForm(forms.Form):
    """A machine, a person, and both ends."""

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

    def __init__(self, *args: Any, space: Space, choices: Sequence[Choice], **options: Any) -> None:
        super().__init__(*args, **options)
        self.space, self.zone = space, space.zone
        self.fields["who"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Find the other person among the people of the space."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if told.get("who") == OTHER and not self.errors:
            people = people_of(self.space)
            told["member"] = people.filter(email__iexact=told["email"]).first()
            if not told["email"] or told["member"] is None:
                self.add_error("email", gettext("Nobody in this space has this address."))
        return told

    def show(self, refusals: Iterable[Refusal]) -> None:
        """Put each refusal beside its field."""
        for refusal in refusals:
            self.add_error(
                refusal.field if refusal.field in self.fields else None,
                forms.ValidationError(refusal.message, code=refusal.code),
            )

    def moment(self, name: str) -> datetime:
        """What was filled in of `start` or `end`; only on a valid form."""
        day: date = self.cleaned_data[f"{name}_date"]
        clock: time = self.cleaned_data[name]
        return moment_of(datetime.combine(day, clock), self.zone)


class MissedUseForm(UseForm):
    """A use that nobody recorded."""

    def __init__(self, *args: Any, space: Space, now: datetime, **options: Any) -> None:
        choices = [(OTHER, gettext("somebody of the space")), (NOBODY, gettext("nobody known"))]
        super().__init__(*args, space=space, choices=choices, **options)
        machines = Machine.objects.filter(space=space, retired_at=None).order_by("name")
        self.fields["machine"].queryset = machines  # type: ignore[attr-defined]
        self.fields["email"].label = gettext("E-mail address of the member")
        today = now.astimezone(space.zone).date()
        self.initial = {"who": OTHER, "start_date": today, "end_date": today, **self.initial}

    def clean(self) -> dict[str, Any]:
        """The person, and an end that lies after the start."""
        told = super().clean()
        if not self.errors and self.moment("end") <= self.moment("start"):
            self.add_error("end", gettext("The end must lie after the start."))
        return told

    def span(self) -> Interval:
        """When it was; only on a valid form."""
        return Interval(self.moment("start"), self.moment("end"))


class CorrectionForm(UseForm):
    """The machine, the person, both ends, and why."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What happened, so that the staff can decide."),
    )

    def __init__(
        self, *args: Any, session: UsageSession, by: Member, is_staff: bool, **options: Any
    ) -> None:
        self.session = session
        space = session.machine.space
        is_own = session.member_id == by.pk
        choices = [(SAME, gettext("as it is: %(name)s") % {"name": session.member or "–"})]
        choices.append((NOBODY, gettext("it was not me") if is_own else gettext("nobody known")))
        if is_staff:
            choices.append((OTHER, gettext("somebody else")))
        super().__init__(*args, space=space, choices=choices, **options)
        if is_staff:
            self.fields["reason"].required = False
        else:
            del self.fields["email"]
        machines = Machine.objects.filter(
            Q(space=space, retired_at=None) | Q(pk=session.machine_id)
        )
        self.fields["machine"].queryset = machines.order_by("name")  # type: ignore[attr-defined]
        self.initial.update(self._as_it_is())

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
        asked = self.moment(name)
        if before is not None and before.replace(second=0, microsecond=0) == asked:
            return before
        return asked
