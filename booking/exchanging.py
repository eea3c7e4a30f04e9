"""What people fill in to exchange a time with another member, or to hand it over."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from booking.models import Reservation
from booking.queries.exchanges import OFFERED, times_of_others
from booking.wording import moment_in_words


class _TimeField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A time of somebody, told as when and on what; never by whom."""

    def label_from_instance(self, obj: Reservation) -> str:
        """Such as “Thu 22 Oct, 10:00 – 12:00, Speedy 400”."""
        zone = obj.machine.space.zone
        start, end = obj.starts_at.astimezone(zone), obj.ends_at.astimezone(zone)
        last = f"{end:%H:%M}" if end.date() == start.date() else moment_in_words(end, zone)
        return f"{moment_in_words(start, zone)} – {last}, {obj.what}"


class _NoteForm(forms.Form):
    """What both kinds of proposals may say."""

    note = forms.CharField(
        label=_("Message"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It is told to the other person, with your name."),
    )


class SwapForm(_NoteForm):
    """A time of somebody else that one would have for one's own."""

    field_order = ("in_return", "note")

    def __init__(self, *args: Any, reservation: Reservation, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = times_of_others(reservation, now=now)
        shown = rows.filter(pk__in=list(rows.values_list("pk", flat=True)[:OFFERED]))
        self.has_times = bool(shown)
        self.fields["in_return"] = _TimeField(
            shown, label=_("Their time"), empty_label=_("Choose a time")
        )
        self.order_fields(self.field_order)


class HandOverForm(_NoteForm):
    """The member who is to have the time, by an address; nobody is told whether it is one's."""

    email = forms.EmailField(
        label=_("E-mail address of the member"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    field_order = ("email", "note")
