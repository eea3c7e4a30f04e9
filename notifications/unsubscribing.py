"""The key in a mail that turns off what it tells of, for one person, without a sign-in.

It never expires: a mail may be read, and its button be pressed, years later. It opens nothing
but this switch, so that whoever the mail is forwarded to can do no more than turn it.
"""

from typing import NamedTuple

from django.core.signing import BadSignature, Signer

SIGNER = Signer(salt="notifications.unsubscribing")


BETWEEN = "+"


class Switch(NamedTuple):
    """What a key turns off, and for whom: one group of messages, or all those of a digest."""

    member: int
    groups: tuple[str, ...]


def key_of(switch: Switch) -> str:
    """The key as an address holds it."""
    return SIGNER.sign(f"{switch.member}:{BETWEEN.join(switch.groups)}")


def switch_of(key: str) -> Switch | None:
    """What `key` turns off; None for one that we did not make."""
    try:
        member, _colon, groups = SIGNER.unsign(key).partition(":")
    except BadSignature:
        return None
    return Switch(int(member), tuple(groups.split(BETWEEN)))
