"""Calendars from elsewhere as their pages tell of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from machines.models import FollowedCalendar, FollowedDate, FollowedRemark, Machine
from machines.states import Following
from spaces.intervals import Interval
from spaces.models import Space

LONG_GONE = timedelta(days=3)
"""After how long without an answer a calendar's dates may be wrong."""

HEAVY = ("content",)
"""What no page needs: the file itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A calendar, how many dates of it are to come, the next of them, and what was not read."""

    calendar: FollowedCalendar
    ahead: int
    next_at: datetime | None
    remarks: int
    is_stale: bool


def followed_by(owner: Space | Machine, now: datetime) -> list[Followed]:
    """The calendars of a machine, or of a space with all its machines; three queries."""
    calendars = FollowedCalendar.objects.saved().filter(
        **{"machine" if isinstance(owner, Machine) else "space": owner}
    )
    rows = list(calendars.select_related("space", "machine").defer(*HEAVY))
    ahead = {
        followed: (count, next_at)
        for followed, count, next_at in FollowedDate.objects.filter(followed__in=rows)
        .values("followed")
        .annotate(
            count=Count("pk", filter=Q(event__end__gt=now)),
            next_at=Min("event__start", filter=Q(event__end__gt=now)),
        )
        .values_list("followed", "count", "next_at")
    }
    remarks = dict(
        FollowedRemark.objects.filter(followed__in=rows)
        .values("followed")
        .annotate(count=Count("pk"))
        .values_list("followed", "count")
    )
    return [
        Followed(
            calendar=row,
            ahead=ahead.get(row.pk, (0, None))[0],
            next_at=ahead.get(row.pk, (0, None))[1],
            remarks=remarks.get(row.pk, 0),
            is_stale=is_stale(row, now),
        )
        for row in rows
    ]


def is_stale(followed: FollowedCalendar, now: datetime) -> bool:
    """Whether a calendar has not been read for so long that somebody should look after it."""
    is_read = followed.state == Following.ACTIVE
    return is_read and bool(followed.url) and followed.succeeded_at < now - LONG_GONE


def spans_ahead(followed: Iterable[FollowedCalendar], now: datetime) -> dict[int, list[Interval]]:
    """When the calendars close something from now on, by their id; one query."""
    spans: dict[int, list[Interval]] = {each.pk: [] for each in followed}
    dates = FollowedDate.objects.filter(followed__in=spans, event__end__gt=now)
    for pk, start, end in dates.values_list("followed", "event__start", "event__end"):
        spans[pk].append(Interval(start, end))
    return spans


def followed_events(space: Space) -> set[int]:
    """The closures of the whole space that follow a calendar."""
    return set(
        FollowedDate.objects.filter(followed__space=space, followed__machine=None).values_list(
            "event", flat=True
        )
    )
