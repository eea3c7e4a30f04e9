"""What members may say about themselves, and the tokens they ask for."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from allauth.account.forms import ResetPasswordKeyForm, SignupForm
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from members.models import Member
from members.services.membership import wake
from members.states import DelegateKind, Scope
from notifications.adapting import Wording
from notifications.fields import faults_of
from notifications.models.text import LONGEST_SUBJECT, LONGEST_TEXT
from notifications.offered import BLOCKS, fields_of, subject_fields_of

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


@cache
def zones() -> tuple[tuple[str, str], ...]:
    """The time zones of the world that are named for a place, Europe first."""
    names = sorted(available_timezones())
    return tuple(
        (name, name.replace("_", " "))
        for continent in CONTINENTS
        for name in names
        if name.startswith(continent)
    )


class MemberSignupForm(SignupForm):  # type: ignore[misc]
    """Sign-up with a name, so that staff knows who stands at the machine."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("As the staff of the space knows you."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    timezone = forms.CharField(
        required=False, widget=forms.HiddenInput(attrs={"data-device-zone": ""})
    )
    field_order = ("name", "email", "password1")

    def validate_unique_email(self, value: str) -> str:
        """The address; one that somebody has in capitals is taken too."""
        email: str = super().validate_unique_email(value)
        if Member.objects.filter(email__iexact=email).exists():
            self.account_already_exists = True
        return email

    def custom_signup(self, request: HttpRequest, user: Member) -> None:
        """Keep the name, and write to the person in the language and on the clock of the page."""
        zone = self.cleaned_data["timezone"]
        user.name = self.cleaned_data["name"]
        user.language = get_language() or settings.LANGUAGE_CODE
        # What a device says of itself is no reason to refuse anybody.
        user.timezone = zone if zone in dict(zones()) else ""
        user.save(update_fields=["name", "language", "timezone"])


class NewPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password by a link in a mail; who opens it for an account asleep has woken it."""

    def save(self) -> None:
        """Set the password, and wake the account where it sleeps."""
        if self.user.is_asleep:
            wake(member=self.user, password=self.cleaned_data["password1"])
        else:
            super().save()


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


class MessageTextForm(forms.Form):
    """How a space words one kind of message; what could not be filled is refused with its place."""

    subject = forms.CharField(label=_("Subject"), max_length=LONGEST_SUBJECT)
    text = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_TEXT,
        help_text=_(
            "Names in braces are filled in. A line with a name that is empty in a message is left "
            "out. A line that begins with # is the heading."
        ),
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "true"}),
    )

    def __init__(self, kind: str, language: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kind = kind
        for field in self.fields.values():
            field.widget.attrs["lang"] = language

    def clean_subject(self) -> str:
        """The subject, whose fields exist."""
        return self._without_faults("subject", subject_fields_of(self._kind))

    def clean_text(self) -> str:
        """The text, whose fields exist and stand where they may."""
        return self._without_faults("text", fields_of(self._kind), blocks=BLOCKS)

    def wording(self) -> Wording:
        """What was written, once it is valid."""
        return Wording(**self.cleaned_data)

    def _without_faults(
        self, name: str, known: Sequence[str], *, blocks: Collection[str] = ()
    ) -> str:
        written = str(self.cleaned_data[name]).replace("\r\n", "\n")
        faults = [str(fault) for fault in faults_of(written, known=known, blocks=blocks)]
        if faults:
            listed = ", ".join(f"{{{each}}}" for each in known)
            exist = gettext("These exist here: %(fields)s") % {"fields": listed}
            raise ValidationError([*faults, exist])
        return written
