"""Machines that leave: retired, or moved to another space, with everybody told who counted on them.

The row and its history stay where they are. A machine that moves gets a new row over there, so
that the figures of both spaces stay true.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import Q

from billing.queries import prices_of
from billing.services.inventory import write_inventory
from billing.services.machines import carry_over, written_new
from booking.models import Reservation, Series, UsageSession, WaitlistEntry
from booking.queries.displacing import Plan, Taking
from booking.queries.pools import units_of
from booking.services.belongings import meet_again, send_along
from booking.services.changing import end_block
from booking.services.displacing import displace, plan_ahead
from booking.services.inventory import sheets_in
from booking.services.locking import in_transaction, lock
from booking.services.series.cancelling import end_before
from booking.services.spreading import give_other_units
from booking.services.taking import Choices, refuse_strangers
from booking.states import FARTHEST, UPCOMING, ReservationKind, WishState
from machines.models import Fault, Machine
from machines.queries.inventory import machines_of, sheet_of
from machines.services.changes import Act
from machines.services.faults import report_fault, resolve_fault
from machines.services.machines import hold
from machines.services.stoppages import follow_all_in
from machines.services.writing import Draft
from machines.states import ChangeKind, Severity
from members.models import Member
from spaces.intervals import Interval
from spaces.models import Space


class StillInUse(Exception):
    """Somebody uses one of the machines now; it leaves once they have checked out."""


class LivesElsewhere(Exception):
    """The machine went to another space: it comes back from there, not from the past."""


def plan_of_leaving(machines: Sequence[Machine], *, now: datetime) -> Plan:
    """What is displaced once others of their pools have taken over what they can."""
    return plan_ahead(_taking(machines, now), first=lambda: _hand_over(machines, now), now=now)


def in_use_on(machines: Sequence[Machine]) -> list[UsageSession]:
    """The use that goes on, for which the machines must wait."""
    rows = UsageSession.objects.open().filter(machine__in=machines)
    return list(rows.select_related("machine", "member"))


def retire(
    *, machines: Sequence[Machine], reason: str, choices: Choices, by: Member, now: datetime
) -> None:
    """Let `machines` of one space leave service, and displace what is reserved on them.

    Blocks and series on them end; who waits for one of them waits for any of its kind. Raises
    Outdated, StillInUse, and BookingRefused for people who do not work for the space.
    """
    space = machines[0].space
    refuse_strangers(by, space)

    def then() -> None:
        _leave(machines, Act(kind=ChangeKind.RETIRED, by=by, now=now, note=reason))

    _displaced(machines, [space], choices, reason, by=by, now=now, then=then)


def move_to_space(
    *,
    machine: Machine,
    to: Space,
    room: str,
    reason: str,
    choices: Choices,
    by: Member,
    now: datetime,
) -> Machine:
    """Let `machine` go on in another space; the machine that it is there.

    What is reserved on it here is displaced, as when it retires; its address here leads there.
    What is broken stays broken. Raises as `retire`, for people who do not work for both spaces.
    """
    for space in (machine.space, to):
        refuse_strangers(by, space)
    made: list[Machine] = []

    def then() -> None:
        made.append(_arrived(machine, to, room, by=by, now=now))
        _leave([machine], Act(kind=ChangeKind.MOVED, by=by, now=now, note=to.name))
        Machine.objects.filter(pk=machine.pk).update(moved_to=made[0])

    _displaced([machine], [machine.space, to], choices, reason, by=by, now=now, then=then)
    return made[0]


def bring_back(*, machine: Machine, by: Member, now: datetime) -> None:
    """Put a retired machine back into service; what was displaced stays where it went.

    Raises LivesElsewhere, and BookingRefused for people who do not work for the space.
    """
    refuse_strangers(by, machine.space)
    if machine.moved_to_id is not None:
        raise LivesElsewhere

    def work() -> None:
        hold(machine.space)
        _write([machine], Act(kind=ChangeKind.BACK, by=by, now=now), service=True)
        follow_all_in(machine.space_id, now=now)

    in_transaction(work)


def _displaced(
    machines: Sequence[Machine],
    spaces: Sequence[Space],
    choices: Choices,
    reason: str,
    *,
    by: Member,
    now: datetime,
    then: Callable[[], None],
) -> None:
    """Displace in one transaction, in which nobody else writes machines of `spaces`."""

    def work() -> None:
        for space in sorted(spaces, key=lambda each: each.pk):
            hold(space)
        displace(
            taking=_taking(machines, now),
            choices=choices,
            reason=reason,
            by=by,
            now=now,
            first=lambda: _hand_over(machines, now),
            then=then,
        )

    in_transaction(work)


def _taking(machines: Sequence[Machine], now: datetime) -> Taking:
    """All the time to come: nothing may stay."""
    return Taking(machines=tuple(machines), spans=(Interval(now, now + FARTHEST),), may_stay=False)


def _hand_over(machines: Sequence[Machine], now: datetime) -> None:
    """Let the others of their pools take over what is reserved on any unit."""
    leaving = {machine.pk for machine in machines}
    pools = {machine.pool.pk: machine.pool for machine in machines if machine.pool is not None}
    units = {pk: units_of(pool) for pk, pool in pools.items()}
    lock(pools=pools, machines=[unit.pk for group in units.values() for unit in group])
    for machine in machines:
        if machine.pool is None:
            continue
        staying = [
            unit
            for unit in units[machine.pool.pk]
            if unit.pk not in leaving or unit.pk == machine.pk
        ]
        give_other_units(machine, machine.pool, staying, now=now)


def _leave(machines: Sequence[Machine], act: Act) -> None:
    if in_use_on(machines):
        raise StillInUse
    _end_blocks(machines, act)
    for series in Series.objects.filter(machine__in=machines).select_related("event"):
        end_before(series, act.now)
    _pass_on_wishes(machines)
    _write(machines, act, service=False)


def _write(machines: Sequence[Machine], act: Act, *, service: bool) -> None:
    space = machines[0].space
    found = sheets_in(space, [machine.pk for machine in machines])
    drafts = [
        Draft(machine=row, before=sheet, after=sheet, service=service) for row, sheet in found
    ]
    write_inventory(space, drafts, act)


def _end_blocks(machines: Sequence[Machine], act: Act) -> None:
    """Give back the time of what is no reservation of anybody: upkeep, workshops."""
    blocks = Reservation.objects.filter(
        machine__in=machines, state__in=UPCOMING, ends_at__gt=act.now
    ).exclude(kind=ReservationKind.BOOKING)
    for row in blocks.select_related("machine__space"):
        end_block(row, by=act.by, now=act.now)


def _pass_on_wishes(machines: Sequence[Machine]) -> None:
    """Who waits for a machine that leaves waits for any of its kind."""
    for machine in machines:
        WaitlistEntry.objects.filter(
            Q(state=WishState.WAITING) | Q(state=WishState.OFFERED), machine=machine
        ).update(machine=None, category=machine.category_id)


def _arrived(machine: Machine, to: Space, room: str, *, by: Member, now: datetime) -> Machine:
    """The machine as it goes on in `to`, with its numbers, papers, faults and belongings."""
    row = machines_of(machine.space).get(pk=machine.pk)
    prices = prices_of([row]) if machine.space.currency == to.currency else {}
    sheet = sheet_of(row, prices)
    owner = "" if row.owner_space_id == to.pk else sheet.owner
    ahead = sheet.others_ahead_days if owner else None
    after = replace(
        sheet, fault="", pool="", room=room, owner=owner, others_ahead_days=ahead, details={}
    )
    act = Act(kind=ChangeKind.ARRIVED, by=by, now=now, note=machine.space.name)
    (made,) = written_new(to, [Draft(machine=None, before=None, after=after)], act)
    carry_over(machine, made)
    send_along(machine=machine, made=made, now=now)
    meet_again(machine=machine, made=made, now=now)
    Machine.objects.filter(pk=made.pk).update(loaded_at=row.loaded_at, loaded_by=row.loaded_by)
    for fault in Fault.objects.open().filter(machine=machine):
        report_fault(
            machine=made,
            summary=fault.summary,
            stops_machine=fault.stops_machine,
            by=fault.reported_by,
            now=now,
            severity=Severity(fault.severity),
            expected_at=fault.expected_at,
        )
        resolve_fault(fault=fault, by=by, now=now)
    return made
