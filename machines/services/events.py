"""How the rows of an availability calendar are written; `calendars` says when and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F
from schedule.models import Calendar, Event, Occurrence, Rule

from machines.models import AvailabilityCalendar, Machine
from machines.recurrence import dated_occurrences, validate_event, validate_rule
from machines.services.dirty import mark_dirty, mark_spans
from machines.states import CalendarKind, Repeat
from spaces.intervals import (
    DAY,
    Interval,
    exists_on_clock,
    happens_twice,
    moment_of,
    wall_time,
)
from spaces.models import Space

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEK = timedelta(weeks=1)
SECOND = timedelta(seconds=1)
DIRTY_AHEAD = timedelta(days=63)
"""Figures are kept up to the end of next month, which is 62 days off at most.

What is further ahead is computed from the calendar once it comes so near.
"""

Owner = Space | Machine


@dataclass(frozen=True, slots=True)
class WeeklySpan:
    """A span of the wall clock on some weekdays (Monday is 0).

    An end that is not after the start is on the next day.
    """

    weekdays: tuple[int, ...]
    start: time
    end: time


def calendar_of(owner: Owner, kind: CalendarKind) -> AvailabilityCalendar:
    """The calendar of that kind, made where it is missing, locked until the transaction ends."""
    space, machine = (owner, None) if isinstance(owner, Space) else (owner.space, owner)
    slug = f"{'machine' if machine else 'space'}-{owner.pk}-{kind}"
    calendar, _created = Calendar.objects.get_or_create(
        slug=slug, defaults={"name": f"{owner} ({kind})"}
    )
    AvailabilityCalendar.objects.get_or_create(
        space=space, machine=machine, kind=kind, defaults={"calendar": calendar}
    )
    return (
        AvailabilityCalendar.objects.select_for_update(of=("self",))
        .select_related("calendar", "space")
        .get(space=space, machine=machine, kind=kind)
    )


def hours_from(owner: Owner, kind: CalendarKind, moment: datetime) -> AvailabilityCalendar:
    """The calendar of the hours that hold from `moment` on, made where there is none by then.

    What was to hold later, or was to end later, gives way.
    """
    rows = _hours_of(owner, kind)
    held = [row for row in rows if row.holds_until is None or row.holds_until > moment]
    if not held:
        return _begun(owner, kind, moment)
    first, *later = held
    for row in later:
        drop_calendar(row)
    if first.holds_from is not None:
        first.holds_from = min(first.holds_from, moment)
    first.holds_until = None
    first.save(update_fields=["holds_from", "holds_until"])
    return first


def end_hours(owner: Owner, kind: CalendarKind, moment: datetime) -> None:
    """Let no hours of that kind hold from `moment` on."""
    for row in _hours_of(owner, kind):
        if row.holds_from is not None and row.holds_from >= moment:
            drop_calendar(row)
        elif row.holds_until is None or row.holds_until > moment:
            end_recurring(row.calendar, moment)
            row.holds_until = moment
            row.save(update_fields=["holds_until"])


def drop_calendar(availability: AvailabilityCalendar) -> None:
    """Delete a calendar that never held, with its events."""
    availability.delete()
    availability.calendar.delete()


def _hours_of(owner: Owner, kind: CalendarKind) -> list[AvailabilityCalendar]:
    """The calendars of that kind in the order in which they hold, locked."""
    space, machine = (owner, None) if isinstance(owner, Space) else (owner.space, owner)
    rows = AvailabilityCalendar.objects.filter(space=space, machine=machine, kind=kind)
    return list(
        rows.select_for_update(of=("self",))
        .select_related("calendar", "space")
        .order_by(F("holds_from").asc(nulls_first=True))
    )


def _begun(owner: Owner, kind: CalendarKind, moment: datetime) -> AvailabilityCalendar:
    """A new calendar for hours, which holds from `moment` on."""
    space, machine = (owner, None) if isinstance(owner, Space) else (owner.space, owner)
    calendar = Calendar.objects.create(
        slug=f"{'machine' if machine else 'space'}-{owner.pk}-{kind}-{moment:%Y%m%d%H%M}",
        name=f"{owner} ({kind})",
    )
    return AvailabilityCalendar.objects.create(
        space=space, machine=machine, kind=kind, calendar=calendar, holds_from=moment
    )


def end_recurring(calendar: Calendar, moment: datetime) -> None:
    """Let nothing that recurs in a calendar start at or after `moment`."""
    recurring = Event.objects.filter(calendar=calendar).exclude(rule=None)
    recurring.filter(start__gte=moment).delete()
    recurring.filter(end_recurring_period=None).update(end_recurring_period=moment - SECOND)
    recurring.filter(end_recurring_period__gte=moment).update(end_recurring_period=moment - SECOND)


def add_weekly_event(
    calendar: Calendar, span: WeeklySpan, from_date: date, zone: ZoneInfo, title: str
) -> Event:
    """Save the event of one span; its first date is one whose times are plain on the clock."""
    length = DAY if span.end <= span.start else timedelta(0)
    first = from_date
    while first.weekday() not in span.weekdays:
        first += DAY
    walls = _walls(first, span, length)
    # An event keeps no wall time: begun on a clock change it would keep the shifted hour for ever.
    while not all(_is_plain(wall, zone) for wall in walls):
        first -= WEEK
        walls = _walls(first, span, length)
    names = ",".join(WEEKDAYS[day] for day in sorted(set(span.weekdays)))
    event = Event(
        calendar=calendar,
        title=title,
        start=moment_of(walls[0], zone),
        end=moment_of(walls[1], zone),
        rule=shared_rule("WEEKLY", f"byweekday:{names}"),
    )
    validate_event(event)
    event.save()
    _cancel_before(event, from_date, zone)
    return event


def _walls(day: date, span: WeeklySpan, length: timedelta) -> tuple[datetime, datetime]:
    return datetime.combine(day, span.start), datetime.combine(day + length, span.end)


def _is_plain(wall: datetime, zone: ZoneInfo) -> bool:
    return exists_on_clock(wall, zone) and not happens_twice(wall, zone)


def _cancel_before(event: Event, from_date: date, zone: ZoneInfo) -> None:
    """Cancel the dates that exist only because the event had to begin earlier."""
    begins_at = moment_of(datetime.combine(from_date, time.min), zone)
    if event.start >= begins_at:
        return
    for dated in dated_occurrences(event, zone, Interval(event.start, begins_at)):
        if dated.original_start < begins_at:
            keep_change(event, dated.interval, None)


def add_event(
    *,
    availability: AvailabilityCalendar,
    title: str,
    interval: Interval,
    repeat: Repeat,
    until: date | None,
    now: datetime,
) -> Event:
    """Save one event of a calendar and mark the days it changes."""
    zone = availability.space.zone
    ends = until and moment_of(datetime.combine(until + DAY, time.min), zone) - SECOND
    event = Event(
        calendar=availability.calendar,
        title=title,
        start=interval.start,
        end=interval.end,
        rule=_rule_of(repeat, wall_time(interval.start, zone).date()),
        end_recurring_period=ends if repeat != Repeat.ONCE else None,
    )
    validate_event(event)
    event.save()
    owner: Owner = availability.machine or availability.space
    mark_days(owner, event.start, event.end if event.rule is None else None, now)
    return event


def _rule_of(repeat: Repeat, first: date) -> Rule | None:
    """The rule by which something that first happens on `first` comes back."""
    day = WEEKDAYS[first.weekday()]
    nth = (first.day - 1) // 7 + 1
    is_last = (first + DAY).month != first.month
    match repeat:
        case Repeat.ONCE:
            return None
        case Repeat.WEEKLY:
            return shared_rule("WEEKLY", f"byweekday:{day}")
        case Repeat.FORTNIGHTLY:
            return shared_rule("WEEKLY", f"interval:2;byweekday:{day}")
        case Repeat.MONTHLY_DATE:
            return shared_rule("MONTHLY", f"bymonthday:{-1 if is_last else first.day}")
        case Repeat.MONTHLY_WEEKDAY:
            # Not every month has a fifth Tuesday, every month has a last one.
            return shared_rule("MONTHLY", f"byweekday:{day};bysetpos:{nth if nth < 5 else -1}")  # noqa: PLR2004
        case Repeat.YEARLY:
            return shared_rule("YEARLY", "")


def shared_rule(frequency: str, params: str) -> Rule:
    """The shared row of a rule."""
    validate_rule(Rule(frequency=frequency, params=params))
    name = f"{frequency.lower()} {params}".strip()[:32]
    found = Rule.objects.filter(frequency=frequency, params=params).order_by("pk").first()
    return found or Rule.objects.create(name=name, frequency=frequency, params=params)


def keep_change(event: Event, planned: Interval, to: Interval | None) -> Occurrence:
    """Write the exception of one date; it is found again by its original start."""
    at = to or planned
    occurrence, _created = Occurrence.objects.update_or_create(
        event=event,
        original_start=planned.start,
        defaults={
            "original_end": planned.end,
            "start": at.start,
            "end": at.end,
            "cancelled": to is None,
        },
    )
    return occurrence


def mark_days(owner: Owner, start: datetime, end: datetime | None, now: datetime) -> None:
    """Mark the days from `start` to `end` of all machines concerned, a little ahead at most."""
    last = min(end or now + DIRTY_AHEAD, now + DIRTY_AHEAD)
    if start >= last:
        return
    space = owner if isinstance(owner, Space) else owner.space
    machines = [owner] if isinstance(owner, Machine) else list(owner.machines.all())
    mark_dirty(machines, Interval(start, last), space.zone)


def mark_each(owner: Owner, spans: Iterable[Interval], now: datetime) -> None:
    """Mark the days of each of `spans` on all machines concerned, a little ahead at most."""
    ahead = now + DIRTY_AHEAD
    space = owner if isinstance(owner, Space) else owner.space
    machines = [owner] if isinstance(owner, Machine) else list(owner.machines.all())
    near = [Interval(each.start, min(each.end, ahead)) for each in spans if each.start < ahead]
    mark_spans(((machine.pk, span) for machine in machines for span in near), space.zone)
