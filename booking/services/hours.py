"""Other hours of a space or a machine, and who has reserved what is open no more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from booking.queries.displacing import Taking
from booking.queries.terms import every_terms_of
from booking.services.displacing import displace
from booking.services.taking import CLOSED_AHEAD, machines_of, refuse_strangers
from machines.models import Machine
from machines.queries.opening import Opening, openings_of
from machines.services.calendars import (
    Owner,
    WeeklySpan,
    follow_space,
    previewed,
    set_weekly_hours,
)
from machines.states import CalendarKind
from members.models import Member
from spaces.intervals import Interval, merge, subtract


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHours:
    """The week that is to hold from a date on; without one, a machine is open like its space."""

    owner: Owner
    kind: CalendarKind
    from_date: date
    week: Sequence[WeeklySpan] | None


def set_hours(hours: NewHours, *, now: datetime) -> None:
    """Let them hold, whoever has reserved what."""
    if hours.week is None and isinstance(hours.owner, Machine):
        follow_space(machine=hours.owner, from_date=hours.from_date, now=now)
        return
    set_weekly_hours(
        owner=hours.owner,
        kind=hours.kind,
        week=hours.week or [],
        from_date=hours.from_date,
        now=now,
    )


def hours_taking(hours: NewHours, *, now: datetime) -> Taking:
    """What they take: of each machine the time at which it is open, or staffed, no more.

    Staffed hours count where the terms of somebody ask for staff.
    """
    owner = hours.owner
    machines = (owner,) if isinstance(owner, Machine) else machines_of(owner)
    window = Interval(now, now + CLOSED_AHEAD)
    before = openings_of(machines, window)
    after = previewed(lambda: set_hours(hours, now=now), lambda: openings_of(machines, window))
    terms = every_terms_of(machines)
    apart = {}
    for machine in machines:
        is_staffed = any(each.staff_needed for each in terms[machine.pk])
        lost = _lost(before[machine.pk], after[machine.pk], is_staffed=is_staffed)
        if lost:
            apart[machine.pk] = lost
    return Taking(
        machines=tuple(machine for machine in machines if machine.pk in apart),
        spans=tuple(merge(span for spans in apart.values() for span in spans)),
        apart=apart,
    )


def set_hours_and_displace(
    hours: NewHours, *, choices: Mapping[int, str], by: Member, now: datetime
) -> None:
    """Let them hold, and displace what has been reserved outside of them. Raises Outdated."""
    owner = hours.owner
    refuse_strangers(by, owner.space if isinstance(owner, Machine) else owner)
    displace(
        taking=hours_taking(hours, now=now),
        choices=choices,
        reason=_("Other opening hours"),
        by=by,
        now=now,
        then=lambda: set_hours(hours, now=now),
    )


def _lost(before: Opening, after: Opening, *, is_staffed: bool) -> tuple[Interval, ...]:
    lost = subtract(before.open, after.open)
    if is_staffed:
        lost += subtract(before.staffed, after.staffed)
    return tuple(merge(lost))
