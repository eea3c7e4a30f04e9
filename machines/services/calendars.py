"""Changes of hours, closures and planned maintenance.

Figures are computed from these calendars, so what was is kept: hours that change end one
event and begin another, and what has begun is ended rather than deleted.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, time
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import ProtectedError
from schedule.models import Event, Occurrence

from machines.models import AvailabilityCalendar, Machine
from machines.queries.holidays import holiday_key, holidays_of
from machines.recurrence import dated_occurrences, planned_at
from machines.services.events import (
    SECOND,
    Owner,
    WeeklySpan,
    add_event,
    add_weekly_event,
    calendar_of,
    end_hours,
    end_recurring,
    hours_from,
    keep_change,
    mark_days,
)
from machines.states import CalendarKind, Repeat
from spaces.intervals import Interval, local_day, moment_of
from spaces.models import Space

__all__ = [
    "AlreadyOver",
    "HoursMissing",
    "NotADate",
    "Owner",
    "WeeklySpan",
    "add_closure",
    "cancel_occurrence",
    "follow_space",
    "load_holidays",
    "mark_event",
    "move_occurrence",
    "plan_maintenance",
    "previewed",
    "remove_event",
    "set_weekly_hours",
]

Result = TypeVar("Result")


class AlreadyOver(ValueError):
    """The event lies in the past, which figures are computed from: it stays."""


class HoursMissing(ValueError):
    """Opening hours without any span; what closes a space is a closure."""


class NotADate(ValueError):
    """The event has no date that starts at this moment."""


@transaction.atomic
def set_weekly_hours(
    *,
    owner: Owner,
    kind: CalendarKind,
    week: Sequence[WeeklySpan],
    from_date: date,
    now: datetime,
) -> list[Event]:
    """Let `week` hold from `from_date` on; the hours before stay as they were.

    Staffed hours may be empty. Raises HoursMissing for opening hours that are.
    """
    if kind == CalendarKind.OPEN and not week:
        raise HoursMissing("opening hours need a span")
    zone = (owner if isinstance(owner, Space) else owner.space).zone
    begins_at = moment_of(datetime.combine(from_date, time.min), zone)
    availability = hours_from(owner, kind, begins_at)
    end_recurring(availability.calendar, begins_at)
    title = str(kind.label).capitalize()
    events = [
        add_weekly_event(availability.calendar, each, from_date, zone, title)
        for each in week
        if each.weekdays
    ]
    mark_days(owner, begins_at, None, now)
    return events


@transaction.atomic
def follow_space(*, machine: Machine, from_date: date, now: datetime) -> None:
    """Let `machine` be open like its space from `from_date` on; its own hours before stay."""
    begins_at = moment_of(datetime.combine(from_date, time.min), machine.space.zone)
    end_hours(machine, CalendarKind.OPEN, begins_at)
    mark_days(machine, begins_at, None, now)


@transaction.atomic
def add_closure(
    *,
    owner: Owner,
    title: str,
    interval: Interval,
    now: datetime,
    repeat: Repeat = Repeat.ONCE,
    until: date | None = None,
) -> Event:
    """Close a space or a machine for `interval`, and again as `repeat` says.

    Raises ValidationError where it is empty, or recurs and lasts longer than a year.
    """
    availability = calendar_of(owner, CalendarKind.CLOSED)
    return add_event(
        availability=availability,
        title=title,
        interval=interval,
        repeat=repeat,
        until=until,
        now=now,
    )


@transaction.atomic
def plan_maintenance(
    *,
    machine: Machine,
    title: str,
    interval: Interval,
    now: datetime,
    repeat: Repeat = Repeat.ONCE,
    until: date | None = None,
) -> Event:
    """Plan maintenance; `until` is the last day on which it may start.

    Raises ValidationError where it is empty, or recurs and lasts longer than a year.
    """
    availability = calendar_of(machine, CalendarKind.MAINTENANCE)
    return add_event(
        availability=availability,
        title=title,
        interval=interval,
        repeat=repeat,
        until=until,
        now=now,
    )


@transaction.atomic
def load_holidays(
    *, space: Space, year: int, now: datetime, dates: Collection[date] | None = None
) -> list[Event]:
    """Close the space on its holidays of `year`, or on those among `dates`; returns the new ones.

    What is loaded already stays as it is, so a second load adds nothing. Without `dates` the
    public holidays are meant.
    """
    availability = calendar_of(space, CalendarKind.CLOSED)
    loaded = []
    for holiday in holidays_of(space, year):
        wanted = holiday.is_public if dates is None else holiday.date in dates
        if not wanted or holiday.is_loaded:
            continue
        event = add_event(
            availability=availability,
            title=holiday.name,
            interval=local_day(holiday.date, space.zone),
            repeat=Repeat.ONCE,
            until=None,
            now=now,
        )
        event.description = holiday_key(holiday.date)
        event.save(update_fields=["description"])
        loaded.append(event)
    return loaded


@transaction.atomic
def remove_event(*, event: Event, now: datetime) -> None:
    """Take a closure or a maintenance job back from now on.

    Of what recurs or is under way the past is kept; a single date wholly ahead is deleted, or
    keeps no date where something on another floor still tells of it. Raises AlreadyOver.
    """
    availability = AvailabilityCalendar.objects.select_related("space", "machine").get(
        calendar=event.calendar_id
    )
    owner: Owner = availability.machine or availability.space
    mark_days(owner, event.start, None if event.rule_id else event.end, now)
    has_begun = event.start < now
    if event.rule_id and has_begun:
        _end_series(event, availability.space.zone, now)
    elif has_begun and now < event.end:
        event.end = now
        event.save(update_fields=["end"])
    elif has_begun:
        raise AlreadyOver(f"event {event.pk} ended at {event.end.isoformat()}")
    else:
        _delete(event, now)


def _end_series(event: Event, zone: ZoneInfo, now: datetime) -> None:
    """Let no date of `event` begin from now on, and end the one that is under way."""
    ahead = Interval(now, now + SECOND)
    dates = dated_occurrences(event, zone, ahead)
    running = [dated for dated in dates if dated.interval.start < now]
    ended = event.end_recurring_period
    if ended is not None and ended < now and not running:
        raise AlreadyOver(f"event {event.pk} had its last date")
    for dated in running:
        planned = planned_at(event, zone, dated.original_start)
        if planned is not None:
            keep_change(event, planned, Interval(dated.interval.start, now))
    if ended is None or ended > now:
        event.end_recurring_period = now - SECOND
        event.save(update_fields=["end_recurring_period"])


def _delete(event: Event, now: datetime) -> None:
    """Delete `event`, or leave it without a date where rows that followed it tell of it."""
    try:
        with transaction.atomic():
            event.delete()
    except ProtectedError:
        if event.rule_id:
            event.end_recurring_period = event.start - SECOND
            event.save(update_fields=["end_recurring_period"])
        else:
            _change_occurrence(event, event.start, None, now)


def mark_event(*, event: Event, now: datetime) -> None:
    """Have the days of `event` counted again, after it was changed by hand."""
    owner = _owner_of(event)
    if owner is not None:
        mark_days(owner, event.start, None if event.rule_id else event.end, now)


@transaction.atomic
def cancel_occurrence(*, event: Event, original_start: datetime, now: datetime) -> Occurrence:
    """Drop one date of an event. Raises NotADate."""
    return _change_occurrence(event, original_start, None, now)


@transaction.atomic
def move_occurrence(
    *, event: Event, original_start: datetime, to: Interval, now: datetime
) -> Occurrence:
    """Put one date of an event elsewhere, also one that was cancelled. Raises NotADate."""
    return _change_occurrence(event, original_start, to, now)


def previewed(change: Callable[[], object], read: Callable[[], Result]) -> Result:
    """What `read` would return after `change`, which is taken back: nothing is written."""
    with transaction.atomic():
        change()
        result = read()
        transaction.set_rollback(True)
    return result


def _owner_of(event: Event) -> Owner | None:
    """Whose calendar an event is in; None where it has been given no meaning."""
    availability = (
        AvailabilityCalendar.objects.select_related("space", "machine__space")
        .filter(calendar=event.calendar_id)
        .first()
    )
    return (availability.machine or availability.space) if availability else None


def _change_occurrence(
    event: Event, original_start: datetime, to: Interval | None, now: datetime
) -> Occurrence:
    availability = AvailabilityCalendar.objects.select_related("space", "machine").get(
        calendar=event.calendar_id
    )
    planned = planned_at(event, availability.space.zone, original_start)
    if planned is None:
        raise NotADate(f"event {event.pk} has no date at {original_start.isoformat()}")
    owner: Owner = availability.machine or availability.space
    for interval in (planned, to or planned):
        mark_days(owner, interval.start, interval.end, now)
    return keep_change(event, planned, to)
