"""Reminder rules as sentences."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking.models import ReminderRule
from booking.reminders import DEFAULTS
from booking.states import EVERYBODY, OF_RESERVATIONS, ReminderEvent, ReminderTo
from booking.wording import duration_in_words
from members.states import Audience
from notifications.states import Ways

SENTENCES = {
    (ReminderEvent.START, ReminderTo.HOLDER): gettext_lazy(
        "Remind %(whom)s %(duration)s before the start."
    ),
    (ReminderEvent.START, ReminderTo.BOOKERS): gettext_lazy(
        "Tell the colleagues who book for the company %(duration)s before the start: %(what)s."
    ),
    (ReminderEvent.START, ReminderTo.STAFF): gettext_lazy(
        "Tell staff %(duration)s before the start: %(what)s."
    ),
    (ReminderEvent.END, ReminderTo.HOLDER): gettext_lazy(
        "Remind %(whom)s %(duration)s before the end."
    ),
    (ReminderEvent.CHECK_IN, ReminderTo.HOLDER): gettext_lazy(
        "Remind %(whom)s to check in, %(duration)s after the start."
    ),
    (ReminderEvent.CHECK_IN, ReminderTo.BOOKERS): gettext_lazy(
        "Tell the colleagues who book for the company where nobody has checked in %(duration)s "
        "after the start: %(what)s."
    ),
    (ReminderEvent.CHECK_IN, ReminderTo.STAFF): gettext_lazy(
        "Tell staff where nobody has checked in %(duration)s after the start: %(what)s."
    ),
    (ReminderEvent.CERTIFICATION, ReminderTo.HOLDER): gettext_lazy(
        "Remind people %(duration)s before a certification of theirs ends: %(what)s."
    ),
    (ReminderEvent.CERTIFICATION, ReminderTo.STAFF): gettext_lazy(
        "Tell staff %(duration)s before somebody’s certification ends: %(what)s."
    ),
    (ReminderEvent.MEMBERSHIP, ReminderTo.HOLDER): gettext_lazy(
        "Remind members %(duration)s before their membership ends."
    ),
    (ReminderEvent.MEMBERSHIP, ReminderTo.STAFF): gettext_lazy(
        "Tell staff %(duration)s before somebody’s membership ends."
    ),
    (ReminderEvent.CONTRACT, ReminderTo.BOOKERS): gettext_lazy(
        "Remind those who book for a company %(duration)s before its contract ends."
    ),
    (ReminderEvent.CONTRACT, ReminderTo.STAFF): gettext_lazy(
        "Tell staff %(duration)s before the contract of a company ends."
    ),
    (ReminderEvent.MAINTENANCE, ReminderTo.STAFF): gettext_lazy(
        "Tell staff %(duration)s before planned maintenance begins: %(what)s."
    ),
    (ReminderEvent.STOCK, ReminderTo.STAFF): gettext_lazy(
        "Tell staff what has been low for %(duration)s."
    ),
    (ReminderEvent.INDUCTION, ReminderTo.HOLDER): gettext_lazy(
        "Remind whoever has a seat in an induction %(duration)s before it begins."
    ),
}
AT_ONCE = {
    (ReminderEvent.CHECK_IN, ReminderTo.HOLDER): gettext_lazy(
        "Remind %(whom)s to check in, at the start."
    ),
    (ReminderEvent.CHECK_IN, ReminderTo.BOOKERS): gettext_lazy(
        "Tell the colleagues who book for the company where nobody has checked in at the start: "
        "%(what)s."
    ),
    (ReminderEvent.CHECK_IN, ReminderTo.STAFF): gettext_lazy(
        "Tell staff where nobody has checked in at the start: %(what)s."
    ),
    (ReminderEvent.STOCK, ReminderTo.STAFF): gettext_lazy(
        "Tell staff as soon as something is low."
    ),
}
"""The same for what people are reminded of afterwards, without any delay."""

BY_WAYS = {
    Ways.MAIL: gettext_lazy("By e-mail alone."),
    Ways.BESIDE: gettext_lazy("On their other channels; by e-mail to who has none."),
}
"""What is said besides, where a rule does not go out by every way."""


def rule_in_words(rule: ReminderRule) -> str:
    """A rule as a sentence: “Remind makers of Lasers 24 hours before the start.”."""
    said = ReminderEvent(rule.event), ReminderTo(rule.to)
    sentence = str(_sentence(*said, rule.offset)) % {
        "whom": _whom(rule),
        "what": _what(rule),
        "duration": duration_in_words(rule.offset),
    }
    ways = BY_WAYS.get(Ways(rule.ways))
    return f"{sentence} {ways}" if ways else sentence


def defaults_in_words(rules: Iterable[ReminderRule]) -> list[str]:
    """What holds beside `rules`, because none of them speaks of the whole space to everybody."""
    said = {
        (rule.event, rule.to)
        for rule in rules
        if rule.category is None and rule.audience == EVERYBODY
    }
    return [
        str(_sentence(event, to, offset))
        % {"whom": _("everybody"), "duration": duration_in_words(offset)}
        for (event, to), offsets in DEFAULTS.items()
        if (event, to) not in said
        for offset in offsets
    ]


def _sentence(event: ReminderEvent, to: ReminderTo, offset: timedelta) -> str | Promise:
    """What is said of a reminder; some are at once."""
    return SENTENCES[event, to] if offset else AT_ONCE.get((event, to), SENTENCES[event, to])


def _whom(rule: ReminderRule) -> str:
    """Whose reservations, as the object of a sentence."""
    audience = Audience(rule.audience).label if rule.audience else _("everybody")
    if rule.category is None:
        return str(audience)
    if not rule.audience:
        return _("everybody who has reserved %(category)s") % {"category": rule.category}
    return _("%(audience)s of %(category)s") % {"audience": audience, "category": rule.category}


def _what(rule: ReminderRule) -> str:
    """Of which machines and whose reservations, at the end of a sentence."""
    category = str(rule.category) if rule.category else _("all machines")
    if rule.event not in OF_RESERVATIONS or not rule.audience:
        return category
    return f"{category}, {Audience(rule.audience).label}"
