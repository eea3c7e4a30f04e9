"""What a member wants to follow in a calendar program."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from booking.models import Feed
from booking.states import FeedKind

GROUPS = {
    FeedKind.MINE: _("What is mine"),
    FeedKind.COMPANY: _("What is mine"),
    FeedKind.MACHINE: _("A machine"),
    FeedKind.SPACE: _("A space"),
    FeedKind.DUTY: _("When staff is there"),
}


class FeedForm(forms.Form):
    """One of the things that the member may follow, and where it will be read."""

    about = forms.ChoiceField(
        label=_("What do you want to follow?"),
        help_text=_("For a machine begin on its page, with “Subscribe to this calendar”."),
    )
    name = forms.CharField(
        label=_("Where will you read it?"),
        max_length=80,
        required=False,
        help_text=_("Such as “my phone”, so that you know later which address to revoke."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, followable: Sequence[Feed], **options: Any) -> None:
        super().__init__(*args, **options)
        self._followable = {feed.about: feed for feed in followable}
        self.fields["about"].choices = grouped(followable)  # type: ignore[attr-defined]

    @property
    def wanted(self) -> Feed:
        """What was chosen, as a feed that is not yet opened."""
        return self._followable[self.cleaned_data["about"]]


def grouped(feeds: Iterable[Feed]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The choices under what they have in common."""
    return [
        (str(group), [(feed.about, str(feed)) for feed in alike])
        for group, alike in groupby(feeds, key=lambda feed: GROUPS[FeedKind(feed.kind)])
    ]
