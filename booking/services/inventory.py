"""Changing many machines at once, pools and prices included, and taking a change back."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import override

from billing.queries import prices_of
from billing.services.inventory import write_inventory
from booking.models import Reservation, UsageSession
from booking.queries.pools import units_of
from booking.services.locking import in_transaction, lock
from booking.services.pools import change_pool
from booking.services.taking import refuse_strangers
from booking.states import UPCOMING, ReservationState
from machines.bulk import Bulk
from machines.models import Change, ChangedMachine, Machine, Pool
from machines.queries.changes import PHOTOS, RETIRED, Values, taken_back
from machines.queries.inventory import MachineSheet, machines_of, sheet_of
from machines.services.changes import Act, record_photos
from machines.services.machines import hold
from machines.services.photos import put_photos_back
from machines.services.stoppages import follow_all_in
from machines.services.writing import Draft
from machines.states import FINAL, ChangeKind
from members.models import Member
from spaces.models import Space


class NothingToTakeBack(Exception):
    """A change that is taken back already, is of a kind that is not, or left nothing to undo."""


@dataclass(frozen=True, slots=True)
class Undone:
    """The change that took another back, and what of which machine stays as it is."""

    change: Change
    kept: list[tuple[Machine, tuple[str, ...]]]


def sheets_in(space: Space, chosen: Collection[int]) -> list[tuple[Machine, MachineSheet]]:
    """Those of the chosen machines that stand in `space`, each with its sheet and prices."""
    rows = list(machines_of(space).filter(pk__in=chosen))
    prices = prices_of(rows)
    return [(row, sheet_of(row, prices)) for row in rows]


def change_together(
    *, space: Space, chosen: Collection[int], bulk: Bulk, by: Member, now: datetime
) -> Change | None:
    """Have all `chosen` machines of `space` say what `bulk` says; None where they all do.

    What is reserved on a pool that a machine leaves goes on another unit where one is free.
    Raises BookingRefused for people who do not work for the space.
    """
    refuse_strangers(by, space)

    def work() -> Change | None:
        hold(space)
        drafts = [
            Draft(machine=row, before=sheet, after=bulk.of(sheet))
            for row, sheet in sheets_in(space, chosen)
        ]
        return _written(space, drafts, Act(kind=ChangeKind.BULK, by=by, now=now))

    return in_transaction(work)


def take_back(*, change: Change, by: Member, now: datetime) -> Undone:
    """Have the machines of `change` say what they said before it.

    What somebody has changed since stays, and machines that it made leave service, unless
    something is reserved on them. Raises NothingToTakeBack, and BookingRefused for people who do
    not work for the space.
    """
    refuse_strangers(by, change.space)

    def work() -> Undone:
        hold(change.space)
        _hold_all_of(change)
        if change.kind in FINAL or Change.objects.filter(undoes=change).exists():
            raise NothingToTakeBack
        lines = list(change.lines.select_related("machine"))
        if any(PHOTOS in line.values for line in lines):
            return _photos_back(change, lines, by=by, now=now)
        found = {row.pk: (row, sheet) for row, sheet in _sheets_of(change, lines)}
        needed = _with_plans(found, now=now)
        with override(change.language):
            undoings = [_Undoing(line, *found[line.machine_id], needed) for line in lines]
            act = Act(kind=ChangeKind.UNDONE, by=by, now=now, undoes=change)
            made = _written(change.space, [each.draft() for each in undoings], act)
        if made is None:
            raise NothingToTakeBack
        # One that is back may need what has broken in the meantime.
        follow_all_in(change.space_id, now=now)
        return Undone(made, [(each.row, each.kept) for each in undoings if each.kept])

    return in_transaction(work)


def _photos_back(
    change: Change, lines: Sequence[ChangedMachine], *, by: Member, now: datetime
) -> Undone:
    """Have machines show the photos of before; an act on photos is never one on anything else."""
    told: list[tuple[Machine, list[Any], list[Any]]] = []
    kept: list[tuple[Machine, tuple[str, ...]]] = []
    for line in lines:
        was, said = line.values[PHOTOS]
        if put_photos_back(machine=line.machine, was=was, said=said):
            told.append((line.machine, said, was))
        else:
            kept.append((line.machine, (PHOTOS,)))
    act = Act(kind=ChangeKind.UNDONE, by=by, now=now, undoes=change)
    made = record_photos(change.space, told, act)
    if made is None:
        raise NothingToTakeBack
    return Undone(made, kept)


class _Undoing:
    """How what a line changed is taken back, and what of it stays."""

    def __init__(
        self, line: ChangedMachine, row: Machine, sheet: MachineSheet, needed: Collection[int]
    ) -> None:
        self.row, self._before = row, sheet
        self._service = _service_before(line)
        is_needed = self._service is False and row.pk in needed
        moved_on = self._service is True and row.moved_to_id is not None
        if is_needed or moved_on:
            self._service = None
        back = taken_back(sheet, {} if line.is_new else line.values)
        self._after = back.sheet
        self.kept = (*back.kept, *((RETIRED,) if is_needed or moved_on else ()))

    def draft(self) -> Draft:
        """What is to be written."""
        return Draft(
            machine=self.row, before=self._before, after=self._after, service=self._service
        )


def _service_before(line: ChangedMachine) -> bool | None:
    """Whether the machine was in service before; what was made was not; None if no matter."""
    values: Values = line.values
    if line.is_new:
        return False
    return not values[RETIRED][0] if RETIRED in values else None


def _sheets_of(
    change: Change, lines: Iterable[ChangedMachine]
) -> list[tuple[Machine, MachineSheet]]:
    with override(change.language):
        return sheets_in(change.space, [line.machine_id for line in lines])


def _hold_all_of(change: Change) -> None:
    """Wait for who reserves or uses any machine of `change`, and for the pools of its space.

    All at once: which pools they leave and join is known only when they are held.
    """
    pools, machines = held_with(change)
    lock(pools=pools, machines=machines)


def held_with(change: Change) -> tuple[set[int], set[int]]:
    """The pools and the machines that taking `change` back waits for."""
    pools = set(Pool.objects.filter(space=change.space).values_list("pk", flat=True))
    machines = set(change.lines.values_list("machine_id", flat=True))
    return pools, machines | set(
        Machine.objects.filter(pool__in=pools).values_list("pk", flat=True)
    )


def _with_plans(machines: Iterable[int], *, now: datetime) -> set[int]:
    """Those of `machines` on which something is reserved, or somebody works."""
    machines = list(machines)
    rows = Reservation.objects.filter(
        machine__in=machines, state__in=(*UPCOMING, ReservationState.IN_USE), ends_at__gt=now
    )
    used = UsageSession.objects.open().filter(machine__in=machines)
    return {each for kept in (rows, used) for each in kept.values_list("machine_id", flat=True)}


def _written(space: Space, drafts: Sequence[Draft], act: Act) -> Change | None:
    differing = [each for each in drafts if each.before != each.after or each.service is not None]
    _exchange_units(space, differing, now=act.now)
    return write_inventory(space, differing, act)


def _exchange_units(space: Space, drafts: Sequence[Draft], *, now: datetime) -> None:
    """Let machines leave and join pools as the pages of pools do, so that no reservation is lost.

    First all leave, then all join: who changes from one pool to another does both.
    """
    leaving: dict[str, list[Machine]] = {}
    joining: dict[str, list[Machine]] = {}
    for each in drafts:
        was = each.before.pool if each.before else ""
        if each.machine is not None and was != each.after.pool:
            for side, name in ((leaving, was), (joining, each.after.pool)):
                if name:
                    side.setdefault(name, []).append(each.machine)
    names = {*leaving, *joining}
    pools = {pool.name: pool for pool in Pool.objects.filter(space=space, name__in=names)}
    if not pools:
        return
    units = {name: units_of(pool) for name, pool in pools.items()}
    moving = [row.pk for rows in (*leaving.values(), *joining.values()) for row in rows]
    lock(
        pools=[pool.pk for pool in pools.values()],
        machines={*moving, *(unit.pk for group in units.values() for unit in group)},
    )
    for name, rows in leaving.items():
        gone = {row.pk for row in rows}
        units[name] = [unit for unit in units[name] if unit.pk not in gone]
        change_pool(pool=pools[name], name=name, units=units[name], now=now)
    for name, rows in joining.items():
        if name in pools:
            change_pool(pool=pools[name], name=name, units=[*units[name], *rows], now=now)
