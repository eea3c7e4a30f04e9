"""What people fill in to be told when time is freed."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from booking.models import WaitlistEntry
from booking.span_forms import SpanForm
from booking.wording import duration_in_words
from members.models import Company, Member
from members.states import BOOKING
from spaces.intervals import DAY

HOUR = timedelta(hours=1)
MOST_LENGTHS = 24
NOTICES = (timedelta(0), HOUR, 3 * HOUR, 12 * HOUR, DAY, 2 * DAY)
WHOLE = ""


class WishForm(SpanForm):
    """A window, how long within it, on what, and how late a notice is fine."""

    field_order = ("target", "date", "start", "end_date", "end", "length", "notice", "purpose")
    always_asks_for_the_last_day = True

    target = forms.ChoiceField(label=_("What"))
    length = forms.ChoiceField(
        label=_("For how long"),
        required=False,
        help_text=_("Less than the whole time: the first that becomes free within it."),
    )
    notice = forms.ChoiceField(label=_("Tell me at the latest"), required=False)
    purpose = forms.CharField(label=_("What will you make?"), max_length=200, required=False)

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        self.member = member
        choices = {
            "target": self._targets(),
            "length": self._lengths(),
            "notice": [(str(_minutes(each)), _in_words(each)) for each in NOTICES],
        }
        for name, offered in choices.items():
            self.fields[name] = forms.ChoiceField(
                choices=offered,
                label=self.fields[name].label,
                required=self.fields[name].required,
                help_text=self.fields[name].help_text,
            )
        companies = Company.objects.filter(
            delegates__in=member.delegations.filter(kind__in=BOOKING)
        )
        if companies:
            self.fields["company"] = forms.ModelChoiceField(
                companies, label=_("For"), required=False, empty_label=_("Myself")
            )

    def wish(self) -> WaitlistEntry:
        """The wish as told; only on a valid form."""
        told, asked, machine = self.cleaned_data, self.booking_request(), self.machine
        minutes = told["length"]
        window = asked.ends_at - asked.starts_at
        return WaitlistEntry(
            member=self.member,
            company=told.get("company"),
            space=machine.space,
            machine=machine if told["target"] == "machine" else None,
            pool=machine.pool if told["target"] == "pool" else None,
            category=machine.category if told["target"] == "category" else None,
            earliest_at=asked.starts_at,
            latest_at=asked.ends_at,
            duration=timedelta(minutes=int(minutes)) if minutes else window,
            notice=timedelta(minutes=int(told["notice"] or 0)),
            purpose=told["purpose"],
        )

    def clean(self) -> dict[str, Any]:
        """The window exists on the clock, and holds the length that is asked for."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        asked = self.booking_request()
        if not asked.is_on_the_clock:
            self.add_error("start", gettext("The clock skips this time on that day."))
        elif asked.duration <= timedelta(0):
            self.add_error("end", gettext("The end must lie after the start."))
        elif cleaned["length"] and timedelta(minutes=int(cleaned["length"])) > asked.duration:
            self.add_error("length", gettext("This is longer than the time that you name above."))
        return cleaned

    def _targets(self) -> list[tuple[str, str]]:
        machine = self.machine
        choices = [("machine", gettext("%(name)s only") % {"name": machine.name})]
        if machine.pool is not None:
            choices.append(("pool", gettext("Any of %(name)s") % {"name": machine.pool.name}))
        words = {"name": machine.category.name, "space": machine.space.name}
        choices.append(("category", gettext("Any in %(name)s at %(space)s") % words))
        return choices

    def _lengths(self) -> list[tuple[str, str]]:
        """Whole steps that the policy allows, as many as fit into a list."""
        terms = self.terms
        step = max(terms.grid, timedelta(minutes=30) // terms.grid * terms.grid)
        first = -(-max(terms.shortest, terms.grid) // step) * step
        lengths = [first + number * step for number in range(MOST_LENGTHS)]
        fitting = [each for each in lengths if each <= terms.longest]
        return [
            (WHOLE, gettext("The whole time")),
            *((str(_minutes(each)), duration_in_words(each)) for each in fitting),
        ]


def _minutes(duration: timedelta) -> int:
    return int(duration.total_seconds()) // 60


def _in_words(notice: timedelta) -> str:
    if not notice:
        return gettext("up to the start")
    return gettext("%(duration)s before the start") % {"duration": duration_in_words(notice)}
