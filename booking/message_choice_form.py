"""The form in which members say which messages they get, when and how."""

from datetime import time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from booking.wording import duration_in_words
from machines.forms.times import TimeField
from members.models import Member
from notifications.kinds import optional_groups
from notifications.models import Preference
from notifications.services.preferences import Choice
from spaces.intervals import DAY

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
OFFSETS = (15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY)
"""How long before the start one can be reminded."""

HALF_HOURS = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(0, 24 * 60, 30)]
AS_THE_SPACE_SAYS, EACH_BY_ITSELF = "space", "each"
GROUP = "group_"


class MessageChoiceForm(forms.Form):
    """One switch for each group of messages, and the rest of what a member may say."""

    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("Of the mails to you, and of the pages."),
    )
    reminder = forms.ChoiceField(
        label=_("Remind me"),
        help_text=_("Before each of your reservations, those to come included."),
    )
    wants_calendar = forms.BooleanField(
        label=_("Attach calendar files"),
        required=False,
        help_text=_("With them your calendar takes up, moves and removes each reservation."),
    )
    digest = forms.ChoiceField(
        label=_("How often"),
        help_text=_("What begins or changes before the mail of the day comes at once."),
    )
    quiet_from = TimeField(label=_("Quiet from"), texts=HALF_HOURS, required=False)
    quiet_until = TimeField(label=_("Until"), texts=HALF_HOURS, required=False)

    def __init__(self, *args: Any, member: Member, preference: Preference, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reminder"].choices = _offsets(member)  # type: ignore[attr-defined]
        self.fields["digest"].choices = _digests(preference)  # type: ignore[attr-defined]
        for group in optional_groups():
            self.fields[GROUP + group.key] = forms.BooleanField(
                label=str(group.label), help_text=str(group.help), required=False
            )
        self.initial.update(_as_it_is(member, preference))

    @property
    def groups(self) -> list[forms.BoundField]:
        """The switches of the groups."""
        return [self[name] for name in self.fields if name.startswith(GROUP)]

    def clean(self) -> dict[str, Any]:
        """Quiet hours have two ends, and the mail of the day does not come in them."""
        told = self.cleaned_data
        begin, end = told.get("quiet_from"), told.get("quiet_until")
        if "quiet_from" not in told or "quiet_until" not in told:
            return told
        if bool(begin) != bool(end):
            missing = "quiet_until" if begin else "quiet_from"
            self.add_error(missing, gettext("Say both, or neither for no quiet hours."))
        elif begin and begin == end:
            self.add_error("quiet_until", gettext("That would be quiet all day, or not at all."))
        elif begin and end and _is_within(told.get("digest", EACH_BY_ITSELF), begin, end):
            self.add_error("digest", gettext("That is within your quiet hours."))
        return told

    @property
    def choice(self) -> Choice:
        """What was chosen; only on a valid form."""
        told = self.cleaned_data
        names = (name for name in self.fields if name.startswith(GROUP))
        return Choice(
            muted=[name.removeprefix(GROUP) for name in names if not told[name]],
            digest_time=_time(told["digest"].removeprefix(EACH_BY_ITSELF)),
            quiet_from=_time(told["quiet_from"]),
            quiet_until=_time(told["quiet_until"]),
            wants_calendar=told["wants_calendar"],
        )

    @property
    def reminder_offset(self) -> timedelta | None:
        """How long before the start; None as the spaces say. Only on a valid form."""
        told = self.cleaned_data["reminder"]
        return None if told == AS_THE_SPACE_SAYS else MINUTE * int(told)


def _offsets(member: Member) -> list[tuple[str, str]]:
    """The lengths to choose from, with another one that is chosen already."""
    offered = {*OFFSETS, *filter(None, [member.reminder_offset])}
    return [
        (AS_THE_SPACE_SAYS, gettext("as each space says")),
        *(
            (
                _minutes(offset),
                gettext("%(duration)s before") % {"duration": duration_in_words(offset)},
            )
            for offset in sorted(offered)
        ),
    ]


def _digests(preference: Preference) -> list[tuple[str, str]]:
    """Every full hour, with another time that is chosen already."""
    hours = {time(hour) for hour in range(24)} | set(filter(None, [preference.digest_time]))
    return [
        (EACH_BY_ITSELF, gettext("each message by itself")),
        *(
            (f"{hour:%H:%M}", gettext("one mail a day, at %(hour)s") % {"hour": f"{hour:%H:%M}"})
            for hour in sorted(hours)
        ),
    ]


def _as_it_is(member: Member, preference: Preference) -> dict[str, Any]:
    return {
        "language": member.language,
        "reminder": _minutes(member.reminder_offset) or AS_THE_SPACE_SAYS,
        "digest": _text(preference.digest_time) or EACH_BY_ITSELF,
        "quiet_from": _text(preference.quiet_from),
        "quiet_until": _text(preference.quiet_until),
        "wants_calendar": preference.wants_calendar,
        **{GROUP + each.key: each.key not in preference.muted for each in optional_groups()},
    }


def _is_within(clock: str, begin: str, end: str) -> bool:
    """Whether a time of day lies in hours that may last over midnight."""
    if clock == EACH_BY_ITSELF:
        return False
    return begin <= clock < end if begin < end else not end <= clock < begin


def _minutes(offset: timedelta | None) -> str:
    return str(offset // MINUTE) if offset else ""


def _text(clock: time | None) -> str:
    return f"{clock:%H:%M}" if clock else ""


def _time(text: str) -> time | None:
    return time.fromisoformat(text) if text else None
