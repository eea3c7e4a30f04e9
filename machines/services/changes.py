"""Writing down what was done to machines, by whom and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from machines.models import Change, ChangedMachine, Machine
from machines.queries.changes import PHOTOS, RETIRED, Values, differences
from machines.queries.inventory import MachineSheet
from machines.services.writing import Written
from machines.states import ChangeKind
from members.models import Member
from spaces.models import Space


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who does what, when, and why where that was told."""

    kind: ChangeKind
    by: Member | None
    now: datetime
    note: str = ""
    undoes: Change | None = None


def record_written(space: Space, written: Iterable[Written], act: Act) -> Change | None:
    """Write down what was written of `space`; None where nothing differs."""
    lines = []
    for each in written:
        values = differences(each.before, each.after)
        if each.is_retired or each.revived_from is not None:
            values[RETIRED] = [not each.is_retired, each.is_retired]
        lines.append((each.machine, values, each.before is None))
    return _record(space, lines, act)


def record_sheet(
    machine: Machine, before: MachineSheet, after: MachineSheet, act: Act
) -> Change | None:
    """Write down what became of one machine, changed by other means than its sheet."""
    return _record(machine.space, [(machine, differences(before, after), False)], act)


def record_photos(
    space: Space, told: Iterable[tuple[Machine, list[Any], list[Any]]], act: Act
) -> Change | None:
    """Write down what became of the photos of machines: those before and those since."""
    lines = [(machine, {PHOTOS: [was, said]}, False) for machine, was, said in told if was != said]
    return _record(space, lines, act)


def _record(space: Space, lines: list[tuple[Machine, Values, bool]], act: Act) -> Change | None:
    told = [line for line in lines if line[1]]
    if not told:
        return None
    change = Change.objects.create(
        space=space,
        kind=act.kind,
        note=act.note[:200],
        language=(get_language() or "en")[:8],
        made_at=act.now,
        made_by=act.by,
        undoes=act.undoes,
    )
    ChangedMachine.objects.bulk_create(
        ChangedMachine(change=change, machine=machine, values=values, is_new=is_new)
        for machine, values, is_new in told
    )
    return change
