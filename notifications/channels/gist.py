"""What a message says in brief, and where it leads: for what has less room than a mail."""

from django.conf import settings

from notifications.models import Message
from notifications.rendering import Rendered

SIGNATURE = "\n-- \n"


def url_of(message: Message) -> str:
    """The page that the message is about."""
    return str(message.context.get("url") or settings.BASE_URL)


def body_of(rendered: Rendered) -> str:
    """The text without what stands below the line: who sent it and why."""
    return rendered.text.replace("\n--\n", SIGNATURE).partition(SIGNATURE)[0].strip()


def gist_of(rendered: Rendered) -> str:
    """What the text says first, after the greeting, on one line."""
    _greeting, _line, rest = body_of(rendered).partition("\n\n")
    return " ".join(rest.partition("\n\n")[0].split())
