"""What the page on which staff plan maintenance needs to know of reservations."""

from collections.abc import Sequence
from datetime import datetime

from django.template import Library
from schedule.models import Event

from booking.models import Reservation
from booking.queries.upkeep import in_the_way
from machines.models import Machine
from spaces.intervals import Interval

register = Library()


@register.simple_tag
def obstacles(
    machine: Machine, spans: Sequence[Interval]
) -> list[tuple[Interval, list[Reservation]]]:
    """Each span with what stands in its way."""
    return list(zip(spans, in_the_way(machine, spans), strict=True))


@register.simple_tag
def dates_with_obstacles(
    machine: Machine, dates: Sequence[tuple[Event, datetime, Interval]]
) -> list[tuple[Event, datetime, Interval, list[Reservation]]]:
    """Each planned date with what stands in its way."""
    found = in_the_way(machine, [interval for _event, _start, interval in dates])
    return [(*date, rows) for date, rows in zip(dates, found, strict=True)]
