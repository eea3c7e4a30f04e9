"""The earliest offers over many machines, and which machines are free at a time."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, DateTimeField, QuerySet

from booking.facts import Terms
from booking.queries.gaps import ANY_MOMENT, Ask, Place, first_gaps
from booking.queries.terms import AudienceIn, terms_of_many
from booking.unattended import may_begin, may_end
from machines.models import Machine
from machines.queries.opening import Opening, openings_of
from members.states import Audience
from spaces.intervals import Interval, clip, covers, moment_of, wall_time
from spaces.paging import values_of


class Slot(NamedTuple):
    """Time at which a machine could be booked, on its grid and by its policy."""

    machine: Machine
    interval: Interval


@dataclass(frozen=True, slots=True)
class SlotPage:
    """The earliest offers, and the place from which to go on where there are more."""

    slots: list[Slot]
    next: Place | None


class _Unit(NamedTuple):
    """A machine with no more than the search asks for; a thousand models would take longer."""

    pk: int
    space_id: int
    category_id: int
    zone: ZoneInfo
    others_ahead_days: int | None


class _Alike(NamedTuple):
    """Machines on the same clock, of the same terms and the same hours.

    `opened` is told of what may run on while the space is closed: it begins and ends in these.
    """

    ids: tuple[int, ...]
    zone: ZoneInfo
    terms: Terms
    hours: tuple[Interval, ...]
    opened: tuple[Interval, ...] | None

    def allows(self, span: Interval) -> bool:
        """Whether `span` lies in the hours, as far as it must."""
        if self.opened is not None and not (
            may_begin(self.opened, span.start) and may_end(self.opened, span.end)
        ):
            return False
        return covers(self.hours, span)


def first_slots(
    *,
    machines: QuerySet[Machine],
    length: timedelta,
    window_in: Callable[[ZoneInfo], Interval],
    audience: AudienceIn,
    now: datetime,
    limit: int,
    after: Place | None = None,
) -> SlotPage:
    """The first time at which each machine could be booked, earliest first.

    `window_in` tells for the zone of a machine within what time it must lie. Where a policy asks
    for more than `length`, its shortest reservation is meant; where it allows less, the machine is
    left out. What the person decides, such as certifications, is not asked.

    At most seven queries for any number of machines, and those that `machines` prefetches.
    """
    asks = _asks(
        _alike(_units(machines), window_in, audience),
        now=now,
        length=lambda terms: _fitted(length, terms),
    )
    gaps = first_gaps(list(asks), now=now, limit=limit + 1, after=after)
    shown = gaps[:limit]
    found = machines.in_bulk([gap.machine_id for gap in shown])
    slots = [Slot(found[gap.machine_id], Interval(gap.start, gap.end)) for gap in shown]
    return SlotPage(slots, shown[-1].place if len(gaps) > limit else None)


def first_slot(
    machine: Machine,
    *,
    length: timedelta,
    window: Interval,
    audience: Audience,
    now: datetime,
) -> Interval | None:
    """The first time within `window` at which `audience` could book a machine; its space loaded.

    Where the policy asks for more or allows less, the shortest or longest reservation is meant.
    """

    def allowed(terms: Terms) -> timedelta | None:
        longest = terms.longest // terms.grid * terms.grid
        return _fitted(min(length, longest), terms)

    if machine.retired_at is not None:
        return None
    unit = _Unit(
        machine.pk,
        machine.space_id,
        machine.category_id,
        machine.space.zone,
        machine.others_ahead_days,
    )
    alike = _alike([unit], lambda _zone: window, audience)
    asks = list(_asks(alike, now=now, length=allowed))
    return next((Interval(gap.start, gap.end) for gap in first_gaps(asks, now=now)), None)


def free_machines(
    *,
    machines: QuerySet[Machine],
    span_in: Callable[[ZoneInfo], Interval],
    audience: AudienceIn,
    now: datetime,
) -> list[int]:
    """The ids of those that are open, up and unoccupied for the whole of the span of their zone.

    Setup and turnaround are counted in. Five queries for any number of machines and zones.
    """
    asks = []
    for alike, span in _alike(_units(machines), span_in, audience):
        if span.start >= now and alike.allows(span):
            asks.append(_ask(alike, hours=(span,), length=span.duration, step=ANY_MOMENT))
    return [gap.machine_id for gap in first_gaps(asks, now=now)]


def place_of(cursor: str) -> Place:
    """The place that a cursor tells; raises CursorInvalid."""
    start, machine_id = values_of(cursor, (DateTimeField(), BigIntegerField()))
    return Place(start, machine_id)  # type: ignore[arg-type]


def _units(machines: QuerySet[Machine]) -> list[_Unit]:
    """The machines in service."""
    rows = machines.filter(retired_at=None).order_by()
    return [
        _Unit(pk, space_id, category_id, ZoneInfo(zone), ahead)
        for pk, space_id, category_id, zone, ahead in rows.values_list(
            "pk", "space_id", "category_id", "space__timezone", "others_ahead_days"
        )
    ]


def _asks(
    groups: Iterable[tuple[_Alike, Interval]],
    *,
    now: datetime,
    length: Callable[[Terms], timedelta | None],
) -> Iterator[Ask]:
    """What is looked for on machines of each kind; `length` tells how long under their terms."""
    for alike, window in groups:
        terms, wanted = alike.terms, length(alike.terms)
        earliest = max(window.start, now + terms.lead_time)
        if wanted is not None and earliest < window.end:
            yield _ask(
                alike,
                hours=tuple(clip(alike.hours, Interval(earliest, window.end))),
                length=wanted,
                step=terms.grid,
                latest=_latest_start(terms, alike.zone, now=now),
            )


def _ask(
    alike: _Alike,
    *,
    hours: tuple[Interval, ...],
    length: timedelta,
    step: timedelta,
    latest: datetime | None = None,
) -> Ask:
    return Ask(
        machines=alike.ids,
        hours=hours,
        length=length,
        step=step,
        setup=alike.terms.setup,
        turnaround=alike.terms.turnaround,
        latest=latest or hours[-1].end,
        zone=alike.zone,
        opened=alike.opened,
    )


def _alike(
    machines: Sequence[_Unit], span_in: Callable[[ZoneInfo], Interval], audience: AudienceIn
) -> Iterator[tuple[_Alike, Interval]]:
    """The machines in groups that PostgreSQL need only be told about once, each with its span."""
    spans = {zone: span_in(zone) for zone in {machine.zone for machine in machines}}
    if not spans:
        return
    ends = [span.end for span in spans.values()]
    whole = Interval(min(span.start for span in spans.values()), max(ends))
    openings, terms = openings_of(machines, whole), terms_of_many(machines, audience=audience)
    groups: defaultdict[tuple[int, int, int], list[_Unit]] = defaultdict(list)
    for machine in machines:
        # Machines that share hours or terms share the very same objects.
        of_kind = (machine.space_id, id(terms[machine.pk]), id(openings[machine.pk]))
        groups[of_kind].append(machine)
    for group in groups.values():
        first = group[0]
        ids = tuple(machine.pk for machine in group)
        hours = _hours(openings[first.pk], terms[first.pk], first.zone, whole)
        yield _Alike(ids, first.zone, terms[first.pk], *hours), spans[first.zone]


def _hours(
    opening: Opening, terms: Terms, zone: ZoneInfo, window: Interval
) -> tuple[tuple[Interval, ...], tuple[Interval, ...] | None]:
    """In which hours use may lie, and in which it begins and ends where it may run on."""
    if not terms.unattended_allowed or terms.staff_needed:
        hours = terms.bookable(opened=opening.open, staffed=opening.staffed, zone=zone)
        return hours, None
    around = terms.allowed(window, zone) if terms.hours else [window]
    return tuple(around), opening.open


def _fitted(length: timedelta, terms: Terms) -> timedelta | None:
    """`length` as the policy allows it: no shorter, in whole steps; None where it is too long."""
    steps = -(-max(length, terms.shortest) // terms.grid)
    fitted = steps * terms.grid
    return fitted if fitted <= terms.longest else None


def _latest_start(terms: Terms, zone: ZoneInfo, *, now: datetime) -> datetime:
    """The last start within the horizon (RULES, C3)."""
    return moment_of(wall_time(now, zone) + timedelta(days=terms.horizon_days), zone)
