"""What the words of sheets come to in numbers, kept beside them."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import prefetch_related_objects

from machines.measuring.reading import measurements_of
from machines.models import Machine, Measure


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
