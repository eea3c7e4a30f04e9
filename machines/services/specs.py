"""The specs of machines: the lines of their sheets, as staff write them."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from machines.models import Machine, Spec
from machines.queries.inventory import machines_of, sheet_of
from machines.services.changes import Act, record_sheet
from machines.services.machines import hold
from machines.services.measures import measure
from machines.states import ChangeKind
from members.models import Member


class Line(NamedTuple):
    """One line of a sheet as staff write it."""

    name: str
    value: str
    unit: str = ""


@transaction.atomic
def save_specs(
    *,
    machine: Machine,
    work_area: str,
    materials: str,
    lines: Iterable[Line],
    by: Member | None,
    now: datetime,
) -> Machine:
    """Write the lines of the sheet of `machine` in their order, instead of those it had."""
    hold(machine.space)
    row = machines_of(machine.space).get(pk=machine.pk)
    before = sheet_of(row, {})
    row.work_area, row.materials = work_area, materials
    row.save(update_fields=["work_area", "materials"])
    row.specs.all().delete()
    Spec.objects.bulk_create(
        Spec(machine=row, position=position, **line._asdict())
        for position, line in enumerate(lines)
    )
    measure([row])
    after = sheet_of(machines_of(machine.space).get(pk=machine.pk), {})
    record_sheet(row, before, after, Act(kind=ChangeKind.EDITED, by=by, now=now))
    return row
