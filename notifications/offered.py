"""Which fields the texts of a kind may name, and what stands for them in a message."""

from collections.abc import Collection
from functools import cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.fields import fields_in
from notifications.house import Texts, plain
from notifications.samples import ANY_SCENE, SAMPLES

FIELDS: dict[str, str | Promise] = {
    "name": gettext_lazy("the name of the reader"),
    "news": gettext_lazy("what happened, in the words of Établi"),
    "facts": gettext_lazy("machine, time, place and the rest, each on its line"),
    "machine": gettext_lazy("the machine, or all of a cart"),
    "when": gettext_lazy("from when to when, with the time zone"),
    "starts_at": gettext_lazy("when it begins, with the time zone"),
    "ends_at": gettext_lazy("when it ends, with the time zone"),
    "pattern": gettext_lazy("the days and hours of the series"),
    "before": gettext_lazy("the time before"),
    "until": gettext_lazy("until when it is kept"),
    "space": gettext_lazy("the name of the space"),
    "place": gettext_lazy("where it stands, from the room to the town"),
    "company": gettext_lazy("the company it is for"),
    "purpose": gettext_lazy("the purpose that was given"),
    "by": gettext_lazy("who did it, where that was not the reader"),
    "member": gettext_lazy("who asks for it"),
    "holder": gettext_lazy("whose it is"),
    "item": gettext_lazy("what is low"),
    "left": gettext_lazy("how much of it is left"),
    "reorder": gettext_lazy("how much of it is ordered at a time"),
    "supplier": gettext_lazy("where it is ordered"),
    "skill": gettext_lazy("the certification"),
    "end": gettext_lazy("the last day on which it holds"),
    "reason": gettext_lazy("the reason that was given"),
    "asked_by": gettext_lazy("who proposes it"),
    "taken_by": gettext_lazy("who has taken it over"),
    "note": gettext_lazy("what they write"),
    "return_machine": gettext_lazy("the machine of the time asked for in return"),
    "return_when": gettext_lazy("the time asked for in return"),
    "lost_machine": gettext_lazy("the machine that cannot be used"),
    "lost_space": gettext_lazy("the space of that machine"),
    "without": gettext_lazy("the machines that are away"),
    "url": gettext_lazy("the address of the page where the reader can act"),
}
"""Every field there is; a kind has those that its sample can fill."""

SOURCES = {
    "when": "when_told",
    "starts_at": "starts_told",
    "ends_at": "ends_told",
    "before": "previous_when",
    "until": "released_when",
    "end": "end_when",
}
"""What they are called in the templates, where that is something else."""

FROM = {
    "when": "starts_at",
    "before": "previous_starts_at",
    "return_when": "return_starts_at",
    "until": "released_at",
    "end": "end_date",
}
"""The moment without which a sample cannot fill them."""

MAY_BE_EMPTY = frozenset(
    {
        "name",
        "before",
        "until",
        "company",
        "purpose",
        "by",
        "end",
        "reason",
        "note",
        "reorder",
        "supplier",
        "return_machine",
        "return_when",
    }
)
BLOCKS = frozenset({"facts"})
ONLY_IN_SUBJECT = "subject"
NOT_IN_SUBJECT = frozenset({"facts", "news", "url"})


def fields_of(kind: str) -> list[str]:
    """The fields that the text of a kind may name, in the order in which they are listed."""
    return list(_fields_of(kind))


def subject_fields_of(kind: str) -> list[str]:
    """Those of its subject, which may also be the house's own."""
    here = [name for name in fields_of(kind) if name not in NOT_IN_SUBJECT]
    return [*here, ONLY_IN_SUBJECT]


def values_of(kind: str, context: dict[str, Any], house: Texts) -> dict[str, str]:
    """What stands for each field of a kind in one message; nothing for what it does not tell."""
    values = _told(kind, context) | {"news": house.news}
    facts = SAMPLES[kind].facts
    return values | {"facts": plain(f"{facts}.txt", context).strip()} if facts else values


def subject_values_of(
    kind: str, context: dict[str, Any], in_subject: dict[str, Any], house: Texts
) -> dict[str, str]:
    """The same for its subject, where times are told in short."""
    values = _told(kind, context | in_subject) | {ONLY_IN_SUBJECT: house.subject}
    return {name: values[name] for name in subject_fields_of(kind)}


def left_unsaid(kind: str, text: str, *, house: str) -> list[str]:
    """What readers miss in a text of that kind, as sentences; nothing where all is said.

    `house` is what the house would say: what it does not name itself, its `{news}` tell.
    """
    thing = "item" if "item" in fields_of(kind) else "machine"
    needs = (
        (
            ("facts", thing),
            _("Without {facts} or %(field)s it does not say what it is about.")
            % {"field": f"{{{thing}}}"},
        ),
        (
            ("facts", "when", "starts_at"),
            _("Without {facts} or {when} it does not say when, on the clock of which place."),
        ),
        (("until",), _("Without {until} nobody learns until when the time is kept.")),
        (("url",), _("Without {url} nobody can open the page to change, cancel or answer.")),
    )
    return [
        told
        for names, told in needs
        if not set(names).isdisjoint(fields_of(kind)) and not _says(text, names, house)
    ]


def _says(text: str, names: Collection[str], house: str) -> bool:
    named = fields_in(text)
    if "news" in named and fields_in(house).isdisjoint(names):
        return True
    return not named.isdisjoint(names)


def _told(kind: str, context: dict[str, Any]) -> dict[str, str]:
    """The fields that stand in the context of a message, whether it tells them or not."""
    return {name: str(context.get(SOURCES.get(name, name)) or "") for name in _fields_of(kind)}


@cache
def _fields_of(kind: str) -> tuple[str, ...]:
    sample = SAMPLES[kind]
    told = {"news", *sample.context(ANY_SCENE), *(["facts"] if sample.facts else [])}
    return tuple(name for name in FIELDS if FROM.get(name, name) in told)
