"""The form that tries the rules: who, which machine, when, for which company."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from booking.facts import BookingRequest
from booking.queries.people import people_of
from booking.span_forms import WITHIN_REACH
from machines.forms.times import ENDS, STARTS, DateInput, TimeField, wall_of
from machines.models import Machine
from members.models import Company, Member
from spaces.models import Space

MOST_SHOWN = 10


class TrialForm(forms.Form):
    """Who would ask for what; `found` are the people whose name fits where several do."""

    person = forms.CharField(
        label=_("Who"),
        max_length=200,
        help_text=_("A name, a part of it, or an e-mail address."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    machine = forms.ModelChoiceField(
        Machine.objects.none(), label=_("Machine"), to_field_name="slug", empty_label=None
    )
    date = forms.DateField(label=_("Day"), validators=WITHIN_REACH, widget=DateInput)
    start = TimeField(label=_("From"), texts=STARTS)
    end = TimeField(label=_("To"), texts=ENDS)
    company = forms.ModelChoiceField(
        Company.objects.none(),
        label=_("For"),
        to_field_name="slug",
        required=False,
        empty_label=_("Themselves"),
    )

    def __init__(self, *args: Any, space: Space, **options: Any) -> None:
        super().__init__(*args, **options)
        self.space, self.found = space, list[Member]()
        machines = Machine.objects.in_service().filter(space=space)
        for name, rows in (
            ("machine", machines.select_related("space", "category").order_by("name", "pk")),
            ("company", Company.objects.order_by("name", "pk")),
        ):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def clean_person(self) -> Member:
        """The one person whose name or address fits."""
        text = self.cleaned_data["person"].strip()
        people = people_of(self.space).order_by("name", "pk")
        exact = people.filter(email__iexact=text)
        by_name = people.filter(Q(name__icontains=text) | Q(email__istartswith=text))
        self.found = list(exact) or list(by_name[: MOST_SHOWN + 1])
        if not self.found:
            raise forms.ValidationError(gettext("Nobody of this space is called that."))
        if len(self.found) > MOST_SHOWN:
            self.found = []
            raise forms.ValidationError(gettext("Many are called that. Write more of the name."))
        if len(self.found) > 1:
            raise forms.ValidationError(gettext("Several are called that. Choose below."))
        return self.found[0]

    def booking_request(self) -> BookingRequest:
        """The span asked for; only on a valid form. An end before the start is the next day."""
        day = self.cleaned_data["date"]
        start, end = (wall_of(day, self.cleaned_data[name]) for name in ("start", "end"))
        if end <= start:
            end += timedelta(days=1)
        return BookingRequest.from_wall(start, end, self.space.zone)
