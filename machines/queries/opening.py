"""When spaces and machines are open, staffed, closed, and due for maintenance."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from django.core.exceptions import ValidationError
from django.db.models import (
    BooleanField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.utils.translation import gettext
from schedule.models import Event, Occurrence

from machines.models import AvailabilityCalendar, Machine
from machines.recurrence import LONGEST_RECURRING, dated_occurrences, occurrences
from machines.states import CalendarKind
from spaces.intervals import Interval, clip, intersect, merge, subtract
from spaces.models import Space
from spaces.prepared import Prepared, any_given, given

logger = logging.getLogger(__name__)

AVAILABILITY = "calendar__availability__"
EXPANDED = (
    "start", "end", "title", "end_recurring_period", "rule__frequency", "rule__params",
    *(
        AVAILABILITY + name
        for name in ("kind", "machine", "space__timezone", "holds_from", "holds_until")
    ),
)  # fmt: skip
"""All that is read of an event when its dates are worked out."""

# A calendar belongs to a space alone, or to one machine of it.
Owner = tuple[int, int | None]


class Placed(Protocol):
    """A machine as far as its hours and its terms depend on it."""

    @property
    def pk(self) -> int:
        """The machine."""

    @property
    def space_id(self) -> int:
        """Where it stands."""

    @property
    def category_id(self) -> int:
        """What it is."""


@dataclass(frozen=True, slots=True, order=True)
class Closure:
    """A stretch of a window in which nothing is open, and why."""

    interval: Interval
    reason: str


@dataclass(frozen=True, slots=True)
class Opening:
    """The hours of a window: open (closures taken out, joined), staffed (within open), closures."""

    open: tuple[Interval, ...]
    staffed: tuple[Interval, ...]
    closures: tuple[Closure, ...]


@dataclass(slots=True)
class _Hours:
    """What the calendars of one owner say, as they say it."""

    open: list[Interval] = field(default_factory=list)
    staffed: list[Interval] = field(default_factory=list)
    closures: list[Closure] = field(default_factory=list)
    held: dict[str, dict[int, Interval]] = field(default_factory=dict)
    """For each kind when its calendars hold; what lies below them counts at all other times."""


def opening_of_space(space: Space, window: Interval) -> Opening:
    """The hours of a space in `window`; without any opening hours it is always open."""
    owner = (space.pk, None)
    hours = _hours([space.pk], [], window)
    return _opening(hours[owner], hours[owner], window)


def openings_of(machines: Sequence[Placed], window: Interval) -> dict[int, Opening]:
    """The hours of each machine in `window` by its id, with one query or two for any number.

    A machine's own opening and staffed hours, while they hold, replace those of its space; its
    own closures are added. Whatever is alike is worked out once.
    """
    if not machines:
        return {}
    hours = _hours(
        {machine.space_id for machine in machines}, [machine.pk for machine in machines], window
    )
    shared: dict[int, Opening] = {}
    openings = {}
    for machine in machines:
        of_space = hours[machine.space_id, None]
        own = hours.get((machine.space_id, machine.pk))
        if own is not None:
            openings[machine.pk] = _opening(of_space, own, window)
            continue
        if machine.space_id not in shared:
            shared[machine.space_id] = _opening(of_space, of_space, window)
        openings[machine.pk] = shared[machine.space_id]
    return openings


def opening_of(owner: Space | Machine, window: Interval) -> Opening:
    """The hours of a space, or of one machine, in `window`."""
    if isinstance(owner, Machine):
        return openings_of([owner], window)[owner.pk]
    return opening_of_space(owner, window)


def maintenance_dates(machine: Machine, window: Interval) -> list[tuple[Event, datetime, Interval]]:
    """The planned maintenance of a machine that touches `window`: event, original start, span.

    Raises ValidationError where a rule is not understood.
    """
    return planned_dates(machine, CalendarKind.MAINTENANCE, window)


def planned_dates(
    owner: Space | Machine, kind: CalendarKind, window: Interval
) -> list[tuple[Event, datetime, Interval]]:
    """The dates of one calendar that touch `window`, each with its event and original start.

    Raises ValidationError where a rule is not understood.
    """
    space, machine = (owner, None) if isinstance(owner, Space) else (owner.space, owner)
    events = Event.objects.filter(
        calendar__availability__space=space,
        calendar__availability__machine=machine,
        calendar__availability__kind=kind,
    )
    dates = [
        (event, original_start, interval)
        for event in _touching(events, window.start, window.end).prefetch_related("occurrence_set")
        for original_start, interval in dated_occurrences(event, space.zone, window)
    ]
    return sorted(dates, key=lambda date: (date[2], date[0].pk))


def _opening(of_space: _Hours, own: _Hours, window: Interval) -> Opening:
    """Put the hours of a space and of one of its machines (or of the space itself) together."""
    closures = set(of_space.closures) | set(own.closures)
    hours = _laid_over([window], of_space, CalendarKind.OPEN)
    staffed = _laid_over([], of_space, CalendarKind.STAFFED)
    if own is not of_space:
        hours = _laid_over(hours, own, CalendarKind.OPEN)
        staffed = _laid_over(staffed, own, CalendarKind.STAFFED)
    is_open = subtract(clip(hours, window), [closure.interval for closure in closures])
    return Opening(
        open=tuple(is_open),
        staffed=tuple(intersect(staffed, is_open)),
        closures=tuple(
            sorted(
                Closure(interval, closure.reason)
                for closure in closures
                for interval in clip([closure.interval], window)
            )
        ),
    )


def _laid_over(below: list[Interval], own: _Hours, kind: CalendarKind) -> list[Interval]:
    """The hours that `own` has of a kind, and while its calendars do not hold those `below`."""
    held = own.held.get(kind)
    if held is None:
        return below
    hours = own.open if kind == CalendarKind.OPEN else own.staffed
    return merge([*subtract(below, held.values()), *hours])


def _hours(
    space_ids: Iterable[int], machine_ids: Iterable[int], window: Interval
) -> defaultdict[Owner, _Hours]:
    """What all calendars of the spaces, and of the machines in them, say of `window`."""
    owners = {"spaces": list(space_ids), "machines": list(machine_ids)}
    hours: defaultdict[Owner, _Hours] = defaultdict(_Hours)
    events = _EVENTS(start=window.start, end=window.end, **owners)
    changes: defaultdict[int, list[Occurrence]] = defaultdict(list)
    for occurrence in _CHANGES(**owners) if any(event.is_changed for event in events) else ():
        changes[occurrence.event_id].append(occurrence)
    for event in events:
        availability = event.calendar.availability
        owner = hours[availability.space_id, availability.machine_id]
        owner.held.setdefault(availability.kind, {})[availability.pk] = _while_it_holds(
            availability, window
        )
        if event.touches:
            _add(owner, event, changes[event.pk], window)
    for each in hours.values():
        each.open, each.staffed = merge(each.open), merge(each.staffed)
    return hours


def _while_it_holds(availability: AvailabilityCalendar, window: Interval) -> Interval:
    """The part of `window` in which a calendar holds; empty, at an end of it, where it does not."""
    start = min(max(availability.holds_from or window.start, window.start), window.end)
    return Interval(start, max(start, min(availability.holds_until or window.end, window.end)))


def _calendars() -> QuerySet[AvailabilityCalendar]:
    """The calendars of the given spaces, and of the given machines in them."""
    return AvailabilityCalendar.objects.filter(
        Q(machine=None) | Q(machine=any_given("machines")), space=any_given("spaces")
    ).exclude(kind=CalendarKind.MAINTENANCE)


def _add(hours: _Hours, event: Event, changes: list[Occurrence], window: Interval) -> None:
    """Write the dates of one event into `hours`; one that cannot be read closes everything."""
    availability = event.calendar.availability
    try:
        dates = occurrences(event, availability.space.zone, window, changes)
    except ValidationError:
        logger.exception("Event %s has a rule that is not understood", event.pk)
        hours.closures.append(Closure(window, gettext("The calendar cannot be read.")))
        return
    if availability.kind == CalendarKind.CLOSED:
        hours.closures += [Closure(interval, event.title) for interval in dates]
    elif availability.kind == CalendarKind.STAFFED:
        hours.staffed += dates
    else:
        hours.open += dates


def _touching(events: QuerySet[Event], start: datetime, end: datetime) -> QuerySet[Event]:
    """The events that may have a date in `[start, end)`, with all that expansion reads."""
    return _with_rules(events.filter(_may_touch(start, end)))


def _touching_or_first(events: QuerySet[Event], start: datetime, end: datetime) -> QuerySet[Event]:
    """Like `_touching`, and the first event of each calendar, which tells that it is used."""
    first = Event.objects.filter(calendar=OuterRef("calendar")).order_by("pk").values("pk")[:1]
    touches = ExpressionWrapper(_may_touch(start, end), output_field=BooleanField())
    is_changed = Exists(Occurrence.objects.filter(event=OuterRef("pk")))
    told = events.annotate(touches=touches, is_changed=is_changed)
    return _with_rules(told.filter(Q(touches=True) | Q(pk=Subquery(first)))).only(*EXPANDED)


def _with_rules(events: QuerySet[Event]) -> QuerySet[Event]:
    return events.select_related("rule", "calendar__availability__space").order_by("pk")


def _may_touch(start: datetime, end: datetime) -> Q:
    moved_here = Occurrence.objects.filter(event=OuterRef("pk"), start__lt=end, end__gt=start)
    goes_on = Q(end_recurring_period=None) | Q(end_recurring_period__gte=start - LONGEST_RECURRING)
    return (
        Q(rule=None, start__lt=end, end__gt=start)
        | Q(rule__isnull=False, start__lt=end) & goes_on
        | Q(Exists(moved_here))
    )


_EVENTS = Prepared(
    lambda: _touching_or_first(
        Event.objects.filter(calendar__availability__in=_calendars()),
        given("start", DateTimeField()),
        given("end", DateTimeField()),
    )
)

_CHANGES = Prepared(
    lambda: Occurrence.objects.filter(event__calendar__availability__in=_calendars()).order_by("pk")
)
