"""The specs of machines: the lines of their sheets, and what these come to in numbers."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from django.db import transaction
from django.db.models import prefetch_related_objects

from machines.measuring.reading import measurements_of
from machines.models import Machine, Measure, Spec


class Line(NamedTuple):
    """One line of a sheet as staff write it."""

    name: str
    value: str
    unit: str = ""


@transaction.atomic
def save_specs(
    *, machine: Machine, work_area: str, materials: str, lines: Iterable[Line]
) -> Machine:
    """Write the lines of the sheet of `machine` in their order, instead of those it had."""
    machine = Machine.objects.select_for_update().get(pk=machine.pk)
    machine.work_area, machine.materials = work_area, materials
    machine.save(update_fields=["work_area", "materials"])
    machine.specs.all().delete()
    Spec.objects.bulk_create(
        Spec(machine=machine, position=position, **line._asdict())
        for position, line in enumerate(lines)
    )
    measure([machine])
    return machine


@transaction.atomic
def measure(machines: Collection[Machine]) -> None:
    """Read the words of the sheets of `machines` into numbers again, in three queries.

    Whoever has written a work area, materials or lines of a sheet calls this in the same
    transaction.
    """
    fresh = [Machine(pk=each.pk, work_area=each.work_area, materials=each.materials)
             for each in machines]  # fmt: skip
    prefetch_related_objects(fresh, "specs")
    Measure.objects.filter(machine__in=[each.pk for each in machines]).delete()
    Measure.objects.bulk_create(
        Measure(
            machine_id=each.pk,
            key=found.key,
            material=found.material,
            low=found.low,
            high=found.high,
        )
        for each in fresh
        for found in measurements_of(
            work_area=each.work_area,
            materials=each.materials,
            lines=[(line.name, f"{line.value} {line.unit}") for line in each.specs.all()],
        )
    )
