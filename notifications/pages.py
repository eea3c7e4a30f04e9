"""The pages of the apps above to which mails lead; each app says where its own are.

This floor knows what such a page is for, and not who has it.
"""

from enum import StrEnum

from django.conf import settings
from django.urls import reverse


class Page(StrEnum):
    """What a page is for that mails lead to."""

    CHOICES = "choices"
    """Which messages a member gets, and when."""

    SWITCH = "switch"
    """Turns off what a mail tells of, by the key in its address."""

    CLICK = "click"
    """Does what a mail offers, by the key in its address."""


_VIEWS: dict[Page, str] = {}


def register(page: Page, view: str) -> None:
    """Make known which view has `page`; an app does so when it is ready."""
    _VIEWS[page] = view


def address_of(page: Page, *args: object) -> str:
    """The whole address, as a mail needs it."""
    return settings.BASE_URL + reverse(_VIEWS[page], args=args)
