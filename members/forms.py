"""What members may say about themselves, and the tokens they ask for."""

from datetime import datetime, timedelta
from zoneinfo import available_timezones

from allauth.account.forms import SignupForm
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from members.models import Member
from members.states import DelegateKind, Scope

DAYS_OFFERED = (
    (30, _("30 days")),
    (90, _("90 days")),
    (365, _("one year")),
    (0, _("never")),
)
CONTINENTS = (
    "Europe/",
    "Africa/",
    "America/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Indian/",
    "Pacific/",
)


def zones() -> list[tuple[str, str]]:
    """The time zones of the world that are named for a place, Europe first."""
    return [
        (name, name.replace("_", " "))
        for continent in CONTINENTS
        for name in sorted(available_timezones())
        if name.startswith(continent)
    ]


class MemberSignupForm(SignupForm):  # type: ignore[misc]
    """Sign-up with a name, so that staff knows who stands at the machine."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("As the staff of the space knows you."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("name", "email", "password1")

    def custom_signup(self, request: HttpRequest, user: Member) -> None:
        """Keep the name, and write to the person in the language of the page."""
        user.name = self.cleaned_data["name"]
        user.language = get_language() or settings.LANGUAGE_CODE
        user.save(update_fields=["name", "language"])


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name, language and time zone."""

    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("Of the pages and of the mails to you."),
    )
    timezone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=lambda: [("", _("the clock of each space")), *zones()],
        help_text=_("Shown beside the time of the space where the two differ."),
    )

    class Meta:
        model = Member
        fields = ("name", "language", "timezone")
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}


class DelegateForm(forms.Form):
    """Whom to ask to act for a company, and as what."""

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("We write to this address; they appear here once they accept."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=_("As"), choices=DelegateKind.choices, initial="booker")


class CompanyForm(forms.Form):
    """A new company, and who will say who acts for it."""

    name = forms.CharField(label=_("Name of the company"), max_length=120)
    email = forms.EmailField(
        label=_("E-mail address of its administrator"),
        help_text=_("We write to this address. Whoever accepts invites the others."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class TokenForm(forms.Form):
    """A token: what for, what it may do, for how long."""

    name = forms.CharField(
        label=_("What is it for?"),
        max_length=80,
        help_text=_("Such as “door display” or “my script”."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        choices=Scope.choices,
        initial=[Scope.READ],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedChoiceField(
        label=_("Expires after"), choices=DAYS_OFFERED, coerce=int, initial=90
    )

    def expires_at(self, now: datetime) -> datetime | None:
        """The end of the token's life; None for never."""
        days: int = self.cleaned_data["days"]
        return now + timedelta(days=days) if days else None
