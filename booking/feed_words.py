"""What is told of reservations and hours in a calendar that programs follow."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from booking.lane_words import LaneWords
from booking.models.reservation import named
from booking.queries.bundles import bundles_of
from booking.queries.feeds import FeedRow, Hours, Reserved
from booking.states import (
    GIVEN_UP,
    OWN_FEEDS,
    UNDECIDED,
    FeedKind,
    ReservationKind,
    ReservationState,
)
from notifications.ical import Event

STATUS: dict[str, str] = {
    **dict.fromkeys(GIVEN_UP, "CANCELLED"),
    **dict.fromkeys(UNDECIDED, "TENTATIVE"),
}
CONFIRMED = "CONFIRMED"
NAMED = (*UNDECIDED, ReservationState.NO_SHOW)
"""States that a title says: not every program shows how an event stands."""


def events_of(content: Reserved | Hours, *, changed_at: datetime) -> list[Event]:
    """Everything that a feed tells, in the active language."""
    if isinstance(content, Hours):
        return list(_events_of_hours(content, changed_at))
    return list(_Teller(content, changed_at).events(content.read()))


class _Teller:
    """Tells the reservations of one feed; whatever is alike for all is looked up once."""

    def __init__(self, content: Reserved, changed_at: datetime) -> None:
        self._kind, self._viewer = content.kind, content.viewer
        self._changed_at = changed_at
        self._words = LaneWords()
        self._at_space = _("%(machine)s at %(space)s")
        self._pages = settings.BASE_URL + reverse("booking:reservations")

    def events(self, rows: Sequence[FeedRow]) -> Iterator[Event]:
        """One event for each row, or for each cart where it is one thing to do."""
        if self._kind not in OWN_FEEDS:
            for row in rows:
                yield self._event(row, row.uid, row.sequence, f"{row.machine}: {self._who(row)}")
            return
        for first, *others in bundles_of(rows):
            told = [row for row in (first, *others) if row.is_told]
            standing = [row for row in told if row.state not in GIVEN_UP] or told
            if standing:
                title = self._what(standing)
                yield self._event(standing[0], first.uid, first.sequence, title)

    def _what(self, rows: Sequence[FeedRow]) -> str:
        """What is reserved and where; of a company also who comes."""
        row = rows[0]
        machines = " + ".join(named(each.machine, each.pool, each.state) for each in rows)
        what = self._at_space % {"machine": machines, "space": row.space}
        return f"{what}: {row.person}" if self._kind == FeedKind.COMPANY and row.person else what

    def _who(self, row: FeedRow) -> str:
        """Who has a machine, as far as the viewer may know."""
        if row.kind == ReservationKind.MAINTENANCE:
            return self._words.maintenance
        if row.kind == ReservationKind.WORKSHOP:
            return self._words.workshop_of(row.purpose)
        return row.holder if self._viewer.may_know(row) else self._words.reserved

    def _event(self, row: FeedRow, uid: UUID, sequence: int, title: str) -> Event:
        """An event of `row`; to those outside all reservations are alike."""
        details: dict[str, Any] = {}
        if self._viewer.may_know(row):
            if row.state in NAMED:
                title = f"{title} ({ReservationState(row.state).label})"
            url = f"{self._pages}{row.pk}/"
            details = {
                "status": STATUS.get(row.state, CONFIRMED),
                "description": f"{row.purpose}\n{url}" if row.purpose else url,
                "url": url,
                "is_private": row.is_confidential,
            }
        return Event(
            uid=f"{uid}@etabli",
            sequence=sequence,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            zone=ZoneInfo(row.zone),
            stamp=self._changed_at,
            summary=title,
            location=", ".join(filter(None, (row.room, row.space, row.street, row.city))),
            is_free=self._kind not in OWN_FEEDS,
            **details,
        )


def _events_of_hours(hours: Hours, changed_at: datetime) -> Iterator[Event]:
    """When staff is there, and when the space is closed, in the order of time.

    They are no rows: what begins then and there, and is the same, is known by that.
    """
    space = hours.space
    staffed = _("Staffed: %(space)s") % {"space": space.name}
    closed = _("Closed: %(space)s") % {"space": space.name}
    told = [("staffed", span, staffed, "") for span in hours.opening.staffed]
    told += [("closed", each.interval, closed, each.reason) for each in hours.opening.closures]
    for word, span, title, reason in sorted(told, key=lambda each: each[1]):
        told_as = f"{space.pk} {word} {span.start.isoformat()} {reason}"
        yield Event(
            uid=f"{uuid5(NAMESPACE_URL, told_as)}@etabli",
            starts_at=span.start,
            ends_at=span.end,
            zone=space.zone,
            stamp=changed_at,
            summary=f"{title} ({reason})" if reason else title,
            location=", ".join(filter(None, (space.name, space.street, space.city))),
            is_free=True,
        )
