"""The reservations that stand against what calendars from elsewhere close."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain

from booking.queries.displacing import Taking, affected_by
from machines.models import FollowedCalendar, Machine
from machines.queries.followed import spans_ahead
from spaces.intervals import Interval, merge
from spaces.models import Space


def followed_taking(owner: Space | Machine, spans: Iterable[Interval]) -> Taking:
    """What a calendar takes: its machine, or every machine of its space, on each of its dates."""
    if isinstance(owner, Machine):
        machines = [owner]
    else:
        in_service = Machine.objects.in_service().filter(space=owner)
        machines = list(in_service.select_related("space").order_by("pk"))
    return Taking(machines=tuple(machines), spans=tuple(merge(spans)))


def in_the_way_of(
    calendars: Sequence[FollowedCalendar], space: Space, now: datetime
) -> dict[int, int]:
    """How many reservations to come stand against each calendar of a space, by its id.

    Three queries for any number of calendars.
    """
    spans = spans_ahead(calendars, now)
    rows = affected_by(followed_taking(space, chain.from_iterable(spans.values())), now=now)
    return {
        each.pk: sum(
            each.machine_id in {None, row.machine_id}
            and any(row.span.overlaps(span) for span in spans[each.pk])
            for row in rows
        )
        for each in calendars
    }
