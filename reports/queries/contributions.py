"""Who made the hours of a space: what disclosure control judges, never shown itself."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from booking.models import Reservation, UsageSession
from booking.states import MAX_SPAN
from machines.models import Machine, Stoppage
from machines.queries.opening import openings_of
from members.models import Role
from reports.disclosure import Use
from reports.filters import Period
from reports.hours import UsedBy
from spaces.intervals import Interval, intersect, merge, subtract, total_seconds
from spaces.models import Space

Times = dict[int, list[Interval]]
"""For each machine, when something holds."""

Months = Sequence[tuple[date, Interval]]


@dataclass(frozen=True, slots=True)
class Contributions:
    """The use and the bookings of a space's machines by person, in seconds."""

    used: list[Use]
    booked: list[Use]


@dataclass(frozen=True, slots=True)
class _Part:
    """When one person had one machine, for which company."""

    machine: int
    member: int | None
    company: int | None
    times: list[Interval]


def contributions_of(
    space: Space, period: Period, *, now: datetime, by_month: bool = False
) -> Contributions:
    """Who used and booked the machines of `space` in `period`, by machine, or else by month.

    Use counts within available time and bookings within opening hours, as METRICS has it. In a
    fixed number of queries.
    """
    machines = list(Machine.objects.filter(space=space))
    window = period.window(space.zone)
    staff = set(Role.objects.filter(space=space).values_list("member", flat=True))
    opening, available = _bounds(machines, window, now)
    months: Months = ()
    if by_month:
        months = [(each, Period.month_of(each).window(space.zone)) for each in period.months]
    return Contributions(
        used=_summed(_used(available, window, now), staff, months),
        booked=_summed(_booked(opening, window), staff, months),
    )


def _bounds(machines: Sequence[Machine], window: Interval, now: datetime) -> tuple[Times, Times]:
    """When each machine was open, and when it was available."""
    pks = [machine.pk for machine in machines]
    out: Times = defaultdict(list)
    upkeep = Reservation.objects.maintenance().filter(machine__in=pks)
    for row in upkeep.touching(window.start, window.end):
        out[row.machine_id].append(row.span)
    for stop in Stoppage.objects.filter(machine__in=pks).touching(window.start, window.end):
        end = max(stop.starts_at, stop.ends_at or now)
        if end > stop.starts_at:
            out[stop.machine_id].append(Interval(stop.starts_at, end))
    opening: Times = {}
    for machine in machines:
        opening[machine.pk] = []
    for pk, hours in openings_of(machines, window).items():
        opening[pk] = intersect([window], hours.open)
    return opening, {pk: subtract(times, merge(out[pk])) for pk, times in opening.items()}


def _used(available: Times, window: Interval, now: datetime) -> Iterator[_Part]:
    rows = UsageSession.objects.filter(machine__in=available).select_related("reservation")
    for row in rows.touching(window.start, window.end):
        end = row.ended_at or now
        if end > row.started_at:
            times = intersect(available[row.machine_id], [Interval(row.started_at, end)])
            company = row.reservation.company_id if row.reservation else None
            yield _Part(row.machine_id, row.member_id, company, times)


def _booked(opening: Times, window: Interval) -> Iterator[_Part]:
    rows = Reservation.objects.booked().filter(
        machine__in=opening,
        starts_at__lt=window.end,
        ends_at__gt=window.start,
        starts_at__gt=window.start - MAX_SPAN,
    )
    for row in rows.only("machine", "member", "company", "starts_at", "ends_at"):
        times = intersect(opening[row.machine_id], [row.span])
        yield _Part(row.machine_id, row.member_id, row.company_id, times)


def _summed(parts: Iterable[_Part], staff: set[int], months: Months) -> list[Use]:
    """The seconds of each person, party and audience, by machine or by month."""
    amounts: dict[tuple[Hashable, UsedBy, int | None, int | None], int] = defaultdict(int)
    for part in parts:
        used_by = _used_by(part, staff)
        for row, times in _by_row(part, months):
            amounts[row, used_by, part.member, part.company] += total_seconds(times)
    return [
        Use(
            row=row,
            column=used_by.value,
            person=member,
            party=("company", company) if company else ("person", member),
            amount=seconds,
        )
        for (row, used_by, member, company), seconds in amounts.items()
    ]


def _by_row(part: _Part, months: Months) -> Iterator[tuple[Hashable, list[Interval]]]:
    if not months:
        yield part.machine, part.times
        return
    for month, window in months:
        yield month, intersect([window], part.times)


def _used_by(part: _Part, staff: set[int]) -> UsedBy:
    if part.company is not None:
        return UsedBy.COMPANY
    if part.member is None:
        return UsedBy.NOBODY
    return UsedBy.STAFF if part.member in staff else UsedBy.MAKER
