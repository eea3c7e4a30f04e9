"""What a mail lets its reader do with one press, without a sign-in.

A key names a message and what to do; it stands in the mail alone, never in the log that staff
read. The apps above register what their kinds of messages offer, and do it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from django.core.signing import BadSignature, TimestampSigner
from django.utils.functional import Promise

SIGNER = TimestampSigner(salt="notifications.clicks")
VALID_FOR = timedelta(days=400)
"""No key lasts longer; most end sooner, with what they are about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """One thing to do: its name in addresses, and what its button says."""

    name: str
    label: str | Promise


class Key(NamedTuple):
    """What a key stands for."""

    message: int
    click: str


_OFFERED: dict[str, tuple[Click, ...]] = {}


def register(offered: Mapping[str, tuple[Click, ...]]) -> None:
    """Make known which kinds of messages offer what; an app does so when it is ready."""
    _OFFERED.update(offered)


def clicks_of(kind: str) -> tuple[Click, ...]:
    """What a kind of message offers, the likeliest first."""
    return _OFFERED.get(kind, ())


def place_of(message: int | None) -> str:
    """Where its buttons go in the HTML of a mail that tells of several messages."""
    return f"<!-- buttons of {message} -->"


def key_of(key: Key) -> str:
    """The key as an address holds it."""
    return SIGNER.sign(f"{key.message}:{key.click}")


def read_key(text: str) -> Key | None:
    """What a key stands for; None for one that we did not make, or that is too old."""
    try:
        message, _colon, click = SIGNER.unsign(text, max_age=VALID_FOR).partition(":")
    except BadSignature:
        return None
    return Key(int(message), click)
