"""What takes time from reservations: blocks, planned upkeep, closures.

Faults: `stopping.py`; other hours: `hours.py`.

Each has its `Taking`, of which the page shows the plan, and the use case that carries it out.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from schedule.models import Event

from booking.models import Reservation
from booking.queries.displacing import Taking
from booking.queries.holdings import Holding
from booking.queries.terms import every_terms_of
from booking.queries.upkeep import holders_of
from booking.rules import not_allowed
from booking.services.blocking import PLANNED_AHEAD, block
from booking.services.displacing import displace
from booking.services.refusing import refuse
from booking.services.upkeep import plan_upkeep
from booking.states import UPCOMING, ReservationKind
from machines.models import Machine
from machines.queries.dependencies import stopped_with
from machines.queries.holidays import holidays_of
from machines.queries.opening import maintenance_dates, planned_dates
from machines.services.calendars import add_closure, load_holidays, plan_maintenance, previewed
from machines.states import CalendarKind
from members.models import Member
from members.permissions import is_staff_of
from spaces.intervals import DAY, Interval, local_day
from spaces.models import Space

Choices = Mapping[int, str]

CLOSED_AHEAD = 400 * DAY
"""How far the dates of a closure that comes back are looked through; nobody books further."""


def block_taking(machine: Machine, span: Interval) -> Taking:
    """What a block takes: its rows stand beside others, so setup and turnaround count.

    What needs the machine cannot be used either, and is blocked with it.
    """
    return Taking(
        machines=tuple(stopped_with(machine)), spans=(span,), counts_buffers=True, may_stay=False
    )


def in_the_way_of_block(machine: Machine, span: Interval, *, now: datetime) -> list[Holding]:
    """What is not displaced: use that goes on, blocks, what is being cleaned up after."""
    return [
        row
        for blocked in stopped_with(machine)
        for row in holders_of(blocked, span, now=now)
        if row.kind != ReservationKind.BOOKING or row.state not in UPCOMING
    ]


def take_out(
    *,
    machine: Machine,
    span: Interval,
    purpose: str,
    choices: Choices,
    by: Member,
    now: datetime,
) -> list[Reservation]:
    """Block `machine` and what needs it, and displace what has reserved them.

    Raises Outdated, TimeTaken where something stands in the way that is not displaced, and
    BookingRefused for people who do not work for the space.
    """
    refuse_strangers(by, machine.space)
    taking = block_taking(machine, span)

    def then() -> list[Reservation]:
        return block(
            machines=taking.machines,
            kind=ReservationKind.MAINTENANCE,
            span=span,
            by=by,
            now=now,
            purpose=purpose,
        )

    return displace(
        taking=taking,
        choices=choices,
        reason=purpose,
        by=by,
        now=now,
        then=then,
    )


def upkeep_taking(machine: Machine, *, now: datetime, **job: Any) -> Taking:
    """What a plan takes: the dates that would be held today."""
    horizon = max(each.horizon_days for each in every_terms_of([machine])[machine.pk])
    ahead = max(PLANNED_AHEAD, horizon * DAY)
    events: list[Event] = []

    def dates() -> list[Interval]:
        found = maintenance_dates(machine, Interval(now, now + ahead))
        return [interval for event, _start, interval in found if event.pk == events[0].pk]

    def plan() -> None:
        events.append(plan_maintenance(machine=machine, now=now, **job))

    return Taking(machines=(machine,), spans=tuple(previewed(plan, dates)), counts_buffers=True)


def plan_and_displace(
    *, machine: Machine, choices: Choices, by: Member, now: datetime, **job: Any
) -> Event:
    """Plan maintenance, and displace what has reserved its dates. Raises Outdated."""
    refuse_strangers(by, machine.space)
    return displace(
        taking=upkeep_taking(machine, now=now, **job),
        choices=choices,
        reason=job["title"],
        by=by,
        now=now,
        then=lambda: plan_upkeep(machine=machine, now=now, **job),
    )


def closure_taking(space: Space, *, now: datetime, **closure: Any) -> Taking:
    """What a closure takes: every machine of the space on each of its dates."""
    events: list[Event] = []

    def dates() -> list[Interval]:
        window = Interval(now, now + CLOSED_AHEAD)
        found = planned_dates(space, CalendarKind.CLOSED, window)
        return [interval for event, _start, interval in found if event.pk == events[0].pk]

    def close() -> None:
        events.append(add_closure(owner=space, now=now, **closure))

    return _of_space(space, previewed(close, dates))


def close_and_displace(
    *, space: Space, choices: Choices, by: Member, now: datetime, **closure: Any
) -> Event:
    """Close `space`, and displace what has been reserved for then. Raises Outdated."""
    refuse_strangers(by, space)
    return displace(
        taking=closure_taking(space, now=now, **closure),
        choices=choices,
        reason=closure["title"],
        by=by,
        now=now,
        then=lambda: add_closure(owner=space, now=now, **closure),
    )


def holidays_taking(space: Space, dates: Collection[date]) -> Taking:
    """What holidays take: every machine of the space on each of them."""
    return _of_space(space, [local_day(day, space.zone) for day in sorted(dates)])


def load_and_displace(
    *,
    space: Space,
    year: int,
    dates: Collection[date],
    choices: Choices,
    by: Member,
    now: datetime,
) -> list[Event]:
    """Close `space` on holidays, and displace what has been reserved for then. Raises Outdated."""
    refuse_strangers(by, space)
    names = [each.name for each in holidays_of(space, year) if each.date in dates]
    return displace(
        taking=holidays_taking(space, dates),
        choices=choices,
        reason=", ".join(names),
        by=by,
        now=now,
        then=lambda: load_holidays(space=space, year=year, dates=dates, now=now),
    )


def _of_space(space: Space, spans: Sequence[Interval]) -> Taking:
    return Taking(machines=machines_of(space), spans=tuple(spans))


def machines_of(space: Space) -> tuple[Machine, ...]:
    """What a space offers."""
    rows = Machine.objects.in_service().filter(space=space).select_related("space")
    return tuple(rows.order_by("pk"))


def refuse_strangers(by: Member, space: Space) -> None:
    """Raise BookingRefused for people who do not work for the space."""
    if not is_staff_of(by, space):
        refuse([not_allowed(_("Only staff of the space may do this."))])
