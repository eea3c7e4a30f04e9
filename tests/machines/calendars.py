"""Events as tests need them, written straight to the tables."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from schedule.models import Calendar, Event, Occurrence, Rule

from machines.models import AvailabilityCalendar, Machine
from machines.states import CalendarKind
from spaces.intervals import Interval
from spaces.models import Space

ZURICH = ZoneInfo("Europe/Zurich")


def at(text: str, zone: ZoneInfo = ZURICH, fold: int = 0) -> datetime:
    """The moment at which the clock of `zone` shows `text`."""
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


def span(start: str, end: str, zone: ZoneInfo = ZURICH) -> Interval:
    """An interval between two wall times."""
    return Interval(at(start, zone), at(end, zone))


def make_event(
    owner: Space | Machine,
    kind: CalendarKind,
    interval: Interval,
    *,
    frequency: str = "",
    params: str = "",
    until: datetime | None = None,
    title: str = "",
) -> Event:
    """An event in the calendar of a space or a machine, recurring where a frequency is given."""
    space, machine = (owner, None) if isinstance(owner, Space) else (owner.space, owner)
    existing = AvailabilityCalendar.objects.filter(space=space, machine=machine, kind=kind).first()
    if existing is None:
        slug = f"{space.pk}-{machine.pk if machine else 'all'}-{kind}"
        calendar = Calendar.objects.create(name=slug, slug=slug)
        existing = AvailabilityCalendar.objects.create(
            calendar=calendar, space=space, machine=machine, kind=kind
        )
    rule = None
    if frequency:
        rule = Rule.objects.create(name=frequency.lower(), frequency=frequency, params=params)
    return Event.objects.create(
        calendar=existing.calendar,
        start=interval.start,
        end=interval.end,
        rule=rule,
        end_recurring_period=until,
        title=title or kind.label,
    )


def change(event: Event, original: Interval, *, moved_to: Interval | None = None) -> Occurrence:
    """Cancel the date at `original`, or move it."""
    to = moved_to or original
    return Occurrence.objects.create(
        event=event,
        original_start=original.start,
        original_end=original.end,
        start=to.start,
        end=to.end,
        cancelled=moved_to is None,
    )
