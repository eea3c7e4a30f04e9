"""What the stretches of a lane are called, and how a reservation stands, in the active language."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from booking.lane_parts import ItemKind, Mark
from booking.states import ReservationState

MARKS: dict[str, Mark] = {
    ReservationState.HELD: Mark.HELD,
    ReservationState.PENDING: Mark.PENDING,
    ReservationState.IN_USE: Mark.IN_USE,
    ReservationState.COMPLETED: Mark.DONE,
    ReservationState.NO_SHOW: Mark.NO_SHOW,
    ReservationState.CANCELLED: Mark.GONE,
    ReservationState.DENIED: Mark.GONE,
    ReservationState.EXPIRED: Mark.GONE,
}
"""How each state shows; that a reservation is simply confirmed does not."""


class Look(NamedTuple):
    """What a stretch without a reservation is, and the word for it."""

    kind: str
    word: str


class LaneWords:
    """The looks and words in the active language, looked up once."""

    def __init__(self) -> None:
        self.closed = Look(ItemKind.CLOSED, _("Closed"))
        self.no_staff = Look(ItemKind.CLOSED, _("No staff"))
        self.buffer = Look(ItemKind.BUFFER, _("Setup and cleaning"))
        self.past = Look(ItemKind.PAST, _("Past"))
        self.free = Look(ItemKind.FREE, _("Free"))
        self.down = Look(ItemKind.DOWN, _("Out of order"))
        self.full = Look(ItemKind.RESERVED, _("All taken"))
        self.of_units = _("%(free)d of %(count)d free")
        self.maintenance = _("Maintenance")
        self.workshop = _("Workshop")
        self.workshop_titled = _("Workshop: %(title)s")
        self.reserved = _("Reserved")
        self.yours = _("Your reservation")
        self._confidential = _("confidential")
        self._told: dict[tuple[str, bool], tuple[str, str]] = {}

    def down_without(self, needs: str) -> Look:
        """Out of order because of a machine that it needs."""
        return Look(ItemKind.DOWN, _("Out of order without %(machine)s") % {"machine": needs})

    def workshop_of(self, title: str) -> str:
        """A workshop with its title, where it has one."""
        return self.workshop_titled % {"title": title} if title else self.workshop

    def marks_of(self, state: str, *, is_confidential: bool) -> tuple[str, str]:
        """The marks of a reservation and what they say, put together once."""
        key = state, is_confidential
        if key not in self._told:
            told = [(MARKS[state], str(ReservationState(state).label))] if state in MARKS else []
            if is_confidential:
                told.append((Mark.CONFIDENTIAL, self._confidential))
            marks, words = zip(*told, strict=True) if told else ((), ())
            self._told[key] = " ".join(marks), ", ".join(words)
        return self._told[key]
