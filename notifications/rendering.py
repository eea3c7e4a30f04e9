"""What a message says: its templates filled in the reader's language and on both clocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils.translation import override

from notifications.ical import unpacked
from notifications.models import Message
from notifications.wanting import preference_of
from notifications.wording import (
    moment_in_words,
    show_the_same,
    span_in_words,
    zone_in_words,
)

LISTS = ("dates", "left_out")
"""What holds many spans of one message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """The texts of one message; the attachment is for calendar programs, where there is one.

    A digest tells of `parts`, which are messages with their texts written.
    """

    subject: str
    text: str
    html: str
    attachment: str
    parts: Sequence[Message] = ()


def render(message: Message) -> Rendered:
    """Fill the templates `messages/<kind>.*`; raises what a broken template raises."""
    folder = f"messages/{message.kind}"
    with override(language_of(message)):
        attachment = _attachment(message)
        context = {**message.context, **_times(message), "is_attached": bool(attachment)}
        return Rendered(
            subject=" ".join(_plain(f"{folder}.subject.txt", context).split()),
            text=_plain(f"{folder}.txt", context).strip() + "\n",
            html=get_template(f"{folder}.html").render(context),
            attachment=attachment,
        )


def _attachment(message: Message) -> str:
    """What calendar programs read of it; nothing for a reader who wants no such files."""
    preference = preference_of(message)
    if preference is not None and not preference.wants_calendar:
        return ""
    return message.attachment or _event(message)


def _event(message: Message) -> str:
    """The event or the events of which the context tells, as calendar programs read them."""
    told = message.context.get("event")
    events = message.context.get("events") or ([told] if told else [])
    return unpacked(*events) if events else ""


def language_of(message: Message) -> str:
    """The language of the reader, where we speak it."""
    language = getattr(message.recipient, "language", "")
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _plain(name: str, context: dict[str, Any]) -> str:
    """A plain text needs no escaping of what only HTML gives a meaning."""
    template: Any = get_template(name)
    return str(template.template.render(Context(context, autoescape=False)))


def _times(message: Message) -> dict[str, object]:
    """Words for the spans that the context holds as ISO moments.

    `starts_at` and `ends_at` become `when` and `zone_words`, and where the reader's own clock
    shows another time, `when_here` and `zone_here`; `previous_…` and `return_…` likewise, and
    `released_at` becomes `released_when`. So do the spans of the lists `dates` and `left_out`,
    each by itself.
    """
    context = message.context
    if "zone" not in context:
        return {}
    zone = ZoneInfo(context["zone"])
    here = ZoneInfo(getattr(message.recipient, "timezone", "") or context["zone"])
    words: dict[str, object] = {"language": language_of(message)}
    for name in LISTS:
        if name in context:
            words[name] = [each | _in_words(each, zone, here) for each in context[name]]
    if "released_at" in context:
        released = datetime.fromisoformat(context["released_at"])
        words["released_when"] = moment_in_words(released, zone)
    for prefix in ("", "previous_", "return_"):
        if f"{prefix}starts_at" not in context:
            continue
        told = _in_words(
            {name: context[f"{prefix}{name}"] for name in ("starts_at", "ends_at")}, zone, here
        )
        words |= {f"{prefix}{name}": text for name, text in told.items()}
    return words


def _in_words(span: dict[str, str], zone: ZoneInfo, here: ZoneInfo) -> dict[str, str]:
    """One span on the clock of `zone`, and on the reader's where that shows another time."""
    start, end = (datetime.fromisoformat(span[name]) for name in ("starts_at", "ends_at"))
    words = {"when": span_in_words(start, end, zone), "zone_words": zone_in_words(start, zone)}
    if not show_the_same(zone, here, start, end):
        words["when_here"] = span_in_words(start, end, here)
        words["zone_here"] = zone_in_words(start, here)
    return words
