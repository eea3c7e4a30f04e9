"""Making a machine by hand, changing it, and saying what is loaded."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from machines.models import Machine
from machines.queries.changes import differences
from machines.queries.inventory import MachineSheet, machines_of, sheet_of
from machines.services.changes import Act, record_written
from machines.services.holding import hold_machines_of
from machines.services.writing import Draft, write_sheets
from machines.states import ChangeKind
from members.models import Member
from spaces.models import Space


class ChangedMeanwhile(Exception):
    """Somebody else changed the machine since it was looked at; nothing was written."""


def digest_of(sheet: MachineSheet) -> str:
    """A short fingerprint of all that a sheet says, by which a form knows that it is the same."""
    told = json.dumps(differences(None, sheet), sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def hold(space: Space) -> None:
    """Let nobody else write machines of `space` until the transaction ends."""
    hold_machines_of(space.pk)


@transaction.atomic
def make_machine(*, space: Space, sheet: MachineSheet, by: Member, now: datetime) -> Machine:
    """A new machine of `space`, just as `sheet` says it."""
    hold(space)
    written = write_sheets(space, [Draft(machine=None, before=None, after=sheet)], by=by, now=now)
    record_written(space, written, Act(kind=ChangeKind.MADE, by=by, now=now))
    return written[0].machine


@transaction.atomic
def change_machine(
    *,
    machine: Machine,
    change: Callable[[MachineSheet], MachineSheet],
    act: Act,
    seen: str | None = None,
) -> Machine:
    """Have the sheet of `machine` say what `change` makes of it.

    `seen` is the digest of what was looked at. Raises ChangedMeanwhile where it is another now.
    """
    hold(machine.space)
    row = machines_of(machine.space).get(pk=machine.pk)
    before = sheet_of(row, {})
    if seen is not None and seen != digest_of(before):
        raise ChangedMeanwhile
    draft = Draft(machine=row, before=before, after=change(before))
    written = write_sheets(machine.space, [draft], by=act.by, now=act.now)
    record_written(machine.space, written, act)
    return row


def load_machine(*, machine: Machine, loaded: str, by: Member, now: datetime) -> Machine:
    """Say what is loaded now, such as “PETG, 0.4 mm”; "" for nothing."""
    return change_machine(
        machine=machine,
        change=lambda sheet: replace(sheet, loaded=loaded),
        act=Act(kind=ChangeKind.LOADED, by=by, now=now),
    )


def set_priority(*, machine: Machine, days: int | None, by: Member, now: datetime) -> Machine:
    """Let others than the owner reserve at most `days` ahead; None gives the owner no priority."""
    return change_machine(
        machine=machine,
        change=lambda sheet: replace(sheet, others_ahead_days=days),
        act=Act(kind=ChangeKind.OWNER, by=by, now=now),
    )
