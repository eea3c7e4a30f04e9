"""The form of a reminder rule: what of, how early, whose, and who is told."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from booking.lengths import LengthField
from booking.models import ReminderRule
from booking.states import (
    AFTERWARDS,
    EVERYBODY,
    LONGEST_REMINDER_OFFSET,
    OF_DATES,
    OF_RESERVATIONS,
    OF_WHOLE_SPACES,
    REMINDED,
    ReminderEvent,
    ReminderTo,
)
from booking.wording import duration_in_words
from machines.models import Category
from members.states import Audience
from spaces.intervals import DAY

NOTHING = timedelta(0)
LONGEST: dict[ReminderEvent, timedelta] = {
    ReminderEvent.START: 60 * DAY,
    ReminderEvent.END: 1 * DAY,
    ReminderEvent.CHECK_IN: 1 * DAY,
    # Maintenance is held so far ahead at least (booking/services/blocking.py).
    ReminderEvent.MAINTENANCE: 60 * DAY,
    ReminderEvent.STOCK: 60 * DAY,
    ReminderEvent.INDUCTION: 60 * DAY,
}
"""How early people are reminded at most; of what ends with a day, LONGEST_REMINDER_OFFSET."""


class ReminderRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """A rule of one space; what does not go together is told beside its cause."""

    class Meta:
        model = ReminderRule
        fields = ("event", "offset", "to", "category", "audience", "ways", "is_active")
        field_classes = {"offset": LengthField}
        help_texts = {
            "offset": _("Such as 24 h; whole days for what ends with a day."),
            "to": _("Staff and colleagues are told of reservations of others."),
            "ways": _(
                "Other channels are browsers, Matrix and webhooks; who has none gets an e-mail."
            ),
            "is_active": _("Switched off it sends nothing, and the default stays away too."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        here = Category.objects.filter(machines__space=self.instance.space).distinct()
        category: Any = self.fields["category"]
        category.queryset, category.empty_label = here.order_by("name"), gettext("all machines")
        audience: Any = self.fields["audience"]
        audience.choices = [(EVERYBODY, gettext("everybody")), *Audience.choices]

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [
            (str(title), [self[name] for name in names])
            for title, names in (
                (_("When people are reminded"), ("event", "offset")),
                (_("Who is reminded of what"), ("to", "category", "audience")),
                (_("How it goes out"), ("ways", "is_active")),
            )
        ]

    def clean(self) -> dict[str, Any]:
        """What is reminded of decides who can be told, of what, and how early."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if "event" not in told:
            return told
        event = ReminderEvent(told["event"])
        if told.get("to") and told["to"] not in REMINDED[event]:
            self.add_error("to", _who_can_be_told(event))
        if told.get("category") and event in OF_WHOLE_SPACES:
            self.add_error(
                "category", gettext("This has nothing to do with a category: choose all machines.")
            )
        if told.get("audience") and event not in OF_RESERVATIONS:
            self.add_error(
                "audience", gettext("Only reservations differ by whose they are: choose everybody.")
            )
        if told.get("offset") is not None:
            self._check_offset(event, told["offset"])
        if not self.errors and self._is_said_already(told):
            self.add_error("offset", gettext("There is this reminder already."))
        return told

    def _is_said_already(self, told: dict[str, Any]) -> bool:
        """Whether another rule of the space says just this, on or off."""
        same = {name: told[name] for name in ("event", "offset", "to", "category", "audience")}
        others = ReminderRule.objects.filter(space=self.instance.space, **same)
        return others.exclude(pk=self.instance.pk).exists()

    def _check_offset(self, event: ReminderEvent, offset: timedelta) -> None:
        longest = LONGEST.get(event, LONGEST_REMINDER_OFFSET)
        if event not in AFTERWARDS and offset == NOTHING:
            self.add_error("offset", gettext("Say how long before."))
        elif event in OF_DATES and offset % DAY:
            self.add_error("offset", gettext("Give whole days: it ends with a day."))
        elif offset > longest:
            words = {"duration": duration_in_words(longest)}
            self.add_error("offset", gettext("At most %(duration)s.") % words)

    def rule(self) -> ReminderRule:
        """The rule as it was filled in; only on a valid form."""
        rule: ReminderRule = self.save(commit=False)
        return rule


def _who_can_be_told(event: ReminderEvent) -> str:
    names = ", ".join(str(ReminderTo(to).label) for to in REMINDED[event])
    return gettext("Possible here: %(names)s.") % {"names": names}
