"""What people fill in about a reservation, from reserving to deciding on it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from booking.facts import BookingRequest, Refusal, Terms
from booking.models import Reservation
from booking.span_forms import SpanForm
from booking.states import DEFAULT_GRID, LONGEST_BLOCK
from machines.models import Machine, Pool
from members.models import Company, Member
from members.permissions import is_staff_of
from members.states import BOOKING
from spaces.intervals import exists_on_clock, moment_of


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
