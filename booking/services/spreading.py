"""What is reserved on machines that break: other units of their pools take it (RULES, C15)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from booking.models import Reservation
from booking.packing import assign
from booking.queries.pools import alike_in, around, exchange_on, units_of
from booking.services.allocation import units_exchanged
from booking.services.changing import PARTS
from booking.services.expiring import give_up_on
from booking.services.locking import in_transaction, lock
from booking.states import UPCOMING, ReservationKind
from machines.models import Machine, Pool
from machines.queries.dependencies import stopped_with
from machines.services.faults import report_fault
from machines.services.holding import hold_machines_of
from members.models import Member
from spaces.intervals import Interval


@dataclass(frozen=True, slots=True)
class Reassigned:
    """What became of the reservations on a unit that broke."""

    moved: list[Reservation]
    without_unit: list[Reservation]


def stop_unit(
    *,
    machine: Machine,
    summary: str,
    by: Member | None,
    now: datetime,
    until: datetime | None = None,
) -> Reassigned:
    """Write down that `machine` stands still, and give reservations on its pool other units.

    What needs it stands still as well, `until` it is expected to be mended. Who chose that very
    machine keeps it, and so is without a unit as well (RULES, C15).
    """

    def work() -> Reassigned:
        stopped = stopped_with(machine)
        hold_units(stopped)
        report_fault(
            machine=machine,
            summary=summary,
            stops_machine=True,
            expected_at=until,
            by=by,
            now=now,
        )
        moved = spread(stopped, until=until, now=now)
        return Reassigned(moved, list(_bookings_ahead(machine, now=now)))

    return in_transaction(work)


def hold_units(machines: Sequence[Machine]) -> None:
    """Wait for `machines`, and for whatever reservations on their pools may be exchanged with.

    They are of one space, which is held first.
    """
    for space in {machine.space_id for machine in machines}:
        hold_machines_of(space)
    pools = {machine.pool_id for machine in machines if machine.pool_id is not None}
    units = {machine.pk for machine in machines}
    if pools:
        units |= set(Machine.objects.filter(pool__in=pools).values_list("pk", flat=True))
    lock(pools=pools, machines=units)


def spread(
    stopped: Sequence[Machine], *, now: datetime, until: datetime | None = None
) -> list[Reservation]:
    """Give what is reserved on the pools of `stopped` machines other units until they work.

    All of them and their pools are held by the caller (`hold_units`).
    """
    moved: list[Reservation] = []
    for machine in stopped:
        if machine.pool is None:
            give_up_on([machine.pk], now=now)
        else:
            units = units_of(machine.pool)
            moved += give_other_units(machine, machine.pool, units, until=until, now=now).moved
    return moved


def give_other_units(
    machine: Machine,
    pool: Pool,
    units: Sequence[Machine],
    *,
    now: datetime,
    until: datetime | None = None,
) -> Reassigned:
    """Give each reservation of `pool` that has not started on `machine` another of its `units`.

    What starts only at `until` may stay. All of `units` are held by the caller, `machine` among
    them.
    """
    done = Reassigned([], [])
    give_up_on([unit.pk for unit in units], now=now)
    rows = _bookings_ahead(machine, now=now).filter(pool=pool)
    if until is not None:
        rows = rows.filter(starts_at__lt=until)
    for row in rows.select_related(*PARTS):
        moved = _way_out(row, machine, pool, units, now=now)
        if moved is None:
            done.without_unit.append(row)
            continue
        with units_exchanged(moved, units):
            pass
        row.machine = next(unit for unit in units if unit.pk == moved[row.pk])
        done.moved.append(row)
    return done


def _bookings_ahead(machine: Machine, *, now: datetime) -> QuerySet[Reservation]:
    """What people have reserved on `machine` and has not started, in order."""
    rows = Reservation.objects.filter(
        machine=machine, state__in=UPCOMING, kind=ReservationKind.BOOKING, starts_at__gt=now
    )
    return rows.order_by("starts_at", "pk")


def _way_out(
    row: Reservation, machine: Machine, pool: Pool, units: Sequence[Machine], *, now: datetime
) -> Mapping[int, int] | None:
    """The new units of `row` and of those that make room for it; None where there are none."""
    occupied = Interval(row.occupied_from, row.occupied_until)
    exchange = exchange_on(pool, units, occupied, now=now, excluding=row)
    alike = next(group for group in alike_in(units, around(occupied)) if machine.pk in group)
    others = [pk for pk in alike if pk != machine.pk]
    found = assign(
        occupied,
        units=others,
        fixed=exchange.fixed,
        packed=[each for each in exchange.packed if each.unit in others],
    )
    return {**found.moved, row.pk: found.unit} if found else None
