"""What an import would do, worked out before anything is written."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from machines.models import Machine
from machines.queries.inventory import MachineSheet, Prices, key_of, machines_of, sheet_of
from machines.services.import_rows import rows_for
from machines.sheets import Problem, Record, Row, Sheet
from machines.sheets.pools import pools_of
from machines.sheets.reading import NUMBER_KEY
from machines.vocabulary import INDUCTIONS, folded
from spaces.models import Space


class Verdict(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One machine to be made or changed: what it is, what its sheet will say, what differs."""

    key: str
    record: Record
    machine: Machine | None
    before: MachineSheet | None
    after: MachineSheet
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPlan:
    """A row of the file and what becomes of it; several units where it counts several."""

    row: Row
    units: tuple[Unit, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """New or changed as soon as one unit is."""
        if not self.units:
            return Verdict.REJECTED
        if any(unit.machine is None for unit in self.units):
            return Verdict.NEW
        if any(unit.changes for unit in self.units):
            return Verdict.CHANGED
        return Verdict.UNCHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPreview:
    """What an import would do, row by row."""

    space: Space
    sheet: Sheet
    rows: tuple[RowPlan, ...]

    @property
    def units(self) -> list[Unit]:
        """All machines of all rows."""
        return [unit for row in self.rows for unit in row.units]

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many rows have each verdict."""
        counts = Counter(row.verdict for row in self.rows)
        return {verdict: counts[verdict] for verdict in Verdict}

    @property
    def pools(self) -> dict[str, list[str]]:
        """The pools of the rows, with the names of their machines."""
        pools: dict[str, list[str]] = {}
        for unit in self.units:
            if unit.after.pool:
                pools.setdefault(unit.after.pool, []).append(unit.after.name)
        return pools

    @property
    def errors(self) -> list[Problem]:
        """Why rows are rejected."""
        return [each for row in self.rows for each in row.row.problems if each.is_error]

    @property
    def warnings(self) -> list[Problem]:
        """What is doubtful in rows that are imported."""
        return [each for row in self.rows for each in row.row.problems if not each.is_error]

    @property
    def is_clean(self) -> bool:
        """Whether no row is rejected."""
        return not self.counts[Verdict.REJECTED]


def plan_import(space: Space, sheet: Sheet, *, prices: Prices) -> ImportPreview:
    """Compare `sheet` with what stands in `space`; `prices` are those kept now, by machine."""
    rows = rows_for(space, sheet)
    units = {row.line: _split(row.record) for row in rows if row.record}
    everything = [each for split in units.values() for each in split]
    known = _Known(space, {record.key for record in everything})
    proposed = pools_of(everything) if not any(each.pool for each in everything) else {}
    machines = {record.key: known.find(record) for record in everything}
    pools = _pools(proposed, machines)
    plans = []
    for row in rows:
        planned = []
        for record in units.get(row.line, ()):
            machine = machines[record.key]
            planned.append(_unit(record, machine, pools.get(record.key, ""), prices))
        plans.append(RowPlan(row=row, units=tuple(planned)))
    return ImportPreview(space=space, sheet=sheet, rows=tuple(plans))


def _unit(record: Record, machine: Machine | None, pool: str, prices: Prices) -> Unit:
    if machine is None:
        after = _after(record, None, pool)
        return Unit(key=record.key, record=record, machine=None, before=None, after=after)
    before = sheet_of(machine, prices)
    after = _after(record, before, pool)
    names = [each.name for each in fields(MachineSheet)]
    changes = [name for name in names if getattr(before, name) != getattr(after, name)]
    if machine.retired_at or key_of(machine) != record.key:
        changes.append("identity")
    return Unit(
        key=record.key,
        record=record,
        machine=machine,
        before=before,
        after=after,
        changes=tuple(changes),
    )


class _Known:
    """The machines of a space, each to be found once."""

    def __init__(self, space: Space, keys: set[str]) -> None:
        machines = list(machines_of(space))
        self.by_key = {key_of(machine): machine for machine in machines}
        self.by_name: dict[tuple[str, str], list[Machine]] = {}
        for machine in machines:
            # What another row finds by its key is not there for a row that looks alike.
            if key_of(machine) not in keys and machine.retired_at is None:
                room = folded(machine.room.name) if machine.room else ""
                self.by_name.setdefault((folded(machine.name), room), []).append(machine)

    def find(self, record: Record) -> Machine | None:
        """By key, else by name and room, unless both have numbers and they differ."""
        if machine := self.by_key.get(record.key):
            return machine
        alike = self.by_name.get((folded(record.name), folded(record.room or "")), [])
        is_numbered = record.key.startswith(NUMBER_KEY)
        for machine in alike:
            if not (is_numbered and machine.import_key.startswith(NUMBER_KEY)):
                alike.remove(machine)
                return machine
        return None


def _split(record: Record) -> list[Record]:
    """One record per unit; units of one row are called by a number."""
    if record.quantity == 1:
        return [record]
    pool = record.pool or record.name
    units = [
        replace(record, key=f"{record.key}/{at}", name=f"{record.name} {at}", pool=pool, quantity=1)
        for at in range(1, record.quantity + 1)
    ]
    # The first unit is the one that the row meant before it counted several.
    return [replace(units[0], key=record.key), *units[1:]]


def _pools(proposed: Mapping[str, str], machines: Mapping[str, Machine | None]) -> dict[str, str]:
    """A proposal is for new machines; they join the pool in which their fellows stand."""
    pools: dict[str, str] = {}
    standing: dict[str, str] = {}
    for key, name in proposed.items():
        machine = machines[key]
        if machine and machine.pool:
            standing.setdefault(name, machine.pool.name)
    for key, name in proposed.items():
        if machines[key] is None:
            pools[key] = standing.get(name, name)
    return pools


def _after(record: Record, before: MachineSheet | None, pool: str) -> MachineSheet:
    """What the sheet will say: an empty or missing cell leaves what stands."""
    start = before or MachineSheet(name=record.name, category=record.category[0])
    told: dict[str, Any] = {
        "make": record.make,
        "model": record.model,
        "room": record.room,
        "inventory_number": record.number,
        "description": record.description,
        "materials": record.materials,
        "work_area": record.work_area,
        "pool": record.pool or pool,
        "serial_number": record.serial,
        "loaded": record.loaded,
        "funder": record.funder,
        "owner": record.owner,
        "purchase_date": record.bought,
        "purchase_price": record.cost,
        "residual_value": record.residual,
        "useful_life": record.life,
        "others_ahead_days": record.others_ahead,
        # A machine that stands still already does not break again.
        "fault": start.fault or record.fault,
    }
    if not (record.owner or start.owner):
        del told["others_ahead_days"]
    details = dict(record.details)
    return replace(
        start,
        **{name: value for name, value in told.items() if value not in {None, ""}},
        name=record.name,
        category=record.category[0] if record.tells_category else start.category,
        is_listed=start.is_listed if record.is_listed is None else record.is_listed,
        skills=_skills(record, start.skills),
        details=details if record.has_all_details and details else {**start.details, **details},
        prices={**start.prices, **record.prices},
    )


def _skills(record: Record, before: Iterable[str]) -> frozenset[str]:
    if record.skills:
        return frozenset(record.skills)
    induction = {INDUCTIONS[0] + record.category[1]}
    if record.needs_training is None:
        return frozenset(before)
    return frozenset({*before, *induction} if record.needs_training else {*before} - induction)
