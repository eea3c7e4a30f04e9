"""Below each mail: where its reader says what they want, and how to turn off what need not be.

It belongs to the mail and not to the message: the log that staff read must hold no key that
turns something off for somebody else.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils.translation import override

from notifications.clicks import Key, clicks_of, place_of
from notifications.clicks import key_of as key_of_click
from notifications.kinds import optional_group
from notifications.models import Message
from notifications.pages import Page, address_of
from notifications.rendering import language_of
from notifications.unsubscribing import Switch, key_of

PLACE = "<!-- foot -->"
BUTTONS_PLACE = "<!-- end of body -->"
"""Where both go in the frame of every mail (templates/messages/_layout.html)."""


@dataclass(frozen=True, slots=True)
class Foot:
    """What stands below a mail, and what tells mail programs the same (RFC 2369, RFC 8058).

    `places` are what is put where in its HTML: the foot itself, and the buttons.
    """

    text: str = ""
    places: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def below(self, html: str) -> str:
        """The HTML of the mail, with the foot and the buttons in their places."""
        for place, words in self.places.items():
            html = html.replace(place, words, 1)
        return html


def foot_of(
    message: Message, told: Sequence[Message] = (), told_with: Sequence[Message] = ()
) -> Foot:
    """The foot of a mail that tells of `told` or of itself, and of `told_with`.

    There is none below what goes to an address rather than to a member.
    """
    if message.recipient is None or message.address:
        return Foot()
    found = [optional_group(each.kind, each.context) for each in told or [message]]
    groups = {group.key: group for group in found if group is not None}
    apart, below = (told, told_with) if told else ((), (message, *told_with))
    places = {place_of(each.pk): _offers([each]) for each in apart} | {
        BUTTONS_PLACE: _offers(below)
    }
    with override(language_of(message)):
        words: dict[str, Any] = {
            "choices": address_of(Page.CHOICES),
            "offers": [offer for offers in places.values() for offer in offers],
            "is_of_many": bool(told or told_with),
            "group": ", ".join(str(group.label) for group in groups.values()),
            "switch": _switch(message.recipient.pk, groups),
        }
        return Foot(
            text=render_to_string("messages/_foot.txt", words),
            places={
                PLACE: render_to_string("messages/_foot.html", words),
                **{
                    place: render_to_string(
                        "messages/_clicks.html", {"offers": offers, "is_of_many": bool(told_with)}
                    )
                    for place, offers in places.items()
                    if offers
                },
            },
            headers=_headers(words["switch"]),
        )


def _switch(member: int, groups: Collection[str]) -> str:
    """The address that turns `groups` off; nothing where there are none."""
    return address_of(Page.SWITCH, key_of(Switch(member, tuple(groups)))) if groups else ""


def _headers(switch: str) -> dict[str, str]:
    if not switch:
        return {}
    return {
        "List-Unsubscribe": f"<{switch}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


class _Offer(NamedTuple):
    """What a message lets its reader do with one press, each with the address that does it."""

    message: Message
    clicks: Sequence[Mapping[str, object]]


def _offers(messages: Iterable[Message]) -> list[_Offer]:
    """What can be done with one press about `messages`, without those that offer nothing."""
    return [
        _Offer(
            message,
            [
                {
                    "label": each.label,
                    "url": address_of(Page.CLICK, key_of_click(Key(message.pk, each.name))),
                }
                for each in clicks
            ],
        )
        for message in messages
        if (clicks := clicks_of(message.kind))
    ]
