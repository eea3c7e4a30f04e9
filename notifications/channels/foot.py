"""Below each mail: where its reader says what they want, and how to turn off what need not be.

It belongs to the mail and not to the message: the log that staff read must hold no key that
turns something off for somebody else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from notifications.clicks import Key, clicks_of
from notifications.clicks import key_of as key_of_click
from notifications.kinds import optional_group
from notifications.models import Message
from notifications.rendering import language_of
from notifications.unsubscribing import Switch, key_of

PLACE = "<!-- foot -->"
BUTTONS_PLACE = "<!-- end of body -->"
"""Where both go in the frame of every mail (templates/messages/_layout.html)."""


@dataclass(frozen=True, slots=True)
class Foot:
    """What stands below a mail, and what tells mail programs the same (RFC 2369, RFC 8058)."""

    text: str = ""
    html: str = ""
    buttons: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def below(self, html: str) -> str:
        """The HTML of the mail, with the foot and the buttons in their places."""
        return html.replace(BUTTONS_PLACE, self.buttons, 1).replace(PLACE, self.html, 1)


def foot_of(message: Message, told: Sequence[Message] = ()) -> Foot:
    """The foot of a mail that tells of `told` or of itself.

    There is none below what goes to an address rather than to a member.
    """
    if message.recipient is None or message.address:
        return Foot()
    found = [optional_group(each.kind, each.context) for each in told or [message]]
    groups = {group.key: group for group in found if group is not None}
    words: dict[str, Any] = {"base": settings.BASE_URL, "clicks": _clicks(message)}
    headers = {}
    if groups:
        key = key_of(Switch(message.recipient.pk, tuple(groups)))
        words |= {
            "groups": [group.label for group in groups.values()],
            "switch": settings.BASE_URL + reverse("members:unsubscribe", args=[key]),
        }
        headers = {
            "List-Unsubscribe": f"<{words['switch']}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    with override(language_of(message)):
        return Foot(
            text=render_to_string("messages/_foot.txt", words),
            html=render_to_string("messages/_foot.html", words),
            buttons=render_to_string("messages/_clicks.html", words),
            headers=headers,
        )


def _clicks(message: Message) -> list[dict[str, object]]:
    """What its reader may do with one press, each with the address that does it."""
    return [
        {
            "label": each.label,
            "url": settings.BASE_URL
            + reverse("booking:click", args=[key_of_click(Key(message.pk, each.name))]),
        }
        for each in clicks_of(message.kind)
    ]
