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
        # Not `split`, which takes the narrow spaces of French for gaps.
        return re.sub(r"[ \n]+", " ", unescape(strip_tags(found[1]))).strip() if found else ""


def house_texts(kind: str, context: dict[str, Any], *, in_subject: dict[str, Any]) -> Texts:
    """Fill the templates of `kind`; `in_subject` is what the subject line says otherwise.

    Raises what a broken template raises.
    """
    folder = f"messages/{kind}"
    return Texts(
        subject=" ".join(plain(f"{folder}.subject.txt", context | in_subject).split()),
        text=without_gaps(plain(f"{folder}.txt", context)) + "\n",
        html=get_template(f"{folder}.html").render(context),
    )


def plain(name: str, context: dict[str, Any]) -> str:
    """A plain text needs no escaping of what only HTML gives a meaning."""
    template: Any = get_template(name)
    return str(template.template.render(Context(context, autoescape=False)))
