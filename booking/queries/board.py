"""The calendar of many machines at once: their lanes over a day or a week."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.urls import reverse

from booking.axis import HOURS, Axis, axis_of, minutes_of
from booking.facts import Terms
from booking.lane_parts import Lane, Links, Viewer
from booking.lanes import LaneMaker
from booking.models import Reservation
from booking.painting import Span
from booking.queries.availability import MachineTime, machine_times, seen_by
from booking.queries.pool_times import PoolTime, pool_time
from booking.queries.terms import Policies, terms_of_many
from booking.states import ReservationKind, ReservationState
from machines.models import Machine, Pool
from members.models import Member
from members.permissions import Visitor, is_staff_of
from spaces.intervals import DAY, Interval, local_days, today_began
from spaces.models import Space

DAYS_OF_WEEK = 7
USUAL_HOURS = (8, 18)
"""What is drawn where nothing is open and nothing is reserved."""

MINUTES = 60


class BoardRow(NamedTuple):
    """One machine with its policy and one lane per day."""

    machine: Machine
    url: str
    terms: Terms
    lanes: list[Lane]

    @property
    def limits(self) -> tuple[int, int, int]:
        """Grid, shortest and longest in minutes, as the script of the calendar needs them."""
        terms = self.terms
        return tuple(  # type: ignore[return-value]
            int(each.total_seconds()) // MINUTES
            for each in (terms.grid, terms.shortest, terms.longest)
        )

    @property
    def is_fine(self) -> bool:
        """Whether something to press is a single quarter-hour and needs a wider drawing."""
        return any(
            item.end - item.start == 1 and item.href for lane in self.lanes for item in lane.items
        )


class BoardGroup(NamedTuple):
    """The machines of one category."""

    name: str
    rows: list[BoardRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Machines over the same days, drawn between the same hours."""

    space: Space
    axes: Sequence[Axis]
    rows: Sequence[BoardRow]
    now: datetime

    @property
    def first(self) -> date:
        """The first day shown."""
        return self.axes[0].day

    @property
    def groups(self) -> list[BoardGroup]:
        """The rows by category, in their order."""
        return [
            BoardGroup(name, list(rows))
            for name, rows in groupby(self.rows, key=lambda row: row.machine.category.name)
        ]

    @property
    def is_fine(self) -> bool:
        """Whether some row needs a wider drawing."""
        return any(row.is_fine for row in self.rows)

    @property
    def days(self) -> int:
        """How many days are shown."""
        return len(self.axes)


def viewer_in(person: Visitor, space: Space) -> Viewer:
    """What `person` may see in the calendars of `space`, in at most two queries."""
    if not isinstance(person, Member) or not person.is_active:
        return Viewer()
    return Viewer(
        member_id=person.pk,
        company_ids=frozenset(person.delegations.values_list("company", flat=True)),
        is_staff=is_staff_of(person, space),
    )


def board_of(
    space: Space,
    first: date,
    *,
    days: int,
    viewer: Viewer,
    now: datetime,
    link: str,
    keep: str = "",
    offers: bool = False,
) -> Board:
    """Every machine of `space` in service over `days` days from `first` on.

    `link` is followed by the id of a reservation to open it; gaps can be pressed where it
    `offers`, and their addresses go on with `keep`. A fixed number of queries.
    """
    rows = Machine.objects.in_service().filter(space=space).select_related("category")
    # By the name that is shown: not every category has one in every language.
    machines = sorted(rows.order_by("name"), key=lambda machine: machine.category.name)
    for machine in machines:
        machine.space = space
    return _board(
        space,
        machines,
        _Drawing(first=first, days=days, link=link, keep=keep, offers=offers),
        viewer=viewer,
        now=now,
    )


def week_of(
    machine: Machine, monday: date, *, viewer: Viewer, now: datetime, keep: str = ""
) -> Board:
    """One machine over the seven days from `monday` on; its gaps lead to the form on its page."""
    return _board(machine.space, [machine], _week_of_one(monday, keep), viewer=viewer, now=now)


