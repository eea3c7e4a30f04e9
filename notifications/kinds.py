"""Which kinds of messages go together: what a member may turn off, and what is always sent.

The apps above register their own when they are ready; this floor does not know what they tell.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

DIGEST = "digest"
"""The mail of the day, into which what can wait is gathered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Kinds of messages that a member wants, or does not want, together.

    `is_of_own_acts`: they may be turned off where the reader did it themselves, which the context
    says by `is_own`; what others do to the reader's time is always told. `is_news`: they tell
    what has just changed, and what changes today is told today.
    """

    key: str
    label: str | Promise
    help: str | Promise
    kinds: tuple[str, ...]
    is_essential: bool = False
    is_of_own_acts: bool = False
    is_news: bool = True


_GROUPS: dict[str, Group] = {}
_BY_KIND: dict[str, Group] = {}


def register(*groups: Group) -> None:
    """Make groups known; an app does so when it is ready."""
    for group in groups:
        _GROUPS[group.key] = group
        _BY_KIND.update(dict.fromkeys(group.kinds, group))


def optional_groups() -> list[Group]:
    """What a member may turn off, in the order in which it was registered."""
    return [group for group in _GROUPS.values() if not group.is_essential]


def essential_groups() -> list[Group]:
    """What is always sent."""
    return [group for group in _GROUPS.values() if group.is_essential]


def group_named(key: str) -> Group | None:
    """The group that may be turned off under `key`; None where there is none."""
    group = _GROUPS.get(key)
    return group if group and not group.is_essential else None


def group_of(kind: str) -> Group | None:
    """The group of a kind; None for one that nobody registered."""
    return _BY_KIND.get(kind)


def optional_group(kind: str, context: Mapping[str, Any]) -> Group | None:
    """By which group a message may be turned off; None where it is always sent.

    What nobody registered is always sent: better one mail too many than time lost.
    """
    group = group_of(kind)
    if group is None or group.is_essential:
        return None
    return group if context.get("is_own") or not group.is_of_own_acts else None
