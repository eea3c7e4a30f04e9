"""What a message says: in the words of its space or the house's, on both clocks."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.conf import settings
from django.utils.translation import override

from notifications.adapting import Wording, in_own_words
from notifications.house import house_texts
from notifications.ical import unpacked
from notifications.models import Message
from notifications.offered import values_of
from notifications.states import LONGEST_ERROR, ChannelName
from notifications.texts import wording_of
from notifications.wanting import preference_of
from notifications.wording import Clocks, clocks, day_in_words, span_in_words, zone_in_words

logger = logging.getLogger(__name__)

LISTS = ("dates", "left_out", "then")
"""What holds many spans of one message."""

PREFIXES = ("", "previous_", "return_")
"""Before `starts_at` and `ends_at`: the span itself, what it was, what is asked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """The texts of one message; the attachment is for calendar programs, where there is one.

    A digest tells of `parts`, which are messages with their texts written, and not of `left_out`.
    `told_with` are messages that need not be sent, because this one says what they would say.
    `fault` says why the space's own words did not serve, where they did not.
    """

    subject: str
    text: str
    html: str
    attachment: str
    parts: Sequence[Message] = ()
    left_out: Sequence[Message] = ()
    told_with: Sequence[Message] = ()
    fault: str = ""


def render(message: Message) -> Rendered:
    """Fill the templates `messages/<kind>.*`, or what the space says instead of them.

    Raises what a broken template raises.
    """
    return render_as(message, wording_of(message, language_of(message)))


def render_as(message: Message, wording: Wording | None) -> Rendered:
    """The message in these words; in the house's where there are none, or they do not serve."""
    attachment, fault = _attachment(message), ""
    with override(language_of(message)):
        context = _context(message, is_attached=bool(attachment))
        short = _times(message, is_short=True)
        texts = house_texts(message.kind, context, in_subject=short)
        if wording is not None:
            try:
                texts = in_own_words(message.kind, wording, context, in_subject=short, house=texts)
            except Exception as error:
                # Whatever is wrong with the words of a space, the message must go out.
                logger.exception("A text of space %s does not serve.", message.space_key)
                fault = f"{type(error).__name__}: {error}"
    return Rendered(
        subject=texts.subject,
        text=texts.text,
        html=texts.html,
        attachment=attachment,
        fault=fault,
    )


def put_into_words(message: Message) -> None:
    """Write the texts of a message into it, as the log will keep them."""
    written = render(message)
    message.subject, message.text = written.subject[:300], written.text
    message.html, message.attachment = written.html, written.attachment
    message.last_error = written.fault[:LONGEST_ERROR]


def values_in(message: Message) -> dict[str, str]:
    """What stands for each field that the words of a space may name, in the reader's language."""
    with override(language_of(message)):
        context = _context(message, is_attached=True)
        return values_of(message.kind, context, house_texts(message.kind, context, in_subject={}))


def language_of(message: Message) -> str:
    """The reader's language where we speak it; without an account, that of what they asked for."""
    language = getattr(message.recipient, "language", "") or message.context.get("language")
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _context(message: Message, *, is_attached: bool) -> dict[str, object]:
    return {
        **message.context,
        "language": language_of(message),
        "is_attached": is_attached,
        **_times(message),
    }


def _attachment(message: Message) -> str:
    """What calendar programs read of it; only mails carry files, and not to whoever wants none."""
    if message.channel != ChannelName.EMAIL:
        return ""
    preference = preference_of(message)
    if preference is not None and not preference.wants_calendar:
        return ""
    return message.attachment or _event(message)


def _event(message: Message) -> str:
    """The event or the events of which the context tells, as calendar programs read them."""
    told = message.context.get("event")
    events = message.context.get("events") or ([told] if told else [])
    return unpacked(*events) if events else ""


def _times(message: Message, *, is_short: bool = False) -> dict[str, object]:
    """Words for the moments that the context holds, as templates and subject lines need them.

    `starts_at` and `ends_at` become `when` and `zone_words`, and where the reader's own clock
    shows another time, `when_here` and `zone_here`; `previous_…`, `return_…` and `released_at`
    become `…when`, with the reader's time in it, and `end_date` becomes `end_when`. The spans of
    the lists are told each by itself.
    """
    context = message.context
    if "zone" not in context:
        return {}
    both = clocks(context["zone"], getattr(message.recipient, "timezone", ""))
    told: Callable[..., str] = both.short if is_short else both.told
    words: dict[str, object] = {
        name: [each | _beside(each, both) for each in context[name]]
        for name in LISTS
        if name in context
    }
    if "released_at" in context:
        words["released_when"] = told(datetime.fromisoformat(context["released_at"]))
    if "end_date" in context:
        words["end_when"] = day_in_words(date.fromisoformat(context["end_date"]))
    for prefix in PREFIXES:
        if f"{prefix}starts_at" in context:
            words[f"{prefix}when"] = told(*_span(context, prefix))
    if "starts_at" in context:
        words |= _in_own_words(context, told if is_short else partial(both.told, named=True))
        words |= {} if is_short else _beside(context, both)
    return words


def _span(told: dict[str, str], prefix: str = "") -> tuple[datetime, datetime]:
    starts_at, ends_at = (told[f"{prefix}{name}"] for name in ("starts_at", "ends_at"))
    return datetime.fromisoformat(starts_at), datetime.fromisoformat(ends_at)


def _in_own_words(context: dict[str, str], told: Callable[..., str]) -> dict[str, str]:
    """What the words of a space may name: nothing else need be beside it."""
    start, end = _span(context)
    return {"when_told": told(start, end), "starts_told": told(start), "ends_told": told(end)}


def _beside(told: dict[str, str], both: Clocks) -> dict[str, str]:
    """A span on the clock of the space, and beside it what the reader's own clock shows."""
    start, end = _span(told)
    words = {
        "when": span_in_words(start, end, both.space),
        "zone_words": zone_in_words(start, both.space),
    }
    if not both.agree(start, end):
        words["when_here"] = both.here(start, end)
        words["zone_here"] = zone_in_words(start, both.reader)
    return words
