"""The house's own words: the templates `messages/<kind>.*`, filled in the active language."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.template import Context
from django.template.loader import get_template
from django.utils.html import strip_tags

from notifications.fields import without_gaps

HEADING = re.compile(r"<h1>(.*?)</h1>", re.DOTALL)
BREAKS = re.compile(r"[ \t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
FOOT = "\n--\n"
"""Parts what a text says from why the reader gets it."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The three faces of a message."""

    subject: str
    text: str
    html: str

    @property
    def news(self) -> str:
        """The sentence that says what happened: the heading of the HTML."""
        found = HEADING.search(self.html)
        return one_line(unescape(strip_tags(found[1]))) if found else ""


def house_texts(kind: str, context: dict[str, Any], *, in_subject: dict[str, Any]) -> Texts:
    """Fill the templates of `kind`; `in_subject` is what the subject line says otherwise.

    Raises what a broken template raises.
    """
    folder = f"messages/{kind}"
    return Texts(
        subject=one_line(plain(f"{folder}.subject.txt", context | in_subject)),
        text=without_gaps(plain(f"{folder}.txt", context)) + "\n",
        html=get_template(f"{folder}.html").render(context),
    )


def one_line(text: str) -> str:
    """A text without breaks; the narrow spaces of French, which `split` takes for gaps, stay."""
    return BREAKS.sub(" ", text).strip()


def plain(name: str, context: dict[str, Any]) -> str:
    """A plain text needs no escaping of what only HTML gives a meaning."""
    template: Any = get_template(name)
    return str(template.template.render(Context(context, autoescape=False)))
