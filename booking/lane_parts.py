"""What a lane is made from and consists of: the time of a machine, its viewer, its items."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from booking.axis import Axis
from booking.facts import Stop
from members.states import Audience
from spaces.intervals import Interval


class ItemKind(StrEnum):
    """What a stretch of a lane is; each has its own pattern and word."""

    FREE = "free"
    RESERVED = "reserved"
    OWN = "own"
    COMPANY = "company"
    WORKSHOP = "workshop"
    MAINTENANCE = "maintenance"
    DOWN = "down"
    CLOSED = "closed"
    PAST = "past"
    BUFFER = "buffer"


class Mark(StrEnum):
    """How a reservation stands, where that shows: a border or a sign, and a word each."""

    HELD = "held"
    PENDING = "pending"
    IN_USE = "in-use"
    DONE = "done"
    NO_SHOW = "no-show"
    GONE = "gone"
    CONFIDENTIAL = "confidential"


class Item(NamedTuple):
    """A stretch of a lane between two lines, as the viewer may see it.

    `starts_at` and `ends_at` (seconds since 1970) may lie beyond the lines where the day cuts
    the item. `href` is empty where there is nothing to book or to open. `marks` are those of
    Mark, apart by spaces; `note` says them in words.
    """

    start: int
    end: int
    kind: str
    times: str
    name: str
    starts_at: int
    ends_at: int
    detail: str = ""
    href: str = ""
    reservation: int = 0
    is_movable: bool = False
    marks: str = ""
    note: str = ""


class Owned(Protocol):
    """Whose a reservation is."""

    @property
    def member_id(self) -> int | None:
        """Whose it is."""

    @property
    def company_id(self) -> int | None:
        """For which company."""


class Row(Owned, Protocol):
    """What a lane needs to know of a reservation."""

    @property
    def pk(self) -> int:
        """The id of the reservation; 0 for a walk-in without one."""

    @property
    def kind(self) -> str:
        """One of ReservationKind."""

    @property
    def state(self) -> str:
        """One of ReservationState."""

    @property
    def holder(self) -> str:
        """Who holds it, in words."""

    @property
    def purpose(self) -> str:
        """What for."""

    @property
    def is_confidential(self) -> bool:
        """Whether those inside should not speak of it."""

    @property
    def starts_at(self) -> datetime:
        """When it was booked to begin."""

    @property
    def ends_at(self) -> datetime:
        """When it was booked to end."""


class BusyTime(Protocol):
    """Occupied time with its reservation."""

    @property
    def interval(self) -> Interval:
        """The occupied time, setup and turnaround included."""

    @property
    def reservation(self) -> Row:
        """What occupies it."""


class ClosedTime(Protocol):
    """A closure with its reason."""

    @property
    def interval(self) -> Interval:
        """When it is."""

    @property
    def reason(self) -> str:
        """Why, in the words of the staff."""


class TimeOfMachine(Protocol):
    """The time of one machine as `booking.queries.availability.machine_times` tells it."""

    @property
    def open(self) -> Sequence[Interval]:
        """Opening hours less closures."""

    @property
    def staffed(self) -> Sequence[Interval]:
        """Opening hours with staff."""

    @property
    def closures(self) -> Sequence[ClosedTime]:
        """Why it is closed where it would be open."""

    @property
    def busy(self) -> Sequence[BusyTime]:
        """What is reserved or blocked."""

    @property
    def missed(self) -> Sequence[BusyTime]:
        """What nobody came for, as long as it held the machine."""

    @property
    def down(self) -> Sequence[Interval]:
        """When a fault stops the machine."""

    @property
    def stops(self) -> Sequence[Stop]:
        """The same, each with the machine whose fault it is where that is another one."""

    @property
    def free(self) -> Sequence[Interval]:
        """What may be booked."""


class CountedTime(Protocol):
    """Time in which some units of a pool are free."""

    @property
    def interval(self) -> Interval:
        """When it is."""

    @property
    def capacity(self) -> int:
        """How many units work then."""

    @property
    def free_units(self) -> int:
        """How many of them can still be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who looks: staff of the space, a member, or a visitor without an id."""

    member_id: int | None = None
    company_ids: frozenset[int] = frozenset()
    is_staff: bool = False

    def may_know(self, row: Owned) -> bool:
        """Whether the viewer holds `row`, is a colleague in its company, or staff."""
        return (
            self.is_staff
            or row.company_id in self.company_ids
            or (row.member_id is not None and row.member_id == self.member_id)
        )

    @property
    def audience(self) -> Audience:
        """Whose rules the calendar follows."""
        if self.is_staff:
            return Audience.STAFF
        return Audience.COMPANY if self.company_ids else Audience.MAKER


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Parts of addresses: `book` is followed by date, start and end; `reservation` by an id."""

    book: str
    anchor: str
    reservation: str
    after: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One day of one machine."""

    axis: Axis
    items: tuple[Item, ...]

    @property
    def day(self) -> date:
        """The local day."""
        return self.axis.day
