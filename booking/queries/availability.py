"""When machines are open, busy, down and free, in a fixed number of queries for any number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from booking.facts import Stop, Terms
from booking.lane_parts import Viewer
from booking.queries.holdings import Held, Holding, holdings_of
from booking.queries.terms import Policies
from booking.states import MachineState, ReservationKind
from machines.models import Machine
from machines.queries.opening import Closure, Opening, openings_of
from spaces.intervals import Interval, clip, merge, subtract

LOOK_AHEAD = timedelta(days=7)
"""How far `state_now` looks for the moment at which a state changes."""


class Busy(NamedTuple):
    """Occupied time, setup and turnaround included, with what occupies it."""

    interval: Interval
    kind: ReservationKind
    reservation: Holding


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineTime:
    """The time of one machine in a window; `busy` may reach beyond it, all else is cut.

    `free` is where a reservation could lie: open, staffed where the policy asks for staff, not
    past, nothing occupied, and room for its own setup and turnaround beside what is. `missed` are
    no-shows, where asked for. Machines that share hours share the same tuples.
    """

    open: tuple[Interval, ...]
    staffed: tuple[Interval, ...]
    closures: tuple[Closure, ...]
    busy: tuple[Busy, ...]
    down: tuple[Interval, ...]
    free: tuple[Interval, ...]
    missed: tuple[Busy, ...] = ()
    stops: tuple[Stop, ...] = ()


class MachineNow(NamedTuple):
    """What a machine does now; `until` is None where nothing tells."""

    state: MachineState
    until: datetime | None


def machine_times(
    machines: Sequence[Machine],
    window: Interval,
    *,
    now: datetime,
    terms: dict[int, Terms],
    with_missed: bool = False,
    policies: Policies | None = None,
) -> dict[int, MachineTime]:
    """The time of each machine in `window` by its id, under its `terms`.

    Two queries for any number of machines, `machine.space` loaded, and those for whom nobody
    came in time unless the `policies` are given.
    """
    if not machines:
        return {}
    openings = openings_of(machines, window)
    held = holdings_of(
        list(openings), _reach(window, terms), now=now, with_missed=with_missed, policies=policies
    )
    return {
        machine.pk: _time_of(
            machine,
            openings[machine.pk],
            held[machine.pk],
            terms[machine.pk],
            window=window,
            now=now,
        )
        for machine in machines
    }


def seen_by(
    viewer: Viewer, times: Mapping[int, MachineTime], *, since: datetime
) -> dict[int, MachineTime]:
    """`times` as `viewer` may look back: to others what was over by `since` is nobody's.

    Whoever reads the calendars of months that are over could add up what public figures hide.
    """
    if viewer.is_staff:
        return dict(times)

    def seen(rows: Sequence[Busy]) -> tuple[Busy, ...]:
        return tuple(
            each for each in rows if each.interval.end > since or viewer.may_know(each.reservation)
        )

    return {
        pk: replace(time, busy=seen(time.busy), missed=seen(time.missed))
        for pk, time in times.items()
    }


def state_now(
    machines: Sequence[Machine], *, terms: dict[int, Terms], now: datetime
) -> dict[int, MachineNow]:
    """What each machine does now, and until when as far as the next week tells.

    Two queries for any number of machines, `machine.space` loaded.
    """
    if not machines:
        return {}
    window = Interval(now, now + LOOK_AHEAD)
    openings = openings_of(machines, window)
    held = holdings_of(list(openings), window, now=now)
    return {
        machine.pk: _state_of(
            machine, openings[machine.pk], held[machine.pk], terms[machine.pk], window
        )
        for machine in machines
    }


def _reach(window: Interval, terms: dict[int, Terms]) -> Interval:
    """As far around `window` as a neighbour may stand in the way of a newcomer inside."""
    return window.widened(
        before=max(each.setup for each in terms.values()),
        after=max(each.turnaround for each in terms.values()),
    )


def _time_of(
    machine: Machine,
    opening: Opening,
    held: Held,
    terms: Terms,
    *,
    window: Interval,
    now: datetime,
) -> MachineTime:
    busy = _as_busy(held.rows)
    down = merge(clip(held.down, window))
    free: list[Interval] = []
    if machine.retired_at is None and now < window.end:
        free = subtract(
            _hours_of(opening, terms, machine),
            [
                *(_kept_clear(each.interval, terms) for each in busy),
                *down,
                Interval(window.start, max(now, window.start)),
            ],
        )
    return MachineTime(
        open=opening.open,
        staffed=opening.staffed,
        closures=opening.closures,
        busy=tuple(each for each in busy if each.interval.overlaps(window)),
        down=tuple(down),
        free=tuple(free),
        missed=_as_busy(held.missed),
        stops=tuple(stop for stop in held.stops if stop.interval.overlaps(window)),
    )


def _as_busy(rows: Sequence[Holding]) -> tuple[Busy, ...]:
    return tuple(
        Busy(Interval(row.occupied_from, row.occupied_until), ReservationKind(row.kind), row)
        for row in rows
    )


def _hours_of(opening: Opening, terms: Terms, machine: Machine) -> tuple[Interval, ...]:
    return terms.bookable(opened=opening.open, staffed=opening.staffed, zone=machine.space.zone)


def _kept_clear(occupied: Interval, terms: Terms) -> Interval:
    """Where the use of a newcomer may not lie, so that its setup and turnaround fit beside."""
    if not terms.setup and not terms.turnaround:
        return occupied
    return occupied.widened(before=terms.turnaround, after=terms.setup)


def _state_of(
    machine: Machine, opening: Opening, held: Held, terms: Terms, window: Interval
) -> MachineNow:
    now, hours = window.start, _hours_of(opening, terms, machine)
    if machine.retired_at is not None:
        return MachineNow(MachineState.DOWN, None)
    stops = [each for each in held.stops if each.interval.start <= now < each.interval.end]
    if stops:
        known = [each.until for each in stops if each.until is not None]
        return MachineNow(MachineState.DOWN, max(known) if len(known) == len(stops) else None)
    if held.session is not None:
        until = held.session.expected_end_at
        return MachineNow(MachineState.IN_USE, until if until and until > now else None)
    for row in held.rows:
        if row.occupied_from <= now < row.occupied_until:
            return MachineNow(_occupied_as(row), row.occupied_until)
    if not hours or hours[0].start > now:
        return MachineNow(MachineState.CLOSED, hours[0].start if hours else None)
    changes = [hours[0].end, *(row.occupied_from for row in held.rows)]
    until = min(changes)
    return MachineNow(MachineState.FREE, until if until < window.end else None)


def _occupied_as(row: Holding) -> MachineState:
    if row.kind == ReservationKind.MAINTENANCE:
        return MachineState.MAINTENANCE
    return MachineState.RESERVED
