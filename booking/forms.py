"""What people fill in to reserve a machine."""

from dataclasses import replace
from datetime import date as local_date
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from booking.facts import BookingRequest, Refusal, Terms
from booking.models import Reservation
from booking.states import DEFAULT_GRID, EARLIEST_DAY, LATEST_DAY, LONGEST_BLOCK
from machines.models import Machine, Pool
from members.models import Company, Member
from members.permissions import is_staff_of
from members.states import BOOKING
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


class ReservationForm(SpanForm):
    """A span, what for, and for whom: a company, a colleague, or as staff any member."""

    purpose = forms.CharField(label=_("What will you make?"), max_length=200, required=False)

    def __init__(self, *args: Any, member: Member | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.member = member
        if member is None:
            return
        companies = Company.objects.filter(
            delegates__in=member.delegations.filter(kind__in=BOOKING)
        )
        if companies:
            self._offer_companies(companies, member)
        if is_staff_of(member, self.machine.space):
            self.fields["for_email"] = forms.EmailField(
                label=_("On behalf of"),
                required=False,
                help_text=_("The e-mail address of a member. Empty: for yourself."),
                widget=forms.EmailInput(attrs={"autocomplete": "off"}),
            )

    def address(self, page: str) -> str:
        """The address of `page` about what the form reserves: reserve, verdict."""
        return reverse(f"booking:{page}", args=[self.machine.space.slug, self.machine.slug])

    @property
    def reserve_url(self) -> str:
        """Where the form is sent."""
        return self.address("reserve")

    @property
    def verdict_url(self) -> str:
        """Where it is asked whether a time could be reserved."""
        return self.address("verdict")

    def wait_url(self, **asked: str) -> str:
        """Where one asks to be told when a time is free, filled with what is `asked`."""
        page = reverse("booking:wish_new", args=[self.machine.space.slug, self.machine.slug])
        return f"{page}?{urlencode(asked)}" if asked else page

    def _offer_companies(self, companies: QuerySet[Company], member: Member) -> None:
        self.fields["company"] = forms.ModelChoiceField(
            companies, label=_("For"), required=False, empty_label=_("Myself")
        )
        colleagues = Member.objects.filter(
            is_active=True, delegations__company__in=companies.values("pk")
        )
        colleagues = colleagues.exclude(pk=member.pk).distinct().order_by("name", "pk")
        if colleagues:
            self.fields["colleague"] = forms.ModelChoiceField(
                colleagues,
                label=_("Who will use it"),
                required=False,
                empty_label=_("Myself"),
            )
        self.fields["is_confidential"] = forms.BooleanField(
            label=_("Confidential: others see only “Reserved”"), required=False
        )

    def clean(self) -> dict[str, Any]:
        """A colleague uses it for the company; a member of whom staff speaks is known."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("colleague") and not cleaned.get("company"):
            self.add_error("company", gettext("Choose the company for which they use it."))
        email = cleaned.get("for_email")
        if email:
            found = Member.objects.filter(email__iexact=email, is_active=True).first()
            cleaned["for_member"] = found
            if found is None:
                self.add_error("for_email", gettext("No member has this address."))
        return cleaned

    def holder(self) -> Member | None:
        """In whose name it is reserved; only on a valid form."""
        told = self.cleaned_data
        holder: Member | None = told.get("for_member") or told.get("colleague") or self.member
        return holder


class MoveForm(SpanForm):
    """A new span, and perhaps another machine of the same kind."""

    # Staff may have made it longer than the policy allows; it must not shrink unseen.
    always_asks_for_the_last_day = True

    def __init__(
        self, *args: Any, machine: Machine, terms: Terms, pool: Pool | None = None, **options: Any
    ) -> None:
        super().__init__(*args, machine=machine, terms=terms, **options)
        # What is not listed is not offered, except to stay where one is.
        alike = Machine.objects.in_service().filter(
            Q(is_listed=True) | Q(pk=machine.pk),
            space=machine.space_id,
            category=machine.category_id,
        )
        self.fields["to_machine"] = forms.ModelChoiceField(
            alike,
            label=_("Machine"),
            required=False,
            empty_label=gettext("Any of %(name)s") % {"name": pool.name} if pool else None,
        )
        self.fields["to_machine"].error_messages["invalid_choice"] = gettext(
            "A reservation moves only to a machine of the same kind, %(kind)s, in service."
        ) % {"kind": machine.category.name}


class ProlongForm(SpanForm):
    """A later end for a use that goes on."""

    field_order = ("end_date", "end")
    always_asks_for_the_last_day = True

    def __init__(self, *args: Any, reservation: Reservation, **options: Any) -> None:
        self.reservation = reservation
        super().__init__(*args, machine=reservation.machine, **options)
        del self.fields["date"], self.fields["start"]
        self.fields["end_date"].required = True
        self.fields["end_date"].help_text = ""

    def booking_request(self) -> BookingRequest:
        """The reservation with the end asked for; only on a valid form."""
        zone = self.machine.space.zone
        wall = datetime.combine(self.cleaned_data["end_date"], self.cleaned_data["end"])
        return BookingRequest(
            starts_at=self.reservation.starts_at,
            ends_at=moment_of(wall, zone),
            is_on_the_clock=exists_on_clock(wall, zone),
        )

    def show(self, refusals: list[Refusal]) -> None:
        """Put each refusal beside its field; the start stands, so the end is what can be mended."""
        super().show(
            [replace(each, field="end") if each.field == "start" else each for each in refusals]
        )


class DecisionForm(forms.Form):
    """The answer to a request; whoever denies it says why."""

    APPROVE, DENY = "approve", "deny"

    decision = forms.ChoiceField(
        choices=[(APPROVE, _("Approve")), (DENY, _("Deny"))], widget=forms.HiddenInput
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is told to the person. Say what would be possible instead."),
    )

    whole_series = forms.BooleanField(label=_("For all dates of the series"), required=False)

    def clean(self) -> dict[str, Any]:
        """A denial has a reason."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("decision") == self.DENY and not cleaned.get("reason"):
            self.add_error("reason", gettext("Say why, so that the person knows what to do."))
        return cleaned


class BlockForm(SpanForm):
    """A span in which nobody is to use a machine, and why."""

    purpose = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("Everyone sees it in the calendar.")
    )

    always_asks_for_the_last_day = True

    def __init__(self, *args: Any, machine: Machine, terms: Terms, **options: Any) -> None:
        # What people must keep to, upkeep need not.
        super().__init__(*args, machine=machine, terms=replace(terms, grid=DEFAULT_GRID), **options)

    def clean(self) -> dict[str, Any]:
        """The two wall times make a span that exists on the clock of the space."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        request = self.booking_request()
        if not request.is_on_the_clock:
            self.add_error(
                "start", _("The clock skips this time on that day. Choose one hour later.")
            )
        elif request.duration <= timedelta(0):
            self.add_error("end", _("The end must come after the start."))
        elif request.duration > LONGEST_BLOCK:
            self.add_error("end_date", _("A block lasts a year at most."))
        return cleaned