def week_of_pool(
    pool: Pool,
    units: Sequence[Machine],
    monday: date,
    *,
    viewer: Viewer,
    now: datetime,
    keep: str = "",
) -> Board:
    """How many `units` of `pool` are free over the seven days from `monday` on, in one row."""
    first = units[0]
    window = local_days(monday, monday + DAYS_OF_WEEK * DAY, first.space.zone)
    terms = terms_of_many(units, audience=viewer.audience)
    time = pool_time(units, window, now=now, terms=terms)
    axes = _axes([time], monday, DAYS_OF_WEEK, first.space.zone)
    lanes = LaneMaker(axes, now=now, viewer=viewer).lanes_of(
        time,
        terms=terms[first.pk],
        links=_week_of_one(monday, keep).links_of(first),
        levels=time.levels,
    )
    url = reverse("booking:pool", args=[first.space.slug, pool.slug])
    row = BoardRow(first, url, terms[first.pk], lanes)
    return Board(space=first.space, axes=axes, rows=[row], now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawing:
    """Which days are drawn, and where what lies on them leads.

    Gaps lead to the form that `is_here`, else to the panel of the board.
    """

    first: date
    days: int
    link: str
    keep: str
    offers: bool
    is_here: bool = False

    def links_of(self, machine: Machine) -> Links:
        """The parts of the addresses on the lanes of `machine`."""
        if self.is_here:
            book, anchor, after = f"?week={self.first}{self.keep}&", "#reserve", "/"
        else:
            book = f"?day={self.first}{self.keep}&machine={machine.pk}&"
            anchor, after = "#panel", "#reservation"
        return Links(book=book, anchor=anchor, reservation=self.link, after=after)


def _week_of_one(monday: date, keep: str) -> _Drawing:
    return _Drawing(
        first=monday,
        days=DAYS_OF_WEEK,
        link=reverse("booking:reservations"),
        keep=keep,
        offers=True,
        is_here=True,
    )


def _board(
    space: Space,
    machines: Sequence[Machine],
    drawing: _Drawing,
    *,
    viewer: Viewer,
    now: datetime,
) -> Board:
    """The lanes of `machines`, drawn as asked."""
    first, days = drawing.first, drawing.days
    policies = Policies(machines)
    terms = policies.terms_for(viewer.audience)
    # Nobody but those inside is told who did not come.
    times = machine_times(
        machines,
        local_days(first, first + days * DAY, space.zone),
        now=now,
        terms=terms,
        with_missed=viewer.member_id is not None,
        policies=policies,
    )
    times = seen_by(viewer, times, since=today_began(now, space.zone))
    axes = _axes(times.values(), first, days, space.zone)
    maker = LaneMaker(axes, now=now, viewer=viewer)
    rows = [
        BoardRow(
            machine,
            reverse("booking:machine", args=[space.slug, machine.slug]),
            terms[machine.pk],
            maker.lanes_of(
                times[machine.pk],
                terms=terms[machine.pk],
                links=drawing.links_of(machine),
                offers=drawing.offers,
            ),
        )
        for machine in machines
    ]
    return Board(space=space, axes=axes, rows=rows, now=now)


def _axes(
    times: Iterable[MachineTime | PoolTime], first: date, days: int, zone: ZoneInfo
) -> list[Axis]:
    """One axis per day between the first hour that anything happens and the last."""
    whole = [axis_of(first + day * DAY, zone) for day in range(days)]
    from_hour, until_hour = _hours_shown(times, whole)
    return [axis_of(axis.day, zone, from_hour, until_hour) for axis in whole]


def _hours_shown(times: Iterable[MachineTime | PoolTime], whole: Sequence[Axis]) -> tuple[int, int]:
    """The hours of the wall clock between which something is open or reserved on any day."""
    earliest, latest = HOURS, 0
    for axis, (start, end) in zip(whole, _extent_of_days(_every_span(times), whole), strict=True):
        from_line, until_line = axis.around(start, end)
        if from_line < until_line:
            earliest = min(earliest, minutes_of(axis.labels[from_line]) // MINUTES)
            latest = max(latest, -(-minutes_of(axis.labels[until_line]) // MINUTES))
    return (earliest, latest) if earliest < latest else USUAL_HOURS


def _every_span(times: Iterable[MachineTime | PoolTime]) -> Iterator[Interval]:
    """Opening hours, once where they are shared, and reservations."""
    seen: set[int] = set()
    for time in times:
        if id(time.open) not in seen:
            seen.add(id(time.open))
            yield from time.open
        for busy in time.busy:
            yield busy.interval


def _extent_of_days(spans: Iterable[Interval], whole: Sequence[Axis]) -> list[Span]:
    """For each day the seconds between which `spans` lie on it; empty where none does."""
    firsts = [axis.first for axis in whole]
    extents = [(axis.last, axis.first) for axis in whole]
    for span in spans:
        start, end = int(span.start.timestamp()), int(span.end.timestamp())
        for day in range(max(0, bisect_right(firsts, start) - 1), bisect_left(firsts, end)):
            earliest, latest = extents[day]
            if start < earliest or end > latest:
                axis = whole[day]
                extents[day] = (
                    max(axis.first, min(start, earliest)),
                    min(axis.last, max(end, latest)),
                )
    return extents


def cancelled_on(space: Space, day: date, *, now: datetime) -> list[Reservation]:
    """What people had reserved on `day` and was cancelled, as long as that can be undone."""
    window = local_days(day, day + DAY, space.zone)
    return list(
        Reservation.objects.filter(
            machine__space=space,
            kind=ReservationKind.BOOKING,
            state=ReservationState.CANCELLED,
            starts_at__gte=max(now, window.start),
            starts_at__lt=window.end,
        )
        .select_related("machine__space", "member")
        .order_by("starts_at", "pk")
    )
