"""A machine just like another, with its prices: beside it, or in another space."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from billing.queries import prices_of
from billing.services.inventory import write_inventory
from machines.models import Machine
from machines.queries.inventory import machines_of, sheet_of
from machines.services.changes import Act
from machines.services.machines import hold
from machines.services.measures import measure
from machines.services.writing import Draft
from machines.states import ChangeKind
from members.models import Member
from spaces.models import Space

OWN: dict[str, Any] = {"inventory_number": "", "serial_number": "", "loaded": "", "fault": ""}
"""What one machine alone has."""


@transaction.atomic
def copy_machine(
    *, machine: Machine, name: str, count: int, by: Member, now: datetime
) -> list[Machine]:
    """`count` machines like `machine`, the numbers of which are still to be told.

    Policies and hours of its own are not copied: they are for that one machine. What comes along
    beside its sheet is given on a floor above.
    """
    hold(machine.space)
    row = machines_of(machine.space).get(pk=machine.pk)
    sheet = replace(sheet_of(row, prices_of([row])), **OWN, details={})
    names = [name] if count == 1 else [f"{name} {number}" for number in range(1, count + 1)]
    drafts = [Draft(machine=None, before=None, after=replace(sheet, name=each)) for each in names]
    act = Act(kind=ChangeKind.COPIED, by=by, now=now, note=machine.name)
    made = written_new(machine.space, drafts, act)
    for each in made:
        carry_over(machine, each)
    return made


def written_new(space: Space, drafts: Sequence[Draft], act: Act) -> list[Machine]:
    """New machines of `space`, in the order of their drafts."""
    change = write_inventory(space, drafts, act)
    return (
        [line.machine for line in change.lines.select_related("machine__space")] if change else []
    )


def carry_over(source: Machine, target: Machine) -> None:
    """Give `target` what hangs on a machine and is no history: lines, photos, documents in force.

    Each file is a file of its own: what is taken away of one machine stays on the other.
    """
    for spec in source.specs.all():
        _insert(spec, target)
    for photo in source.photos.all():
        photo.file, photo.small = _again(photo.file), _again(photo.small)
        _insert(photo, target)
    for document in source.documents.current():
        document.replaces = None
        if document.file:
            document.file = _again(document.file)
        _insert(document, target)
    measure([target])


def _insert(row: Any, machine: Machine) -> None:
    row.pk, row.machine = None, machine
    row.save(force_insert=True)


def _again(file: Any) -> "ContentFile[bytes]":
    with file.open() as opened:
        return ContentFile(opened.read(), name=PurePath(file.name).name)
