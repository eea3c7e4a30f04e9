"""What a member says about a channel: where it is, what to call it, what to send there."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.channels.webhook import new_secret
from notifications.kinds import essential_groups, optional_groups
from notifications.models import Endpoint
from notifications.pushing import are_keys
from notifications.states import ChannelName
from spaces.fetching import AddressRefused, checked

LONGEST_ADDRESS = 1_000
_NO_BROWSER = _("This browser gave no address that can be used.")


def groups_offered() -> list[tuple[str, str | Promise]]:
    """The groups of messages, as choices."""
    return [(group.key, group.label) for group in (*essential_groups(), *optional_groups())]


def be_callable(url: str) -> None:
    """Raise ValidationError unless we would call `url` with what only its owner may read."""
    try:
        checked(url, is_confidential=True)
    except AddressRefused as error:
        raise ValidationError(
            _("Give an address that begins with https:// and is on the open internet."),
            code="refused",
        ) from error


class ChannelForm(forms.Form):
    """What every channel has: a name, and the messages that go there."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("So that you know it again in the list.")
    )
    groups = forms.MultipleChoiceField(
        label=_("Only these messages"),
        required=False,
        choices=groups_offered,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: everything that you get by mail."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not groups_offered():
            self.fields.pop("groups", None)

    def groups_chosen(self) -> Sequence[str]:
        """The keys of the groups; none for all."""
        chosen: Sequence[str] = self.cleaned_data.get("groups", ())
        return chosen


class NewChannelForm(ChannelForm):
    """A channel to be added."""

    channel: ClassVar[ChannelName]

    def address(self) -> dict[str, str]:
        """Where it is; may be shown."""
        raise NotImplementedError

    def keys(self) -> dict[str, str]:
        """Its secrets, which are never shown."""
        raise NotImplementedError


class PushForm(NewChannelForm):
    """The subscription of a browser, as its script fills it in; a name and one press are enough."""

    channel = ChannelName.WEB_PUSH
    url = forms.CharField(max_length=LONGEST_ADDRESS, required=False, widget=forms.HiddenInput)
    p256dh = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)
    auth = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("groups", None)

    def clean(self) -> dict[str, Any]:
        """Nobody typed these, so one sentence tells of all that can be wrong with them."""
        data = self.cleaned_data
        keys = {name: data.get(name, "") for name in ("p256dh", "auth")}
        try:
            be_callable(data.get("url", ""))
        except ValidationError as error:
            raise ValidationError(_NO_BROWSER) from error
        if not are_keys(**keys):
            raise ValidationError(_NO_BROWSER)
        return data

    def address(self) -> dict[str, str]:
        """The browser's own address at the push service of its maker."""
        return {"url": self.cleaned_data["url"]}

    def keys(self) -> dict[str, str]:
        """With these only the browser can read what is pushed."""
        return {name: self.cleaned_data[name] for name in ("p256dh", "auth")}


class MatrixForm(NewChannelForm):
    """A room, and a token with which we may write into it."""

    channel = ChannelName.MATRIX
    field_order = ("server", "room", "token", "name", "groups")
    server = forms.CharField(
        label=_("Home server"),
        max_length=LONGEST_ADDRESS,
        validators=[be_callable],
        help_text=_("Such as https://matrix.example.org."),
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )
    room = forms.CharField(
        label=_("Room"),
        max_length=255,
        validators=[RegexValidator(r"^![!-~]+$", _("The id of a room begins with “!”."))],
        help_text=_("Its id, such as !abc:example.org, from the advanced settings of the room."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    token = forms.CharField(
        label=_("Access token"),
        max_length=1_000,
        validators=[RegexValidator(r"^[!-~]+$", _("A token has no spaces."))],
        help_text=_(
            "Better of an account made for this than of your own. It is never shown again."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def address(self) -> dict[str, str]:
        """The home server and the room."""
        return {
            "server": self.cleaned_data["server"].rstrip("/"),
            "room": self.cleaned_data["room"],
        }

    def keys(self) -> dict[str, str]:
        """The token."""
        return {"token": self.cleaned_data["token"]}


class WebhookForm(NewChannelForm):
    """The address of a program."""

    channel = ChannelName.WEBHOOK
    field_order = ("url", "name", "groups")
    url = forms.CharField(
        label=_("Address"),
        max_length=LONGEST_ADDRESS,
        validators=[be_callable],
        help_text=_("Your program is called here for every message, with a signature."),
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )

    def address(self) -> dict[str, str]:
        """Where the program listens."""
        return {"url": self.cleaned_data["url"]}

    def keys(self) -> dict[str, str]:
        """A fresh secret to sign with."""
        return {"secret": new_secret()}


def change_form(endpoint: Endpoint, data: Any = None) -> ChannelForm:
    """The form to change a channel, filled in with what holds."""
    return ChannelForm(
        data,
        initial={"name": endpoint.name, "groups": endpoint.groups},
        auto_id=f"channel_{endpoint.pk}_%s",
    )
