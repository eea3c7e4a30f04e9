"""The words of a space in place of the house's: filled, and set in the house's layout."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.template.loader import get_template
from django.utils.html import escape, format_html, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from notifications.fields import fields_in, fill, filled, kept_lines
from notifications.house import FOOT, Texts, house_texts, one_line, plain
from notifications.offered import ONLY_IN_SUBJECT, SOURCES, fields_of, subject_values_of, values_of
from notifications.samples import SAMPLES

HEADING = "# "
"""Begins a line that HTML shows as the heading."""

THEN = "messages/_then.txt"
"""What a message tells beside what it is about: whatever words a space has, it stands in the
facts, or else at the end."""

UNSAID = ("by", "previous_when", "return_machine", "zone_words")
"""What the house has other sentences for where it is told; those are not what to begin with."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A subject and a text with fields in them."""

    subject: str
    text: str


def in_own_words(
    kind: str,
    wording: Wording,
    context: dict[str, Any],
    *,
    in_subject: dict[str, Any],
    house: Texts,
) -> Texts:
    """The message as the space words it, with the foot of the house.

    Raises TextFaulty where the words name a field that the kind does not have.
    """
    values = values_of(kind, context, house)
    subject = fill(wording.subject, subject_values_of(kind, context, in_subject, house))
    body = fill(_without_marks(wording.text), values)
    part = SAMPLES[kind].facts
    facts = get_template(f"{part}.html").render(context) if part else ""
    tells_then = bool(context.get("then")) and "facts" not in fields_in(wording.text)
    if tells_then:
        body = f"{body}\n\n{plain(THEN, context).strip()}"
    _said, mark, foot = house.text.partition(FOOT)
    shown = {
        "house": f"messages/{kind}.html",
        "subject": subject,
        "body": _html(wording.text, values, facts),
        "tells_then": tells_then,
    }
    return Texts(
        subject=one_line(subject) or house.subject,
        text=f"{body}\n\n{mark.lstrip()}{foot}" if mark else f"{body}\n",
        html=get_template("messages/_own_words.html").render(context | shown),
    )


def starting_wording(kind: str) -> Wording:
    """The house's words in the active language with fields in them: what staff begin with."""
    sample = SAMPLES[kind]
    fields = {SOURCES.get(name, name): f"{{{name}}}" for name in fields_of(kind)}
    context = fields | {"when": "{when}", **dict.fromkeys(UNSAID, "")}
    house = house_texts(kind, context, in_subject={})
    text = house.text.partition(FOOT)[0]
    if sample.facts:
        text = text.replace(plain(f"{sample.facts}.txt", context).strip(), "{facts}")
    text = text.replace(house.news, f"{HEADING}{{news}}")
    subject = f"{{{ONLY_IN_SUBJECT}}}" if sample.varies else house.subject
    return Wording(subject=subject, text=text.strip())


def _without_marks(text: str) -> str:
    return re.sub(rf"^{HEADING}", "", text, flags=re.MULTILINE)


def _html(text: str, values: Mapping[str, str], facts: str) -> SafeString:
    """The text as HTML: escaped, its links to be clicked, `{url}` on its own line a button."""
    return mark_safe(  # noqa: S308 - each part of it is escaped where it is made
        "\n".join(_part(lines, values, facts) for lines in _parts(kept_lines(text, values)))
    )


def _parts(lines: list[str]) -> Iterator[list[str]]:
    """Paragraphs; the facts and a heading are each one by themselves."""
    paragraph: list[str] = []
    for line in lines:
        stands_alone = _is_only(line, "facts") or line.startswith(HEADING)
        if (stands_alone or not line.strip()) and paragraph:
            yield paragraph
            paragraph = []
        if stands_alone:
            yield [line]
        elif line.strip():
            paragraph.append(line)
    if paragraph:
        yield paragraph


def _part(lines: list[str], values: Mapping[str, str], facts: str) -> str:
    if _is_only(lines[0], "facts"):
        return facts
    if lines[0].startswith(HEADING):
        return format_html("<h1>{}</h1>", _line(lines[0].removeprefix(HEADING), values))
    button = ""
    if _is_only(lines[-1], "url"):
        lines, button = _button(lines[:-1], values)
    words = mark_safe("<br>\n".join(_line(line, values) for line in lines))  # noqa: S308 - escaped
    return (format_html("<p>{}</p>", words) if lines else "") + button


def _button(lines: list[str], values: Mapping[str, str]) -> tuple[list[str], str]:
    """What is left of a paragraph before `{url}`, and the button that its last line names."""
    label = _("Open")
    if lines and lines[-1].rstrip().endswith(":"):
        *lines, last = lines
        label = filled(last, values.__getitem__).strip().removesuffix(":").rstrip()
    button = format_html('<p><a class="act" href="{}">{}</a></p>', values["url"], label)
    return lines, button


def _line(line: str, values: Mapping[str, str]) -> SafeString:
    """Staff may write links; what a member wrote into a field is text and nothing else."""

    def shown(name: str) -> str:
        if name == "url":
            return format_html('<a href="{0}">{0}</a>', values[name])
        return escape(values[name])

    told = filled(line, shown, words=lambda words: urlize(words, autoescape=True))
    return mark_safe(told)  # noqa: S308 - each part of it is escaped


def _is_only(line: str, name: str) -> bool:
    return fields_in(line) == {name} and line.strip().strip("{}").strip() == name
