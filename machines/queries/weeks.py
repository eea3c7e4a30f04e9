"""Hours as a person reads them: by week and day, on the clock of the space."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Q
from schedule.models import Event

from machines.models import AvailabilityCalendar, Machine
from machines.queries.opening import Opening
from machines.states import CalendarKind
from spaces.intervals import (
    DAY,
    Interval,
    clip,
    local_day,
    local_days,
    moment_of,
    wall_time,
    week_start,
)
from spaces.models import Space

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
PREVIEWED_WEEKS = 3


@dataclass(frozen=True, slots=True)
class DayHours:
    """One date: its spans as texts such as 09:00–18:00, and why it is closed.

    `upkeep` is told only where somebody plans it.
    """

    date: date
    open: tuple[str, ...]
    staffed: tuple[str, ...]
    closures: tuple[str, ...]
    upkeep: tuple[str, ...]


def weekly_hours(owner: Space | Machine, kind: CalendarKind) -> list[tuple[int, time, time]]:
    """The weekly hours that hold without an end: (weekday from Monday 0, start, end), sorted."""
    space, machine = (owner, None) if isinstance(owner, Space) else (owner.space, owner)
    events = Event.objects.filter(
        calendar__availability__space=space,
        calendar__availability__machine=machine,
        calendar__availability__kind=kind,
        rule__frequency="WEEKLY",
        end_recurring_period=None,
    ).select_related("rule")
    return sorted(
        (weekday, wall_time(each.start, space.zone).time(), wall_time(each.end, space.zone).time())
        for each in events
        for weekday, name in enumerate(WEEKDAYS)
        if name in each.rule.params.partition("byweekday:")[2].split(",")
    )


def has_own_hours(machine: Machine, now: datetime) -> bool:
    """Whether the machine is open, now or later, otherwise than its space."""
    calendar = AvailabilityCalendar.objects.filter(machine=machine, kind=CalendarKind.OPEN)
    holds = Q(holds_until=None) | Q(holds_until__gt=now)
    return calendar.filter(holds, calendar__event__isnull=False).exists()


def weeks_window(space: Space, day: date, weeks: int = PREVIEWED_WEEKS) -> Interval:
    """The full weeks from the one of `day` on."""
    monday = week_start(day)
    return local_days(monday, monday + weeks * 7 * DAY, space.zone)


def weeks_of(
    opening: Opening, space: Space, window: Interval, upkeep: Sequence[Interval] = ()
) -> list[list[DayHours]]:
    """The hours of a window of full weeks, seven dates to a row, with planned `upkeep` in them."""
    days = []
    day = wall_time(window.start, space.zone).date()
    while moment_of(datetime.combine(day, time.min), space.zone) < window.end:
        days.append(_day(opening, space, day, upkeep))
        day += DAY
    return [days[first : first + 7] for first in range(0, len(days), 7)]


def span_text(interval: Interval, space: Space, day: date) -> str:
    """The part of `interval` on `day` as the wall clock shows it; midnight at its end is 24:00."""
    start, end = wall_time(interval.start, space.zone), wall_time(interval.end, space.zone)
    until = "24:00" if end.date() > day else f"{end:%H:%M}"
    return f"{start:%H:%M}–{until}"


def _day(opening: Opening, space: Space, day: date, upkeep: Sequence[Interval]) -> DayHours:
    whole = local_day(day, space.zone)
    return DayHours(
        date=day,
        open=tuple(span_text(each, space, day) for each in clip(opening.open, whole)),
        staffed=tuple(span_text(each, space, day) for each in clip(opening.staffed, whole)),
        closures=tuple(
            dict.fromkeys(each.reason for each in opening.closures if each.interval.overlaps(whole))
        ),
        upkeep=tuple(span_text(each, space, day) for each in clip(upkeep, whole)),
    )
