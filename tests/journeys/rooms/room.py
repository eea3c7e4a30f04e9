"""What a room of the house is: its pages, by who looks at them, and how it is furnished."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from tests.booking.lively import Lively

Names: TypeAlias = Mapping[str, int | str]
"""What fills the gaps in the addresses."""


def nothing(_lively: Lively) -> Names:
    """A room that needs no more than what is there."""
    return {}


@dataclass(frozen=True, kw_only=True)
class Room:
    """Addresses by the name of the page; `no_pages` says why an address is none."""

    visitor: Mapping[str, str] = field(default_factory=dict)
    maker: Mapping[str, str] = field(default_factory=dict)
    staff: Mapping[str, str] = field(default_factory=dict)
    no_pages: Mapping[str, str] = field(default_factory=dict)
    furnish: Callable[[Lively], Names] = nothing
